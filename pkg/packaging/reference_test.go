package packaging_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/query"
	fields "github.com/cer-reliability/cer-datasource/pkg/schema"
)

// codeOf returns everything that pages have in code: what stands between backticks, and their blocks.
func codeOf(t *testing.T, pages ...string) string {
	t.Helper()
	var all strings.Builder
	for _, page := range pages {
		prose, blocks := splitMarkdown(t, page)
		for _, code := range regexp.MustCompile("`[^`]+`").FindAllString(prose, -1) {
			all.WriteString(code + "\n")
		}
		for _, block := range blocks {
			all.WriteString(block.text)
		}
	}
	return all.String()
}

func TestEveryFieldOfADefinitionIsDocumented(t *testing.T) {
	code := codeOf(t, "docs/definition.md", "docs/budgets-and-policies.md", "docs/gates.md", "docs/presets.md", "docs/operating.md")
	for _, mapping := range fields.Mappings() {
		for _, name := range mapping.Names() {
			if !regexp.MustCompile(`\b` + name + `\b`).MatchString(code) {
				t.Errorf("no page has the field %s of %s", name, mapping.What)
			}
		}
	}
}

// rowsOf returns the cells of the table rows of a page that begin with a cell of code, by that code.
func rowsOf(t *testing.T, page string) map[string][]string {
	t.Helper()
	prose, _ := splitMarkdown(t, page)
	rows := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+?) \\|(.*)\\|$").FindAllStringSubmatch(prose, -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			rows[name[1]] = strings.Split(row[2], "|")
		}
	}
	return rows
}

func TestEveryFieldOfAQueryIsDocumented(t *testing.T) {
	rows := rowsOf(t, "docs/queries.md")
	of := reflect.TypeFor[query.Query]()
	for i := range of.NumField() {
		if name := of.Field(i).Tag.Get("json"); name != "-" && rows[name] == nil {
			t.Errorf("docs/queries.md has no row on the field %s", name)
		}
	}
}

// The table of measures has a column for each level: one that is empty says that there is no such number.
func TestTheTableOfMeasuresIsThatOfTheCode(t *testing.T) {
	rows := rowsOf(t, "docs/queries.md")
	levels := []query.Level{query.LevelOverall, query.LevelFlow, query.LevelComponent, query.LevelSLI}
	for _, row := range query.Rows() {
		cells := rows[string(row.Measure)]
		if len(cells) != len(levels) {
			t.Errorf("docs/queries.md has %d levels of %s", len(cells), row.Measure)
			continue
		}
		for i, level := range levels {
			if is := strings.TrimSpace(cells[i]) != ""; is != slices.Contains(row.Levels, level) {
				t.Errorf("docs/queries.md says of %s at the level %s: %q", row.Measure, level, cells[i])
			}
		}
	}
}

func TestFormatsOfQueriesAreDocumented(t *testing.T) {
	code := codeOf(t, "docs/queries.md")
	for _, format := range query.Formats() {
		if !strings.Contains(code, "`"+string(format)+"`") {
			t.Errorf("docs/queries.md does not have the format %s", format)
		}
	}
}

// Readers of the page look for panels by their titles.
func TestThePanelsOfTheDebugDashboardAreDocumented(t *testing.T) {
	_, section, _ := strings.Cut(string(read(t, "docs/dashboards.md")), "\n## cer debug\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var documented []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z][^|]+) \|`).FindAllStringSubmatch(section, -1) {
		documented = append(documented, strings.Split(row[1], ", ")...)
	}
	var titles []string
	for _, p := range dashboardOf(t, "debug").Panels {
		titles = append(titles, p.Title)
	}
	for _, lists := range [][2][]string{{titles, documented}, {documented, titles}} {
		for _, title := range lists[0] {
			if !slices.Contains(lists[1], title) {
				t.Errorf("the panel %q is not both in docs/dashboards.md and on the dashboard", title)
			}
		}
	}
}

func TestEveryDashboardIsDocumented(t *testing.T) {
	page := string(read(t, "docs/dashboards.md"))
	for name := range files {
		if !strings.Contains(page, "| *cer "+name+"* |") {
			t.Errorf("docs/dashboards.md has no row on cer %s", name)
		}
	}
}

