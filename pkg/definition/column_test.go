package definition

import (
	"strings"
	"testing"
)

// TestPositionsInPromQL writes an expression whose problem is at its x, in every style of YAML.
func TestPositionsInPromQL(t *testing.T) {
	head := "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n  flows:\n    - name: checkout\n      slis:\n        - name: up\n          component: delivery\n          value:\n"
	tests := map[string]struct {
		yaml string
		want string
	}{
		"plain":                               {"promql: ab x", "11:24: at ab x"},
		"plain after more space":              {"promql:   ab x", "11:26: at ab x"},
		"plain with characters of many bytes": {`promql: a{b="äö€"} x`, `11:32: at a{b="äö€"} x`},
		"plain behind an anchor":              {"promql: &a ab x", "11:27: at ab x"},
		"plain behind a tag":                  {"promql: !!str ab x", "11:30: at ab x"},
		"plain before a comment":              {"promql: ab x # y", "11:24: at ab x"},
		"plain on the next line":              {"promql:\n                ab x", "12:20: at ab x"},
		"plain on two lines":                  {"promql: ab\n                x", "12:17: at ab x"},
		"single quotes":                       {"promql: 'ab x'", "11:25: at ab x"},
		"single quotes with one in it":        {"promql: 'a{b=''c''} x'", "11:33: at a{b='c'} x"},
		"single quotes on two lines":          {"promql: 'ab\n                x'", "11:21: offset 3 at ab x"},
		"single quotes behind anchor and tag": {"promql: &a !!str 'ab x'", "11:34: at ab x"},
		"double quotes":                       {`promql: "ab x"`, "11:25: at ab x"},
		"double quotes with escapes":          {`promql: "a{b=\"\x41\u00e4\U0001F600\"} x"`, `11:52: at a{b="Aä😀"} x`},
		"double quotes with an escaped break": {`promql: "ab\nx"`, "11:26: at ab x"},
		"double quotes on two lines":          {"promql: \"ab\n                x\"", "11:21: offset 3 at ab x"},
		"double quotes with a continued line": {"promql: \"ab \\\n                x\"", "11:21: offset 3 at ab x"},
		"a block":                             {"promql: |\n                ab x", "12:20: at ab x"},
		"a block with an indentation":         {"promql: |2-\n                ab x", "12:20: at ab x"},
		"a folded block":                      {"promql: >-\n                ab\n                x", "13:17: at ab x"},
		"a block behind empty lines":          {"promql: |\n\n                ab\n\n                x", "15:17: at ab  x"},
		"the end of a block":                  {"promql: |\n                sum(a\n", "12:22: at sum(a"},
		"a mapping on one line":               {`{ promql: "ab x" }`, "11:27: at ab x"},
		"an alias, at its anchor":             {"promql: &a 'ab x'\n        - { name: other, component: delivery, value: { promql: *a } }", "11:28: at ab x"},
		"the end of the text":                 {"promql: 'sum(a'", "11:26: at sum(a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, issues := Load(Source{Content: []byte(head + "            " + test.yaml + "\n")})
			if got := places(issues); got != test.want {
				t.Errorf("got %s, want %s; %v", got, test.want, issues)
			}
		})
	}
}

// places returns where the issues are, with the offset where their message states one.
func places(issues Issues) string {
	var all []string
	for _, issue := range issues {
		offset := ""
		if _, after, ok := strings.Cut(issue.Message, ", at offset "); ok {
			offset = "offset " + strings.TrimSuffix(after, " of the PromQL") + " "
		}
		issue.Path, issue.Message = "", ""
		place, _, _ := strings.Cut(issue.String(), " (")
		all = append(all, place+offset+"at "+strings.TrimSpace(issue.Text))
	}
	return strings.Join(all, "\n")
}
