package cer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

const (
	// studyMinutes is how long a rollout lasts that never gets a verdict.
	studyMinutes = 60
	// studyRuns is the number of rollouts of each case, designRuns that which the wanted numbers are of.
	studyRuns, designRuns = 400, 300
)

// studied is what is wanted of a case.
type studied struct {
	name    string
	maxDrop float64
	traffic traffic
	// fails and passes are shares of the rollouts, from the first number to the second. zTest is the share that a z-test fails
	// which is repeated each minute; 0 where the design has none.
	fails, passes [2]float64
	zTest         float64
	// failsAfter and passesAfter are median minutes; 0 where none is wanted.
	failsAfter, passesAfter float64
	// healthy says that the candidate is as good as the baseline, inClumps that failures are not independent.
	healthy, inClumps bool
	// seed tells the rollouts of cases apart.
	seed uint64
}

// exactly returns the range of one number.
func exactly(p float64) [2]float64 { return [2]float64{p, p} }

var (
	never, always = exactly(0), exactly(1)
	// nearlyAlways and hardlyEver are what the design says of all candidates that are clearly worse.
	nearlyAlways, hardlyEver = [2]float64{.993, 1}, [2]float64{0, .007}
)

// healthyCases have a candidate that is as good as the baseline. The z-test's shares are those of one-sided tests at 5 %, from the first
// minute until the gate has decided.
func healthyCases() []studied {
	return []studied{
		{name: "0.1 %, 600 of 6000 a minute", maxDrop: .005, traffic: independent(600, 6000, .001, .001),
			fails: never, passes: always, zTest: .18, passesAfter: 5},
		{name: "0.1 %, both arms swing alike", maxDrop: .005, traffic: swingingAlike(1, 600, 6000, .001, .001),
			fails: never, passes: always, zTest: .19, passesAfter: 5},
		{name: "0.1 %, clumps of 5", maxDrop: .005, traffic: inClumps(5, 600, 6000, .001, .001),
			fails: never, passes: always, zTest: .35, passesAfter: 5, inClumps: true},
		{name: "1 %, clumps of 5", maxDrop: .002, traffic: inClumps(5, 600, 6000, .01, .01),
			fails: exactly(.04), passes: exactly(.73), zTest: .58, inClumps: true},
		{name: "1 %, each arm swings by itself", maxDrop: .002, traffic: swingingApart(.5, 600, 6000, .01, .01),
			fails: exactly(.05), passes: exactly(.69), zTest: .65},
		{name: "0.02 %, clumps of 5, maxDrop 0", traffic: inClumps(5, 600, 6000, .0002, .0002),
			fails: exactly(.007), passes: exactly(.29), zTest: .52, inClumps: true},
		{name: "0.1 %, clumps of 20, 500 of 1000, maxDrop 0", traffic: inClumps(20, 500, 1000, .001, .001),
			fails: exactly(.003), passes: exactly(.48), zTest: .49, inClumps: true},
		{name: "1 %, 100 of 200, maxDrop 0", traffic: independent(100, 200, .01, .01),
			fails: exactly(.033), passes: exactly(.003), zTest: .36},
		{name: "1 %, 20 of 200", maxDrop: .05, traffic: independent(20, 200, .01, .01),
			fails: never, passes: always, zTest: .21, passesAfter: 7},
		{name: "2 %, 100 of 200", maxDrop: .01, traffic: independent(100, 200, .02, .02),
			fails: exactly(.007), passes: exactly(.68), passesAfter: 37},
		{name: "no errors, 600 of 6000", maxDrop: .005, traffic: independent(600, 6000, 0, 0),
			fails: never, passes: always, passesAfter: 5},
		{name: "no errors, 5 of 50", maxDrop: .05, traffic: independent(5, 50, 0, 0),
			fails: never, passes: always, passesAfter: 17},
	}
}

