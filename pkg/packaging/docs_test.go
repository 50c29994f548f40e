package packaging_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// The longest that pages may be, in bytes. What the benchmarks measured is not meant to be read in one go.
const (
	longestReadme = 10_000
	longestPage   = 12_000
)

// docsPages returns the paths of the pages of docs from the root of the repository, without those of the benchmarks.
func docsPages(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages in docs: %v", err)
	}
	var pages []string
	for _, file := range files {
		if name := filepath.Base(file); !strings.HasPrefix(name, "benchmarks") {
			pages = append(pages, path.Join("docs", name))
		}
	}
	return pages
}

// codeBlock is a fenced block of Markdown.
type codeBlock struct {
	language string // "" where none is stated
	line     int    // of the opening fence, from 1
	text     string
}

// splitMarkdown returns the code blocks of a page, and everything else as prose.
func splitMarkdown(t *testing.T, page string) (prose string, blocks []codeBlock) {
	t.Helper()
	var text strings.Builder
	inside, number := false, 0
	for line := range strings.Lines(string(read(t, page))) {
		number++
		language, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && inside:
			inside = false
		case fence:
			inside = true
			blocks = append(blocks, codeBlock{language: language, line: number})
		case inside:
			blocks[len(blocks)-1].text += line
		default:
			text.WriteString(line)
		}
	}
	if inside {
		t.Errorf("%s: the last code block is not closed", page)
	}
	return text.String(), blocks
}

// heading is a heading of Markdown with its level and text.
var heading = regexp.MustCompile(`(?m)^(#+) (.+)$`)

// headings returns the texts of a page's headings of a level; 0 stands for all levels.
func headings(prose string, level int) []string {
	var texts []string
	for _, found := range heading.FindAllStringSubmatch(prose, -1) {
		if level == 0 || len(found[1]) == level {
			texts = append(texts, found[2])
		}
	}
	return texts
}

// anchor returns the fragment that GitHub gives a heading.
func anchor(text string) string {
	kept := regexp.MustCompile(`[^\p{L}\p{N}_\- ]`).ReplaceAllString(strings.ToLower(text), "")
	return strings.ReplaceAll(kept, " ", "-")
}

// checkTarget reports a link to a file of the repository, named from its root, or to an anchor in it, that leads nowhere.
func checkTarget(t *testing.T, page, target string) {
	t.Helper()
	file, fragment, anchored := strings.Cut(target, "#")
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
		t.Errorf("%s links to %s: %v", page, target, err)
		return
	}
	if !anchored {
		return
	}
	prose, _ := splitMarkdown(t, file)
	hasAnchor := func(text string) bool { return anchor(text) == fragment }
	if !slices.ContainsFunc(headings(prose, 0), hasAnchor) {
		t.Errorf("%s links to %s, but %s has no such heading", page, target, file)
	}
}

func TestLinksOfTheDocumentationResolve(t *testing.T) {
	for _, page := range append(docsPages(t), "CONTRIBUTING.md", "docs/benchmarks.md", "docs/benchmarks-elsewhere.md") {
		prose, _ := splitMarkdown(t, page)
		for _, found := range link.FindAllStringSubmatch(prose, -1) {
			target := found[2]
			switch {
			case strings.HasPrefix(target, pictures), strings.HasPrefix(target, texts):
				t.Errorf("%s links to %s; write it relative to the page", page, target)
			case strings.HasPrefix(target, "https://"):
			case strings.HasPrefix(target, "#"):
				checkTarget(t, page, page+target)
			default:
				checkTarget(t, page, path.Join(path.Dir(page), target))
			}
		}
	}
}

func TestPagesOfTheDocumentationAreShort(t *testing.T) {
	if size := len(read(t, "README.md")); size > longestReadme {
		t.Errorf("README.md has %d bytes, more than %d; move something to docs", size, longestReadme)
	}
	for _, page := range docsPages(t) {
		if size := len(read(t, page)); size > longestPage {
			t.Errorf("%s has %d bytes, more than %d; split it by topic", page, size, longestPage)
		}
	}
}

func TestPagesOfTheDocumentationListTheirSections(t *testing.T) {
	for _, page := range docsPages(t) {
		prose, _ := splitMarkdown(t, page)
		var contents strings.Builder
		for _, section := range headings(prose, 2) {
			contents.WriteString("- [" + section + "](#" + anchor(section) + ")\n")
		}
		if want := "\nOn this page:\n\n" + contents.String() + "\n"; !strings.Contains(prose, want) {
			t.Errorf("%s does not list its sections; write%s", page, want)
		}
	}
}

// Users start at the README, contributors at CONTRIBUTING.md.
func TestEveryPageOfTheDocumentationIsLinked(t *testing.T) {
	readme, contributing := string(read(t, "README.md")), string(read(t, "CONTRIBUTING.md"))
	for _, page := range docsPages(t) {
		if !strings.Contains(readme, "]("+texts+page+")") && !strings.Contains(contributing, "]("+page+")") {
			t.Errorf("neither README.md nor CONTRIBUTING.md has a link to %s", page)
		}
	}
}

