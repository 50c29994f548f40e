package replay

import (
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Find returns a flow of a catalog, and the SLI of it that is named, as success or checkout/success; nil for "". The error is a
// *query.Invalid.
func Find(c *catalog.Catalog, flow, sli string) (*cer.Flow, *cer.SLI, error) {
	f, ok := c.Flow(flow)
	if !ok {
		return nil, nil, noSuch("flow", flow, names(c.Flows, func(f cer.Flow) string { return f.Name }))
	}
	if sli == "" {
		return f, nil, nil
	}
	s, ok := f.SLI(strings.TrimPrefix(sli, flow+"/"))
	if !ok {
		return nil, nil, noSuch("SLI of "+flow, sli, names(f.SLIs, func(s cer.SLI) string { return s.Name }))
	}
	return f, s, nil
}

// names returns the names of members.
func names[T any](all []T, nameOf func(T) string) []string {
	found := make([]string, len(all))
	for i, one := range all {
		found[i] = nameOf(one)
	}
	return found
}

// noSuch returns the error of a name that is none of those there are.
func noSuch(what, name string, known []string) error {
	if name == "" {
		return query.Invalidf("name a %s", what)
	}
	if near, ok := didyoumean.Nearest(name, known); ok {
		return query.Invalidf("there is no %s called %q; did you mean %s?", what, name, near)
	}
	return query.Invalidf("there is no %s called %q; choose one of the catalog's", what, name)
}

// checkDays refuses numbers of days that can't be replayed. The error is a *query.Invalid.
func checkDays(days int) error {
	if days < 1 || days > MaxDays {
		return query.Invalidf("%d days can't be replayed; choose a number from 1 to %d", days, MaxDays)
	}
	return nil
}
