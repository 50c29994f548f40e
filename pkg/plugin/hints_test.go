package plugin

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// flowOf returns a flow of SLIs.
func flowOf(name string, slis ...cer.SLI) cer.Flow { return cer.Flow{Name: name, SLIs: slis} }

func TestHintsNameWhatFlowsMayLack(t *testing.T) {
	key := cer.SLI{Weight: 1, Key: true}
	dependency := cer.SLI{Weight: 1, Component: cer.Dependency}
	heavy, light := cer.SLI{Weight: 4.1, Key: true}, cer.SLI{Weight: 1, Component: cer.Dependency}
	border := cer.SLI{Weight: 4, Key: true}
	complete := flowOf("complete", key, dependency)
	tests := map[string]struct {
		flows []cer.Flow
		says  []string
	}{
		"a complete one":         {[]cer.Flow{complete}, nil},
		"80% are not over it":    {[]cer.Flow{flowOf("a", border, light)}, nil},
		"one SLI":                {[]cer.Flow{flowOf("a", key), complete}, []string{"the flow a has no SLI of the component dependency"}},
		"a heavy SLI":            {[]cer.Flow{flowOf("a", heavy, light), complete}, []string{"the flow a has an SLI with over 80% of the weight"}},
		"all flows":              {[]cer.Flow{flowOf("a", dependency), flowOf("b", dependency)}, []string{"all 2 flows have no key SLI"}},
		"some flows":             {[]cer.Flow{flowOf("a", dependency), complete, flowOf("c", dependency)}, []string{"the flows a, c have no key SLI"}},
		"more than are listed":   {append(flowsNamed(7, dependency), complete), []string{"a, b, c, d, e and 2 other flows have no key SLI"}},
		"one line a kind":        {[]cer.Flow{flowOf("a"), complete}, []string{"the flow a has no SLI of the component", "the flow a has no key SLI"}},
		"weights that are all 0": {[]cer.Flow{flowOf("a", cer.SLI{Key: true}, cer.SLI{Component: cer.Dependency})}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := hintsOf(&cer.Catalog{Flows: test.flows})
			if len(got) != len(test.says) {
				t.Fatalf("got %+v", got)
			}
			for i, says := range test.says {
				if !got[i].Hint || got[i].Warning || got[i].Line != 0 || !strings.HasPrefix(got[i].Message, says) {
					t.Errorf("got %+v, want %q", got[i], says)
				}
			}
		})
	}
}

// flowsNamed returns flows that are called a, b, c and so on.
func flowsNamed(n int, slis ...cer.SLI) []cer.Flow {
	all := make([]cer.Flow, n)
	for i := range all {
		all[i] = flowOf(string(rune('a'+i)), slis...)
	}
	return all
}
