package gate

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Result is the verdict of a gate, and what it is made of.
type Result struct {
	Question
	cer.GateOutcome
	// Compared are the SLIs that the gate looks at, in the order of the catalog, and Outcome what is found of each: the zero value of
	// one that is left out.
	Compared []Compared
	Outcomes []cer.SLIOutcome
	// Required is what the gate's condition is: True where it has none. Failing names the flows for which it does not hold, or is
	// not known.
	Required cer.Truth
	Failing  []string
	// FailedAt is the end of the time slice by which the evidence was enough for a fail; the zero time where it was not.
	FailedAt time.Time
	// CandidateScore and BaselineScore are the means of the SLIs' scores by their shares; NaN where there is none.
	CandidateScore, BaselineScore float64
	// Maintained is the number of time slices that are left out of some SLI, since its flow was in maintenance.
	Maintained int
	// Reasons say in words why the verdict is what it is, the most important one first.
	Reasons []string
	Notices cer.Annotations
}

// Decide returns the verdict by the SLIs that are compared, whose time slices have a width, and the answer to the query for the gate's
// condition; nil where it has none. evidence is the answer to the query for evidence; nil where nothing is compared.
func (g *Question) Decide(compared []Compared, evidence, requirement *eval.Result) *Result {
	r := &Result{Question: *g, Compared: compared, Required: cer.True}
	telemetry := cer.GateTelemetry{Elapsed: g.Elapsed()}
	if requirement != nil {
		r.addRequirement(requirement)
	}
	telemetry.Required, telemetry.SLIs = r.Required, looked(compared)
	over := series.Range{}
	if evidence != nil {
		over, telemetry.Width = evidence.Plan.Range, width(evidence.Plan)
	}
	r.GateOutcome = g.Stated.Decide(telemetry)
	r.addOutcomes()
	if n := r.GateOutcome.FailedAt; n > 0 {
		r.FailedAt = over.Time(n - 1)
	}
	r.addScores()
	r.Reasons, r.Notices = annotate.Verdict(r.summary())
	return r
}

// addOutcomes adds what is found of each SLI.
func (r *Result) addOutcomes() {
	r.Outcomes = make([]cer.SLIOutcome, len(r.Compared))
	k := 0
	for i := range r.Compared {
		if r.Compared[i].LeftOut == "" {
			r.Outcomes[i] = r.SLIs[k]
			k++
		}
	}
}

// addRequirement adds what the gate's condition is of its flows.
func (r *Result) addRequirement(found *eval.Result) {
	r.Required = required(found, found.Plan.Range.Last())
	for _, m := range found.Members {
		if m.On[len(m.On)-1] != cer.True && m.Flow != nil {
			r.Failing = append(r.Failing, m.Flow.Name)
		}
	}
}

// addScores adds the scores of both arms.
func (r *Result) addScores() {
	shares := 0.0
	for i := range r.Compared {
		c, o := &r.Compared[i], &r.Outcomes[i]
		if c.LeftOut != "" || o.Compared == 0 {
			continue
		}
		candidate, baseline := o.Candidate, o.Baseline
		if c.CountsEvents { // The others are scores.
			candidate, baseline = c.SLI.Curve.Score(candidate), c.SLI.Curve.Score(baseline)
		}
		r.CandidateScore += c.Share * candidate
		r.BaselineScore += c.Share * baseline
		shares += c.Share
	}
	r.CandidateScore, r.BaselineScore = r.CandidateScore/shares, r.BaselineScore/shares
	for i := range r.Compared {
		n := 0
		for _, s := range r.Compared[i].Slices {
			if s.Skipped {
				n++
			}
		}
		r.Maintained = max(r.Maintained, n)
	}
}

// summary returns what the reasons for the verdict are made of.
func (r *Result) summary() annotate.Gate {
	g := annotate.Gate{
		Outcome: r.GateOutcome, Gate: r.Stated, Candidate: r.Candidate, Baseline: r.Baseline, FailedAt: r.FailedAt,
		Elapsed: r.Elapsed(), Anchored: r.Anchored, Override: r.Override, Required: r.Required, Failing: r.Failing, Maintained: r.Maintained,
	}
	for i := range r.Compared {
		c := &r.Compared[i]
		g.SLIs = append(g.SLIs, annotate.GateSLI{
			Name: c.Flow.Name + "/" + c.SLI.Name, LeftOut: c.LeftOut, CountsEvents: c.CountsEvents, Share: c.Share, MaxDrop: c.MaxDrop,
			Outcome: r.Outcomes[i],
		})
	}
	return g
}
