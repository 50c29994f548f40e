package findings

import (
	"math"
	"strings"
	"testing"
	"time"
)

// previewed is what tests read of the answer of POST /preview.
type previewed struct {
	From, To string
	Flow     *measured
	SLIs     []measured
	Message  string
}

type measured struct {
	Name, Unit                  string
	Value, Score, Traffic, Kept *float64
	History                     []*float64
}

// preview asks for a preview at noon.
func (tr *trial) preview(role string, body map[string]any) (answer previewed) {
	tr.t.Helper()
	tr.post(noon, role, "preview", body, &answer)
	return answer
}

// near reports whether a number is there and about the wanted one; a wanted NaN stands for none.
func near(got *float64, want float64) bool {
	if got == nil || math.IsNaN(want) {
		return got == nil && math.IsNaN(want)
	}
	return math.Abs(*got-want) < 1e-3
}

// A flow that is withheld has no numbers, and the preview says why.
func TestU7PreviewOfAWithheldFlow(t *testing.T) {
	tr := try(t, "", nil, twoHours(`r_total{code="200"}`, 8), twoHours(`r_total{code="500"}`, 2), twoHours("ok_total", 1))
	withheld := flowsBeside(`ratio: { good: 'sum(r_total{code!~"5.."})', total: 'sum(r_total)' }`)
	a := tr.preview("Editor", map[string]any{"flow": "shop", "definition": withheld, "hours": 1})
	if a.Message != "" || a.Flow == nil || a.Flow.Score != nil || a.Flow.Kept != nil || len(a.SLIs) != 1 || a.SLIs[0].Score != nil {
		t.Errorf("%s: %+v, SLIs %+v", a.Message, a.Flow, a.SLIs)
	}
	if other := tr.preview("Editor", map[string]any{"flow": "other", "definition": withheld, "hours": 1}); other.Flow == nil || !near(other.Flow.Score, 1) {
		t.Errorf("%s: %+v", other.Message, other.Flow)
	}
}

// A fifth of ten requests a second has failed for two days, and before there was nothing. The queue is half as long as it may be.
func TestU7PreviewSaysWhatIsMeasured(t *testing.T) {
	const shop = `
flows:
  - name: shop
    slis:
      - { name: ok, key: true, ratio: { bad: errors_total, total: requests_total } }
      - { name: queue, component: dependency, value: { promql: max(queue) }, curve: { linear: { zero: 100, one: 0 } } }`
	from := noon.Add(-48 * time.Hour)
	const minute = time.Minute
	tr := try(t, catalog(shop), map[string]any{"timeInterval": "1m"},
		series{`errors_total`, from, noon, minute, counter(from.Add(-time.Hour), 2)},
		series{`requests_total`, from, noon, minute, counter(from.Add(-time.Hour), 10)},
		series{`queue`, from, noon, minute, constant(50)})
	missing := math.NaN()
	for name, test := range map[string]struct {
		body            map[string]any
		points, unknown int
		flow            float64
		slis            map[string][4]float64 // value, score, traffic, kept
	}{
		"a flow over a week": {map[string]any{"flow": "shop"}, 73, 53, 0.65,
			map[string][4]float64{"ok": {0.8, 0.8, 10, 0.8}, "queue": {50, 0.5, missing, 0.5}}},
		"one SLI over six hours": {map[string]any{"flow": "shop", "sli": "ok", "hours": 6}, 73, 0, missing,
			map[string][4]float64{"ok": {0.8, 0.8, 10, 0.8}}},
		"a definition that is not saved": {map[string]any{"flow": "shop", "hours": 1, "definition": catalog(strings.Replace(shop, "one: 0", "one: 40", 1))}, 61, 0, 0.8,
			map[string][4]float64{"ok": {0.8, 0.8, 10, 0.8}, "queue": {50, 0.8333, missing, 0.8333}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := tr.preview("Editor", test.body)
			if got.Message != "" {
				t.Fatal(got.Message)
			}
			if math.IsNaN(test.flow) != (got.Flow == nil) || got.Flow != nil && !near(got.Flow.Score, test.flow) {
				t.Errorf("the flow is %+v, want a score of %v", got.Flow, test.flow)
			}
			for _, sli := range got.SLIs {
				want := test.slis[sli.Name]
				if !near(sli.Value, want[0]) || !near(sli.Score, want[1]) || !near(sli.Traffic, want[2]) || !near(sli.Kept, want[3]) {
					t.Errorf("%s has the value %v, score %v, traffic %v and kept %v, want %v", sli.Name,
						said(sli.Value), said(sli.Score), said(sli.Traffic), said(sli.Kept), want)
				}
				unknown := 0
				for _, score := range sli.History {
					if score == nil {
						unknown++
					} else if !near(score, want[1]) {
						t.Errorf("the history of %s has %v, want %v", sli.Name, *score, want[1])
					}
				}
				if len(sli.History) != test.points || unknown != test.unknown {
					t.Errorf("the history of %s has %d points, %d of them unknown, want %d and %d", sli.Name, len(sli.History), unknown, test.points, test.unknown)
				}
			}
			if len(got.SLIs) != len(test.slis) {
				t.Errorf("there are %d SLIs, want %d", len(got.SLIs), len(test.slis))
			}
		})
	}
	for name, test := range map[string]struct {
		role string
		body map[string]any
		says string
	}{
		"a viewer":                  {"Viewer", map[string]any{"flow": "shop"}, "this needs the role Editor or Admin"},
		"no flow":                   {"Editor", map[string]any{}, "name a flow"},
		"a flow that there is not":  {"Editor", map[string]any{"flow": "shp"}, `there is no flow called "shp"; did you mean shop?`},
		"an SLI that there is not":  {"Editor", map[string]any{"flow": "shop", "sli": "fast"}, `there is no SLI of shop called "fast"; choose one of the catalog's`},
		"a month":                   {"Editor", map[string]any{"flow": "shop", "hours": 720}, "hours is 720; write how many hours"},
		"a definition that is none": {"Editor", map[string]any{"flow": "shop", "definition": "flows"}, "a mapping is needed here"},
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			if got := tr.preview(test.role, test.body).Message; !strings.Contains(got, test.says) {
				t.Errorf("it says %q, want %q", got, test.says)
			}
		})
	}
}

