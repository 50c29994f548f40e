package findings

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestF10SamplesAreCountedOnceInSlices has one bad minute of five, whose sample lies in one time slice. Functions that count a
// sample once need no wider range for slices.
func TestF10SamplesAreCountedOnceInSlices(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	// A sample each minute at :50; that of each fifth minute is down.
	down := func(at time.Time) float64 {
		if at.Minute()%5 == 4 {
			return 0
		}
		return 1
	}
	for name, promQL := range map[string]string{
		"avg_over_time":                   "avg_over_time(up[__window])",
		"sum_over_time and count":         "sum_over_time(up[__window]) / count_over_time(up[__window])",
		"sum_over_time of a fixed number": "sum_over_time(up[__window]) / 5",
		"quantile_over_time":              "quantile_over_time(0.5, up[__window]) * 0.8",
		"a subquery":                      "avg_over_time(up[__window:1m])",
		"an increase":                     "1 - increase(failed_total[__window]) / 300",
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
flows:
  - name: shop
    objective: 0.9
    slis:
      - { name: up, component: availability, value: { promql: '`+promQL+`' } }`), map[string]any{"timeInterval": "60s"},
				series{`up`, from.Add(50 * time.Second), noon, time.Minute, down},
				series{`failed_total`, from.Add(50 * time.Second), noon, time.Minute, counter(from, .2)})
			tr.latest(`"level": "flow", "measure": "burn", "window": "30m"`, noon).is(`flow="shop"`, 2)
		})
	}
}

// hourly returns the value of a counter that grows by perSecond from the time from on, and by burst at each full hour.
func hourly(from time.Time, perSecond, burst float64) func(time.Time) float64 {
	return func(at time.Time) float64 {
		return perSecond*at.Sub(from).Seconds() + burst*float64(at.Truncate(time.Hour).Sub(from.Truncate(time.Hour))/time.Hour)
	}
}

// TestF1SpacingIsMeasured has bursts of failures between two samples, at the borders of time slices, which are lost where the
// setting is believed.
func TestF1SpacingIsMeasured(t *testing.T) {
	from := noon.Add(-30 * time.Hour)
	definition := func(extra string) string {
		return catalog(`
objective: 0.99
budgetWindow: 24h
` + extra + `flows:
  - name: shop
    slis:
      - { name: ok, objective: 0.99, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }`)
	}
	burst := func(metric, code string, spacing time.Duration, perSecond, burst float64) series {
		return series{metric + `{code="` + code + `"}`, from.Add(spacing * 37 / 60), noon, spacing, hourly(from, perSecond, burst)}
	}
	world := func(spacing time.Duration) []series {
		return []series{burst("m_total", "200", spacing, 1, 500), burst("m_total", "500", spacing, 0, 500)}
	}
	want := 24 * 500. / (86400 + 24*1000) / .01
	for _, spacing := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute} {
		t.Run("samples each "+spacing.String(), func(t *testing.T) {
			tr := try(t, definition(""), nil, world(spacing)...)
			for _, window := range []string{"24h", "6h"} {
				tr.latest(`"level": "sli", "measure": "burn", "window": "`+window+`"`, noon).isNear(`component="availability",flow="shop",sli="ok"`, want, .7)
			}
		})
	}
	t.Run("the spacing that is stated is believed", func(t *testing.T) {
		tr := try(t, definition("scrapeInterval: 15s\n"), nil, world(time.Minute)...)
		tr.latest(`"level": "sli", "measure": "burn", "window": "24h"`, noon).is(`component="availability",flow="shop",sli="ok"`, 0)
	})
	t.Run("jobs of 15s and 5m in one catalog", func(t *testing.T) {
		tr := try(t, catalog(`
objective: 0.99
budgetWindow: 24h
flows:
  - name: shop
    slis:
      - { name: ok, objective: 0.99, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }
  - name: slow
    slis:
      - { name: ok, objective: 0.99, component: availability, ratio: { bad: 'sum(increase(n_total{code="500"}[__window]))', total: 'sum(rate(m_total[__window])) * __window' } }`), nil,
			append(world(15*time.Second), burst("n_total", "500", 5*time.Minute, 0, 500))...)
		burns := tr.latest(`"level": "sli", "measure": "burn", "window": "24h"`, noon)
		burns.isNear(`component="availability",flow="shop",sli="ok"`, want, .7)
		burns.isNear(`component="availability",flow="slow",sli="ok"`, want, .7)
	})
	for _, age := range []time.Duration{3 * time.Minute, 8 * time.Minute} {
		t.Run("series that began "+age.String()+" before their samples were first counted", func(t *testing.T) {
			young := world(15 * time.Second)
			for i := range young {
				young[i].from = noon.Add(-12*time.Hour - age)
			}
			tr := try(t, definition(""), nil, young...)
			tr.latest(`"level": "sli", "measure": "burn", "window": "11h"`, noon).isNear(`component="availability",flow="shop",sli="ok"`, 11*500./(11*4600)/.01, .2)
		})
	}
	t.Run("an interval that shrank soon after series began, of which the store does not say that they were there before", func(t *testing.T) {
		begin, change := noon.Add(-14*time.Hour+time.Minute), noon.Add(-11*time.Hour-30*time.Minute)
		slow, fast := world(time.Minute), world(15*time.Second)
		for i := range slow {
			slow[i].from, slow[i].to, fast[i].from = begin.Add(37*time.Second), change, change.Add(9*time.Second)
		}
		tr := try(t, definition(""), nil, append(slow, fast...)...)
		before, refused := float64(noon.Add(-12*time.Hour-10*time.Minute).Unix()), 0
		url := tr.inFront(func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
			form, _ := url.ParseQuery(string(body))
			start, _ := strconv.ParseFloat(cmp.Or(form.Get("start"), form.Get("time")), 64)
			if strings.Contains(form.Get("query"), "count_values") && start == before {
				refused++
				w.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = io.WriteString(w, `{"status":"error","errorType":"execution","error":"no"}`)
				return
			}
			store.ServeHTTP(w, r)
		})
		answer := tr.at(url, definition(""), nil).latest(`"level": "sli", "measure": "burn", "window": "13h30m"`, noon)
		answer.isNear(`component="availability",flow="shop",sli="ok"`, 13*500./(13.5*3600+13*1000)/.01, .3)
		if refused == 0 {
			t.Error("nothing was refused")
		}
	})
	for _, slower := range []time.Duration{90 * time.Second, 2 * time.Minute, 5 * time.Minute} {
		t.Run("an interval that grew to "+slower.String()+", of which ten minutes have few samples", func(t *testing.T) {
			change := noon.Add(-9*time.Hour - 10*time.Minute)
			fast, slow := world(15*time.Second), world(slower)
			for i := range fast {
				fast[i].to, slow[i].from = change, change.Add(slower*37/60)
			}
			tr := try(t, definition(""), nil, append(fast, slow...)...)
			for _, at := range []time.Time{noon, noon.Add(-160 * time.Minute)} {
				tr.latest(`"level": "sli", "measure": "burn", "window": "24h"`, at).isNear(`component="availability",flow="shop",sli="ok"`, want, 1.1)
			}
		})
	}
	t.Run("a job that has ended is not taken for one that is scraped rarely", func(t *testing.T) {
		all := world(time.Minute)
		for i := range all {
			other := all[i]
			other.metric, other.spacing, other.to = strings.Replace(other.metric, "{", `{job="gone",`, 1), 15*time.Second, noon.Add(-4*time.Hour)
			all = append(all, other)
		}
		tr := try(t, definition(""), nil, all...)
		tr.ask(`"level": "sli", "format": "definition", "measure": "burn"`, noon.Add(-time.Hour), noon, time.Minute).says("samples of m_total are 1 min apart")
	})
	for name, at := range map[string]time.Time{"at noon": noon, "soon after a measurement": noon.Add(-160 * time.Minute)} {
		t.Run("an interval that changed loses nothing "+name, func(t *testing.T) {
			change := noon.Add(-9 * time.Hour)
			for _, spacings := range [][2]time.Duration{{15 * time.Second, time.Minute}, {time.Minute, 15 * time.Second}} {
				before, after := world(spacings[0]), world(spacings[1])
				for i := range before {
					before[i].to, after[i].from = change, change.Add(37*time.Second)
				}
				tr := try(t, definition(""), nil, append(before, after...)...)
				tr.latest(`"level": "sli", "measure": "burn", "window": "24h"`, at).isNear(`component="availability",flow="shop",sli="ok"`, want, .7)
				tr.latest(`"level": "sli", "measure": "value", "window": "26h"`, at).isNear(`component="availability",flow="shop",sli="ok"`, 1-want*.01, .007)
			}
		})
	}
}

// TestG3WindowsThatAreTooShortAreSaid has samples so far apart that windows have too few of them.
func TestG3WindowsThatAreTooShortAreSaid(t *testing.T) {
	from := noon.Add(-8 * time.Hour)
	tr := try(t, catalog(`
flows:
  - name: batch
    slis:
      - { name: ok, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }
  - name: checks
    slis:
      - { name: up, component: availability, probe: { selector: probe_success } }
  - name: gauge
    slis:
      - { name: free, component: availability, value: { promql: 'min_over_time(free[__window])' } }
  - name: frequent
    slis:
      - { name: ok, component: availability, ratio: { bad: 'n_total{code="500"}', total: n_total } }`), nil,
		series{`m_total{code="200"}`, from, noon, 5 * time.Minute, counter(from, 9)},
		series{`m_total{code="500"}`, from, noon, 5 * time.Minute, counter(from, 1)},
		series{`probe_success`, from.Add(3 * time.Minute), noon, 10 * time.Minute, constant(1)},
		series{`free`, from, noon, 3 * time.Minute, constant(1)},
		series{`n_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 9)})
	for flow, want := range map[string]string{
		"batch": "samples are 5 min apart; choose window: 15m", "checks": "samples are 10 min apart; choose window: 30m",
		"gauge": "samples are 3 min apart; choose window: 9m",
	} {
		t.Run(flow, func(*testing.T) {
			tr.latest(`"level": "flow", "flows": ["`+flow+`"]`, noon).says(want)
			tr.ask(`"level": "sli", "flows": ["`+flow+`"]`, noon.Add(-time.Hour), noon, time.Minute).says(want)
			tr.healthSays(want)
		})
	}
	t.Run("nothing is said of a window with enough samples", func(t *testing.T) {
		if notices := tr.latest(`"level": "flow", "flows": ["frequent"]`, noon).notices(); len(notices) > 0 {
			t.Errorf("the notices are %q", notices)
		}
		tr.latest(`"level": "flow", "flows": ["batch"], "window": "15m"`, noon).is(`flow="batch"`, .9)
	})
	t.Run("the format definition and Save & test say what was found", func(*testing.T) {
		for _, want := range []string{"samples of m_total are 5 min apart", "samples of n_total are 15 s apart"} {
			tr.ask(`"level": "sli", "format": "definition"`, noon.Add(-time.Hour), noon, time.Minute).says(want)
			tr.healthSays(want)
		}
	})
}

