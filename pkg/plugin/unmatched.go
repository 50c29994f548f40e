package plugin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

const (
	// matchSpan is how far back series are searched.
	matchSpan = 24 * time.Hour
	// maxMatched is the number of selectors whose series are searched.
	maxMatched = 2000
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
	// bare is the selector without the trusted matchers.
	bare string
}

// String returns the line for Save & test.
func (u unmatchedSelector) String() string {
	text := fmt.Sprintf("%s/%s: no series of the last 24 hours matches %s", u.Flow, u.SLI, u.Selector)
	if u.Untrusted {
		return text + "; without the trusted matchers some do, so check trust, or who else writes these series"
	}
	if u.Warning != "" {
		return text + "; the store warns that there may be some: " + u.Warning
	}
	return text + "; check the spelling, or whether it is a counter of errors that never rose"
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
	matches, err = store.Matches(ctx, texts(unmatched, func(u unmatchedSelector) string { return u.bare }), now.Add(-matchSpan), now)
	if err != nil {
		return nil, err
	}
	for i := range unmatched {
		unmatched[i].Untrusted = matches[i].Found && unmatched[i].bare != unmatched[i].Selector
	}
	return unmatched, nil
}

// texts returns the text of each selector.
func texts(selectors []unmatchedSelector, text func(unmatchedSelector) string) []string {
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
					all = append(all, unmatchedSelector{Flow: f.Name, SLI: sli.Name, Selector: selector.Trusted, bare: selector.Bare})
				}
			}
		}
	}
	return all
}