// worseCases have a candidate that is worse than the baseline.
func worseCases() []studied {
	return []studied{
		{name: "0 -> 1 %", maxDrop: .005, traffic: independent(600, 6000, .01, 0), fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "0.1 -> 1 %", maxDrop: .005, traffic: independent(600, 6000, .01, .001), fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "1 -> 3 %", maxDrop: .005, traffic: independent(600, 6000, .03, .01), fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "1 -> 3 %, clumps of 5", maxDrop: .005, traffic: inClumps(5, 600, 6000, .03, .01),
			fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "1 -> 3 %, both arms swing alike", maxDrop: .005, traffic: swingingAlike(1, 600, 6000, .03, .01),
			fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "1 -> 3 %, each arm swings by itself", maxDrop: .005, traffic: swingingApart(.5, 600, 6000, .03, .01),
			fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "1 -> 20 %, 20 of 200", maxDrop: .05, traffic: independent(20, 200, .2, .01),
			fails: nearlyAlways, passes: hardlyEver, failsAfter: 5},
		{name: "0.1 -> 0.6 %, maxDrop 0.5 %", maxDrop: .005, traffic: independent(600, 6000, .006, .001),
			fails: exactly(.81), passes: never, failsAfter: 5},
		{name: "2 -> 3 %, 900 of 1000, maxDrop 1 %", maxDrop: .01, traffic: independent(900, 1000, .03, .02),
			fails: exactly(.73), passes: exactly(.02), failsAfter: 19},
		{name: "2 -> 3 %, 100 of 200, maxDrop 1 %", maxDrop: .01, traffic: independent(100, 200, .03, .02),
			fails: exactly(.58), passes: never, failsAfter: 31},
		{name: "2 -> 4 %, 100 of 200, maxDrop 1 %", maxDrop: .01, traffic: independent(100, 200, .04, .02),
			fails: always, passes: never, failsAfter: 14},
		{name: "2 points worse, a ramp after an outage", maxDrop: .01, traffic: rampAfterOutage(3, .5, 1000, .02, .001),
			fails: exactly(.997), passes: exactly(.003), failsAfter: 50},
	}
}

// cases returns all cases.
func cases() []studied {
	healthy := healthyCases()
	all := slices.Concat(healthy, worseCases())
	for i := range all {
		all[i].seed, all[i].healthy = uint64(i), i < len(healthy)
	}
	return all
}

// rollout draws the minutes of one of a case's rollouts.
func (s *studied) rollout(run int) []ArmCounts {
	d := dice{rand.New(rand.NewPCG(s.seed, uint64(run)))}
	minutes := make([]ArmCounts, studyMinutes)
	for m := range minutes {
		minutes[m] = s.traffic(d, m)
	}
	return minutes
}

// gate returns the gate of a case.
func (s *studied) gate() *Gate {
	g := DefaultGate()
	g.Compare = &Comparison{Dimension: "release", Candidate: "canary", Baseline: "stable"}
	g.MaxDrop, g.MinDuration, g.MaxDuration = s.maxDrop, 0, (studyMinutes+1)*g.Slice
	return &g
}

// sli returns the only SLI that a gate has, with the time slices of a rollout.
func (s *studied) sli(minutes []ArmCounts) GateSLI {
	sli := GateSLI{Share: 1, IsKey: true, MaxDrop: s.maxDrop, CountsEvents: true}
	for _, c := range minutes {
		sli.Slices = append(sli.Slices, GateSlice{Seen: true, BaselineSeen: true, Counts: []ArmCounts{c}})
	}
	return sli
}

// verdicts returns what a gate says after each minute, as Gate.Decide does, but with every time slice added once only.
func (s *studied) verdicts(g *Gate, minutes []ArmCounts) []Verdict {
	sli := s.sli(minutes)
	trials := []gateTrial{{sli: &sli}}
	all, failed := make([]Verdict, len(minutes)), false
	for m := range all {
		trials[0].add(sli.Slices[m])
		failed = failed || g.fails(trials, g.evidence(trials))
		switch {
		case failed:
			all[m] = Fails
		case trials[0].isNotWorse(g):
			all[m] = Passes
		default:
			all[m] = Inconclusive
		}
	}
	return all
}

// zTestFailsAt returns the first minute, from 1, after which a one-sided z-test of two proportions at 5 % says that the candidate is worse;
// 0 where it never does.
func zTestFailsAt(minutes []ArmCounts) int {
	var all ArmCounts
	for m, c := range minutes {
		all = ArmCounts{all.Bad + c.Bad, all.Events + c.Events, all.AllBad + c.AllBad, all.AllEvents + c.AllEvents}
		others, othersBad := all.baseline()
		pooled := all.AllBad / all.AllEvents
		deviation := math.Sqrt(pooled * (1 - pooled) * (1/all.Events + 1/others))
		if all.Bad/all.Events-othersBad/others > 1.645*deviation {
			return m + 1
		}
	}
	return 0
}

// found is what a case's rollouts have ended with.
type found struct {
	// failed and passed are the minutes of the first verdicts that were fail, and pass.
	failed, passed []float64
	// zTests is the number of rollouts that a z-test fails before the gate has decided, or as it does, zTestsHour that within the hour.
	zTests, zTestsHour int
}

