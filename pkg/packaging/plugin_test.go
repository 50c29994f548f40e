package packaging_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// root is the repository, seen from this package's directory, where go test runs it.
const root = "../.."

// read returns a file of the repository.
func read(t *testing.T, elements ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{root}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// strictly decodes a file of YAML, and refuses fields that its type does not have.
func strictly[T any](t *testing.T, elements ...string) T {
	t.Helper()
	var content T
	decoder := yaml.NewDecoder(bytes.NewReader(read(t, elements...)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&content); err != nil {
		t.Fatalf("%s: %v", filepath.Join(elements...), err)
	}
	return content
}

// schema compiles the rules of plugin.json.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiled, err := compiler.Compile("testdata/plugin.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// decoded is JSON as the validator of schemas wants it.
func decoded(t *testing.T, content []byte) any {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestPluginJSONKeepsTheRulesOfItsSchema(t *testing.T) {
	if err := schema(t).Validate(decoded(t, read(t, "plugin.json"))); err != nil {
		t.Error(err)
	}
}

// What the schema is worth: it must catch what is wrong.
func TestTheSchemaCatches(t *testing.T) {
	tests := map[string]struct{ from, to string }{
		"a field that does not exist":   {`"metrics": true`, `"metrics": true, "charts": true`},
		"a flag that is no boolean":     {`"alerting": true`, `"alerting": "true"`},
		"an id of another kind":         {`"cer-reliability-datasource"`, `"cer-reliability-panel"`},
		"a category that is none":       {`"category": "tsdb"`, `"category": "slo"`},
		"a link that is no address":     {`https://github.com/cer-reliability/cer-datasource"`, `see the source"`},
		"a logo in another place":       {`"img/logo-small.svg"`, `"logo.svg"`},
		"a dependency that is none":     {`">=10.1.0"`, `"10 or later"`},
		"a version that is written out": {`%VERSION%`, `1.0.0`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			content := string(read(t, "plugin.json"))
			changed := strings.Replace(content, test.from, test.to, 1)
			if changed == content {
				t.Fatalf("plugin.json does not have %s", test.from)
			}
			if err := schema(t).Validate(decoded(t, []byte(changed))); err == nil {
				t.Error("the schema lets it pass")
			}
		})
	}
}

func TestPluginJSONNamesFilesOfTheRepository(t *testing.T) {
	var plugin struct {
		Info struct {
			Logos       map[string]string
			Screenshots []struct{ Path string }
		}
		Includes []struct{ Name, Path string }
	}
	if err := json.Unmarshal(read(t, "plugin.json"), &plugin); err != nil {
		t.Fatal(err)
	}
	for _, path := range plugin.Info.Logos {
		read(t, path)
	}
	for _, screenshot := range plugin.Info.Screenshots {
		read(t, screenshot.Path)
	}
	dashboards, err := filepath.Glob(filepath.Join(root, "dashboards", "*.json"))
	if err != nil || len(plugin.Includes) != len(dashboards) {
		t.Errorf("plugin.json includes %d dashboards of the %d there are (%v)", len(plugin.Includes), len(dashboards), err)
	}
	for _, include := range plugin.Includes {
		var dashboard struct{ Title string }
		if err := json.Unmarshal(read(t, include.Path), &dashboard); err != nil {
			t.Fatal(err)
		}
		if dashboard.Title != include.Name {
			t.Errorf("plugin.json calls the dashboard %q, which calls itself %q", include.Name, dashboard.Title)
		}
	}
}
