package frame

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Names of the labels and of the fields that are no measures. They are the API of dashboards and alert rules.
const (
	labelFlow      = "flow"
	labelComponent = "component"
	labelSLI       = "sli"
	labelCurrency  = "currency"
	labelQuantile  = "quantile"
	fieldTime      = "time"
	fieldTitle     = "title"
	fieldChange    = "change"
	fieldObjective = "objective"
	fieldUnit      = "unit"
	fieldOwner     = "owner"
	fieldRunbook   = "runbook"
	fieldPolicies  = "policies"
	fieldSummary   = "summary"

	// The titles of flows and SLIs, or their names where they have none. In tables of flows that of the flow is fieldTitle.
	fieldFlowTitle = "flowTitle"
	fieldSLITitle  = "sliTitle"
	// Differences in percentage points.
	fieldChangePoints  = "changePoints"
	fieldImpactPoints  = "impactPoints"
	fieldDropPoints    = "dropPoints"
	fieldMaxDropPoints = "maxDropPoints"
)

// Meta is what every frame of an answer says of its origin, as meta.custom.
type Meta struct {
	// Revision identifies the catalog that the numbers were computed by.
	Revision string `json:"revision"`
	// EvaluatedAt is the instant of the newest number, in RFC 3339; "" where there is none.
	EvaluatedAt string `json:"evaluatedAt,omitempty"`
	// TraceLabels are the names of the labels of exemplars that the trace IDs of a table of them are from.
	TraceLabels []string `json:"traceLabels,omitempty"`
}

// From returns the frames of a result: one a series, or one table. There is always a frame, so that notices and the
// PromQL have a place; without data it has no fields.
func From(result *engine.Result) data.Frames {
	var frames data.Frames
	r := result.Result
	switch r.Plan.Query.Format {
	case query.Table:
		frames = data.Frames{table(r)}
	case query.Summary:
		if result.Gate != nil {
			r.Summaries = [][]string{result.Gate.Reasons}
		}
		frames = data.Frames{summary(r)}
	case query.Events:
		frames = data.Frames{events(r)}
	case query.Incidents:
		frames = data.Frames{incidents(r)}
	case query.Gate:
		frames = data.Frames{gateTable(result.Gate)}
	case query.Graph:
		frames = graphFrames(result.Graph)
	case query.Exemplars:
		frames = data.Frames{exemplars(r)}
	case query.Latest:
		frames = each(r, latest)
	default:
		frames = each(r, timeseries)
	}
	notices := r.Notices
	if q := r.Plan.Query; result.Gate != nil && q.Measure == query.Verdict && q.Format != query.Summary { // That lists them.
		notices = reasonsOf(result.Gate)
		notices.Merge(r.Notices)
	}
	return finish(frames, r.Plan, result.Requests, notices, Meta{TraceLabels: traceLabels(r.Exemplars)})
}

// each returns a frame a member.
func each(r *eval.Result, shape func(*eval.Result, eval.Member) *data.Frame) data.Frames {
	var frames data.Frames
	if r.Plan.Range.Len() > 0 {
		for _, m := range r.Members {
			frames = append(frames, shape(r, m))
		}
	}
	if len(frames) == 0 {
		frames = append(frames, data.NewFrame(""))
	}
	return frames
}

// finish puts on each frame the metadata that all of them have, beside what is in meta, and on the first what belongs to the whole answer.
func finish(frames data.Frames, p *plan.Plan, requests engine.Requests, notices cer.Annotations, meta Meta) data.Frames {
	meta.Revision = p.Catalog.Revision
	if p.Range.Len() > 0 {
		meta.EvaluatedAt = series.Time(p.Range.End).Format(time.RFC3339)
	}
	for _, f := range frames {
		if types[p.Query.Format] == data.FrameTypeTable {
			present(f)
		}
		f.Meta = &data.FrameMeta{Type: types[p.Query.Format], TypeVersion: data.FrameTypeVersion{0, 1}, Custom: meta}
		if p.Query.Format == query.Graph { // Whose frames the contract of types does not know.
			f.Meta.TypeVersion, f.Meta.PreferredVisualization = data.FrameTypeVersion{}, data.VisTypeNodeGraph
		}
	}
	first := frames[0].Meta
	first.ExecutedQueryString = executed(p, requests)
	all := slices.Clone(p.Notices)
	all.Merge(notices)
	all.Merge(withoutObjective(p.Query, p.Catalog.Objective))
	first.Notices = Notices(all)
	return frames
}

// OfNothing returns an empty frame with an info notice on why a query shows nothing. That of states over time has the
// fields without which a time line says that the time is missing.
func OfNothing(q query.Query, why string) data.Frames {
	f := data.NewFrame("")
	if q.Format == query.Timeseries && q.Measure.Row().Basis == query.OfPolicies {
		f.Fields = append(f.Fields, data.NewField(fieldTime, nil, []time.Time{}), data.NewField(string(q.Measure), nil, []*float64{}))
	}
	f.AppendNotices(data.Notice{Severity: data.NoticeSeverityInfo, Text: why})
	return data.Frames{f}
}

