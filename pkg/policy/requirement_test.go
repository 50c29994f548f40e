package policy_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

func TestRequirements(t *testing.T) {
	tests := map[string]struct {
		flows   cer.FlowSelection
		require string
		about   string   // what it judges, joined by +
		want    []string // field, at the offset of the condition, and warning: message
	}{
		"the whole": {cer.FlowSelection{}, `score >= 0.9 && budget > 0`, "whole", nil},
		"flows":     {names("checkout", "search"), `score >= 0.9 && burn("1h") < 6`, "checkout+search", nil},
		"the flows that have what the whole lacks": {cer.FlowSelection{}, `sli("fast").score > 0.5`, "checkout", []string{
			"warning: require 12: the gate does not apply to search, which has no SLI fast; add it, or name the flows that the gate applies to",
			"warning: require 12: the gate does not apply to help, which has no SLI fast; add it, or name the flows that the gate applies to"}},
		"a flow without objective": {names("checkout", "help"), "score > 0.9 && budget > 0", "checkout", []string{
			"warning: require 15: the gate does not apply to help, which has no objective; add it, or name the flows that the gate applies to"}},
		"a component that no flow has": {cer.FlowSelection{}, `component("security").score > 0.9`, "", []string{
			"require 22: the gate applies to no flow, because checkout, like all that it selects, has no SLI of the component security; add it, or leave this out"}},
		"what is no CEL":   {cer.FlowSelection{}, "score >", "", []string{"require 7: the condition ends too early"}},
		"an unknown name":  {names("search"), "scor > 0.9", "", []string{"require 0: there is no scor here; did you mean score? Otherwise " + choices}},
		"no flow at all":   {cer.FlowSelection{Labels: map[string]string{"team": "nobody"}}, "score > 0.9", "", []string{"flows 0: no flow matches; leave flows out for all of them, or filter less"}},
		"an uneven window": {cer.FlowSelection{}, `burn("2m") < 6`, "", []string{"require 0: the window 2m is not a multiple of the time slices, which are 5m; write 5m, or a timeSliceWindow that divides it"}},
		"what is never so": {names("search"), `burn("1h") >= 14.4`, "", []string{
			"require 0: a burn rate of 14.4 is never reached by search: with an objective of 0.9 even a full outage burns at 10; write a lower one"}},
		"what is always so": {names("checkout", "search"), `true && burn("1h") < 14.4`, "checkout+search", []string{
			"warning: require 8: a burn rate of 14.4 is never reached by search: with an objective of 0.9 even a full outage burns at 10; write a lower one"}},
		"what is always so of the whole": {cer.FlowSelection{}, `21 >= burn("1h")`, "whole", []string{
			"warning: require 6: a burn rate of 21 is never reached by the overall cer: with an objective of 0.95 even a full outage burns at 20; write a lower one"}},
		"a choice": {names("search"), `burn("1h") < 14.4 || score > 0.9`, "search", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := catalog()
			p, issues := policy.Requirement(c, &cer.Gate{Name: "canary", Flows: test.flows, Require: test.require})
			var got []string
			for _, i := range issues {
				got = append(got, said(i))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if about := judged(c, p); about != test.about {
				t.Errorf("it judges %s, want %s", about, test.about)
			}
		})
	}
}

// judged names what a policy judges; "" where there is none.
func judged(c *cer.Catalog, p *policy.Policy) string {
	if p == nil {
		return ""
	}
	var about []string
	if p.About(nil) {
		about = append(about, "whole")
	}
	for i := range c.Flows {
		if p.About(&c.Flows[i]) {
			about = append(about, c.Flows[i].Name)
		}
	}
	return strings.Join(about, "+")
}

// TestWhatAGateRequiresHasNoPast decides minutes by themselves: what is unknown is not what was before.
func TestWhatAGateRequiresHasNoPast(t *testing.T) {
	p, issues := policy.Requirement(catalog(), &cer.Gate{Name: "canary", Require: "score > 0.9 && coverage > 0.5"})
	if p == nil {
		t.Fatal(issues)
	}
	if reach := p.Rule().Reach(); reach != 0 {
		t.Errorf("it reaches back %d minutes", reach)
	}
	nan := math.NaN()
	got := p.Decide(6, [][]float64{{1, nan, .8, 1, nan, 1}, {1, 1, 1, 1, 0, nan}})
	if want := []cer.Truth{cer.True, cer.Unknown, cer.False, cer.True, cer.False, cer.Unknown}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestPoliciesMayStayUnderWhatIsNeverReached does not warn of what a policy, unlike a gate, needs to be clear.
func TestPoliciesMayStayUnderWhatIsNeverReached(t *testing.T) {
	p, issues := policy.New(catalog(), &cer.AlertPolicy{Name: "low", Flows: names("search"), When: `score < 0.9 && burn("1h") < 100`, Clear: `burn("1h") < 100`})
	if p == nil || len(issues) > 0 {
		t.Error(issues)
	}
}
