package expand_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

func TestSelectorsOfLookups(t *testing.T) {
	tests := map[string]struct {
		lookup expand.Lookup
		want   string
	}{
		"metrics":                   {expand.Lookup{Label: "__name__"}, `{__name__!=""}`},
		"metrics by a part":         {expand.Lookup{Label: "__name__", Contains: "http.req"}, `{__name__=~".*http\\.req.*"}`},
		"trusted metrics":           {expand.Lookup{Label: "__name__", Trust: []string{`job="shop",env!="dev"`, `region=~"eu|us"`}}, `{__name__!="",env!="dev",job="shop",region=~"eu|us"}`},
		"labels":                    {expand.Lookup{}, `{__name__!=""}`},
		"labels of a metric":        {expand.Lookup{Metric: "requests_total"}, `{__name__=~"requests_total(_bucket)?"}`},
		"values of a label":         {expand.Lookup{Metric: "requests_total", Label: "code"}, `{__name__=~"requests_total(_bucket)?",code!=""}`},
		"values of a dotted label":  {expand.Lookup{Metric: "http.server", Label: "http.route", Contains: `"x`}, `{"http.route"=~".*\"x.*",__name__=~"http\\.server(_bucket)?"}`},
		"values in trusted series":  {expand.Lookup{Label: "code", Contains: "5", Trust: []string{`job="shop"`}}, `{code=~".*5.*",job="shop"}`},
		"some metrics":              {expand.Lookup{Label: "__name__", Among: []string{"a.b", "c"}, Trust: []string{`job="shop"`}}, `{__name__=~"a\\.b|c",job="shop"}`},
		"a matcher that is not one": {expand.Lookup{Trust: []string{`job`}}, "the matcher \"job\" can't be used"},
		"another metric by a trick": {expand.Lookup{Trust: []string{`__name__="secret"`}}, "the matcher \"__name__=\\\"secret\\\"\" can't be used"},
		"a bad regular expression":  {expand.Lookup{Trust: []string{`job=~"("`}}, "can't be used"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.lookup.Selector()
			if err != nil {
				got = err.Error()
			}
			if got != test.want && (err == nil || !strings.Contains(got, test.want)) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestMatchersOfValues(t *testing.T) {
	for want, got := range map[string]string{
		`job="a"`:                    expand.MatcherOf("job", "a"),
		`"service.name"="{a\\}\"\n"`: expand.MatcherOf("service.name", "{a\\}\"\n"),
		`job="\ufffd"`:               expand.MatcherOf("job", "\ufffd"),
	} {
		if checked := expand.CheckMatchers(got, work.NewBudget(1000)); got != want || len(checked.Problems) > 0 {
			t.Errorf("got %s, want %s; %v", got, want, checked.Problems)
		}
	}
}

func TestCountsByLabels(t *testing.T) {
	s := expand.Selector{Trusted: `{__name__=~"x(_bucket)?",job="shop"}`}
	got, err := s.CountBy([]string{"service.name", "le"}, expand.Filter{Label: "service.name", Values: []string{"a.b", "c"}, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := `count by ("service.name", le) ({"service.name"=~"a\\.b|c",__name__=~"x(_bucket)?",job="shop"})`; got.String() != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := (expand.Selector{Trusted: "x{"}).CountBy(nil); err == nil {
		t.Error("a selector that does not parse is counted")
	}
}
