package expand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// patterns are regular expressions, some of which match the empty string, and some of which are none.
var patterns = []string{
	"", ".", "a", "|", "^", "$", "^$", `\b`, `\B`, ".*", ".+", "a?", "a|b", "a|", "(a|)", "(a*)+", "a{0,2}", "a{2}", "(a?){3}", "[^/]+", "(?i)ab",
	"(?i)", `\pL`, `\x61`, "x|a*b*", "(?:)", "a\nb", "(", "a**", `\Q`, "a|b*", "(|a)b", `(\b|a)`, "é+",
}

// regexpMatcher draws a matcher with a regular expression, written in one of the ways in which PromQL writes strings.
func regexpMatcher(t *rapid.T) string {
	label := rapid.SampledFrom([]string{"a", "b", "__name__", `"a.b"`, `"__name__"`}).Draw(t, "label")
	operator := rapid.SampledFrom([]string{"=~", " !~ ", "=", "!="}).Draw(t, "operator")
	pattern := rapid.SampledFrom(patterns).Draw(t, "pattern")
	quoted := rapid.SampledFrom([]string{
		fmt.Sprintf("%q", pattern), "`" + pattern + "`", "'" + strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(pattern) + "'",
	}).Draw(t, "quoted")
	return label + operator + quoted
}

// regexpExpression draws PromQL that has matchers with regular expressions.
func regexpExpression(t *rapid.T) string {
	var selectors []any
	for range 3 {
		name := rapid.SampledFrom([]string{"", "x"}).Draw(t, "name")
		matchers := rapid.SliceOfN(rapid.Custom(regexpMatcher), 0, 3).Draw(t, "matchers")
		selectors = append(selectors, name+"{"+strings.Join(matchers, ",")+"}")
	}
	return fmt.Sprintf(rapid.SampledFrom([]string{
		"%s + %s / %s", "topk(scalar(%s), %s) or rate(%s[5m])", "quantile by (a) (scalar(%s), %s) # =~\"a\"\n - %s", "%s + + %s %s",
		`label_replace(%s, "a", "$1", "b", "(.*)") and max_over_time((%s)[5m:1m]) unless %s`,
	}).Draw(t, "form"), selectors...)
}

// PromQL means the same, and is refused with the same words, as if its regular expressions were compiled.
func TestParsingDoesWhatPrometheusDoes(t *testing.T) {
	prometheus := parser.NewParser(parser.Options{})
	rapid.Check(t, func(t *rapid.T) {
		text := regexpExpression(t)
		want, wantErr := prometheus.ParseExpr(text)
		got, err := promQL.ParseExpr(text)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Fatalf("%s has the error\n%v, want\n%v", text, err, wantErr)
		}
		if err == nil && got.String() != want.String() {
			t.Fatalf("%s is parsed as %s, want %s", text, got, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		text := "{" + strings.Join(rapid.SliceOfN(rapid.Custom(regexpMatcher), 0, 3).Draw(t, "matchers"), ",") + "}"
		want, wantErr := prometheus.ParseMetricSelector(text)
		got, err := promQL.ParseMetricSelector(text)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s is parsed as %v, %v, want %v, %v", text, got, err, want, wantErr)
		}
	})
}

func TestMatchesEmpty(t *testing.T) {
	for _, pattern := range patterns {
		m, err := labels.NewMatcher(labels.MatchRegexp, "a", pattern)
		parsed := parseRegexp(pattern, work.Unlimited())
		if (err == nil) != (parsed != nil) {
			t.Errorf("%q is parsed: %t, want %t", pattern, parsed != nil, err == nil)
		}
		if err == nil && matchesEmpty(parsed) != m.Matches("") {
			t.Errorf("%q matches the empty string: %t, want %t", pattern, matchesEmpty(parsed), m.Matches(""))
		}
	}
}

