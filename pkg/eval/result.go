package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Result holds the numbers of a query.
type Result struct {
	Plan *plan.Plan
	// Members are those of the query's level that it shows, in the order of the catalog, and of each its cohorts.
	Members []Member
	// IsUnderObjective says that the whole, or a flow, is under its objective at the newest instant, if the query asks for a table.
	IsUnderObjective bool
	// Summaries are a few sentences on each member, if the query asks for them, and Outlines what these are made of.
	Summaries [][]string
	Outlines  []annotate.Outline
	// Events are those of the catalog, if the query asks for them.
	Events []Event
	// Incidents are those of the members, in the order in which they began, if the query asks for them.
	Incidents []Incident
	// Exemplars are those of the SLIs, slow and failed ones first, if the query asks for them.
	Exemplars []Exemplar
	// Courses are what became of the scores of the members, if the query asks for incidents.
	Courses []Course
	// Notices are on the numbers, with StoreNotices among them, which are on the store's answers.
	Notices, StoreNotices cer.Annotations
}

// Member is what has numbers of its own: all flows together, a flow, a component of a flow, or an SLI, for all users or for
// a cohort.
type Member struct {
	// Flow is nil at level overall.
	Flow *cer.Flow
	// Component is "" at the levels overall and flow.
	Component cer.Component
	// SLI is nil but for level sli.
	SLI *cer.SLI
	// Cohort holds the values of the dimensions and labels of flows that the query splits by, as far as they are known.
	Cohort map[string]string
	// Quantile is the level of the quantile that the numbers are of, in (0,1); 0 unless the query asks for quantiles.
	Quantile float64
	// Currency is that of the member's money; "" where the query asks for none.
	Currency string
	// Objective is what the score of the member, or the value of an SLI, is held against; 0 where there is none.
	Objective float64
	// Lost is what the member takes away from the overall score at the newest instant, by its weight and what its score
	// lacks to 1; 0 unless the query asks for a table.
	Lost float64
	// Policies are those that are on at the newest instant, if the query asks for states, and On is whether any policy is on at each
	// instant of the plan's range, whatever maintenance suppresses.
	Policies []string
	On       []cer.Truth
	// Maintenance names the one that suppresses the state at the newest instant; "" where none does.
	Maintenance string
	// Calm is how many flows the member stands for as the one whose state is worst, if the query asks for that one alone and all of these
	// flows are ok without a maintenance; 0 otherwise.
	Calm int
	// Maintained says of each time slice whether the member's flow is in maintenance, if the query asks for evidence; nil where there
	// is none.
	Maintained []bool
	// Replay is what the policies made of the flow, minute by minute, if the query asks for it; nil otherwise.
	Replay *state.Replay
	// Incident is the newest one, and Deployment the newest before its detection, if the query asks for it; nil where there is none.
	Incident   *state.Incident
	Deployment *Event
	// Columns hold a number an instant of the plan's range, or one for all of it where the measure is about incidents, NaN where
	// there is none: of the measure that was asked for, or of every measure for a table.
	Columns map[query.Measure][]float64
}

// Newest returns the newest number of a measure, NaN where there is none.
func (m Member) Newest(measure query.Measure) float64 {
	column := m.Columns[measure]
	if len(column) == 0 {
		return math.NaN()
	}
	return column[len(column)-1]
}

// Incident is an incident of a member, which has no columns.
type Incident struct {
	Member Member
	state.Incident
}