// TestF1AStoreThatDoesNotCountSamples has a store that refuses to count samples: the setting is assumed, and that is said.
func TestF1AStoreThatDoesNotCountSamples(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	definition := func(extra string) string {
		return catalog(`
objective: 0.99
budgetWindow: 1h
` + extra + `flows:
  - name: shop
    slis:
      - { name: ok, objective: 0.99, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }`)
	}
	const burn, labels = `"level": "sli", "measure": "burn", "window": "30m"`, `component="availability",flow="shop",sli="ok"`
	const said = "the sample spacing of m_total is unknown, because the store refuses to count its samples; 15 s is assumed"
	for name, extra := range map[string]string{"measured": "", "stated": "scrapeInterval: 15s\n"} {
		t.Run(name, func(t *testing.T) {
			tr, store := try(t, definition(extra), nil,
				series{`m_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 98)},
				series{`m_total{code="500"}`, from, noon, 15 * time.Second, counter(from, 2)}).behindProxy(definition(extra), nil)
			store.fault.Store(&fault{
				applies: func(_ string, form url.Values) bool { return strings.HasPrefix(form.Get("query"), "count_values") },
				answer: func([]byte) []byte {
					return []byte(`{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}`)
				},
			})
			answer := tr.latest(burn, noon)
			answer.isNear(labels, 2, 1e-6)
			if isSaid := strings.Contains(strings.Join(answer.notices(), "\n"), said); isSaid != (extra == "") {
				t.Errorf("the notices are %q", answer.notices())
			}
		})
	}
}

// TestF1SlicesOfStoresWhoseRatesTile looks at what is asked of a store whose rates count from the sample before their window on, as
// the rates of VictoriaMetrics do: slices that reach back to that sample too would count increments between two of them twice.
func TestF1SlicesOfStoresWhoseRatesTile(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	definition := catalog(`
objective: 0.99
budgetWindow: 1h
flows:
  - name: shop
    slis:
      - { name: ok, objective: 0.99, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }`)
	for prometheusType, want := range map[string]string{"VictoriaMetrics": "[5m])", "Prometheus": "[6m])"} {
		t.Run(prometheusType, func(t *testing.T) {
			settings := map[string]any{"prometheusType": prometheusType}
			tr, store := try(t, definition, settings,
				series{`m_total{code="200"}`, from, noon, time.Minute, counter(from, 98)},
				series{`m_total{code="500"}`, from, noon, time.Minute, counter(from, 2)}).behindProxy(definition, settings)
			var rates sync.Map
			store.fault.Store(&fault{applies: func(_ string, form url.Values) bool {
				if query := form.Get("query"); strings.Contains(query, "rate(m_total") {
					rates.Store(query, true)
				}
				return false
			}})
			tr.latest(`"level": "sli", "measure": "burn", "window": "30m"`, noon)
			asked := 0
			for query := range rates.Range {
				asked++
				if !strings.Contains(query.(string), want) {
					t.Errorf("%s was asked, want %s", query, want)
				}
			}
			if asked == 0 {
				t.Error("no rate was asked for")
			}
		})
	}
}
