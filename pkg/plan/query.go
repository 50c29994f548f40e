package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Query is the JSON of one Grafana query. Its names are the API: saved dashboards and alert rules hold them.
type Query struct {
	Measure Measure `json:"measure"`
	Level   Level   `json:"level"`
	// Flows, SLIs and Components restrict the query to those names; none stands for all. An SLI is named by itself,
	// in whichever flows have it, or as flow/sli.
	Flows      Names `json:"flows"`
	SLIs       Names `json:"slis"`
	Components Names `json:"components"`
	// By splits the numbers by dimensions and labels of flows.
	By Names `json:"by"`
	// Where keeps cohorts: names of them by dimension, or values of a flow's label.
	Where map[string]Names `json:"where"`
	// AdhocFilters keep cohorts too, as Grafana's ad hoc filters state them. All of them hold, and Where with them.
	AdhocFilters []AdhocFilter `json:"adhocFilters"`
	// Window is a duration, auto, or one of Grafana's $__interval, $__rate_interval and $__range.
	Window string `json:"window"`
	Format Format `json:"format"`
	// Worst keeps so many members only: of each flow, or at the level flow of all flows, and in each cohort those whose
	// newest number needs attention most; 0 keeps all.
	Worst int `json:"worst"`
	// Legend is a template over labels, such as {{flow}}; "" for an automatic one.
	Legend string `json:"legend"`
	// isPortion says that the query is about some of the flows that were asked for.
	isPortion bool
}

// Measure is the number a query is after; the value field of its answer has the same name.
type Measure string

// The measures.
const (
	Score    Measure = "score"
	Value    Measure = "value"
	Impact   Measure = "impact"
	Coverage Measure = "coverage"
	Weight   Measure = "weight"
	Traffic  Measure = "traffic"
	// Lag is the age of the newest sample of an SLI, in seconds.
	Lag Measure = "lag"
	// Budget is the share of the error budget that is left, which may be negative.
	Budget Measure = "budget"
	// Burn is how fast the error budget is spent: 1 spends all of it over its window.
	Burn Measure = "burn"
	// Exhaustion is how long what is left lasts at the burn rate of the last hour, in seconds.
	Exhaustion Measure = "exhaustion"
	// State is the verdict of the policies: 0 for ok, 1 for ticket, 2 for page.
	State Measure = "state"
	// RevenueAtRisk is the revenue an hour of which the score says that it is lost, a currency at a time.
	RevenueAtRisk Measure = "revenueAtRisk"
	// Cost is that of 1,000 good requests, a currency at a time.
	Cost Measure = "cost"
)

// Level says whose number it is.
type Level string

// The levels.
const (
	Overall   Level = "overall"
	Flows     Level = "flow"
	Component Level = "component"
	SLIs      Level = "sli"
)

// Format is the shape of an answer.
type Format string

// The formats.
const (
	// Timeseries is a number an instant of the range.
	Timeseries Format = "timeseries"
	// Latest is one number, at the end of the range.
	Latest Format = "latest"
	// Table is a row a member with every measure.
	Table Format = "table"
	// Definition is what is asked of the store, and why.
	Definition Format = "definition"
	// Summary is a sentence on what changed over the range, and why.
	Summary Format = "summary"
	// Events is a row an event of the catalog, also for annotations.
	Events Format = "events"
	// Incidents is a row an incident, which is a span of states that need somebody, also for annotations.
	Incidents Format = "incidents"
)

var (
	measures = []Measure{Score, Value, Impact, Coverage, Weight, Traffic, Lag, Budget, Burn, Exhaustion, State, RevenueAtRisk, Cost}
	levels   = []Level{Overall, Flows, Component, SLIs}
	formats  = []Format{Timeseries, Latest, Table, Definition, Summary, Events, Incidents}
)

// Measures lists those that a query asks for: its own, or for a table those of its columns in their order. A table is of
// what is known at an instant, or if its measure is made of slices, of what slices tell; policies decide for a table of
// states only.
func (q Query) Measures() []Measure {
	switch {
	case q.Format != Table:
		return []Measure{q.Measure}
	case q.Measure == State:
		return []Measure{State, Score, Coverage, Burn, Budget, Exhaustion}
	case q.Measure.OfSlices():
		return []Measure{Score, Coverage, Burn, Budget, Exhaustion}
	default:
		return slices.DeleteFunc(slices.Clone(measures), func(m Measure) bool { return m.OfSlices() || m.IsMoney() })
	}
}

