package findings

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestGatesCountQuantilesAtABucketEdge compares a quantile by the requests above a bound: where that is no edge of its buckets, above the
// next one, since a part of a bucket is no number of requests.
func TestGatesCountQuantilesAtABucketEdge(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	classic := func(track string, upTo map[string]float64) (all []series) {
		for le, perSecond := range upTo {
			all = append(all, twoHours(`d_seconds_bucket{track="`+track+`",le="`+le+`"}`, perSecond))
		}
		return all
	}
	ranged := func(track string, within map[string]float64) (all []series) {
		for vmrange, perSecond := range within {
			all = append(all, twoHours(`d_seconds_bucket{track="`+track+`",vmrange="`+vmrange+`"}`, perSecond))
		}
		return all
	}
	buckets := append(classic("stable", map[string]float64{"0.1": 4, "0.5": 8, "1": 9, "+Inf": 10}), classic("canary", map[string]float64{"0.1": 2, "0.5": 6, "1": 9, "+Inf": 10})...)
	ranges := append(ranged("stable", map[string]float64{"8.799e-02...1.000e-01": 4, "4.642e-01...5.275e-01": 4, "1.292e+00...1.468e+00": 2}),
		ranged("canary", map[string]float64{"8.799e-02...1.000e-01": 2, "4.642e-01...5.275e-01": 4, "1.292e+00...1.468e+00": 4})...)
	for name, test := range map[string]struct {
		bounds              string
		series              []series
		candidate, baseline float64
		says                string
	}{
		"the median of the curve is between two edges": {"", buckets, .6, .8, "0.3 is not a bucket edge of d_seconds; the share at the next edge, 0.5, is used"},
		"a bound of the gate is between two edges":     {"bounds: { slow: 700ms }", buckets, .9, .9, "0.7 is not a bucket edge of d_seconds; the share at the next edge, 1, is used"},
		"a bound is below the first edge":              {"bounds: { slow: 40ms }", buckets, .2, .4, "0.04 is not a bucket edge of d_seconds; the share at the next edge, 0.1, is used"},
		"a bound is above the last edge":               {"bounds: { slow: 2s }", buckets, .9, .9, "2 is above the highest bucket edge of d_seconds, 1; the share at that edge is used"},
		"a bound is an edge":                           {"bounds: { slow: 100ms }", buckets, .2, .4, ""},
		"a bound is within a vmrange":                  {"bounds: { slow: 500ms }", ranges, .6, .8, "0.5 is not a bucket edge of d_seconds; the share at the next edge, 0.5275, is used"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
dimensions: [{ name: release, label: track }]
gates:
  - { name: canary, compare: { dimension: release, candidate: canary, baseline: stable }, `+strings.TrimSuffix(test.bounds+", ", ", ")+` }
flows:
  - name: shop
    slis:
      - { name: slow, quantile: { histogram: d_seconds, q: 0.9 }, curve: { linear: { zero: 500ms, one: 100ms } } }`), nil, test.series...)
			v, status := tr.gate(noon, "Viewer", "canary"+since(start))
			if status != 200 || len(v.SLIs) != 1 || v.SLIs[0].Candidate == nil {
				t.Fatalf("status %d: %+v", status, v)
			}
			if s := v.SLIs[0]; math.Abs(*s.Candidate-test.candidate) > 1e-9 || math.Abs(*s.Baseline-test.baseline) > 1e-9 {
				t.Errorf("%v of the candidate's requests are good and %v of the baseline's, want %v and %v", *s.Candidate, *s.Baseline, test.candidate, test.baseline)
			}
			if notices := strings.Join(v.Notices, "\n"); !strings.Contains(notices, test.says) || test.says == "" && strings.Contains(notices, "edge") {
				t.Errorf("the notices are %q, want %q", notices, test.says)
			}
		})
	}
}
