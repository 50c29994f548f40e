package plugin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const (
	// dominantWeight is the share of a flow's weight over which one SLI leaves the others little to say.
	dominantWeight = 0.8
	// maxHinted is how many flows a hint names.
	maxHinted = 5
)

// hint is something that flows of complete catalogs have.
type hint struct {
	// lacks reports whether a flow lacks it.
	lacks func(f *cer.Flow) bool
	// text says what to think of, of the flows that lack it.
	text string
}

// hints are those that definitions are checked for, a sentence each.
var hints = []hint{
	{func(f *cer.Flow) bool {
		return !hasSLI(f, func(s *cer.SLI) bool { return s.Component == cer.Dependency })
	},
		"no SLI of the component dependency, so nothing shows when a service behind it fails"},
	{func(f *cer.Flow) bool { return !hasSLI(f, func(s *cer.SLI) bool { return s.Key }) },
		"no key SLI, so its score can stay high while its most important SLI fails; write key: true"},
	{hasDominantSLI, "an SLI with over 80% of the weight, so the others hardly count"},
}

// hasSLI reports whether an SLI of a flow is like that.
func hasSLI(f *cer.Flow, is func(*cer.SLI) bool) bool {
	for i := range f.SLIs {
		if is(&f.SLIs[i]) {
			return true
		}
	}
	return false
}

// hasDominantSLI reports whether one of several SLIs has nearly all of the weight.
func hasDominantSLI(f *cer.Flow) bool {
	all := 0.0
	for i := range f.SLIs {
		all += f.SLIs[i].Weight
	}
	return len(f.SLIs) > 1 && hasSLI(f, func(s *cer.SLI) bool { return cer.Share(s.Weight, all) > dominantWeight })
}

// hintsOf returns what the flows of a catalog may lack, one issue a kind.
func hintsOf(c *cer.Catalog) []issue {
	var all []issue
	for _, h := range hints {
		var names []string
		for i := range c.Flows {
			if h.lacks(&c.Flows[i]) {
				names = append(names, c.Flows[i].Name)
			}
		}
		if len(names) > 0 {
			all = append(all, issue{Hint: true, Message: flowsHave(names, len(c.Flows)) + " " + h.text})
		}
	}
	return slices.Clip(all)
}

// flowsHave returns the subject and the verb of a sentence on some of the flows of a catalog.
func flowsHave(names []string, flows int) string {
	switch n := len(names); {
	case n == 1:
		return "the flow " + names[0] + " has"
	case n == flows:
		return fmt.Sprintf("all %d flows have", n)
	case n > maxHinted:
		return fmt.Sprintf("%s and %d other flows have", strings.Join(names[:maxHinted], ", "), n-maxHinted)
	default:
		return "the flows " + strings.Join(names, ", ") + " have"
	}
}
