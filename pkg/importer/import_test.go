package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/importer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
)

// sources returns the files of testdata that match a pattern, at least some.
func sources(t testing.TB, pattern string) []definition.Source {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	var all []definition.Source
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel("testdata", file)
		all = append(all, definition.Source{Name: filepath.ToSlash(name), Content: content})
	}
	return all
}

// shown returns what an import yields as a text.
func shown(r importer.Result) string {
	var out strings.Builder
	out.Write(r.YAML)
	out.WriteString("---\n")
	for _, issue := range r.Issues {
		level := "error"
		if issue.Warning {
			level = "warning"
		}
		issue.Warning = false
		out.WriteString(level + ": " + issue.String() + "\n")
	}
	return out.String()
}

// loads fails the test unless a result loads without errors, and returns the warnings.
func loads(t testing.TB, r importer.Result) definition.Issues {
	t.Helper()
	if r.YAML == nil {
		if r.Flows != 0 || r.SLIs != 0 || len(r.Issues) == 0 {
			t.Errorf("there is no definition, but %d flows, %d SLIs and %d issues", r.Flows, r.SLIs, len(r.Issues))
		}
		return nil
	}
	catalog, issues := definition.Load(definition.Source{Name: "catalog.yaml", Content: r.YAML})
	if catalog == nil || issues.Faulty() {
		t.Fatalf("the definition has errors:\n%s\n%s", issues.Error(), r.YAML)
	}
	slis := 0
	for _, flow := range catalog.Flows {
		slis += len(flow.SLIs)
	}
	if len(catalog.Flows) != r.Flows || slis != r.SLIs {
		t.Errorf("it has %d flows and %d SLIs, and claims %d and %d", len(catalog.Flows), slis, r.Flows, r.SLIs)
	}
	return issues
}

func TestGoldens(t *testing.T) {
	for _, recorded := range []bool{false, true} {
		for _, source := range sources(t, "*/*.yaml") {
			name := strings.TrimSuffix(source.Name, ".yaml")
			if recorded {
				name += ".recorded"
			}
			t.Run(name, func(t *testing.T) {
				result := importer.Import(importer.Options{Recorded: recorded}, source)
				if issues := loads(t, result); len(issues) > 0 {
					t.Errorf("the definition has warnings:\n%s", issues.Error())
				}
				if recorded && strings.HasPrefix(name, "openslo/") {
					return // OpenSLO records nothing, so that the option changes nothing.
				}
				golden.CompareFile(t, filepath.Join("testdata", filepath.FromSlash(name)+".golden"), shown(result))
			})
		}
	}
}

func TestOpenSLORecordsNothing(t *testing.T) {
	for _, source := range sources(t, "openslo/*.yaml") {
		plain, recorded := importer.Import(importer.Options{}, source), importer.Import(importer.Options{Recorded: true}, source)
		if shown(plain) != shown(recorded) {
			t.Errorf("%s is imported in another way with recorded series", source.Name)
		}
	}
}

func TestSeveralFilesMakeOneCatalog(t *testing.T) {
	all := sources(t, "*/*.yaml")
	result := importer.Import(importer.Options{Name: "all"}, all...)
	_ = loads(t, result)
	if !strings.Contains(string(result.YAML), "metadata: {name: all}") || result.Flows < 30 {
		t.Errorf("it has %d flows:\n%s", result.Flows, result.YAML)
	}
	one := importer.Import(importer.Options{}, all[0])
	for _, issue := range result.Issues {
		if issue.File == "" || issue.Line == 0 {
			t.Errorf("the issue has no place: %s", issue)
		}
	}
	for _, issue := range one.Issues {
		if issue.File != all[0].Name {
			t.Errorf("the issue has another file: %s", issue)
		}
	}
}

func TestTheSameSourcesMakeTheSameCatalog(t *testing.T) {
	all := sources(t, "*/*.yaml")
	first := shown(importer.Import(importer.Options{}, all...))
	for range 5 {
		if again := shown(importer.Import(importer.Options{}, all...)); again != first {
			t.Fatalf("the second time it is\n%s\nthe first time\n%s", again, first)
		}
	}
}

func TestImportIsBounded(t *testing.T) {
	var file strings.Builder
	file.WriteString("version: prometheus/v1\nservice: s\nslos:\n")
	for range 2100 { // Of the same name, for each of which another one is found.
		file.WriteString("- {name: a, objective: 99, sli: {events: {error_query: 'sum(rate(a[{{.window}}]))', total_query: 'sum(rate(b[{{.window}}]))'}}, alerting: {name: A}}\n")
	}
	result := importer.Import(importer.Options{}, definition.Source{Name: "a.yaml", Content: []byte(file.String())})
	if result.SLIs != 2000 || len(result.Issues) != 1001 {
		t.Errorf("it has %d SLIs and %d issues", result.SLIs, len(result.Issues))
	}
	large := importer.Import(importer.Options{}, definition.Source{Name: "a.yaml", Content: []byte(strings.Repeat("#", 1<<20+1))})
	if large.YAML != nil || len(large.Issues) != 1 || !strings.Contains(large.Issues[0].Message, "larger than 1 MiB") {
		t.Errorf("a large file yields %+v", large)
	}
}