// Addresses of the documentation name variables that the dashboard has.
func TestAddressesOfDashboardsAreTheirs(t *testing.T) {
	found := 0
	for _, page := range docsPages(t) {
		for _, address := range regexp.MustCompile("/d/cer-([a-z-]+)/cer-([a-z-]+)\\?([^`\"\\s]+)").FindAllStringSubmatch(string(read(t, page)), -1) {
			found++
			for _, variable := range regexp.MustCompile(`var-(\w+)=`).FindAllStringSubmatch(address[3], -1) {
				if address[1] != address[2] || variable[1] != "datasource" && !slices.Contains(files[address[1]], variable[1]) {
					t.Errorf("%s: cer %s has no variable %s", page, address[1], variable[1])
				}
			}
		}
	}
	if found == 0 {
		t.Error("no page has the address of a dashboard")
	}
}

// The page names each rule with the file that it is in and its tier.
func TestProvisionedRulesAreDocumented(t *testing.T) {
	page := string(read(t, "docs/alerting.md"))
	tiers := map[string]string{"critical": "page", "warning": "ticket"}
	for _, file := range []string{"states.yaml", "cer.yaml", "gates.yaml"} {
		for uid, r := range rulesOf(t, file) {
			row := regexp.MustCompile(`(?m)^\| .*\*` + regexp.QuoteMeta(r.Title) + `\*.* \| ` + tiers[r.Labels["severity"]] + ` \|$`).FindString(page)
			if !strings.Contains(row, "`"+file+"`") {
				t.Errorf("docs/alerting.md has no row with %s, *%s* and the tier of %s, but %q", file, r.Title, uid, row)
			}
		}
	}
}

// environmentVariable is one that cer reads, as a page names it.
var environmentVariable = regexp.MustCompile(`\bCER_[A-Z_]+\b`)

func TestEnvironmentVariablesOfTheDocumentationAreRead(t *testing.T) {
	var sources strings.Builder
	for _, pattern := range []string{"Magefile*.go", "pkg/command/*.go", "pkg/demo/*/*.go", "pkg/demo/cmd/*/*.go", "docker-compose.yaml", "provisioning/*/*.yaml", "examples/*/*"} {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no file is like %s: %v", pattern, err)
		}
		for _, path := range paths {
			if content, err := os.ReadFile(path); err == nil {
				sources.Write(content)
			}
		}
	}
	for _, page := range append(docsPages(t), "README.md", "CONTRIBUTING.md") {
		if page == "docs/command.md" { // The command makes the names of its flags' variables, which pkg/command tests.
			continue
		}
		for _, name := range environmentVariable.FindAllString(string(read(t, page)), -1) {
			if !strings.Contains(sources.String(), name) {
				t.Errorf("%s names %s, which nothing reads", page, name)
			}
		}
	}
}

// inlineQuery is JSON between backticks that is a query by itself.
var inlineQuery = regexp.MustCompile("`(\\{ ?\"(?:measure|format)\":[^`]+\\})`")

func TestQueriesWithinSentencesCanBeAsked(t *testing.T) {
	for _, page := range docsPages(t) {
		prose, _ := splitMarkdown(t, page)
		for _, found := range inlineQuery.FindAllStringSubmatch(prose, -1) {
			if !json.Valid([]byte(found[1])) {
				t.Errorf("%s: this is no JSON: %s", page, found[1])
				continue
			}
			checkQuery(t, found[1])
		}
	}
}

// What the page shows of messages is what the tests of alerts found them to say, in the same order.
func TestMessagesOfTheDocumentationAreWhatIsSent(t *testing.T) {
	_, blocks := splitMarkdown(t, "docs/alerting.md")
	sent := string(read(t, "pkg", "demo", "findings", "testdata", "alerts.txt"))
	found := 0
	for _, block := range blocks {
		if block.language != "text" {
			continue
		}
		for line := range strings.Lines(block.text) {
			if line == "...\n" {
				continue
			}
			found++
			_, rest, ok := strings.Cut(sent, "\n"+line)
			if !ok {
				t.Errorf("docs/alerting.md shows a line that no message has, or not there: %s", line)
				continue
			}
			sent = "\n" + rest
		}
	}
	if found == 0 {
		t.Error("docs/alerting.md shows no message")
	}
}

