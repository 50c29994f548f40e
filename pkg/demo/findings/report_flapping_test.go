package findings

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// A policy may go off and on again while the score stays under its objective: then incidents have one onset, and each still has a
// report of its own.
func TestEachOfTwoIncidentsWithOneOnsetHasItsReport(t *testing.T) {
	from, broken := noon.Add(-6*time.Hour), noon.Add(-2*time.Hour)
	tr := try(t, catalog(`
budgetWindow: 1d
timeSliceWindow: 1m
window: 2m
policies: [{ name: low, severity: page, when: score < 0.7 }]
flows:
  - name: shop
    objective: 0.95
    labels: { team: 'a;b' }
    slis: [{ name: ok, component: availability, value: { promql: max(share_ok) } }]`), nil,
		series{"share_ok", from, noon, 15 * time.Second, func(at time.Time) float64 {
			switch m := at.Sub(broken).Minutes(); {
			case m < 0 || m >= 33:
				return 1
			case m >= 10 && m < 20:
				return .8
			default:
				return .4
			}
		}})
	a := tr.askAt(noon, `"format": "incidents", "level": "flow"`, noon.Add(-5*time.Hour), noon, time.Minute)
	onsets, detected, ends, paths := field[time.Time](a, "time"), field[*time.Time](a, "detected"), field[time.Time](a, "timeEnd"), field[string](a, "report")
	if len(paths) != 2 || !onsets[0].Equal(onsets[1]) {
		t.Fatalf("the onsets are %v, want two equal ones", onsets)
	}
	for i, path := range paths {
		if r := tr.reportOf(noon, path); !r.Detected.Equal(*detected[i]) || !r.End.Equal(ends[i]) {
			t.Errorf("%s is from %s to %s, want from %s to %s", path, r.Detected, r.End, detected[i], ends[i])
		}
	}
	if r := tr.reportOf(noon, "shop/"+ends[0].Add(-time.Minute).Format(time.RFC3339)); !r.End.Equal(ends[0]) {
		t.Errorf("under way a minute before %s is the incident that ends at %s", ends[0], r.End)
	}
	newest := tr.latest(`"measure": "incident", "level": "flow"`, noon.Add(-87*time.Minute)).Frames[0].Fields[0].Labels["detected"]
	if r := tr.reportOf(noon, "shop/"+newest); !r.End.Equal(ends[1]) {
		t.Errorf("the newest incident has the report of that which ends at %s", r.End)
	}

	t.Run("parameters that can't be read are no parameters that were left out", func(t *testing.T) {
		for path, want := range map[string]int{
			"shop/last?filter=team%7C%3D%7Ca%3Bb": http.StatusOK, "shop/last?filter=team|=|a;b": http.StatusBadRequest, "shop/last?to=%zz": http.StatusBadRequest,
			"shop/0001-01-01T00:00:00Z": http.StatusBadRequest,
		} {
			if answer := tr.get(noon, "Viewer", "incidents/"+path); answer.Status != want {
				t.Errorf("%s answers with %d, want %d: %s", path, answer.Status, want, answer.Body)
			}
		}
	})

	t.Run("a state by policy does not link to a filter on policies, which there is not", func(t *testing.T) {
		links := tr.latest(`"measure": "state", "level": "flow", "by": ["policy"]`, noon).Frames[0].Fields[0].Config.Links
		if len(links) != 1 || strings.Contains(links[0].URL, "policy") || !strings.Contains(links[0].URL, "var-flow=shop") {
			t.Errorf("the links are %+v", links)
		}
	})
}