// IsOverview reports whether the query is a table of all that is known of its members at an instant.
func (q Query) IsOverview() bool { return q.Format == Table && !q.Measure.OfSlices() }

// levelsOf says at which levels a measure exists.
var levelsOf = map[Measure][]Level{
	Score:    {Overall, Flows, Component, SLIs},
	Value:    {SLIs},
	Impact:   {Flows, Component, SLIs},
	Coverage: {Overall, Flows, Component, SLIs},
	Weight:   {Flows, Component, SLIs},
	Traffic:  {Overall, Flows, SLIs},
	Lag:      {SLIs},

	Budget:     {Overall, Flows, Component, SLIs},
	Burn:       {Overall, Flows, Component, SLIs},
	Exhaustion: {Overall, Flows, Component, SLIs},
	State:      {Overall, Flows},

	RevenueAtRisk: {Overall, Flows},
	Cost:          {Overall, Flows},
}

// ExistsAt reports whether the measure exists at a level.
func (m Measure) ExistsAt(l Level) bool { return slices.Contains(levelsOf[m], l) }

// ParseQuery decodes and completes the JSON of a query. Fields that Grafana adds of its own are passed over. It fails,
// with an Invalid error, where a field has a value that it can't have or fields don't go together.
func ParseQuery(raw []byte) (Query, error) {
	if err := checkFields(raw); err != nil {
		return Query{}, err
	}
	q := Query{}
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&q); err != nil {
		return Query{}, unreadable(err)
	}
	q = q.withDefaults()
	return q, q.validate()
}

// Names are a list of names; a single one may stand by itself.
type Names []string

// UnmarshalJSON reads a list of strings, or a string. Their order does not matter, and each counts once.
func (n *Names) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*n = nil
		if one != "" {
			*n = Names{one}
		}
		return nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return errors.New("names are a list of strings")
	}
	slices.Sort(list)
	*n = slices.Compact(list)
	return nil
}

// mistaken are fields that a query can't have, though its author may think so, and what to write instead. Passing
// over them would answer, and alert, on something else than was meant. Other unknown fields are Grafana's own.
var mistaken = map[string]string{
	"flow": "write flows", "sli": "write slis", "component": "write components", "measures": "write measure",
	"q": "this version has no measure quantile; ask for the value of an SLI of the kind quantile",
}

// checkFields refuses fields that would be passed over against the will of whoever wrote them.
func checkFields(raw []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return unreadable(err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		instead, is := mistaken[name]
		if value := string(fields[name]); is && value != "null" && value != `""` && value != "[]" && value != "{}" {
			return invalid("a query has no field %q; %s", name, instead)
		}
	}
	return nil
}

// unreadable says in words why JSON does not make a query.
func unreadable(err error) error {
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) && mistyped.Field != "" {
		return invalid("the field %s of the query is the JSON type %s; %s needed there", mistyped.Field, mistyped.Value, needed(mistyped.Type))
	}
	return invalid("the query is no JSON that can be read: %v", err)
}

// needed says what a field is made of.
func needed(field reflect.Type) string {
	switch field.Kind() {
	case reflect.Map:
		return `an object such as {"region": ["eu"]} is`
	case reflect.Slice:
		return "a list is"
	case reflect.Int:
		return "a whole number is"
	default:
		return "text is"
	}
}

// withDefaults fills in what the query leaves open.
func (q Query) withDefaults() Query {
	q.Format = orDefault(q.Format, Timeseries)
	if q.Format == Incidents {
		q.Measure = orDefault(q.Measure, State)
	}
	q.Measure = orDefault(q.Measure, Score)
	q.Level = orDefault(q.Level, Overall)
	q.Window = orDefault(q.Window, WindowAuto)
	return q
}

func orDefault[T ~string](value, otherwise T) T {
	if value == "" {
		return otherwise
	}
	return value
}

