package plugin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

const (
	// matchSpan is how far back series are searched.
	matchSpan = 24 * time.Hour
	// maxMatched is the number of selectors whose series are searched.
	maxMatched = 2000
	// maxExplained is the number of selectors that match nothing of which is found out why.
	maxExplained = 20
)

// unmatchedSelector is a selector of a catalog that matches no series.
type unmatchedSelector struct {
	Flow     string `json:"flow"`
	SLI      string `json:"sli"`
	Selector string `json:"selector"`
	// Untrusted is true if the selector matches series without the trusted matchers.
	Untrusted bool `json:"untrusted,omitempty"`
	// Warning is what the store warns of, because of which there may be series all the same.
	Warning string `json:"warning,omitempty"`
	// Advice says which part of the selector to check. It is a clause without a full stop.
	Advice string `json:"advice,omitempty"`
	// in is the selector as it stands in the catalog.
	in expand.Selector
}

// String returns the line for Save & test.
func (u unmatchedSelector) String() string {
	text := fmt.Sprintf("%s/%s: no series of the last 24 hours matches %s", u.Flow, u.SLI, u.Selector)
	if u.Warning != "" {
		return text + "; the store warns that its answer may be incomplete: " + u.Warning
	}
	return text + "; " + u.Advice
}

// unmatchedSelectors returns the selectors of a catalog that match no series in the last 24 hours. It checks the first
// maxMatched selectors of the catalog.
func unmatchedSelectors(ctx context.Context, store *fetch.Store, c *catalog.Catalog, now time.Time) ([]unmatchedSelector, error) {
	all := selectorsOf(c)
	matches, err := store.Matches(ctx, texts(all, func(u unmatchedSelector) string { return u.Selector }), now.Add(-matchSpan), now)
	if err != nil {
		return nil, err
	}
	var unmatched []unmatchedSelector
	for i, selector := range all {
		if !matches[i].Found {
			selector.Warning = strings.Join(matches[i].Warnings, "; ")
			unmatched = append(unmatched, selector)
		}
	}
	if len(unmatched) == 0 {
		return nil, nil
	}
	matches, err = store.Matches(ctx, texts(unmatched, func(u unmatchedSelector) string { return u.in.Bare }), now.Add(-matchSpan), now)
	if err != nil {
		return nil, err
	}
	for i := range unmatched {
		unmatched[i].Untrusted = matches[i].Found && unmatched[i].in.Bare != unmatched[i].Selector
	}
	return unmatched, advise(ctx, store, unmatched, now)
}

// advise says of selectors that match nothing what to check. Of the first maxExplained it asks the store what matches instead.
func advise(ctx context.Context, store *fetch.Store, unmatched []unmatchedSelector, now time.Time) error {
	looser := make([][]expand.Looser, len(unmatched))
	var selectors []string
	for i := range unmatched[:min(len(unmatched), maxExplained)] {
		if !unmatched[i].Untrusted {
			looser[i] = unmatched[i].in.Looser()
			selectors = append(selectors, texts(looser[i], func(l expand.Looser) string { return l.Selector })...)
		}
	}
	matches, err := store.Matches(ctx, selectors, now.Add(-matchSpan), now)
	if err != nil {
		return err
	}
	for i := range unmatched {
		n := len(looser[i])
		unmatched[i].Advice = advice(unmatched[i].Untrusted, looser[i], matches[:n])
		matches = matches[n:]
	}
	return nil
}

// advice says what to check of a selector that matches nothing, given which of its looser selectors match.
func advice(untrusted bool, looser []expand.Looser, matches []fetch.Match) string {
	switch {
	case untrusted:
		return "some series match without the trusted matchers; check trust, or who else writes these series"
	case len(looser) == 0:
		return "check the spelling; a counter of errors may not exist before the first error"
	case !matches[0].Found:
		return "nothing matches " + looser[0].Selector + " either; check the name of the metric; a counter of errors may not exist before the first error"
	}
	var without []string
	for i, l := range looser[1:] {
		if matches[i+1].Found {
			without = append(without, l.Without)
		}
	}
	if len(without) == 0 {
		return looser[0].Selector + " matches some; check the labels and their values"
	}
	return "without " + strings.Join(without, " or without ") + " some match; check that label and its value, or whether there were no such events yet"
}

// texts returns the text of each selector.
func texts[S any](selectors []S, text func(S) string) []string {
	all := make([]string, len(selectors))
	for i, selector := range selectors {
		all[i] = text(selector)
	}
	return all
}

// selectorsOf returns the first maxMatched selectors of a catalog, each once, with the first SLI that has it.
func selectorsOf(c *catalog.Catalog) []unmatchedSelector {
	var all []unmatchedSelector
	seen := map[string]bool{}
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			sli := &f.SLIs[j]
			indicator, _ := c.IndicatorsOf(sli)
			for _, selector := range indicator.Selectors() {
				if !seen[selector.Trusted] && len(all) < maxMatched {
					seen[selector.Trusted] = true
					all = append(all, unmatchedSelector{Flow: f.Name, SLI: sli.Name, Selector: selector.Trusted, in: selector})
				}
			}
		}
	}
	return all
}
