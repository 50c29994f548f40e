package query

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"time"
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
	// By splits the numbers by dimensions and labels of flows, and states by policy.
	By Names `json:"by"`
	// Labels are those of flows, and owner, runbook and title, that answers bear as labels.
	Labels Names `json:"labels"`
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
	// Gate is the name of a gate, for its verdict. Candidate and Baseline are the cohorts that it compares, where it leaves them open
	// or others are wanted.
	Gate      string `json:"gate"`
	Candidate string `json:"candidate"`
	Baseline  string `json:"baseline"`
	// Since is when the candidate of a gate started: a time in RFC 3339, event:NAME for the newest run of an event, or "" for the start of
	// the range.
	Since string `json:"since"`
	// Q are the quantiles that a query for the measure quantile names, such as 0.95 for p95.
	Q Quantiles `json:"q"`
	// IsShard says that the query is about some of the flows of a larger one.
	IsShard bool `json:"-"`
	// Long is the window of a query for scores or values that are computed from time slices: one that is too long to look back over at
	// once, or whose score is wanted as budgets count it; 0 for others.
	Long time.Duration `json:"-"`
}

// Level says whose number it is.
type Level string

// The levels.
const (
	LevelOverall   Level = "overall"
	LevelFlow      Level = "flow"
	LevelComponent Level = "component"
	LevelSLI       Level = "sli"
)

// Format is the shape of an answer.
type Format string

// The formats.
const (
	// Timeseries is a number for each instant of the range.
	Timeseries Format = "timeseries"
	// Latest is one number, at the end of the range.
	Latest Format = "latest"
	// Table is a row for each member with every measure.
	Table Format = "table"
	// Definition is what is asked of the store, and why.
	Definition Format = "definition"
	// Summary is sentences on what happened over the range, and why; of states how many flows are in each, of a gate the reasons for its
	// verdict.
	Summary Format = "summary"
	// Events is a row for each event of the catalog, also for annotations.
	Events Format = "events"
	// Incidents is a row for each incident, which is a span of states that are ticket or page, also for annotations.
	Incidents Format = "incidents"
	// Gate is a row for each SLI that a gate compares.
	Gate Format = "gate"
	// Graph is the nodes and edges of Grafana's node graph: the whole, flows, components, SLIs, and what these depend on.
	Graph Format = "graph"
	// Exemplars is a row for each trace of a slow, failed or other event that SLIs count.
	Exemplars Format = "exemplars"
	// Evidence is the values, scores and events of SLIs in time slices, by which gates decide. No query can ask for it.
	Evidence Format = "evidence"
	// Replay is the state at each minute, the policies that were on, and what time slices lost, by which backtests compare policies. No
	// query can ask for it.
	Replay Format = "replay"
)

var formats = []Format{Timeseries, Latest, Table, Definition, Summary, Events, Incidents, Gate, Graph, Exemplars}

// Formats returns the formats that a query can ask for.
func Formats() []Format { return slices.Clone(formats) }

// Columns returns the measures that a query asks for: its own, or for a table those of its columns in their order. A table
// has the measures of an instant, or where its measure is computed from time slices, those of slices; policies decide for
// a table of states only.
func (q Query) Columns() []Measure {
	switch {
	case q.Format == Evidence:
		return []Measure{Value, Score, Traffic}
	case q.Format != Table:
		return []Measure{q.Measure}
	case q.Measure == State:
		return []Measure{State, Score, Coverage, Burn, Budget, Exhaustion}
	case q.Measure.IsOfSlices():
		return []Measure{Score, Coverage, Burn, Budget, Exhaustion}
	default:
		return measuresThat(func(row Row) bool {
			return row.Basis == OfInstants && row.Unit != UnitMoney && row.Measure.ComesAs(Table)
		})
	}
}

// IsOfSlices reports whether the numbers of the query are computed from time slices.
func (q Query) IsOfSlices() bool {
	return q.Measure.IsOfSlices() || q.Long > 0 || q.Format == Evidence
}

// IsOfGate reports whether the query is about what a gate decides.
func (q Query) IsOfGate() bool { return q.Format == Gate || q.Measure.Row().Basis == OfGates }

// IsOfRange reports whether the query sums up what happened to scores within its range.
func (q Query) IsOfRange() bool { return q.Format == Summary && q.Measure == Score }

