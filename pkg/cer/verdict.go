package cer

import (
	"math"
	"slices"
	"time"
)

// GateSLI is an SLI that a gate compares, with the time slices of both arms, the oldest first.
type GateSLI struct {
	// Share is that of the SLI's weight, of all that the gate compares; IsKey says that nothing passes without it.
	Share float64
	IsKey bool
	// MaxDrop is by how much its good share, or its score where it counts no events, may be lower for the candidate.
	MaxDrop float64
	// CountsEvents says that Counts are compared, and otherwise the scores.
	CountsEvents bool
	Slices       []GateSlice
}

// GateSlice is what both arms of an SLI did in a time slice.
type GateSlice struct {
	// Skipped says that the time slice is not looked at, since the flow was under maintenance.
	Skipped bool
	// Seen says that there is telemetry of the candidate, and BaselineSeen of the baseline.
	Seen, BaselineSeen bool
	// Counts are the events of both arms, one item for each stratum.
	Counts []ArmCounts
	// Candidate and Baseline are the scores of an SLI that counts no events; NaN where there is none.
	Candidate, Baseline float64
}

// GateTelemetry is what a gate decides by.
type GateTelemetry struct {
	SLIs []GateSLI
	// Width is that of the time slices, Elapsed the time since the start that the telemetry reaches up to.
	Width, Elapsed time.Duration
	// Required is what the gate's condition is at the newest minute; True where it has none.
	Required Truth
}

// GateOutcome is what a gate decides.
type GateOutcome struct {
	Verdict Verdict
	// FailedAt is the number of time slices after which the evidence was enough for a fail, which then stays; 0 where it never was.
	FailedAt int
	// Evidence is the sum of the SLIs' evidence that the candidate is worse, each times its share. It fails from 1/alpha on.
	Evidence float64
	// Passed is the share of the weight that has passed.
	Passed float64
	// SLIs are the outcomes of the SLIs, in their order: after all time slices, or after FailedAt.
	SLIs []SLIOutcome
	// TimedOut says that the verdict is that for a gate which could not decide in its MaxDuration.
	TimedOut bool
	// Needs is about how much more is needed for a verdict.
	Needs GateNeeds
}

// GateNeeds is how much more telemetry a verdict needs, at the current rate; NaN where that is not known, as where the
// evidence does not grow.
type GateNeeds struct {
	// Events are those of the candidate.
	Events, Seconds float64
}

// SLIOutcome is what is found of an SLI.
type SLIOutcome struct {
	// Verdict is fail for an SLI that is to blame, and pass for one that is not worse by its MaxDrop.
	Verdict Verdict
	// Candidate and Baseline are good shares, or mean scores; NaN where there is none. Drop is how much lower the candidate's is.
	Candidate, Baseline, Drop float64
	// Events is the number of the candidate's events, and Dispersion their phi; NaN where events are not counted.
	Events, Dispersion float64
	// Worse and NotWorse are the evidence that the candidate is worse, and that it is not worse by MaxDrop; NaN where events
	// are not counted.
	Worse, NotWorse float64
	// Slices of those looked at, which are Looked, have telemetry of the candidate, and Compared that of both arms.
	Slices, Looked, Compared int
}

// maxLogEvidence keeps evidence finite.
const maxLogEvidence = 700

// Decide returns the verdict of the gate.
func (g *Gate) Decide(t GateTelemetry) GateOutcome {
	r := g.Run(t.SLIs)
	r.AddUntil(slicesOf(r.trials))
	return r.Outcome(t)
}

// GateRun decides a gate time slice by time slice, as it does when it is asked again and again.
type GateRun struct {
	gate   *Gate
	trials []gateTrial
	// added is the number of time slices that were added, failedAt that after which the evidence was enough for a fail, and evidence
	// that of all SLIs by then.
	added, failedAt int
	evidence        float64
}