// Half a percent of requests fail, which the curve scores about a half and a budget counts as events. The queue is full in the first half
// of the hours.
func TestU7PreviewKeepsAsABudgetCounts(t *testing.T) {
	const shop = `
flows:
  - name: shop
    slis:
      - { name: ok, curve: { linear: { zero: 0.99, one: 0.999 } }, ratio: { bad: errors_total, total: requests_total } }
      - { name: queue, component: dependency, value: { promql: max(queue) }, curve: { linear: { zero: 100, one: 0 } } }`
	from := noon.Add(-50 * time.Hour)
	for _, hours := range []int{1, 6, 24, 48} {
		half := noon.Add(-time.Duration(hours) * time.Hour / 2)
		tr := try(t, catalog(shop), minutely,
			series{`errors_total`, from, noon, time.Minute, counter(from, 0.05)},
			series{`requests_total`, from, noon, time.Minute, counter(from, 10)},
			series{`queue`, from, noon, time.Minute, func(at time.Time) float64 { return map[bool]float64{true: 100}[!at.After(half)] }})
		for asked, n := range map[string]int{"": 2, "shop/queue": 1} {
			got := tr.preview("Editor", map[string]any{"flow": "shop", "sli": asked, "hours": hours})
			for _, sli := range got.SLIs {
				want := map[string][2]float64{"ok": {0.5556, 0.995}, "queue": {1, 0.5}}[sli.Name]
				if !near(sli.Score, want[0]) || !near(sli.Kept, want[1]) {
					t.Errorf("over %d hours %s has the score %v and kept %v, want %v", hours, sli.Name, said(sli.Score), said(sli.Kept), want)
				}
			}
			if len(got.SLIs) != n || got.Message != "" {
				t.Errorf("there are %d SLIs, want %d: %s", len(got.SLIs), n, got.Message)
			}
		}
	}
}

// said returns a number as a text; "none" for none.
func said(x *float64) any {
	if x == nil {
		return "none"
	}
	return *x
}
