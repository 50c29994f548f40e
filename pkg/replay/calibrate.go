package replay

import (
	"context"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Objectives are those that Calibrate tries, the loosest first.
func Objectives() []float64 {
	return []float64{0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999}
}

// Calibration says which objectives a flow, or an SLI, would have kept over some days.
type Calibration struct {
	Flow string `json:"flow"`
	// SLI is "" for the flow.
	SLI      string `json:"sli,omitempty"`
	Revision string `json:"revision"`
	// The time slices are those that end after From, and up to To. Of all Days, KnownDays have telemetry.
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Days      int       `json:"days"`
	KnownDays float64   `json:"knownDays"`
	// Objective is the stated one; nil where there is none.
	Objective *float64 `json:"objective"`
	// Score is the share that was not lost, in [0,1]; nil without telemetry.
	Score *float64       `json:"score"`
	Rows  []CandidateRow `json:"rows"`
	// Recommended is the tightest objective that leaves enough of its budget and pages seldom enough; nil where none does, or too little
	// is known. Reason says why, and what to do.
	Recommended *float64 `json:"recommended"`
	Reason      string   `json:"reason"`

	Notices cer.Annotations `json:"-"`
}

// CandidateRow is what an objective would have done.
type CandidateRow struct {
	Objective float64 `json:"objective"`
	// Stated says that it is the objective of the definition.
	Stated      bool `json:"stated"`
	Recommended bool `json:"recommended"`
	// Left is the share of the error budget of all days that is left, negative where it is overspent. It was Kept unless it was
	// overspent. Both are nil without telemetry.
	Left *float64 `json:"left"`
	Kept *bool    `json:"kept"`
	// Pages is how often the state was page, and Tickets how often a policy of that severity was on.
	Pages   int `json:"pages"`
	Tickets int `json:"tickets"`
	// Policies are the default ones.
	Policies []PolicyCount `json:"policies"`
}

// PolicyCount is how often a default policy was on, and for how many minutes in all.
type PolicyCount struct {
	Policy   string            `json:"policy"`
	Severity cer.AlertSeverity `json:"severity"`
	Count    int               `json:"count"`
	Minutes  int               `json:"minutes"`
	// Possible is false where even a full outage does not burn as fast as the policy wants.
	Possible bool `json:"possible"`
}

// Calibrate tries objectives on the telemetry of the last days, from 1 to MaxDays, of a flow of a catalog, or of an SLI of it. The
// default policies judge them, whatever the weight of the flow. Errors are those of the engine, and *query.Invalid ones.
func (r *Replayer) Calibrate(ctx context.Context, c *catalog.Catalog, flow, sli string, days int) (*Calibration, error) {
	f, s, err := Find(c, flow, sli)
	if err != nil {
		return nil, err
	}
	if err := checkDays(days); err != nil {
		return nil, err
	}
	stated := c.ObjectiveOf(f, s)
	objectives := Objectives()
	if at, found := slices.BinarySearch(objectives, stated); !found && stated > 0 {
		objectives = slices.Insert(objectives, at, stated)
	}
	candidates, err := candidatesOf(c, f, s, objectives)
	if err != nil {
		return nil, err
	}
	w := r.windowOf(days, c)
	names := namesOf(candidates, f)
	courses, notices, err := r.run(ctx, w, asked{catalog: candidates})
	if err != nil {
		return nil, names.inError(err)
	}
	answer := &Calibration{Flow: flow, Revision: c.Revision, From: w.from, To: w.to, Days: days, Objective: present(stated)}
	if s != nil {
		answer.SLI = s.Name
	}
	answer.Notices = names.inNotices(notices)
	one := courses[0][0] // Of all objectives the same time slices are known, and unless they have to reach it the same is lost.
	for i, objective := range objectives {
		row := rowOf(courses[0][i], candidates, objective)
		if row.Stated = objective == stated; row.Stated {
			one = courses[0][i]
		}
		answer.Rows = append(answer.Rows, row)
	}
	answer.KnownDays = float64(one.known) * c.Budget.Slice.Hours() / day.Hours()
	answer.Score = one.score()
	answer.recommend()
	return answer, nil
}

// candidatesOf returns the catalog in which a flow, or an SLI of it, has each of some objectives.
func candidatesOf(c *catalog.Catalog, f *cer.Flow, s *cer.SLI, objectives []float64) (*catalog.Catalog, error) {
	if s != nil {
		return c.SLICandidates(f, s, objectives)
	}
	return c.Candidates(f, objectives)
}

// rowOf returns what became of a candidate.
func rowOf(c *course, candidates *catalog.Catalog, objective float64) CandidateRow {
	row := CandidateRow{Objective: objective, Left: c.left(objective), Pages: len(c.pages), Tickets: c.tickets(), Policies: []PolicyCount{}}
	if row.Left != nil {
		kept := cer.Meets(*row.Left, 0)
		row.Kept = &kept
	}
	for _, p := range candidates.Policies {
		count := PolicyCount{Policy: p.Stated.Name, Severity: p.Stated.Severity, Possible: true}
		if burn := p.Stated.Burn; burn != nil {
			count.Possible = cer.Meets(cer.MaxBurn(objective), burn.Factor(candidates.Budget))
		}
		found := c.policy(p.Stated.Name, p.Stated.Severity)
		count.Count, count.Minutes = len(found.spans), found.minutes
		row.Policies = append(row.Policies, count)
	}
	return row
}

// present returns an objective; nil for 0, which stands for none.
func present(objective float64) *float64 {
	if objective == 0 {
		return nil
	}
	return &objective
}