// Run returns a run of the gate on SLIs, to which no time slice is added yet.
func (g *Gate) Run(slis []GateSLI) *GateRun {
	r := &GateRun{gate: g, trials: make([]gateTrial, len(slis))}
	for k := range slis {
		r.trials[k] = gateTrial{sli: &slis[k]}
	}
	return r
}

// AddUntil adds time slices until n are added, or the evidence is enough for a fail, after which none counts.
func (r *GateRun) AddUntil(n int) {
	for ; r.added < n && r.failedAt == 0; r.added++ {
		for k := range r.trials {
			r.trials[k].add(r.trials[k].sli.Slices[r.added])
		}
		if r.evidence = r.gate.evidence(r.trials); r.gate.fails(r.trials, r.evidence) {
			r.failedAt = r.added + 1
		}
	}
}

// Outcome returns what the gate decides by the time slices that were added. Of the telemetry it reads all but the SLIs, which are those
// of the run.
func (r *GateRun) Outcome(t GateTelemetry) GateOutcome {
	o := GateOutcome{FailedAt: r.failedAt, Evidence: r.evidence, Needs: unknownNeeds()}
	for k := range r.trials {
		o.SLIs = append(o.SLIs, r.trials[k].outcome(r.gate, r.gate.isEnough(o.Evidence)))
		if o.SLIs[k].Verdict == Passes {
			o.Passed += r.trials[k].sli.Share
		}
	}
	o.Verdict, o.TimedOut = r.gate.verdict(t, r.trials, o)
	if o.TimedOut || o.Verdict == Inconclusive {
		o.Needs = r.gate.needs(t, r.trials, o)
	}
	return o
}

// verdict returns the verdict, and whether it is that for a gate which could not decide in its MaxDuration.
func (g *Gate) verdict(t GateTelemetry, trials []gateTrial, o GateOutcome) (v Verdict, timedOut bool) {
	switch {
	case o.FailedAt > 0 || t.Required == False:
		return Fails, false
	case t.Required == True && t.Elapsed >= g.MinDuration && g.passes(trials, o):
		return Passes, false
	case t.Elapsed < g.MaxDuration:
		return Inconclusive, false
	case g.OnTimeout == Passes && (t.Required != True || !g.isSeen(trials)):
		return Inconclusive, true
	default:
		return g.OnTimeout, true
	}
}

// slicesOf returns the number of time slices.
func slicesOf(trials []gateTrial) int {
	if len(trials) == 0 {
		return 0
	}
	return len(trials[0].sli.Slices)
}

// isEnough reports whether evidence that the candidate is worse is enough for a fail.
func (g *Gate) isEnough(evidence float64) bool { return Meets(evidence, 1/g.Alpha) }

// evidence returns the sum of the SLIs' evidence that the candidate is worse, by their shares. Of SLIs with too few failures it is 0.
func (g *Gate) evidence(trials []gateTrial) float64 {
	sum := 0.0
	for k := range trials {
		if t := &trials[k]; t.sli.CountsEvents && t.evidence.Failing >= LeastSlices {
			sum += t.sli.Share * t.worse()
		}
	}
	return sum
}

// fails reports whether an SLI is to blame.
func (g *Gate) fails(trials []gateTrial, evidence float64) bool {
	enough := g.isEnough(evidence)
	return slices.ContainsFunc(trials, func(t gateTrial) bool { return t.isToBlame(enough) })
}

// passes reports whether every key SLI and enough of the weight have passed; true for a gate that compares nothing.
func (g *Gate) passes(trials []gateTrial, o GateOutcome) bool {
	for k := range trials {
		if trials[k].sli.IsKey && o.SLIs[k].Verdict != Passes {
			return false
		}
	}
	return g.Compare == nil || len(trials) > 0 && Meets(o.Passed, g.MinPassed)
}

// isSeen reports whether there was telemetry of the candidate for every key SLI, and for some SLI where the gate compares any.
func (g *Gate) isSeen(trials []gateTrial) bool {
	some := g.Compare == nil
	for k := range trials {
		if trials[k].sli.IsKey && trials[k].seen == 0 {
			return false
		}
		some = some || trials[k].seen > 0
	}
	return some
}

