package findings

import (
	"testing"
	"time"
)

// A query that states ad hoc filters by itself means by them what where means; the editor's migration keeps them.
func TestG9AdhocFiltersOfASavedQueryHold(t *testing.T) {
	from := noon.Add(-time.Hour)
	tr := try(t, catalog(`
dimensions: [{ name: zone, label: zone }]
flows:
  - name: shop
    labels: { team: pay }
    slis:
      - `+ratioOf("shop_total")+`
  - name: mail
    labels: { team: post }
    slis:
      - `+ratioOf("mail_total")), nil,
		append(zones("shop_total", from, noon, map[string]float64{"north": .5, "south": 0}), zones("mail_total", from, noon, map[string]float64{"north": 0})...)...)
	for filters, want := range map[string]float64{
		`[]`: .75,
		`[{"key": "zone", "operator": "=", "value": "north"}]`:                                                             .5,
		`[{"key": "zone", "operator": "!=", "value": "north"}]`:                                                            1,
		`[{"key": "zone", "operator": "=~", "value": "so.*"}, {"key": "team", "operator": "!~", "value": "po.t"}]`:         1,
		`[{"key": "zone", "operator": "=~", "value": "north|south"}, {"key": "zone", "operator": "!=", "value": "south"}]`: .5,
	} {
		for _, format := range []string{"latest", "timeseries"} {
			a := tr.ask(`"format": "`+format+`", "level": "flow", "flows": ["shop"], "adhocFilters": `+filters, noon.Add(-10*time.Minute), noon, time.Minute)
			a.is(`flow="shop"`, want)
		}
	}
	if a := tr.latest(`"adhocFilters": [{"key": "planet", "operator": "=", "value": "mars"}]`, noon); a.Error == nil {
		t.Error("a filter on what there is not is passed over")
	}
}
