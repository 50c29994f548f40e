package findings

import (
	"math"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A partial answer without the errors is warned, is never taken for errors that are absent, and is not kept: the SLI is
// missing for as long as the store says so.
func TestA2PartialAnswersAreNeverAbsentErrors(t *testing.T) {
	empty := func(answer map[string]any) {
		if data, ok := answer["data"].(map[string]any); ok {
			data["result"] = []any{}
		}
	}
	for name, test := range map[string]struct {
		answer func([]byte) []byte
		says   string
	}{
		"VictoriaMetrics": {changed(t, func(a map[string]any) { empty(a); a["isPartial"] = true }), "the answer is partial"},
		"Thanos":          {changed(t, func(a map[string]any) { empty(a); a["warnings"] = []string{"store b: timeout"} }), "store b: timeout"},
		"Mimir":           {changed(t, func(a map[string]any) { empty(a); a["warnings"] = []string{"", "partial response"} }), "partial response"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, p := tryFailingShop(t)
			p.fault.Store(&fault{errorsOnly, test.answer})
			for measure, query := range map[string]string{
				"score": `"measure": "score"`, "burn": `"measure": "burn"`, "budget": `"measure": "budget"`,
				"value": `"measure": "value", "level": "sli"`, "flow": `"measure": "score", "level": "flow"`,
			} {
				a := tr.latest(query, noon)
				label := map[string]string{"value": `component="availability",flow="shop",sli="ok"`, "flow": `flow="shop"`}[measure]
				a.is(label, math.NaN())
				a.says(test.says)
			}
			p.end(tr)
			tr.latest(`"measure": "score"`, noon).is("", .8)
			tr.latest(`"measure": "burn"`, noon).isNear("", 2, 1e-6)
		})
	}
}

// Facts of a partial answer are not kept either: a histogram some of whose buckets did not answer.
func TestA2PartialFactsAreNotKept(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	definition := catalog(`
flows:
  - name: shop
    slis: [{ name: fast, component: latency, latency: { histogram: d_seconds, under: 300ms } }]`)
	tr := try(t, definition, nil,
		series{`d_seconds_bucket{le="0.1"}`, from, noon, 15 * time.Second, counter(from, 1)},
		series{`d_seconds_bucket{le="0.3"}`, from, noon, 15 * time.Second, counter(from, 8)},
		series{`d_seconds_bucket{le="1"}`, from, noon, 15 * time.Second, counter(from, 10)},
		series{`d_seconds_bucket{le="+Inf"}`, from, noon, 15 * time.Second, counter(from, 10)},
		series{`d_seconds_count`, from, noon, 15 * time.Second, counter(from, 10)})
	behind, p := tr.behindProxy(definition, nil)
	for name, partial := range map[string]func(map[string]any){
		"VictoriaMetrics": func(a map[string]any) { a["isPartial"] = true },
		"Thanos":          func(a map[string]any) { a["warnings"] = []string{"store b: timeout"} },
	} {
		t.Run(name, func(t *testing.T) {
			tr := &trial{t: t, store: tr.store}
			tr.instance = tr.dataSource(p.URL, definition, nil)
			p.fault.Store(&fault{func(path string, form url.Values) bool {
				return strings.HasPrefix(form.Get("query"), "count by (le") || strings.Contains(path, "/label/")
			}, changed(t, func(a map[string]any) {
				partial(a)
				switch data := a["data"].(type) {
				case map[string]any:
					data["result"] = []any{}
				case []any:
					a["data"] = []any{}
				}
			})})
			tr.latest(`"measure": "score"`, noon)
			p.end(&trial{t: t, store: behind.store})
			tr.latest(`"measure": "score"`, noon).is("", .8)
		})
	}
}
