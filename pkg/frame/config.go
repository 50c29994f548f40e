package frame

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Grafana's names of units.
const (
	unitShare     = "percentunit"
	unitSeconds   = "s"
	unitDuration  = "dtdurations" // of seconds, in one unit of time for each decimal and one more
	unitPerSecond = "eps"
	unitNone      = "none"
)

// configOf makes a fresh panel look right: unit, decimals, limits, and the objective as threshold. A graph over time has no
// limits, since scores that matter lie close together.
func configOf(measure query.Measure, m eval.Member, p *plan.Plan) *data.FieldConfig {
	c := p.Catalog
	config := &data.FieldConfig{Unit: unitOf(measure, m), Decimals: decimalsOf(measure, m)}
	if measure == query.State {
		config.Mappings = stateMappings()
		config.Min, config.Max = number(0), number(cer.StatePage.Number())
	}
	if measure == query.Verdict {
		config.Mappings = verdictMappings()
		config.Min, config.Max = number(cer.Fails.Number()), number(cer.Passes.Number())
	}
	if measure.IsOfIncidents() {
		config.Mappings = incidentMappings()
	}
	if p.Query.Format == query.Timeseries {
		config.Thresholds = thresholdsOf(measure, m, p)
		return config
	}
	if measure.Row().IsShare && (measure != query.Weight || c.Aggregate != cer.Loss) {
		config.Min, config.Max = number(0), number(1)
	}
	config.Thresholds = thresholdsOf(measure, m, p)
	return config
}

// decimalsOf returns how many digits of a measure follow the point, as in tables; nil leaves the choice to Grafana, which takes more of
// them the smaller a number is: for values in the unit of an SLI.
func decimalsOf(measure query.Measure, m eval.Member) *uint16 {
	switch row := measure.Row(); {
	case row.Unit == query.UnitOfSLI && m.SLI.Indicator.Kind().IsShare():
		return presentations[string(query.Score)].digits()
	case row.Basis == query.OfPolicies || measure == query.Verdict:
		return new(uint16) // Their numbers are whole, and shown as words.
	case measure == query.Impact:
		return presentations[fieldImpactPoints].digits()
	case presentations[string(measure)].name == "":
		return nil
	default:
		return presentations[string(measure)].digits()
	}
}

// stateColors are Grafana's names of colours.
var stateColors = map[cer.State]string{cer.StateOK: "green", cer.StateTicket: "orange", cer.StatePage: "red"}

// stateMappings show states as words, each in its colour.
func stateMappings() data.ValueMappings {
	words := data.ValueMapper{}
	for state, color := range stateColors {
		n := state.Number()
		words[strconv.Itoa(int(n))] = data.ValueMappingResult{Text: state.String(), Color: color, Index: int(n)}
	}
	unknown := data.ValueMappingResult{Text: cer.StateUnknown.String(), Color: "text", Index: len(words)}
	return data.ValueMappings{words, data.SpecialValueMapper{Match: data.SpecialValueNullAndNaN, Result: unknown}}
}

// thresholdsOf returns the objective as threshold: that of the overall score, of a flow's or of its components' scores,
// or of an SLI's value, which is held against the bounds of its curve where it is no share; of evidence that which is enough for a
// verdict; of mean times their target.
func thresholdsOf(measure query.Measure, m eval.Member, p *plan.Plan) *data.ThresholdsConfig {
	if border := borderOf(measure, p); border != nil {
		return border
	}
	if target := measure.Row().Target; target > 0 {
		return targetThresholds(target)
	}
	if measure == query.Score && m.SLI == nil || measure == query.Value && m.SLI.Indicator.Kind().IsShare() {
		return objectiveThresholds(m.Objective)
	}
	if measure == query.Value {
		return curveThresholds(m.SLI.Curve)
	}
	return nil
}

// unitOf returns Grafana's name for the unit of a measure.
func unitOf(measure query.Measure, m eval.Member) string {
	switch measure.Row().Unit {
	case query.UnitPerSecond:
		return unitPerSecond
	case query.UnitOfSLI:
		return unitOfValue(m.SLI)
	case query.UnitSeconds:
		return unitSeconds
	case query.UnitMoney:
		return unitOfMoney(m.Currency)
	case query.UnitShare:
		return unitShare
	default:
		return unitNone
	}
}

// unitMappings show Grafana's names of the units of values as words.
func unitMappings() data.ValueMappings {
	return data.ValueMappings{data.ValueMapper{unitShare: {Text: "share"}, unitSeconds: {Text: "seconds", Index: 1}, unitNone: {Text: " ", Index: 2}}}
}

// currencies are those that Grafana has a unit of.
var currencies = []string{"USD", "GBP", "EUR", "JPY", "RUB", "UAH", "BRL", "DKK", "ISK", "NOK", "SEK", "CZK", "CHF", "PLN", "BTC", "ZAR", "INR", "KRW", "IDR", "PHP", "VND", "TRY", "MYR", "BGN"}

// unitOfMoney returns Grafana's name for a currency, or its code as a prefix.
func unitOfMoney(currency string) string {
	if slices.Contains(currencies, currency) {
		return "currency" + currency
	}
	return "currency:" + currency + " "
}

// unitOfValue returns Grafana's name for the unit of an SLI's value.
func unitOfValue(sli *cer.SLI) string {
	switch kind := sli.Indicator.Kind(); {
	case kind.IsShare():
		return unitShare
	case kind == cer.KindQuantile:
		return unitSeconds
	default:
		return unitNone
	}
}

// objectiveThresholds colours a score red below its objective and green from there on; without an objective it is neutral.
func objectiveThresholds(objective float64) *data.ThresholdsConfig {
	if objective == 0 {
		return neutral()
	}
	return &data.ThresholdsConfig{
		Mode: data.ThresholdsModeAbsolute,
		Steps: []data.Threshold{
			data.NewThreshold(math.Inf(-1), "red", ""),
			data.NewThreshold(objective, "green", ""),
		},
	}
}

// targetThresholds colours a time green below its target and red from there on.
func targetThresholds(target time.Duration) *data.ThresholdsConfig {
	return &data.ThresholdsConfig{
		Mode: data.ThresholdsModeAbsolute,
		Steps: []data.Threshold{
			data.NewThreshold(math.Inf(-1), "green", ""),
			data.NewThreshold(target.Seconds(), "red", ""),
		},
	}
}

// incidentMappings show in a neutral colour that there is no mean time, since no incident has one.
func incidentMappings() data.ValueMappings {
	none := data.ValueMappingResult{Text: "none", Color: "text"}
	return data.ValueMappings{data.SpecialValueMapper{Match: data.SpecialValueNullAndNaN, Result: none}}
}

// number is a number of a field's config.
func number(x float64) *data.ConfFloat64 {
	n := data.ConfFloat64(x)
	return &n
}