func TestTheDefaultPoliciesOfTheDocumentationAreThoseOfTheCode(t *testing.T) {
	rows := rowsOf(t, "docs/budgets-and-policies.md")
	for _, p := range unstated(t).Policies {
		cells := rows[p.Name]
		if len(cells) != 3 {
			t.Errorf("docs/budgets-and-policies.md has no row on the default policy %s", p.Name)
			continue
		}
		severity, share, least := strings.TrimSpace(cells[0]), fmt.Sprintf(" %g%% ", 100*p.Burn.Share), fmt.Sprintf(" %g ", p.Burn.LeastFactor)
		if severity != string(p.Severity) || p.Burn.Share > 0 && !strings.HasPrefix(cells[1], share) || cells[2] != least {
			t.Errorf("docs/budgets-and-policies.md says of %s:%s, but it is a %s from%sof the budget and a burn rate of%son", p.Name, strings.Join(cells, "|"), p.Severity, share, least)
		}
	}
}

// Each number that the page names can stand in a condition.
func TestNumbersOfConditionsAreThoseOfTheDocumentation(t *testing.T) {
	_, table, _ := strings.Cut(string(read(t, "docs/budgets-and-policies.md")), "\n| number | is |\n| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var numbers []string
	for row := range strings.Lines(table) {
		cell, _, _ := strings.Cut(row[1:], "|")
		of := ""
		for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			number := code[1]
			if strings.HasPrefix(number, ".") {
				number = of + number
			} else if at := strings.LastIndex(number, ")."); at > 0 {
				of = number[:at+1]
			}
			numbers = append(numbers, number)
		}
	}
	if len(numbers) < 10 {
		t.Fatalf("docs/budgets-and-policies.md names only the numbers %q", numbers)
	}
	for _, number := range numbers {
		checkDefinition(t, `
apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  dimensions: [{ name: release, values: [canary, stable] }]
  policies: [{ name: low, severity: page, flows: { names: [checkout] }, clear: score > 2, when: '`+number+` < 0' }]
  flows:
    - name: checkout
      objective: 0.99
      revenue: { perHour: 1, currency: EUR }
      slis:
        - { name: success, objective: 0.999, ratio: { bad: 'requests_total{code="500"}', total: requests_total } }
        - { name: fast, latency: { histogram: request_seconds, under: 1s } }`)
	}
}

// A catalog that states nothing has the defaults that the pages say.
func TestDefaultsOfTheDocumentationAreThoseOfTheCode(t *testing.T) {
	c := unstated(t)
	for page, sentences := range map[string][]string{
		"docs/definition.md": {
			fmt.Sprintf("`window` (%s)", model.Duration(c.Window)), fmt.Sprintf("`aggregate` (%s)", c.Aggregate), fmt.Sprintf("`minCoverage` (%g)", c.MinCoverage),
			fmt.Sprintf("`delay` (%s)", model.Duration(c.Delay)), fmt.Sprintf("`weight` (%g,", c.Flows[1].Weight), fmt.Sprintf("`weight` (%g)", c.Flows[1].SLIs[0].Weight),
			fmt.Sprintf("`%s` (default) leaves the SLI out, and coverage falls", c.Flows[0].SLIs[0].Missing), fmt.Sprintf("`%s` (default) leaves the SLI out, and coverage does not", c.Flows[0].SLIs[0].Idle),
		},
		"docs/budgets-and-policies.md": {
			fmt.Sprintf("budgetWindow: %s ", model.Duration(c.Budget.Window)), "budgetingMethod: " + string(c.Budget.Method) + " ", fmt.Sprintf("lookback: %dh ", int(c.Budget.Lookback.Hours())),
		},
		"docs/glossary.md": {
			fmt.Sprintf("how far back states are computed, %dh by default", int(c.Budget.Lookback.Hours())), fmt.Sprintf("one of the equal spans, %s by default", model.Duration(c.Budget.Slice)),
		},
		"docs/queries.md": {fmt.Sprintf("up to `90d` (`%s`)", model.Duration(query.DefaultBurnWindow))},
	} {
		text := string(read(t, page))
		for _, sentence := range sentences {
			if !strings.Contains(text, sentence) {
				t.Errorf("%s does not say %q", page, sentence)
			}
		}
	}
}
