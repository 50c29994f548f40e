package definition

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// Memory that a step stands for, see work.Budget.
const (
	bytesOfStep       = 400
	allocationsOfStep = 4
)

// tooMuchWork and tooManyIssues are parts of the issues that end the reading of a file.
const (
	tooMuchWork   = "the catalog is too complex up to here"
	tooManyIssues = "500 errors up to here"
)

// nastyLength is the length of nasty definitions: the longest that the settings of a data source hold.
const nastyLength = 48 << 10

// nasty returns as many items as a definition of a length can have between a head and a tail.
func nasty(length int, head, tail string, item func(i int) string) string {
	var out strings.Builder
	out.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: nasty }\n" + head)
	for i := 0; ; i++ {
		one := item(i)
		if out.Len()+len(one)+len(tail) > length {
			return out.String() + tail
		}
		out.WriteString(one)
	}
}

// head is the start of a definition with a flow.
const head = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: nasty }\nspec:\n  objective: 0.9\n  flows:\n    - { name: a, slis: [{ name: s, probe: { selector: up } }] }\n"

// values returns as many SLIs of an expression as there can be.
func values(promQL string) string {
	return nasty(nastyLength, "spec:\n  flows:\n    - name: a\n      slis:\n", "", func(i int) string {
		return fmt.Sprintf("        - { name: s%d, component: latency, value: { promql: '%s' } }\n", i, promQL)
	})
}

// trusted returns as many matchers of a regular expression as there can be.
func trusted(pattern string) string {
	return nasty(nastyLength, "spec:\n  trust:\n", "", func(int) string { return fmt.Sprintf("    - 'a=~\"%s\"'\n", pattern) })
}

// conditions returns policies of a condition, as many as there can be.
func conditions(flows, condition string) string {
	return head + flows + "  policies:\n" + joined(40, "    - { name: p%d, severity: page, when: '"+condition+"' }\n")
}

// flows returns n flows with one SLI each.
func flows(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "    - { name: flow%d, labels: { label%[1]d: x }, slis: [{ name: sli%[1]d, probe: { selector: a } }] }\n", i)
	}
	return out.String()
}