// find runs the rollouts of a case. Each ends with its first verdict.
func (s *studied) find() (f found) {
	g := s.gate()
	for run := range studyRuns {
		minutes := s.rollout(run)
		verdicts := s.verdicts(g, minutes)
		decided := slices.IndexFunc(verdicts, func(v Verdict) bool { return v != Inconclusive })
		switch {
		case decided < 0:
			decided = studyMinutes - 1
		case verdicts[decided] == Fails:
			f.failed = append(f.failed, float64(decided+1))
		default:
			f.passed = append(f.passed, float64(decided+1))
		}
		if z := zTestFailsAt(minutes); z > 0 {
			f.zTestsHour++
			if z <= decided+1 {
				f.zTests++
			}
		}
	}
	slices.Sort(f.failed)
	slices.Sort(f.passed)
	return f
}

// String returns a row of a table: what has failed and passed in percent, after which median minute, and what z-tests fail.
func (f *found) String() string {
	percent := func(n int) string { return fmt.Sprintf("%5.1f %%", 100*float64(n)/studyRuns) }
	median := func(minutes []float64) string {
		if len(minutes) == 0 {
			return " -"
		}
		return fmt.Sprintf("%2.0f", minutes[len(minutes)/2])
	}
	return fmt.Sprintf("fails %s (%s) passes %s (%s) z-test %s, within the hour %s", percent(len(f.failed)), median(f.failed),
		percent(len(f.passed)), median(f.passed), percent(f.zTests), percent(f.zTestsHour))
}

// deviates returns by how many standard errors a number of rollouts is off a range of shares, which are those of designRuns. The common
// share is taken after one more rollout that is so, and one that is not, so that no standard error is 0.
func deviates(n int, want [2]float64) float64 {
	share := float64(n) / studyRuns
	nearest := min(max(share, want[0]), want[1])
	common := (float64(n) + nearest*designRuns + 1) / (studyRuns + designRuns + 2)
	return math.Abs(share-nearest) / math.Sqrt(common*(1-common)*(1./studyRuns+1./designRuns))
}

// isMedian reports whether the median of the design's minutes, of as many runs in proportion, is within three standard errors of those found.
func isMedian(want float64, minutes []float64) bool {
	n := float64(len(minutes))
	off := 3 * .5 * math.Sqrt(1/n+studyRuns/(designRuns*n))
	low, high := int(n*max(0, .5-off)), int(n*min(1, .5+off))
	return len(minutes) > 0 && minutes[low] <= want && want <= minutes[min(high, len(minutes)-1)]
}

// checkShare compares how many rollouts are so with a range of shares that is wanted.
func checkShare(t *testing.T, what string, n int, want [2]float64) {
	t.Helper()
	if off := deviates(n, want); off > 3 {
		t.Errorf("%d of %d %s, want %v to %v: %.1f standard errors off", n, studyRuns, what, want[0], want[1], off)
	}
}

// checkMedian compares minutes with a median that is wanted; 0 for none.
func checkMedian(t *testing.T, what string, minutes []float64, want float64) {
	t.Helper()
	if want > 0 && !isMedian(want, minutes) {
		t.Errorf("the median minute of a %s is not %v", what, want)
	}
}

// TestStudy asks the gate of each case every minute. The cases, and the numbers that are wanted of them, are those that the method was
// chosen by: each number is of designRuns rollouts in another program.
func TestStudy(t *testing.T) {
	for _, s := range cases() {
		t.Run(s.name, func(t *testing.T) {
			f := s.find()
			t.Log(f.String())
			checkShare(t, "fail", len(f.failed), s.fails)
			checkShare(t, "pass", len(f.passed), s.passes)
			checkMedian(t, "fail", f.failed, s.failsAfter)
			checkMedian(t, "pass", f.passed, s.passesAfter)
			if s.zTest > 0 {
				checkShare(t, "fail by the z-test", f.zTests, exactly(s.zTest))
			}
			if fails := float64(len(f.failed)) / studyRuns; s.healthy && !s.inClumps && fails > .05 {
				t.Errorf("%v fail, more than alpha", fails)
			}
		})
	}
}

// TestStudyIsThatOfDecide compares the verdicts of the study, which adds every time slice once, with those of Decide on every prefix.
func TestStudyIsThatOfDecide(t *testing.T) {
	for _, s := range cases() {
		g := s.gate()
		for run := range 4 {
			minutes := s.rollout(run)
			sli := s.sli(minutes)
			for m, want := range s.verdicts(g, minutes) {
				prefix := sli
				prefix.Slices = sli.Slices[:m+1]
				o := g.Decide(GateTelemetry{SLIs: []GateSLI{prefix}, Width: g.Slice, Elapsed: g.Slice, Required: True})
				if o.Verdict != want {
					t.Errorf("%s, rollout %d, minute %d: Decide says %s, the study %s", s.name, run, m+1, o.Verdict, want)
				}
			}
		}
	}
}
