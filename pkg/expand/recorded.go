package expand

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// RecordedLabels are labels of the series of a recorded share, such as those of several clusters.
type RecordedLabels struct {
	// All are those that all of its series have, and Differing those of them that tell its series apart.
	All, Differing []string
}

// RecordedQuestion asks for the series of a recorded share.
type RecordedQuestion struct {
	// Share is the key of the answer in Facts.Recorded.
	Share string
	Expr  *Expr
}

// RecordedQuestion returns the question that is to be asked about a recorded share with a total, over a window, and reports whether
// the indicator is one.
func (i *Indicator) RecordedQuestion(window time.Duration) (RecordedQuestion, bool) {
	if recorded, ok := i.stated.(cer.Recorded); !ok || recorded.Total == "" {
		return RecordedQuestion{}, false
	}
	share := clone(i.templates[0])
	setWindowInplace(share, window)
	return RecordedQuestion{Share: i.templates[0].String(), Expr: newExpr(share)}, true
}

// RecordedLabelsOf returns the labels of the series that answer a RecordedQuestion. No labels are differing where they do not tell
// all of the series apart, as where some lack a label that others have.
func RecordedLabelsOf(answer []series.Series) RecordedLabels {
	values := map[string]map[string]bool{}
	carriers := map[string]int{}
	for _, s := range answer {
		s.Labels.Range(func(l labels.Label) {
			if values[l.Name] == nil {
				values[l.Name] = map[string]bool{}
			}
			values[l.Name][l.Value] = true
			carriers[l.Name]++
		})
	}
	var found RecordedLabels
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == model.MetricNameLabel || carriers[name] < len(answer) {
			continue
		}
		found.All = append(found.All, name)
		if len(values[name]) > 1 {
			found.Differing = append(found.Differing, name)
		}
	}
	apart := map[string]bool{}
	for _, s := range answer {
		apart[s.Labels.MatchLabels(true, found.Differing...).String()] = true
	}
	if len(apart) < len(answer) {
		found.Differing = nil
	}
	return found
}

// recorded returns the share that is recorded. Several series of it are weighted by their events.
func (e expander) recorded(r cer.Recorded) Expansion {
	role := "recorded share of good events"
	if r.ErrorRatio != "" {
		role = "recorded share of bad events"
	}
	form := Form{Of: Values, Complement: r.ErrorRatio != "", IdleIfUndefined: true}
	share := e.expr(0)
	if r.Total != "" {
		form.Total = wholeTotal(newExpr(e.total()))
		share = e.weighted(share)
	}
	form.Parts = []Part{{Expr: newExpr(share), Factor: 1, Role: role}}
	return Expansion{Forms: []Form{form}}
}

// total returns the rate of the events behind a recorded share.
func (e expander) total() parser.Expr {
	total := e.expr(1)
	return e.rateOf(total, asSelector(total) != nil)
}

// weighted returns the mean of the series of a recorded share, each weighted by its events, where labels tell more of them apart than
// those by which results are split:
//
//	share -> sum((sum by (cluster) (rate(total[5m])) > 0) * on (cluster) group_left () share or 0 * sum by ...) / sum(sum by ... and on (cluster) share)
//
// Series without events do not count, and where none has any the result is NaN, which is idle.
func (e expander) weighted(share parser.Expr) parser.Expr {
	known := e.facts.Recorded[e.templates[0].String()]
	if !slices.ContainsFunc(known.Differing, func(label string) bool { return !slices.Contains(e.by, label) }) {
		return share
	}
	split := slices.DeleteFunc(slices.Clone(e.by), func(label string) bool { return !slices.Contains(known.All, label) })
	on := list.Union(known.Differing, split...)
	each := e
	each.by = list.Union(e.by, known.Differing...)
	zero := &parser.NumberLiteral{Val: 0}
	matching := func(card parser.VectorMatchCardinality) *parser.VectorMatching {
		return &parser.VectorMatching{Card: card, On: true, MatchingLabels: on}
	}
	busy := &parser.ParenExpr{Expr: &parser.BinaryExpr{Op: parser.GTR, LHS: each.total(), RHS: zero}}
	counted := &parser.BinaryExpr{Op: parser.MUL, LHS: busy, RHS: share, VectorMatching: matching(parser.CardManyToOne)}
	none := &parser.BinaryExpr{Op: parser.MUL, LHS: zero, RHS: each.total()}
	sum := &parser.BinaryExpr{Op: parser.LOR, LHS: counted, RHS: none, VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany}}
	all := &parser.BinaryExpr{Op: parser.LAND, LHS: each.total(), RHS: e.expr(0), VectorMatching: matching(parser.CardManyToMany)}
	return &parser.BinaryExpr{Op: parser.DIV, LHS: e.sum(sum), RHS: e.sum(all), VectorMatching: &parser.VectorMatching{Card: parser.CardOneToOne}}
}