// What somebody writes to keep the plugin busy takes a bounded number of steps, and no more memory than they stand for.
func TestNastyDefinitions(t *testing.T) {
	const long = 256 << 10
	const flow = "spec:\n  flows:\n    - name: a\n      slis:\n"
	repeat := strings.Repeat
	tests := map[string]struct{ text, want string }{
		"a line of nothing but problems": {nasty(long, "spec: { flows: [ { name: a, slis: [", "] } ] }", func(i int) string { return fmt.Sprintf("{name: s%d, value: {promql: ')'}},", i) }), tooManyIssues},
		"a line of quoted problems":      {nasty(long, "spec: { flows: [ { name: a, slis: [", "] } ] }", func(i int) string { return fmt.Sprintf(`{name: s%d, value: {promql: "a \x28"}},`, i) }), tooManyIssues},
		"fields that are unknown":        {nasty(long, "spec:\n", "", func(i int) string { return fmt.Sprintf("  unknown%d: 1\n", i) }), tooManyIssues},
		"many documents":                 {nasty(long, "", "", func(int) string { return "---\napiVersion: cer/v1\nkind: Catalog\n" }), "a document needs the field metadata"},
		"large regular expressions":      {nasty(long, "spec:\n  trust:\n", "", func(i int) string { return fmt.Sprintf("    - 'a%d=~\"%s\"'\n", i, "x{999}") }), "a catalog needs at least one flow"},
		"long chains of operators": {nasty(long, flow, "", func(i int) string {
			return fmt.Sprintf("        - { name: s%d, value: { promql: '%sa' } }\n", i, repeat("-", 8000))
		}), "more than 1000 operators and parentheses"},
		"an alias of a long expression": {nasty(long, flow+"        - { name: s, component: latency, value: &v { promql: '"+repeat("a+", 990)+repeat(" ", 5000)+"a' } }\n", "",
			func(i int) string { return fmt.Sprintf("        - { name: s%d, component: latency, value: *v }\n", i) }), "with its aliases written out the source is more than 8 times larger"},
		"an alias of a long expression, less often": {nasty(nastyLength, flow+"        - { name: s, component: latency, value: &v { promql: '"+repeat("a+", 990)+"a' } }\n", "", func(i int) string {
			return fmt.Sprintf("        - { name: s%d, component: latency, value: *v }\n%s", i, repeat("# \n", 60))
		}), tooMuchWork},
		"an alias of many problems": {nasty(nastyLength, "spec: { x: &a { slis: [{},{},{},{},{},{},{},{}] }, flows: [", "] }", func(int) string { return "*a," }), tooMuchWork},

		"repetition that is escaped":         {values(repeat(`a{a=~".\x7b900}"}+`, 400) + "a"), ""},
		"repetition of what is escaped":      {values(`a{a=~"(.\x7b900})(.\x7b900})"}`), "this regular expression repeats too much"},
		"large classes":                      {values(`a{a=~"` + repeat(`\\pL`, 1000) + `"}`), tooMuchWork},
		"large classes that ignore case":     {trusted(`(?i)` + repeat(`\\PL`, 1000)), tooMuchWork},
		"wide classes":                       {values(repeat(`a{a=~"[^/]"}+`, 500) + "a"), ""},
		"wide ranges that ignore case":       {trusted(`(?i)` + repeat(`[\\x00-\\x{1e942}]`, 400)), tooMuchWork},
		"many problems in each expression":   {values(repeat(`"a"+`, 900) + "a"), tooManyIssues},
		"many problems that are found later": {values(repeat("a offset -5m + ", 500) + "a"), tooManyIssues},
		"many warnings in each expression": {nasty(nastyLength, flow, "", func(i int) string {
			return fmt.Sprintf("        - { name: s%d, ratio: { good: '%sa', total: x } }\n", i, repeat("increase(a[5m])+", 490))
		}), "there are more than 500 warnings"},
		"unknown labels beside many":           {head + flows(300) + "  policies:\n    - { name: p, severity: page, when: score < 1, flows: { labels: {" + joined(2000, "lavel%d: x, ") + "} } }", tooMuchWork},
		"unknown flows beside many":            {head + flows(300) + "  policies:\n    - { name: p, severity: page, when: score < 1, flows: { names: [" + joined(2000, "flaw%d, ") + "] } }", tooMuchWork},
		"unknown SLIs beside many":             {conditions(flows(300), repeat(`sli("slo1").score+`, 40)+"1 < 0"), tooMuchWork},
		"conditions with many problems":        {conditions("", repeat("1&&", 330)+"1 < 0"), "this is a number; compare it"},
		"conditions that are lists":            {conditions("", "["+repeat("1,", 500)+"1]"), "lists and maps are not supported here"},
		"an alias of a long condition":         {head + "  x: &c '" + repeat("score+", 40) + "1 < 0'\n  policies:\n" + joined(100, "    - { name: p%d, severity: page, when: *c, clear: *c }\n"), "the spec has no field of this name"},
		"policies that most flows do not suit": {head + flows(400) + "    - { name: r, revenue: { perHour: 1, currency: EUR }, slis: [{ name: s, probe: { selector: a } }] }\n  policies:\n" + joined(90, "    - { name: p%d, severity: page, when: revenueAtRisk > 1 }\n"), "there are more than 500 warnings"},
		"many trusted matchers":                {head + "    - name: b\n      slis: [" + joined(200, "{ name: s%d, probe: { selector: up } },") + "]\n  trust: ['" + joined(900, "a%d=\"\",") + "', '" + joined(900, "b%d=\"\",") + "']\n", tooMuchWork},
		"a trusted matcher of many selectors":  {head + "  events: [{ name: e, promql: '" + joined(900, "a%d+") + "a', trust: ['" + joined(900, "a%d=\"\",") + "'] }]\n", tooMuchWork},
		"many values of a dimension":           {head + "  dimensions: [{ name: d, values: [" + joined(5000, "v%d,") + "], weights: {" + joined(1000, "w%d: 1,") + "} }]\n", "at most 100 values"},
		"many dimensions":                      {head + "  dimensions: [" + joined(2000, "{ name: d%d },") + "]\n", "at most 8 dimensions"},
		"gates of many SLIs":                   {head + flows(700) + "  dimensions: [{ name: d }]\n  gates:\n" + joined(100, "    - { name: g%d, compare: { dimension: d }, maxDrop: { s: 1% } }\n"), ""},
		"drops of unknown SLIs":                {head + flows(300) + "  dimensions: [{ name: d }]\n  gates:\n    - { name: g, compare: { dimension: d }, maxDrop: {" + joined(2000, "slo%d: 0, ") + "} }", tooMuchWork},
		"time intervals":                       {head + "  maintenance:\n    - { name: m, intervals: [" + repeat("{location: Asia/Tokyo},", 12000) + "] }\n", tooMuchWork},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var issues Issues
			source := Source{Content: []byte(test.text)}
			allocations, bytes := allocated(func() { _, issues = Load(source) })
			if steps := stepsOfCatalog + stepsOfByte*len(test.text); allocations > allocationsOfStep*steps || bytes > bytesOfStep*steps {
				t.Errorf("its %d bytes take %d allocations of %d bytes, want at most %d of %d", len(test.text), allocations, bytes, allocationsOfStep*steps, bytesOfStep*steps)
			}
			if len(issues) > 2*maxIssues+2 {
				t.Errorf("it has %d issues", len(issues))
			}
			if all := allOf(issues); !strings.Contains(all, test.want) {
				t.Errorf("it has the issues %.500s, want %s", all, test.want)
			}
		})
	}
}