// validate says what can't be asked.
func (q Query) validate() error {
	if err := oneOf("measure", q.Measure, measures); err != nil {
		return err
	}
	if err := oneOf("level", q.Level, levels); err != nil {
		return err
	}
	if err := oneOf("format", q.Format, formats); err != nil {
		return err
	}
	for field, names := range map[string]Names{"flows": q.Flows, "slis": q.SLIs, "components": q.Components} {
		if len(names) > MaxNames {
			return invalid("%s has %d names, more than %d; leave it out for all of them", field, len(names), MaxNames)
		}
	}
	if err := q.validateCohorts(); err != nil {
		return err
	}
	if len(q.Legend) > MaxLegend {
		return invalid("the legend has %d bytes, more than %d", len(q.Legend), MaxLegend)
	}
	if err := uninterpolated(q.Flows, q.SLIs, q.Components); err != nil {
		return err
	}
	if err := q.validateWorst(); err != nil {
		return err
	}
	return q.validateTogether()
}

// validateTogether says which fields don't go with each other.
func (q Query) validateTogether() error {
	if q.Format == Events { // Whose number is asked for does not matter.
		return nil
	}
	if q.Format == Summary && (q.Level != Overall || q.Measure != Score) {
		return invalid("a summary is of the score of the whole; write level overall and measure score, or leave them out")
	}
	if q.Format == Incidents && q.Measure != State {
		return invalid("incidents are made of states; write measure state, or leave it out")
	}
	if (q.Format != Table || q.Measure == State) && !q.Measure.ExistsAt(q.Level) {
		return invalid("the measure %s does not exist at the level %s; ask for it at %s", q.Measure, q.Level, oneOfList(levelsOf[q.Measure]))
	}
	if len(q.SLIs) > 0 && q.Level != SLIs {
		return invalid("slis go with the level sli; at the level %s restrict by flows or components", q.Level)
	}
	shares := q.Measure == Impact || q.Measure == Weight || q.IsOverview()
	if len(q.Components) > 0 && shares && (q.Level == Overall || q.Level == Flows) {
		return invalid("components go with the levels component and sli where impact or weight is shown; at the level %s leave them out", q.Level)
	}
	if len(q.Components) > 0 && q.Measure.OfSlices() && (q.Level == Overall || q.Level == Flows) {
		return invalid("%s is that of all components; name components at the levels component and sli, with budget, burn or exhaustion", q.Measure)
	}
	if len(q.Components) > 0 && q.Measure.IsMoney() {
		return invalid("money has no components; with %s leave them out", q.Measure)
	}
	if q.Format == Table && q.Measure.IsMoney() {
		return invalid("a table has no money; ask for %s as latest", q.Measure)
	}
	if len(q.Components) > 0 && q.Measure == Traffic && q.Level != SLIs {
		return invalid("traffic has no components; at the level %s leave them out", q.Level)
	}
	return nil
}

// oneOf says which values a field can have.
func oneOf[T ~string](field string, value T, allowed []T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return invalid("%s is %q; it can be %s", field, value, oneOfList(allowed))
}

// oneOfList prints alternatives: a, b or c.
func oneOfList[T ~string](values []T) string {
	text := make([]string, len(values))
	for i, v := range values {
		text[i] = string(v)
	}
	if len(text) == 1 {
		return text[0]
	}
	return strings.Join(text[:len(text)-1], ", ") + " or " + text[len(text)-1]
}

// uninterpolated says which name is a dashboard variable that nobody replaced.
func uninterpolated(lists ...[]string) error {
	for _, names := range lists {
		for _, name := range names {
			if strings.Contains(name, "$") { // No name of a definition has one.
				return invalid("%q is a dashboard variable that nobody replaced; alert rules and shared dashboards have none, so write out what it stands for", name)
			}
		}
	}
	return nil
}

// Invalid is the error of a query that asks for what can't be.
type Invalid struct{ Message string }

// Error returns the sentence for whoever wrote the query.
func (e *Invalid) Error() string { return e.Message }

// TooLarge is the error of a query that asks for more points than it may.
type TooLarge struct {
	Invalid
	Points int
}

// Unwrap returns the sentence for whoever wrote the query.
func (e *TooLarge) Unwrap() error { return &e.Invalid }

func invalid(format string, args ...any) error {
	return &Invalid{Message: fmt.Sprintf(format, args...)}
}
