package findings

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// armCounts are the events of both arms in a slice: x of n of the candidate are bad, and m of all.
type armCounts struct{ x, m, n, all float64 }

// rollout is series of both arms with events by chance, and what is counted in each slice of a width.
type rollout struct {
	series []series
	slices []armCounts
}

// rollOut returns a rollout whose pods are scraped at a distance. Bursts lie on the borders of slices as often as elsewhere.
func rollOut(random *rand.Rand, from, to time.Time, spacing, width time.Duration, failing float64) rollout {
	r := rollout{slices: make([]armCounts, int(to.Sub(from)/width))}
	for _, pod := range []struct {
		track, region string
		share         float64
	}{{"canary", "eu", 3}, {"canary", "us", 4}, {"stable", "eu", 40}, {"stable", "us", 20}} {
		good, bad := map[int64]float64{}, map[int64]float64{}
		sums := [2]float64{1000, 1000}
		for at := from.Add(-2 * time.Hour); !at.After(to); at = at.Add(spacing) {
			events := [2]float64{math.Floor(pod.share * spacing.Seconds() * random.ExpFloat64()), 0}
			for range int(events[0]) {
				if random.Float64() < failing {
					events[1]++
				}
			}
			events[0] -= events[1]
			for k := range events {
				sums[k] += events[k]
			}
			good[at.UnixMilli()], bad[at.UnixMilli()] = sums[0], sums[1]
			if i := int((at.Sub(from) - 1) / width); at.After(from) && i < len(r.slices) {
				s := &r.slices[i]
				if pod.track == "canary" {
					s.x, s.n = s.x+events[1], s.n+events[0]+events[1]
				}
				s.m, s.all = s.m+events[1], s.all+events[0]+events[1]
			}
		}
		for code, values := range map[string]map[int64]float64{"200": good, "500": bad} {
			r.series = append(r.series, series{metric: fmt.Sprintf(`requests_total{track=%q,region=%q,code=%q}`, pod.track, pod.region, code),
				from: from.Add(-2 * time.Hour), to: to, spacing: spacing, value: func(at time.Time) float64 { return values[at.UnixMilli()] }})
		}
	}
	return r
}

// evidence returns phi and the evidence that the candidate is worse, as docs/gates.md and its sources define them.
func evidence(slices []armCounts) (phi, e float64) {
	var x, m, p, n float64
	for _, s := range slices {
		if s.m > 0 {
			x, m, p, n = x+s.x, m+s.m, p+s.m*s.n/s.all, n+1
		}
	}
	h := (x + p/m) / (m + 1)
	for _, s := range slices {
		if s.m > 0 {
			phi += (s.x - s.m*h) * (s.x - s.m*h) / (s.m * h * (1 - h)) / (n - 1)
		}
	}
	phi = max(1, phi)
	for _, g := range []float64{1.25, 1.5, 2, 3, 5, 10, 30, 100} {
		log := 0.0
		for _, s := range slices {
			log += s.x*math.Log(g) - s.m*math.Log(1-s.n/s.all+s.n/s.all*g)
		}
		e += math.Exp(log/phi) / 8
	}
	return phi, e
}

// TestGatesCountRawSamples compares what a gate finds with what the raw samples say.
func TestGatesCountRawSamples(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(77, seed))
		spacing := []time.Duration{15 * time.Second, 10 * time.Second, 30 * time.Second}[seed%3]
		width := max(time.Minute, 4*spacing) // Those samples that are further apart need wider slices.
		start := noon.Add(-42 * time.Minute)
		r := rollOut(random, start.Add(2*time.Minute), noon, spacing, width, .02)
		tr := try(t, catalog(strings.Replace(gated, "compare:", "maxDrop: 0.5\n    compare:", 1)), nil, r.series...)
		v, _ := tr.gate(noon, "Viewer", "canary"+since(start))
		if len(v.SLIs) != 1 || v.SLIs[0].Events == nil || v.FailedAt != "" {
			t.Fatalf("seed %d: %+v", seed, v)
		}
		var sum armCounts
		drop, weight := 0.0, 0.0
		for _, s := range r.slices {
			sum.x, sum.n = sum.x+s.x, sum.n+s.n
			drop += (s.x*(s.all-s.n) - (s.m-s.x)*s.n) / s.all
			weight += s.n * (s.all - s.n) / s.all
		}
		phi, e := evidence(r.slices)
		sli := v.SLIs[0]
		for what, pair := range map[string][2]float64{
			"events": {*sli.Events, sum.n}, "the candidate's share": {*sli.Candidate, 1 - sum.x/sum.n}, "drop": {*sli.Drop, drop / weight},
			"phi": {*sli.Phi, phi}, "evidence": {*sli.Evidence, e},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-6*max(1, math.Abs(pair[1])) {
				t.Errorf("seed %d, samples %s apart: %s is %v, by raw samples %v", seed, spacing, what, pair[0], pair[1])
			}
		}
	}
}

// TestGatesCompareStrata has a canary with more of its requests in the region that fails more often: by regions it is as good.
func TestGatesCompareStrata(t *testing.T) {
	start := noon.Add(-40 * time.Minute)
	var all []series
	for _, arm := range []struct {
		track, region string
		rate, failing float64
	}{{"canary", "eu", 9, .05}, {"canary", "us", 1, .01}, {"stable", "eu", 10, .05}, {"stable", "us", 90, .01}} {
		from := noon.Add(-3 * time.Hour)
		for code, rate := range map[string]float64{"200": arm.rate * (1 - arm.failing), "500": arm.rate * arm.failing} {
			all = append(all, series{metric: fmt.Sprintf(`requests_total{track=%q,region=%q,code=%q}`, arm.track, arm.region, code), from: from, to: noon,
				spacing: 15 * time.Second, value: counter(from, rate)})
		}
	}
	for name, test := range map[string]struct {
		strata, verdict string
		drop            float64
	}{
		"by regions":              {"strata: [region]", "pass", 0},
		"of all regions together": {"alpha: 0.05", "fail", .046 - .014},
	} {
		t.Run(name, func(t *testing.T) {
			spec := strings.Replace(strings.Replace(gated, "compare:", test.strata+"\n    compare:", 1), "label: track }", "label: track }, { name: region }", 1)
			v, _ := try(t, catalog(spec), nil, all...).gate(noon, "Viewer", "canary"+since(start))
			if v.Verdict != test.verdict || math.Abs(*v.SLIs[0].Drop-test.drop) > 1e-9 {
				t.Errorf("drop %v: %+v", *v.SLIs[0].Drop, v)
			}
		})
	}
}
