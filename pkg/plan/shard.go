package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// SplitByFlow returns two queries about half of the flows each, which together ask for what q does: states are decided for
// each flow by itself, minute by minute, so that those of a long range are too much for all flows at once. It returns nil
// where q can't be split. Each of them keeps as many of the worst flows as q does.
func SplitByFlow(q query.Query, c *catalog.Catalog) []query.Query {
	if !q.Measure.IsOfPolicies() || q.Level != query.LevelFlow || q.Format == query.Table {
		return nil
	}
	s, err := newScope(q, c)
	if err != nil || len(s.cohorts.by)+len(s.cohorts.labels) > 0 {
		return nil
	}
	var shown query.Names
	for i := range c.Flows {
		if f := &c.Flows[i]; s.showsFlow(f) {
			shown = append(shown, f.Name)
		}
	}
	if len(shown) < 2 {
		return nil
	}
	first, second := q, q
	first.Flows, second.Flows = shown[:len(shown)/2], shown[len(shown)/2:]
	first.IsShard, second.IsShard = true, true
	return []query.Query{first, second}
}
