package expand

import (
	"regexp"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// CheckRestriction checks text as matchers for Restrict. It refuses those on the bounds of buckets, which are no property of what is
// measured.
func CheckRestriction(text string, b *work.Budget) Checked {
	checked := CheckMatchers(text, b)
	if len(checked.Problems) > 0 || b.Exhausted() {
		return checked
	}
	parsed, err := parseMatchers([]string{text})
	if err != nil {
		return invalid(0, err.Error())
	}
	for _, m := range parsed {
		if m.Name == model.BucketLabel || m.Name == RangeLabel {
			return invalid(bucketMatcherAt(text, 0), "a matcher on "+m.Name+" chooses buckets, not what is measured; leave it out")
		}
	}
	return checked
}

// Restrict returns an indicator of a definition with label matchers, such as service="shop", added to every selector of its
// PromQL, but for those that a selector has already. It fails where the matchers or the PromQL do not parse.
//
//	sum(rate(x{code="500"}[__window])), [service="shop"] -> sum(rate(x{code="500",service="shop"}[__window]))
func Restrict(indicator cer.Indicator, matchers []string) (cer.Indicator, error) {
	if len(matchers) == 0 {
		return indicator, nil
	}
	forced, err := parseMatchers(matchers)
	if err != nil {
		return nil, err
	}
	r := restriction{matchers: forced}
	switch i := indicator.(type) {
	case cer.Ratio:
		r.apply(&i.Good, &i.Bad, &i.Total)
		return i, r.err
	case cer.LatencyShare:
		r.apply(&i.Histogram)
		return i, r.err
	case cer.Apdex:
		r.apply(&i.Histogram)
		return i, r.err
	case cer.Quantile:
		r.apply(&i.Histogram)
		return i, r.err
	case cer.Value:
		r.apply(&i.PromQL)
		return i, r.err
	case cer.Probe:
		r.apply(&i.Selector)
		return i, r.err
	case cer.Recorded:
		r.apply(&i.Ratio, &i.ErrorRatio, &i.Total)
		return i, r.err
	}
	return indicator, nil
}

// restriction adds matchers to PromQL, until there is an error.
type restriction struct {
	matchers []*labels.Matcher
	err      error
}

// apply adds the matchers to those of the texts that are not empty.
func (r *restriction) apply(texts ...*string) {
	for _, text := range texts {
		if *text == "" || r.err != nil {
			continue
		}
		tree, err := parseTemplate(*text)
		if err != nil {
			r.err = err
			return
		}
		forceInplace(tree, r.matchers)
		*text = withMacro(textOf(tree))
	}
}

// printedSentinel matches the sentinel as it is printed, and the strings that a search for it must step over.
var printedSentinel = regexp.MustCompile(`"(?:\\.|[^"\\])*"|\b` + model.Duration(sentinel).String() + `\b|` + sentinelText)

// withMacro replaces the sentinel in a printed tree by the macro.
func withMacro(text string) string {
	return printedSentinel.ReplaceAllStringFunc(text, func(match string) string {
		if strings.HasPrefix(match, `"`) {
			return match
		}
		return WindowMacro
	})
}
