package plugin

import (
	"context"
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// unmatched is a selector of a catalog that matches no series.
type unmatched struct {
	Flow     string `json:"flow"`
	SLI      string `json:"sli"`
	Selector string `json:"selector"`
	// Untrusted says that it would match without the trusted matchers.
	Untrusted bool `json:"untrusted,omitempty"`
	// bare is the selector without the trusted matchers.
	bare string
}

// String returns the sentence for Save & test.
func (u unmatched) String() string {
	text := fmt.Sprintf("%s/%s: no series of the last 24 hours matches %s", u.Flow, u.SLI, u.Selector)
	if u.Untrusted {
		return text + "; without the trusted matchers some do, so check trust, or who else writes these series"
	}
	return text + "; check the spelling, or whether it is a counter of errors that never rose"
}

// maxMatched is how many selectors are looked up at most.
const maxMatched = 2000

// unmatched lists the selectors of a catalog that match no series. Of a catalog with very many it looks at the first.
func (d *DataSource) unmatched(ctx context.Context, c *cer.Catalog) ([]unmatched, error) {
	all, err := selectors(c)
	if err != nil {
		return nil, err
	}
	none, err := d.matchNothing(ctx, all, func(u unmatched) string { return u.Selector })
	if err != nil || len(none) == 0 {
		return nil, err
	}
	without, err := d.matchNothing(ctx, none, func(u unmatched) string { return u.bare })
	if err != nil {
		return nil, err
	}
	missing := map[string]bool{}
	for _, u := range without {
		missing[u.Selector] = true
	}
	for i := range none {
		none[i].Untrusted = none[i].bare != none[i].Selector && !missing[none[i].Selector]
	}
	return none, nil
}

// matchNothing returns those whose selector matches no series.
func (d *DataSource) matchNothing(ctx context.Context, all []unmatched, selector func(unmatched) string) ([]unmatched, error) {
	asked := make([]string, len(all))
	for i, u := range all {
		asked[i] = selector(u)
	}
	matches, err := d.store.Matches(ctx, asked, d.now().Add(-matchSpan), d.now())
	if err != nil {
		return nil, err
	}
	var none []unmatched
	for i, u := range all {
		if !matches[i] {
			none = append(none, u)
		}
	}
	return none, nil
}

// selectors lists the selectors of a catalog, each once, by the first SLI that has it.
func selectors(c *cer.Catalog) ([]unmatched, error) {
	var all []unmatched
	seen := map[string]bool{}
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			sli := &f.SLIs[j]
			selectors, err := expand.Selectors(sli.Indicator, c.TrustOf(sli))
			if err != nil {
				return nil, err
			}
			for _, selector := range selectors {
				if !seen[selector.Trusted] && len(all) < maxMatched {
					seen[selector.Trusted] = true
					all = append(all, unmatched{Flow: f.Name, SLI: sli.Name, Selector: selector.Trusted, bare: selector.Bare})
				}
			}
		}
	}
	return all, nil
}