func TestExamplesOfTheDocumentationLoad(t *testing.T) {
	for _, page := range append(docsPages(t), "README.md") {
		_, blocks := splitMarkdown(t, page)
		for _, block := range blocks {
			t.Run(fmt.Sprintf("%s:%d", page, block.line), func(t *testing.T) { checkExample(t, block) })
		}
	}
}

func checkExample(t *testing.T, block codeBlock) {
	t.Helper()
	switch {
	case block.language == "yaml":
		checkYAML(t, block.text)
	case block.language == "json" && strings.Contains(block.text, `"kind"`):
		checkVariable(t, block.text)
	case block.language == "json":
		checkQuery(t, block.text)
	case strings.Contains(block.text, "apiVersion:"):
		t.Errorf("a block of YAML is marked as %q; write yaml, so that it is checked", block.language)
	}
}

// A test that finds no examples checks nothing.
func TestTheDocumentationHasExamples(t *testing.T) {
	for page, want := range map[string]map[string]int{
		"README.md":                    {"yaml": 2},
		"docs/definition.md":           {"yaml": 2},
		"docs/budgets-and-policies.md": {"yaml": 2},
		"docs/presets.md":              {"yaml": 3},
		"docs/operating.md":            {"yaml": 1},
		"docs/queries.md":              {"json": 8},
		"docs/alerting.md":             {"json": 2},
	} {
		_, blocks := splitMarkdown(t, page)
		for language, least := range want {
			isOf := func(b codeBlock) bool { return b.language != language }
			if got := len(slices.DeleteFunc(blocks, isOf)); got < least {
				t.Errorf("%s has %d examples in %s, want at least %d", page, got, language, least)
			}
		}
	}
}

// checkYAML loads an example as what it is: a definition, a ConfigMap with definitions, alert rules, or just YAML.
func checkYAML(t *testing.T, text string) {
	t.Helper()
	var content struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Data       map[string]string
		Groups     []yaml.Node
		JSONData   map[string]any `yaml:"jsonData"`
	}
	if err := yaml.Unmarshal([]byte(text), &content); err != nil {
		t.Fatal(err)
	}
	switch {
	case content.Kind == "Preset":
		if presets, issues := definition.ReadPresets(definition.Source{Content: []byte(text)}); len(presets) != 1 || len(issues) > 0 {
			t.Errorf("the preset has issues:\n%s", issues.Error())
		}
	case content.APIVersion == "cer/v1":
		checkDefinition(t, text)
	case content.Kind == "ConfigMap":
		for _, text := range content.Data {
			checkDefinition(t, text)
		}
	case len(content.Groups) > 0:
		checkRules(t, text)
	case len(content.JSONData) > 0:
		checkSettings(t, content.JSONData)
	}
}

// ofGrafana matches the settings of data sources that Grafana itself reads.
var ofGrafana = regexp.MustCompile(`^httpHeaderName\d$`)

// checkSettings refuses settings of a data source, and fields of these, that the plugin does not read.
func checkSettings(t *testing.T, settings map[string]any) {
	t.Helper()
	source := string(read(t, "pkg", "plugin", "settings.go")) + string(read(t, "pkg", "plugin", "trace_destination.go"))
	for name, value := range settings {
		if !ofGrafana.MatchString(name) && !strings.Contains(source, "`json:\""+name+"\"`") {
			t.Errorf("the plugin reads no setting %s", name)
		}
		list, _ := value.([]any)
		for _, item := range list {
			fields, _ := item.(map[string]any)
			checkSettings(t, fields)
		}
	}
}

func checkDefinition(t *testing.T, text string) {
	t.Helper()
	catalog, issues := definition.Load(definition.Source{Name: "example.yaml", Content: []byte(text)})
	if catalog == nil || len(issues) > 0 {
		t.Errorf("the definition has issues:\n%s", issues.Error())
	}
}

// checkRules decodes alert rules strictly, and their queries as the backend does.
func checkRules(t *testing.T, text string) {
	t.Helper()
	var file rules
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		for _, r := range group.Rules {
			if last := r.Data[len(r.Data)-1]; last.RefID != r.Condition || last.DatasourceUID != expressions {
				t.Errorf("the condition of %s is not its last expression", r.UID)
			}
			for _, query := range r.Data {
				if query.DatasourceUID == sourceUID {
					parsed(t, query.Model)
				}
			}
		}
	}
}

// variableKinds are what dashboard variables can list, as the frontend has them.
func variableKinds(t *testing.T) []string {
	t.Helper()
	list := regexp.MustCompile(`VARIABLE_KINDS = \[([^\]]+)\]`).FindSubmatch(read(t, "src", "types.ts"))
	if list == nil {
		t.Fatal("src/types.ts has no kinds of variables")
	}
	return regexp.MustCompile(`\w+`).FindAllString(string(list[1]), -1)
}

// checkVariable checks the JSON of the query of a dashboard variable.
func checkVariable(t *testing.T, text string) {
	t.Helper()
	var variable struct {
		Kind, Dimension, Gate string
		Flows                 []string
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&variable); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(variableKinds(t), variable.Kind) {
		t.Errorf("a variable can't list %q", variable.Kind)
	}
}

// checkQuery parses the JSON of a query as the backend does, and refuses fields that the backend would ignore.
func checkQuery(t *testing.T, text string) {
	t.Helper()
	q := parsed(t, json.RawMessage(text))
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil {
		t.Error(err)
	}
}
