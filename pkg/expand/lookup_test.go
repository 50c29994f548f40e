package expand_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
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