// IsOfNewest reports whether the query is about the newest instant alone, by what SLIs look back on from there.
func (q Query) IsOfNewest() bool { return (q.Format == Latest || q.Format == Table) && !q.IsOfSlices() }

// IsOverview reports whether the query is a table of all measures of its members at an instant.
func (q Query) IsOverview() bool { return q.Format == Table && !q.Measure.IsOfSlices() }

// IsEventRate reports whether the query asks for rates of events alone.
func (q Query) IsEventRate() bool { return q.Measure.Row().Reads == ReadsEvents && q.Format != Table }

// IsAge reports whether the query asks for the ages of the newest samples alone.
func (q Query) IsAge() bool { return q.Measure.Row().Reads == ReadsAges && q.Format != Table }

// IsOfIncidents reports whether the query is about the incidents of the range.
func (q Query) IsOfIncidents() bool { return q.Format == Incidents || q.Measure.IsOfIncidents() }

// DescribesIncidents reports whether the query says what incidents spent, what caused them and whom they affected.
func (q Query) DescribesIncidents() bool { return q.Format == Incidents || q.Measure == NewestIncident }

// DependsOnAllFlows reports whether the numbers of the query depend on every flow, whichever are shown: what a weight or
// a loss means is relative to the whole.
func (q Query) DependsOnAllFlows() bool {
	return q.IsOverview() || slices.Contains(q.Measure.Row().AllFlowsAt, q.Level)
}

// DependsOnWeights reports whether the numbers of the query depend on the weights of flows.
func (q Query) DependsOnWeights() bool {
	return q.DependsOnAllFlows() || q.Level == LevelOverall && !q.Measure.Row().IgnoresWeights
}

// Parse decodes and completes the JSON of a query. Fields that Grafana adds of its own are passed over. It fails with an
// *Invalid error where a field has a value that it can't have, or fields don't go together.
func Parse(raw []byte) (Query, error) {
	if err := checkFields(raw); err != nil {
		return Query{}, err
	}
	q := Query{}
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&q); err != nil {
		return Query{}, unreadable(err)
	}
	q = q.withDefaults()
	return q, q.Validate()
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

// mistaken are fields that a query can't have, though its author may think so, and what to write instead. An answer
// without regard to them would be, and alert, about something else than was meant. Other unknown fields are Grafana's own.
var mistaken = map[string]string{
	"flow": "write flows", "sli": "write slis", "component": "write components", "measures": "write measure",
	"quantile": "write measure quantile with q", "quantiles": "write q",
}

// checkFields refuses fields that would be ignored against the will of their author.
func checkFields(raw []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return unreadable(err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		instead, is := mistaken[name]
		if value := string(fields[name]); is && value != "null" && value != `""` && value != "[]" && value != "{}" {
			return Invalidf("a query has no field %q; %s", name, instead)
		}
	}
	return nil
}

// unreadable says in words why JSON does not make a query.
func unreadable(err error) error {
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) && mistyped.Field != "" {
		return Invalidf("the field %s of the query is of the JSON type %s; %s needed there", mistyped.Field, mistyped.Value, needed(mistyped.Type))
	}
	if malformed := (*json.SyntaxError)(nil); errors.As(err, &malformed) {
		return Invalidf("the query is not valid JSON: %v", err)
	}
	return Invalidf("the query can't be read: %v", err)
}

// needed says which JSON a field is made of.
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
	switch q.Format {
	case Incidents:
		q.Measure = orDefault(q.Measure, State)
	case Gate:
		q.Measure = orDefault(q.Measure, Verdict)
	case Exemplars: // They are of what SLIs measure, whatever the query was before.
		q.Measure, q.Level = Value, LevelSLI
	case Summary:
		if q.Gate != "" {
			q.Measure = orDefault(q.Measure, Verdict)
		}
	}
	q.Measure = orDefault(q.Measure, Score)
	q.Level = orDefault(q.Level, LevelOverall)
	q.Window = orDefault(q.Window, WindowAuto)
	if q.Measure == Quantile && len(q.Q) == 0 {
		q.Q = defaultQuantiles()
	}
	return q
}

func orDefault[T ~string](value, otherwise T) T {
	if value == "" {
		return otherwise
	}
	return value
}
