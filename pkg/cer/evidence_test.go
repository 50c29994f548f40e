package cer

import (
	"math"
	"math/rand/v2"
	"testing"
)

// evidenceOf returns the evidence of counts, each those of one time slice.
func evidenceOf(slices ...ArmCounts) *Evidence {
	e := &Evidence{}
	for _, s := range slices {
		e.Add(s)
	}
	return e
}

// repeated returns a time slice several times.
func repeated(n int, c ArmCounts) []ArmCounts {
	all := make([]ArmCounts, n)
	for i := range all {
		all[i] = c
	}
	return all
}

// counts returns x of n events of the candidate, and m of all events of both arms, that are bad.
func counts(x, m, n, all float64) ArmCounts {
	return ArmCounts{Bad: x, Events: n, AllBad: m, AllEvents: all}
}

// The reference values were computed in Python with 50 digits.
func TestEvidence(t *testing.T) {
	for name, test := range map[string]struct {
		slices                       []ArmCounts
		atPhi1, phi, worse, drop, ok float64
	}{
		"a candidate that fails more often": {[]ArmCounts{counts(3, 10, 100, 1000)},
			0.7554428658098016, 1, 0.7554428658098016, 0.022222222222222223, -1.007998629013842},
		"one that never fails": {[]ArmCounts{counts(0, 10, 100, 1000)},
			-1.3971710955346273, 1, -1.3971710955346273, -0.011111111111111112, 0.9399867189561477},
		"one that alone fails": {[]ArmCounts{counts(5, 5, 100, 1000)},
			9.399636247837515, 1, 9.399636247837515, 0.05, -1.390509621720413},
		"traffic that moves, and a slice without failures": {[]ArmCounts{counts(2, 20, 100, 1000), counts(4, 12, 200, 1000), counts(0, 0, 100, 1000)},
			-0.6726766350499265, 2.6976332476906326, -0.6570981675742905, 0.004705882352941177, -0.7161517303928329},
		"failures in clumps": {[]ArmCounts{counts(1, 3, 50, 150), counts(6, 7, 50, 150), counts(0, 4, 50, 150), counts(5, 6, 50, 150), counts(0, 0, 50, 150)},
			1.8885773122250284, 3.3639986139986138, 0.2984750741046004, 0.031999999999999994, -1.8568886376396585},
		"counts that are not whole": {repeated(6, counts(2.5, 4, 300, 1200.5)),
			6.050496668073463, 1, 6.050496668073463, 0.006667592078474922, -0.3650970605474363},
		"no failures at all": {repeated(5, counts(0, 0, 600, 6000)),
			0, 1, 0, 0, 28.250516716609873},
	} {
		e := evidenceOf(test.slices...)
		for what, pair := range map[string][2]float64{
			"evidence before phi": {logMean(e.logs[:]), test.atPhi1}, "phi": {e.Dispersion(), test.phi}, "evidence": {e.Worse(), test.worse},
			"drop": {e.Drop(), test.drop}, "evidence for a pass": {e.NotWorse(0.01), test.ok},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9*max(1, math.Abs(pair[1])) {
				t.Errorf("%s: %s is %v, want %v", name, what, pair[0], pair[1])
			}
		}
	}
}

// TestEvidenceIsNoneWithoutComparison has arms of which one or both have no events.
func TestEvidenceIsNoneWithoutComparison(t *testing.T) {
	for name, e := range map[string]*Evidence{
		"nothing":              evidenceOf(),
		"no events":            evidenceOf(counts(0, 0, 0, 0)),
		"no candidate":         evidenceOf(repeated(9, counts(0, 3, 0, 10))...),
		"no baseline":          evidenceOf(repeated(9, counts(3, 3, 10, 10))...),
		"arms that never meet": evidenceOf(counts(3, 3, 10, 10), counts(0, 3, 0, 10)),
	} {
		if e.Worse() != 0 || e.NotWorse(0.01) != 0 || !math.IsNaN(e.Drop()) || e.Compared != 0 {
			t.Errorf("%s: evidence %v and %v, drop %v", name, e.Worse(), e.NotWorse(0.01), e.Drop())
		}
	}
}

func TestTheOrderOfTimeSlicesDoesNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		slices := make([]ArmCounts, 2+random.IntN(60))
		for i := range slices {
			all := 1 + 5000*random.Float64()
			events := all * random.Float64()
			bad, othersBad := events*random.Float64()*.1, (all-events)*random.Float64()*.1
			slices[i] = counts(bad, bad+othersBad, events, all)
		}
		one := evidenceOf(slices...)
		random.Shuffle(len(slices), func(i, j int) { slices[i], slices[j] = slices[j], slices[i] })
		other := evidenceOf(slices...)
		if d := math.Abs(one.Worse() - other.Worse()); d > 1e-9*max(1, math.Abs(one.Worse())) {
			t.Errorf("the evidence of %d time slices is %v, and %v in another order", len(slices), one.Worse(), other.Worse())
		}
	}
}

// TestStrataAreComparedEachByItself has two regions with different failure rates, of which the candidate has more of the worse one: by
// regions it is as good as the baseline.
func TestStrataAreComparedEachByItself(t *testing.T) {
	var apart, together Evidence
	eu, us := counts(45, 50, 900, 1000), counts(1, 10, 100, 1000)
	for range 10 {
		apart.Add(eu, us)
		together.Add(counts(eu.Bad+us.Bad, eu.AllBad+us.AllBad, eu.Events+us.Events, eu.AllEvents+us.AllEvents))
	}
	if math.Abs(apart.Drop()) > 1e-12 || apart.Worse() > 0 || apart.Failing != 10 || apart.Compared != 10 {
		t.Errorf("by regions the drop is %v, the evidence %v in %d time slices", apart.Drop(), apart.Worse(), apart.Failing)
	}
	if together.Drop() < .03 || together.Worse() < math.Log(20) {
		t.Errorf("of all regions together the drop is %v, the evidence %v", together.Drop(), together.Worse())
	}
}

// binomial returns n over k.
func binomial(n, k int) float64 {
	b := 1.0
	for i := range k {
		b *= float64(n-i) / float64(i+1)
	}
	return b
}

// highestMean returns the highest mean of a factor of the evidence, over all candidates of n of up to 12 events of which m are bad in
// either arm, at equal failure rates: the candidate's part of them is hypergeometric. share is the candidate's share of
// traffic that the factor takes.
func highestMean(share func(c ArmCounts) float64) float64 {
	highest := 0.0
	for all := 1; all <= 12; all++ {
		for n := range all {
			for m := 0; m <= all; m++ {
				for _, g := range worseRatios {
					mean := 0.0
					for x := max(0, m-(all-n)); x <= min(n, m); x++ {
						p := share(counts(float64(x), float64(m), float64(n), float64(all)))
						mean += binomial(n, x) * binomial(all-n, m-x) / binomial(all, m) * math.Pow(g, float64(x)) / math.Pow(1-p+p*g, float64(m))
					}
					highest = max(highest, mean)
				}
			}
		}
	}
	return highest
}

// TestNoFactorOfEvidenceGrowsByChance is the guarantee: where the candidate is no worse, no factor's mean is over 1.
func TestNoFactorOfEvidenceGrowsByChance(t *testing.T) {
	if mean := highestMean(func(c ArmCounts) float64 { return c.Events / c.AllEvents }); mean > 1+1e-12 {
		t.Errorf("a factor has the mean %v", mean)
	}
	afterwards := highestMean(func(c ArmCounts) float64 { return (c.Events - c.Bad) / max(1, c.AllEvents-c.AllBad) })
	if afterwards < 1.1 {
		t.Errorf("with the share of the good events, which knows the bad ones, the highest mean is %v, so that the enumeration finds nothing", afterwards)
	}
}

// TestEvidenceDoesNotTakeTheShareOfBadEvents has the share of the bad events in place of that of all events: no factor would ever be over
// 1, so that no candidate could fail.
func TestEvidenceDoesNotTakeTheShareOfBadEvents(t *testing.T) {
	for _, c := range []ArmCounts{counts(3, 10, 100, 1000), counts(5, 5, 100, 1000), counts(2.5, 4, 300, 1200.5)} {
		mutant := 0.0
		for _, g := range worseRatios {
			p := c.Bad / c.AllBad
			mutant += math.Exp(c.Bad*math.Log(g)-c.AllBad*math.Log(1-p+p*g)) / float64(len(worseRatios))
		}
		if e := math.Exp(evidenceOf(c).Worse()); mutant > 1+1e-12 || e <= 1 {
			t.Errorf("%+v: the evidence is %v, with the share of the bad events %v", c, e, mutant)
		}
	}
}
