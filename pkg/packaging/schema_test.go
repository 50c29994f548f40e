package packaging_test

import (
	"strings"
	"testing"

	definitions "github.com/cer-reliability/cer-datasource/pkg/schema"
)

// TestCatalogsSayWhichSchemaTheyHave holds the catalogs that users copy against what editors with the YAML language server look for.
func TestCatalogsSayWhichSchemaTheyHave(t *testing.T) {
	source := strictly[sources](t, "provisioning", "datasources", "cer.yaml").Datasources[0]
	for place, text := range map[string]string{
		"examples":        string(read(t, "examples", "catalog.yaml")),
		"the demo's shop": string(read(t, "pkg", "demo", "shop", "catalog.yaml")),
		"provisioning":    strings.ReplaceAll(source.JSONData.Definition, "$$", "$"),
		"docs":            string(read(t, "docs", "editor.md")),
	} {
		if want := "# yaml-language-server: $schema=" + definitions.URL + "\n"; !strings.Contains(text, want) {
			t.Errorf("%s lacks the line %s", place, want)
		}
	}
}