// allOf returns issues as text, all of them.
func allOf(issues Issues) string {
	var out strings.Builder
	for _, issue := range issues {
		out.WriteString(issue.String() + "\n")
	}
	return out.String()
}

// joined returns a format for n numbers.
func joined(n int, format string) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}

// allocated returns how often f allocates memory, and how many bytes in all. It counts them however long they are held.
func allocated(f func()) (times, bytes int) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.Mallocs - before.Mallocs), int(after.TotalAlloc - before.TotalAlloc)
}

// large returns a catalog of about a length, as people write them.
func large(length int) string {
	return nasty(length, `spec:
  window: 5m
  objective: 0.99
  trust: ['job=~"shop-.*", env="prod"']
  dimensions: [{ name: region, values: [eu, us] }]
  policies:
    - { name: fast-burn, severity: page, burn: { budget: 2%, long: 1h } }
    - { name: low, severity: ticket, when: 'score < 0.9 && coverage > 0.7', for: 5m }
  maintenance:
    - { name: sunday-night, intervals: [{ weekdays: [sunday], location: Europe/Berlin }] }
  flows:
`, "", func(i int) string {
		return fmt.Sprintf(`    - name: flow%d
      title: Flow %[1]d
      labels: { team: payments }
      runbook: https://runbooks.example/flow%[1]d
      slis:
        - name: success
          key: true
          ratio: { good: 'http_requests_total{path=~"/api/[^/]+/f%[1]d",code!~"5.."}', total: 'http_requests_total{path=~"/api/[^/]+/f%[1]d"}' }
        - name: fast
          latency: { histogram: 'http_request_duration_seconds{path=~"/api/[^/]+/f%[1]d"}', under: 300ms }
        - name: queue
          component: latency
          value: { promql: 'avg(max_over_time(queue_age_seconds{queue="f%[1]d"}[__window])) / on() group_left() (sum(rate(done_total{queue=~"f%[1]d|g%[1]d"}[__window])) > 0)' }
          curve: { linear: { zero: 100, one: 0 } }
        - { name: up, probe: { selector: 'probe_success{target="f%[1]d"}' } }
`, i)
	})
}

// A catalog as people write it is far from what its budget allows.
func TestLargeCatalogsTakeAPartOfTheirBudget(t *testing.T) {
	for _, length := range []int{nastyLength, maxContent} {
		source := Source{Content: []byte(large(length))}
		budget := budgetOf(source)
		catalog, issues := loadWithin(budget, "", []Source{source})
		if catalog == nil || len(issues) > 0 {
			t.Fatalf("%d bytes are refused: %v", length, issues)
		}
		if most := (stepsOfCatalog + stepsOfByte*length) / 2; budget.Spent() > most {
			t.Errorf("%d bytes take %d steps, want at most %d", length, budget.Spent(), most)
		}
	}
}

// Files of a catalog share a budget.
func TestFilesShareABudget(t *testing.T) {
	one := Source{Name: "one.yaml", Content: []byte(large(nastyLength))}
	alone := budgetOf(one)
	if _, issues := loadWithin(alone, "", []Source{one}); len(issues) > 0 {
		t.Fatal(issues)
	}
	two := Source{Name: "two.yaml", Content: []byte(strings.ReplaceAll(values("a"), "name: a", "name: other"))}
	budget := work.NewBudget(alone.Spent())
	catalog, issues := loadWithin(budget, "", []Source{one, two})
	if catalog != nil || len(issues) == 0 || issues[len(issues)-1].File != "two.yaml" || !strings.Contains(allOf(issues), tooMuchWork) {
		t.Errorf("the catalog is %v, the issues are %v", catalog, issues)
	}
}
