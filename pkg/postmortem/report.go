package postmortem

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// Report is what is known about an incident. Numbers are null where there are none; shares are in [0,1], durations in seconds.
type Report struct {
	Catalog  string `json:"catalog"`
	Revision string `json:"revision"`
	Flow     string `json:"flow"`
	Title    string `json:"title"`
	Owner    string `json:"owner,omitempty"`
	Runbook  string `json:"runbook,omitempty"`
	// Cohorts are what the report is restricted to, such as region=eu; "" for all users.
	Cohorts string `json:"cohorts,omitempty"`
	// State is the worst state.
	State string `json:"state"`
	// Onset is when the score fell under the objective, or the first minute that was looked at where the incident BeganBefore.
	Onset       time.Time `json:"onset"`
	BeganBefore bool      `json:"beganBefore"`
	Detected    time.Time `json:"detected"`
	// End is the first minute after the incident, or the newest one where it is Ongoing. Recovered says that the state is ok then.
	End       time.Time `json:"end"`
	Ongoing   bool      `json:"ongoing"`
	Recovered bool      `json:"recovered"`
	// EvaluatedAt is the newest time that the report is about.
	EvaluatedAt   time.Time `json:"evaluatedAt"`
	TimeToDetect  *float64  `json:"timeToDetect"`
	TimeToRecover *float64  `json:"timeToRecover"`
	LowestScore   *float64  `json:"lowestScore"`
	Objective     *float64  `json:"objective"`
	// BudgetSpent is the share of the error budget of BudgetWindow up to EvaluatedAt that the incident spent, and BudgetLeft what is left
	// then.
	BudgetSpent  *float64 `json:"budgetSpent"`
	BudgetLeft   *float64 `json:"budgetLeft"`
	BudgetWindow string   `json:"budgetWindow"`
	// Revenue is nil where the flow states none.
	Revenue *Revenue `json:"revenue,omitempty"`
	// CausedBy are the SLIs that lost most, and MostAffected the cohorts whose share of the loss exceeds their share of the events.
	CausedBy     []Contribution `json:"causedBy"`
	MostAffected []Contribution `json:"mostAffected"`
	// Scores are those before the incident, at the lowest score of the flow, and after it.
	Scores []Snapshot `json:"scores"`
	// Policies are those that were on, and when.
	Policies []replay.PolicyOutcome `json:"policies"`
	Events   []Event                `json:"events"`
	Timeline []Entry                `json:"timeline"`
	// Questions are what the numbers leave open.
	Questions []string `json:"questions"`
	Notices   []string `json:"notices"`
}

// Revenue is what the flow lost: its revenue at risk, summed over the minutes from the onset to the end. Lost is null if that is not
// known, such as for a cohort.
type Revenue struct {
	Lost     *float64 `json:"lost"`
	Currency string   `json:"currency"`
}

// Contribution is the share of an SLI or a cohort in what was lost, in [0,1]. Events is a cohort's share of the events; null for SLIs.
type Contribution struct {
	Name   string   `json:"name"`
	Share  float64  `json:"share"`
	Events *float64 `json:"events"`
}

// Snapshot is the scores at one time.
type Snapshot struct {
	// When is before, lowest or after.
	When string `json:"when"`
	// At is the time, and Score and Coverage those of the flow.
	At       time.Time  `json:"at"`
	Score    *float64   `json:"score"`
	Coverage *float64   `json:"coverage"`
	SLIs     []SLIScore `json:"slis"`
}

// SLIScore is an SLI at one time. Unit is share, seconds or none.
type SLIScore struct {
	SLI       string        `json:"sli"`
	Title     string        `json:"title"`
	Component cer.Component `json:"component"`
	DependsOn string        `json:"dependsOn,omitempty"`
	Unit      string        `json:"unit"`
	Value     *float64      `json:"value"`
	Score     *float64      `json:"score"`
}

// Event is an event of the catalog, a maintenance, or a change of the catalog, around the onset.
type Event struct {
	Name string    `json:"name"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Entry is a line of the timeline.
type Entry struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// The times of snapshots.
const (
	before = "before"
	lowest = "lowest"
	after  = "after"
)

// number returns a pointer to a number; nil for NaN.
func number(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// stated returns an objective; nil for 0, which stands for none.
func stated(objective float64) *float64 {
	if objective == 0 {
		return nil
	}
	return &objective
}

// contributions returns contributions as a report has them.
func contributions(all []annotate.Contribution) []Contribution {
	list := make([]Contribution, len(all))
	for i, c := range all {
		list[i] = Contribution{Name: c.Name, Share: c.Share}
		if c.Events > 0 {
			list[i].Events = number(c.Events)
		}
	}
	return list
}
