package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestPlansOfExemplars(t *testing.T) {
	for name, text := range map[string]string{
		"exemplars of all SLIs":                 `{"format":"exemplars"}`,
		"exemplars of an SLI in cohorts":        `{"format":"exemplars","flows":["checkout"],"slis":["success"],"by":["region"],"where":{"region":["eu","us"]},"adhocFilters":[{"key":"tier","operator":"!=","value":"basic"}]}`,
		"exemplars of flows with a label":       `{"format":"exemplars","where":{"team":["payments"]},"components":["latency"]}`,
		"exemplars of no SLI":                   `{"format":"exemplars","components":["security"]}`,
		"exemplars whatever measure and window": `{"format":"exemplars","flows":["search"],"measure":"burn","level":"overall","window":"3m"}`,
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ask(text, cohortShop())
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, name, p.String())
			if len(p.Leaves) > 0 {
				t.Errorf("%d expressions are evaluated for exemplars", len(p.Leaves))
			}
		})
	}
}

func TestExemplarsThatAreRefused(t *testing.T) {
	many := &cer.Catalog{Name: "many", Window: 5 * time.Minute}
	for i := range plan.MaxExemplarSLIs + 1 {
		many.Flows = append(many.Flows, cer.Flow{Name: fmt.Sprintf("flow%d", i), SLIs: []cer.SLI{
			{Name: "ok", Component: cer.Availability, Curve: cer.Identity{}, Indicator: cer.Ratio{Bad: "bad_total", Total: "all_total"}}}})
	}
	for name, test := range map[string]struct {
		text, want string
		c          *cer.Catalog
	}{
		"too many SLIs":  {`{"format":"exemplars"}`, "asks for the exemplars of 201 SLIs, more than 200; name flows or SLIs", many},
		"the worst":      {`{"format":"exemplars","worst":3}`, "worst goes with", cohortShop()},
		"a gate":         {`{"format":"exemplars","gate":"canary"}`, "gate, candidate, baseline and since go with", cohortShop()},
		"no such SLI":    {`{"format":"exemplars","slis":["x"]}`, `there is no SLI "x"`, cohortShop()},
		"no such cohort": {`{"format":"exemplars","where":{"planet":["earth"]}}`, `where names "planet"`, cohortShop()},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(test.text, test.c)
			var invalid *query.Invalid
			if !errors.As(err, &invalid) || !strings.Contains(invalid.Message, test.want) {
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}

// TestExemplarsHaveEveryForcedMatcher draws trusted matchers, cohorts and filters, and looks for those of each in every selector that the
// store is asked for.
func TestExemplarsHaveEveryForcedMatcher(test *testing.T) {
	words := rapid.SampledFrom([]string{"shop", "mail", "a.b", `a"b`, "x|y", ""})
	types := rapid.SampledFrom([]labels.MatchType{labels.MatchEqual, labels.MatchNotEqual})
	rapid.Check(test, func(t *rapid.T) {
		c := cohortShop()
		var trusted []string
		for _, name := range []string{"job", "cluster"}[:rapid.IntRange(1, 2).Draw(t, "trust")] {
			m := labels.MustNewMatcher(types.Draw(t, "type"), name, words.Draw(t, "value"))
			trusted = append(trusted, m.String())
		}
		c.Trust = trusted
		for i := range c.Flows {
			for j := range c.Flows[i].SLIs {
				c.Flows[i].SLIs[j].Trust = nil
			}
		}
		value := rapid.SampledFrom([]string{"eu", "us", "ap.*", "e|u"}).Draw(t, "cohort")
		operator := rapid.SampledFrom([]string{"=", "!=", "=~", "!~"}).Draw(t, "operator")
		p, err := ask(fmt.Sprintf(`{"format":"exemplars","adhocFilters":[{"key":"region","operator":%q,"value":%q}]}`, operator, value), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range p.Exemplars {
			label := one.SLI.LabelOf(c.Dimensions[0])
			for _, selector := range selectorsOf(test, one.Question.Expr.String()) {
				has := func(text string) bool {
					return slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool { return m.String() == text })
				}
				for _, m := range trusted {
					if !has(m) {
						t.Errorf("%s lacks the trusted matcher %s", selector, m)
					}
				}
				if !slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label && keepsAs(operator, value, m) }) {
					t.Errorf("%s lacks the filter %s%s%q", selector, label, operator, value)
				}
			}
		}
		if len(p.Exemplars) == 0 {
			t.Error("nothing is asked for")
		}
	})
}

// keepsAs reports whether a matcher keeps the cohorts that a filter does, and none of the others that there are.
func keepsAs(operator, value string, m *labels.Matcher) bool {
	f := query.Query{AdhocFilters: []query.AdhocFilter{{Key: "region", Operator: operator, Value: value}}}
	filters, err := f.Filters()
	if err != nil {
		return false
	}
	for _, cohort := range []string{"eu", "us", "ap", "ap-1", "e|u", "e", "u"} {
		if filters[0].Keeps(cohort) != m.Matches(cohort) {
			return false
		}
	}
	return true
}

// A definition's fault withholds an SLI here too.
func TestExemplarsOfAnSLIThatIsWithheld(t *testing.T) {
	c := fixture.Shop()
	c.Flows[0].SLIs[0].Fault = "its preset is gone"
	p, err := ask(`{"format":"exemplars","flows":["checkout"],"slis":["success"]}`, c)
	if err != nil || len(p.Exemplars) > 0 || !strings.Contains(p.String(), "checkout/success: its preset is gone") {
		t.Errorf("the plan is %s (error %v)", p, err)
	}
}
