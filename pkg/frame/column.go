package frame

import (
	"math"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// unitPoints is the unit of differences between shares, in percentage points.
const unitPoints = "pp"

// presentation is how a column of a table looks unless a panel says otherwise.
type presentation struct {
	// name is the heading. The name of the field stays, by which panels and rules refer to the column.
	name string
	// decimals is how many digits follow the point; automatic leaves the choice to Grafana.
	decimals int
}

// automatic leaves the number of decimals to Grafana.
const automatic = -1

// digits returns the decimals of a field's config.
func (p presentation) digits() *uint16 {
	if p.decimals == automatic {
		return nil
	}
	decimals := uint16(p.decimals)
	return &decimals
}

// presentations are those of the columns of tables, by the names of their fields. Annotations are made of the fields time,
// timeEnd, title, text and tags by their headings, so that those have none.
var presentations = map[string]presentation{
	labelFlow: {"Flow", automatic}, fieldFlowTitle: {"Flow title", automatic}, labelComponent: {"Component", automatic},
	labelSLI: {"SLI", automatic}, fieldSLITitle: {"SLI title", automatic}, fieldOwner: {"Owner", automatic},
	fieldRunbook: {"Runbook", automatic}, fieldUnit: {"Unit", automatic}, fieldPolicies: {"Policies", automatic},
	fieldStatus: {"Status", automatic}, fieldSummary: {"Summary", automatic}, fieldObjective: {"Objective", automatic}, fieldChangePoints: {"Change", 1},

	string(query.Score): {"Score", 2}, string(query.Value): {"Value", automatic}, fieldImpactPoints: {"Impact", 2},
	string(query.Coverage): {"Coverage", 1}, string(query.Weight): {"Weight", 1}, string(query.Traffic): {"Traffic", 2},
	string(query.Lag): {"Lag", 0}, string(query.Budget): {"Error budget left", 1}, string(query.Burn): {"Burn rate", 2},
	string(query.Exhaustion): {"Budget exhausted in", 1}, string(query.State): {"State", automatic},
	string(query.Verdict): {"Verdict", automatic}, string(query.Worse): {"Evidence", 2}, string(query.NotWorse): {"Evidence of not worse", 2},

	string(query.RevenueAtRisk): {"Revenue at risk", 2}, string(query.Cost): {"Cost of 1,000 good requests", 2},

	"role": {"Part", automatic}, "leaf": {"Query", automatic}, "formula": {"Formula", automatic}, "window": {"Window", automatic},
	"promql": {"PromQL", automatic}, "request": {"Sent as", automatic},

	"detected": {"Detected", automatic}, "recovered": {"Recovered", automatic}, "timeToDetect": {"Time to detect", automatic},
	"timeToRecover": {"Duration", automatic}, "lowestScore": {"Lowest score", 2}, "budgetSpent": {"Budget spent", 1},
	"slis": {"Caused by", automatic}, "cohorts": {"Most affected", automatic}, fieldReport: {"Report", automatic},

	"candidate": {"Candidate", 2}, "baseline": {"Baseline", 2}, fieldDropPoints: {"Drop", 2}, fieldMaxDropPoints: {"Allowed drop", 2},
	fieldTraceID: {"Trace ID", automatic},

	"events": {"Events", 0}, "phi": {"Phi", 1}, "share": {"Share", 0}, "leftOut": {"Left out because", automatic},
}

// column is a field with a value of each row.
func column[R, T any](rows []R, name string, of func(R) T) *data.Field {
	values := make([]T, len(rows))
	for i, row := range rows {
		values[i] = of(row)
	}
	return data.NewField(name, nil, values)
}

// present gives the columns of a table their headings and decimals, where they have none of their own.
func present(f *data.Frame) {
	for _, field := range f.Fields {
		p, known := presentations[field.Name]
		if !known {
			continue
		}
		config := configured(field)
		if config.DisplayNameFromDS == "" {
			config.DisplayNameFromDS = p.name
		}
		if config.Decimals == nil {
			config.Decimals = p.digits()
		}
	}
}

// configured returns the config of a field, a new one where it has none.
func configured(f *data.Field) *data.FieldConfig {
	if f.Config == nil {
		f.Config = &data.FieldConfig{}
	}
	return f.Config
}

// inPoints returns a column of differences between shares and the same in percentage points. The first, which dashboards
// and scripts of earlier versions read, is hidden in panels.
func inPoints(shares *data.Field, name string) []*data.Field {
	configured(shares).Custom = map[string]any{"hidden": true}
	points := make([]*float64, shares.Len())
	for i := range points {
		if v, ok := shares.ConcreteAt(i); ok {
			points[i] = number64(100 * v.(float64))
		}
	}
	return []*data.Field{shares, data.NewField(name, nil, points).SetConfig(&data.FieldConfig{Unit: unitPoints})}
}

// someImpact and largeImpact are the shares of what the objective allows to be lost from which on an impact is orange and red.
const someImpact, largeImpact = 0.1, 0.5

// scaleImpactsInplace draws impacts in percentage points as shares of what the overall objective allows to be lost. They have a colour
// only while the whole, or a flow, is under its objective.
func scaleImpactsInplace(config *data.FieldConfig, r *eval.Result) {
	config.Min, config.Thresholds = number(0), neutral()
	objective := r.Plan.Catalog.Objective
	if objective <= 0 || objective >= 1 {
		return
	}
	allowance := 100 * (1 - objective)
	config.Max = number(allowance)
	if r.IsUnderObjective {
		config.Thresholds.Steps = append(config.Thresholds.Steps,
			data.NewThreshold(someImpact*allowance, "orange", ""), data.NewThreshold(largeImpact*allowance, "red", ""))
	}
}

func number64(v float64) *float64 { return &v }

// neutral colours nothing good or bad, where there is no objective to say which.
func neutral() *data.ThresholdsConfig {
	return &data.ThresholdsConfig{
		Mode:  data.ThresholdsModeAbsolute,
		Steps: []data.Threshold{data.NewThreshold(math.Inf(-1), "text", "")},
	}
}

// withoutObjective is the notice on the newest overall score of a catalog without an objective, which has no colour.
func withoutObjective(q query.Query, objective float64) cer.Annotations {
	var notices cer.Annotations
	if q.Format == query.Latest && q.Measure == query.Score && q.Level == query.LevelOverall && objective == 0 {
		notices.Add(cer.Notice{Text: "the catalog states no objective of the overall score, so that it is neither good nor bad; add objective: 0.95 to its spec"})
	}
	return notices
}