func TestCompiledMatchersMatch(t *testing.T) {
	matchers, err := promQL.ParseMetricSelector(`{a=~"b|c", d!~"e.*", f="g"}`)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"a": "c", "d": "x", "f": "g"}
	for _, m := range matchers {
		if m := compiled(m); !m.Matches(values[m.Name]) || m.Matches("ee") {
			t.Errorf("%s matches other values", m)
		}
	}
	if _, err := newMatcher(labels.MatchNotRegexp, "a", "("); err == nil {
		t.Error("a matcher has a regular expression that is none")
	}
}

// What a text costs is counted before it is parsed.
func TestTheCostOfPromQL(t *testing.T) {
	repeat := strings.Repeat
	tests := map[string]struct {
		text        string
		least, most int
	}{
		"a selector":                         {`http_requests_total{code!~"5..",handler="/"}`, 15, 50},
		"a regular expression":               {`up{handler=~"/api/[^/]+/.*"}`, 15, 50},
		"an expression":                      {`sum(rate(a[5m])) / sum(rate(b{c="d"}[5m]))`, 15, 50},
		"a chain of operators":               {repeat("a+", 900) + "a", 4000, 8000},
		"a short chain":                      {repeat("a+", 90) + "a", 90, 300},
		"a large class":                      {`up{a=~"\\pL"}`, 80, 130},
		"many large classes":                 {`up{a=~"` + repeat(`\\pL`, 1000) + `"}`, 80_000, 90_000},
		"ranges of letters that ignore case": {`up{a=~"(?i)[a-z]+[0-9A-Z]"}`, 15, 60},
		"a wide range that ignores case":     {`up{a=~"(?i)[\\x00-\\x{1e942}]"}`, 3000, 3100},
		"a wide range, literally":            {`up{a=~"(?i)[ -😀]"}`, 3000, 3100},
		"a wide range":                       {`up{a=~"[\\x00-\\x{1e942}]"}`, 15, 60},
	}
	for name, test := range tests {
		b := work.NewBudget(1_000_000)
		if problems := CheckExpression(test.text, b).Problems; len(problems) > 0 && !problems[0].Warning {
			t.Errorf("%s has problems: %v", name, problems)
		}
		if b.Spent() < test.least || b.Spent() > test.most {
			t.Errorf("%s takes %d steps, want %d to %d", name, b.Spent(), test.least, test.most)
		}
	}
}

func TestChecksEndWithTheirBudget(t *testing.T) {
	for name, check := range map[string]func(string, *work.Budget) Checked{
		"selector": CheckSelector, "histogram": CheckHistogram, "counter": CheckCounter, "expression": CheckExpression, "matchers": CheckMatchers,
	} {
		b := work.NewBudget(100)
		if checked := check(strings.Repeat(`a=~"(",`, 1000), b); len(checked.Problems) > 0 || !b.Exhausted() {
			t.Errorf("the check of a %s has problems: %v, and took %d steps", name, checked.Problems, b.Spent())
		}
	}
}

// Compiling [^/]+ takes a hundred times as long as parsing a selector, and that is not done for what is only printed.
func TestParsingCompilesNothing(t *testing.T) {
	prometheus := parser.NewParser(parser.Options{})
	text := `a{b=~".{900}"}`
	filter := Filter{Label: "a", Pattern: ".{900}"}
	compiles := testing.AllocsPerRun(10, func() { _, _ = prometheus.ParseExpr(text) })
	for name, f := range map[string]func(){
		"an expression is parsed":    func() { _, _ = promQL.ParseExpr(text) },
		"the matchers are parsed":    func() { _, _ = promQL.ParseMetricSelector(text) },
		"an expression is checked":   func() { CheckExpression(text, work.Unlimited()) },
		"a filter is made a matcher": func() { _, _ = filter.matcher() },
	} {
		if allocations := testing.AllocsPerRun(10, f); allocations > compiles/10 {
			t.Errorf("%s by %v allocations, and compiled by %v", name, allocations, compiles)
		}
	}
}
