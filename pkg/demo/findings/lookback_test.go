package findings

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// loads finds selectors of the metric load, those in default_rollup and those of ranges among them.
var loads = regexp.MustCompile(`default_rollup\((load(?:\{[^}]*\})?)\[5m\]( offset \w+)?\)|(load(?:\{[^}]*\})?)(\[| offset \w+)?`)

// victoria returns the URL of a store that answers as VictoriaMetrics does, as far as the metric load is concerned: over a range an
// instant selector looks back for one step, unless it is in default_rollup. Where it is named, its answers say what it is.
func (tr *trial) victoria(isNamed bool) string {
	return tr.inFront(func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
		form, _ := url.ParseQuery(string(body))
		window := "5m"
		if step := form.Get("step"); step != "" {
			seconds, _ := strconv.ParseFloat(step, 64)
			window = strconv.Itoa(int(min(seconds, 300))) + "s"
		}
		form.Set("query", loads.ReplaceAllStringFunc(form.Get("query"), func(text string) string {
			switch found := loads.FindStringSubmatch(text); {
			case found[1] != "":
				return found[1] + found[2]
			case found[4] == "[":
				return text
			default:
				return "last_over_time(" + found[3] + "[" + window + "]" + found[4] + ")"
			}
		}))
		if isNamed {
			w.Header().Set("X-Server-Hostname", "vm")
		}
		body = []byte(form.Encode())
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		store.ServeHTTP(w, r)
	})
}

// TestS8PanelsOfVictoriaMetricsLookBackAsOthersDo compares panels and instants on VictoriaMetrics with those on Prometheus, when a
// gauge has no more samples, has a gap, or is marked as ended.
func TestS8PanelsOfVictoriaMetricsLookBackAsOthersDo(t *testing.T) {
	from, last := noon.Add(-3*time.Hour), noon.Add(-4*time.Minute-13*time.Second)
	withGap := func(v float64) func(time.Time) float64 {
		return func(at time.Time) float64 {
			if gap := noon.Sub(at); gap > 20*time.Minute && gap < 24*time.Minute {
				return math.NaN()
			}
			return v
		}
	}
	for name, test := range map[string]struct{ sli, extra, query, labels string }{
		"a gauge":                   {`value: { promql: load }`, "", `"level": "sli"`, `component="experience",flow="shop",sli="x"`},
		"a gauge by a dimension":    {`value: { promql: 'avg(load)' }`, "dimensions: [{ name: zone, label: zone, values: [a, b] }]", `"level": "flow", "by": ["zone"]`, `flow="shop",zone="b"`},
		"two gauges":                {`value: { promql: 'sum(load{zone="a"}) / sum(load)' }`, "", `"level": "flow"`, `flow="shop"`},
		"a gauge of some time ago":  {`value: { promql: 'avg(load offset 10m)' }`, "", `"level": "flow"`, `flow="shop"`},
		"a subquery":                {`value: { promql: 'count_over_time(load{zone="a"}[10m:1m]) / 10' }`, "", `"level": "flow"`, `flow="shop"`},
		"burn over 30m":             {`value: { promql: load }`, "objective: 0.9", `"level": "flow", "measure": "burn", "window": "30m"`, `flow="shop"`},
		"a recorded share":          {`recorded: { ratio: load }, trust: []`, "", `"level": "flow"`, `flow="shop"`},
		"maintenance where it is 1": {`value: { promql: load }`, "objective: 0.9\nmaintenance: [{ name: m, promql: 'max(load) > 0.7', effect: good }]", `"level": "flow", "measure": "burn", "window": "30m"`, `flow="shop"`},
	} {
		t.Run(name, func(t *testing.T) {
			definition := catalog(test.extra + "\nbudgetWindow: 1h\nflows: [{ name: shop, slis: [{ name: x, component: experience, " + test.sli + " }] }]")
			tr := try(t, definition, nil,
				series{`load{zone="a"}`, from, last, 15 * time.Second, withGap(.6)},
				series{`load{zone="b"}`, from, last.Add(-10 * time.Minute), time.Minute, withGap(.8)})
			ended := promstore.Sample{Labels: labels.FromStrings("__name__", "load", "zone", "b"), Time: last.Add(-9 * time.Minute), Value: math.Float64frombits(value.StaleNaN)}
			if err := tr.store.Append(ended); err != nil {
				t.Fatal(err)
			}
			for as, victoria := range map[string]*trial{
				"by the settings": tr.at(tr.victoria(false), definition, map[string]any{"prometheusType": "VictoriaMetrics"}),
				"by its answers":  tr.at(tr.victoria(true), definition, nil),
			} {
				t.Run(as, func(t *testing.T) {
					for _, step := range []time.Duration{time.Minute, 15 * time.Second, 10 * time.Minute} {
						_, want := tr.ask(test.query, noon.Add(-time.Hour), noon, step).column(test.labels)
						_, got := victoria.ask(test.query, noon.Add(-time.Hour), noon, step).column(test.labels)
						isEqual(t, step.String(), got, want)
					}
					_, want := tr.latest(test.query, noon).column(test.labels)
					_, got := victoria.latest(test.query, noon).column(test.labels)
					isEqual(t, "latest", got, want)
				})
			}
		})
	}
}

// isEqual fails the test unless numbers are the same to 1e-9, NaN for null.
func isEqual(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) || math.Abs(got[i]-want[i]) > 1e-9 {
			t.Errorf("%s: the numbers are %v, want %v", what, got, want)
			return
		}
	}
}