// Notices returns notices as Grafana's.
func Notices(all cer.Annotations) []data.Notice {
	notices := make([]data.Notice, 0, len(all))
	for _, n := range all {
		notices = append(notices, data.Notice{Severity: severities[n.Severity], Text: n.String()})
	}
	return notices
}

var types = map[query.Format]data.FrameType{
	query.Timeseries: data.FrameTypeTimeSeriesMulti,
	query.Latest:     data.FrameTypeNumericMulti,
	query.Table:      data.FrameTypeTable,
	query.Definition: data.FrameTypeTable,
	query.Summary:    data.FrameTypeTable,
	query.Events:     data.FrameTypeTable,
	query.Incidents:  data.FrameTypeTable,
	query.Gate:       data.FrameTypeTable,
	query.Exemplars:  data.FrameTypeTable,
}

var severities = map[cer.Severity]data.NoticeSeverity{
	cer.Info:    data.NoticeSeverityInfo,
	cer.Warning: data.NoticeSeverityWarning,
	cer.Error:   data.NoticeSeverityError,
}

// executed prints the PromQL that was requested, for Grafana's query inspector.
func executed(p *plan.Plan, requests engine.Requests) string {
	if p.Range.Len() == 0 {
		return "# nothing is requested, because the range is in the future\n"
	}
	return requests.String()
}

// timeseries is the frame of one series over time.
func timeseries(r *eval.Result, m eval.Member) *data.Frame {
	times := make([]time.Time, r.Plan.Range.Len())
	for i := range times {
		times[i] = r.Plan.Range.Time(i)
	}
	return data.NewFrame("", data.NewField(fieldTime, nil, times), valueField(r, m))
}

// latest is the frame of one number, which an alert rule's threshold reads as it is.
func latest(r *eval.Result, m eval.Member) *data.Frame {
	return data.NewFrame("", valueField(r, m))
}

// valueField is the field of the query's measure, null where there is no number.
func valueField(r *eval.Result, m eval.Member) *data.Field {
	q := r.Plan.Query
	field := data.NewField(string(q.Measure), labels(r.Plan, m), nullable(m.Columns[q.Measure]))
	config := configOf(q.Measure, m, r.Plan)
	config.DisplayNameFromDS = legend(r.Plan, m)
	if q.Format == query.Latest && m.Maintenance != "" {
		config.Mappings = maintainedMappings()
	}
	return field.SetConfig(config)
}

// labels tell the members of an answer apart.
func labels(p *plan.Plan, m eval.Member) data.Labels {
	l := labelsOf(m.Flow, p.Query)
	maps.Copy(l, incidentLabels(m))
	if m.Flow != nil {
		l[labelFlow] = m.Flow.Name
	}
	if m.Component != "" {
		l[labelComponent] = string(m.Component)
	}
	if m.SLI != nil {
		l[labelSLI] = m.SLI.Name
	}
	if m.Currency != "" {
		l[labelCurrency] = m.Currency
	}
	if m.Quantile > 0 {
		l[labelQuantile] = strconv.FormatFloat(m.Quantile, 'g', -1, 64)
	}
	maps.Copy(l, m.Cohort)
	return l
}

// nullable turns NaN into null.
func nullable(values []float64) []*float64 {
	pointers := make([]*float64, len(values))
	for i := range values {
		if !math.IsNaN(values[i]) {
			pointers[i] = &values[i]
		}
	}
	return pointers
}

// orNull turns NaN into null.
func orNull(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// legend names a series: by the query's template, or by what tells it apart.
func legend(p *plan.Plan, m eval.Member) string {
	if p.Query.Legend != "" {
		return fill(p.Query.Legend, labels(p, m))
	}
	parts := append([]string{subject(p, m)}, cohort(p, m)...)
	return strings.Join(parts, " / ")
}

// subject names what a series is of, but for its cohort.
func subject(p *plan.Plan, m eval.Member) string {
	switch {
	case p.Query.IsOfGate() && m.SLI == nil:
		return "gate " + p.Query.Gate
	case m.Flow == nil:
		return "cer " + p.Catalog.Name
	case m.Quantile > 0:
		return m.Flow.DisplayName() + " / " + m.SLI.DisplayName() + " " + cer.Percentile(m.Quantile)
	case m.SLI != nil:
		return m.Flow.DisplayName() + " / " + m.SLI.DisplayName()
	case m.Component != "":
		return m.Flow.DisplayName() + " / " + string(m.Component)
	case m.Calm > 1: // No flow stands out.
		return fmt.Sprintf("all %d flows", m.Calm)
	default:
		return m.Flow.DisplayName()
	}
}

// cohort lists the values of what the query splits by, in its order.
func cohort(p *plan.Plan, m eval.Member) []string {
	var values []string
	for _, name := range p.Query.By {
		if value := m.Cohort[name]; value != "" {
			values = append(values, value)
		}
	}
	if m.Currency != "" {
		values = append(values, m.Currency)
	}
	return values
}

// fill replaces {{label}} in a template, as in Grafana's Prometheus data source; a label that is not there is empty.
func fill(template string, l data.Labels) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{{")
		out.WriteString(before)
		name, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			if found {
				out.WriteString("{{" + rest)
			}
			return out.String()
		}
		out.WriteString(l[strings.TrimSpace(name)])
		template = after
	}
}
