package expand

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// spellBucketsInplace makes matchers on the label le match every spelling of the edges that they name:
//
//	x_bucket{le="1"} -> x_bucket{le=~"1|1\\.0"}
func spellBucketsInplace(expr parser.Expr) {
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			for i, m := range selector.LabelMatchers {
				if m.Name == model.BucketLabel {
					selector.LabelMatchers[i] = spelled(m)
				}
			}
		}
		return nil
	})
}

// spelled returns a matcher of the edges that one names, in all spellings; the matcher itself where it names others, or
// there is one spelling only.
func spelled(m *labels.Matcher) *labels.Matcher {
	named, bounds, ok := namedBounds(m)
	if !ok {
		return m
	}
	var all []string
	for i, bound := range bounds {
		all = append(all, regexp.QuoteMeta(named[i]))
		if !math.IsInf(bound, 0) {
			for _, s := range spellings(bound) {
				all = append(all, regexp.QuoteMeta(s))
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == len(named) {
		return m
	}
	kind := labels.MatchRegexp
	if m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
		kind = labels.MatchNotRegexp
	}
	return &labels.Matcher{Type: kind, Name: m.Name, Value: strings.Join(all, "|")}
}

// unquotedBounds takes back the quoting of bounds such as 0.5 and 1e+06 in a regular expression.
var unquotedBounds = strings.NewReplacer(`\.`, ".", `\+`, "+")

// namedBounds returns the bounds of the buckets that a matcher names, as it spells them and as numbers; false where it names others.
func namedBounds(m *labels.Matcher) (named []string, bounds []float64, ok bool) {
	named = []string{m.Value}
	if m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp {
		named = strings.Split(unquotedBounds.Replace(m.Value), "|")
	}
	for _, text := range named {
		bound, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, nil, false
		}
		bounds = append(bounds, bound)
	}
	return named, bounds, true
}

// spellings returns the ways in which client libraries and stores write a bucket's edge.
func spellings(edge float64) []string {
	shortest := strconv.FormatFloat(edge, 'g', -1, 64)
	plain := strconv.FormatFloat(edge, 'f', -1, 64)
	ways := []string{shortest, plain}
	if !strings.Contains(plain, ".") {
		ways = append(ways, plain+".0")
	}
	slices.Sort(ways)
	return slices.Compact(ways)
}