// gateTrial is what is known of an SLI after some time slices.
type gateTrial struct {
	sli      *GateSLI
	evidence Evidence
	// looked is the number of time slices that were looked at, seen of those with telemetry of the candidate, newest whether the
	// last one has.
	looked, seen int
	newest       bool
	// scored is the number of time slices with scores of both arms, candidate and baseline their sums.
	scored              int
	candidate, baseline float64
}

// add adds a time slice.
func (t *gateTrial) add(s GateSlice) {
	if s.Skipped {
		return
	}
	t.looked++
	if t.newest = s.Seen; s.Seen {
		t.seen++
	}
	if t.sli.CountsEvents {
		t.evidence.Add(s.Counts...)
		return
	}
	if !math.IsNaN(s.Candidate) && !math.IsNaN(s.Baseline) {
		t.scored++
		t.candidate += s.Candidate
		t.baseline += s.Baseline
	}
}

// compared returns the number of time slices with events, or scores, of both arms.
func (t *gateTrial) compared() int {
	if t.sli.CountsEvents {
		return t.evidence.Compared
	}
	return t.scored
}

// drop returns how much lower the candidate is.
func (t *gateTrial) drop() float64 {
	if t.sli.CountsEvents {
		return t.evidence.Drop()
	}
	return (t.baseline - t.candidate) / float64(t.scored)
}

// worse returns the evidence that the candidate is worse.
func (t *gateTrial) worse() float64 { return math.Exp(min(t.evidence.Worse(), maxLogEvidence)) }

// isWorse reports whether the candidate drops by more than it may, where that is not known to be chance.
func (t *gateTrial) isWorse() bool {
	enough := t.scored >= LeastSlices
	if t.sli.CountsEvents {
		enough = t.evidence.Failing >= LeastSlices && t.evidence.Worse() >= 0
	}
	return enough && t.drop() > t.sli.MaxDrop+Tolerance
}

// isToBlame reports whether the SLI fails the gate: where there is enough evidence, or without it one that counts no events.
func (t *gateTrial) isToBlame(enough bool) bool {
	return t.isWorse() && (enough || !t.sli.CountsEvents)
}

// isNotWorse reports whether there is enough telemetry, up to now, and enough evidence that the candidate is not worse.
func (t *gateTrial) isNotWorse(g *Gate) bool {
	if t.compared() < LeastSlices || !t.newest || !Meets(float64(t.seen), .9*float64(t.looked)) {
		return false
	}
	if t.sli.CountsEvents {
		return Meets(t.evidence.NotWorse(t.sli.MaxDrop), math.Log(1/g.Beta))
	}
	return t.drop() <= t.sli.MaxDrop+Tolerance
}

// outcome returns what is found of the SLI, where there is enough evidence for a fail or not.
func (t *gateTrial) outcome(g *Gate, enough bool) SLIOutcome {
	none := math.NaN()
	o := SLIOutcome{Verdict: Inconclusive, Drop: t.drop(), Events: none, Dispersion: none, Worse: none, NotWorse: none,
		Slices: t.seen, Looked: t.looked, Compared: t.compared()}
	if t.sli.CountsEvents {
		o.Candidate, o.Baseline = t.evidence.CandidateShare(), t.evidence.BaselineShare()
		o.Events, o.Dispersion, o.Worse = t.evidence.Events(), t.evidence.Dispersion(), t.worse()
		o.NotWorse = math.Exp(min(t.evidence.NotWorse(t.sli.MaxDrop), maxLogEvidence))
	} else {
		o.Candidate, o.Baseline = t.candidate/float64(t.scored), t.baseline/float64(t.scored)
	}
	switch {
	case t.isToBlame(enough):
		o.Verdict = Fails
	case t.isNotWorse(g):
		o.Verdict = Passes
	}
	return o
}
