package preset_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/preset"
)

func TestNames(t *testing.T) {
	names := preset.Names()
	if len(names) < 16 || !slices.IsSorted(names) || !slices.Contains(names, "istio") {
		t.Errorf("got %q", names)
	}
	if content, ok := preset.Content("istio"); !ok || !strings.Contains(string(content), "metadata: { name: istio }") {
		t.Errorf("istio: %v, %s", ok, content)
	}
	for _, name := range []string{"", "isto", "istio.yaml", "../preset", "istio/latency"} {
		if _, ok := preset.Content(name); ok {
			t.Errorf("there is a preset %q", name)
		}
	}
}

// What is released does not change, or the numbers of catalogs would: a correction is a preset of its own, such as istio@2. A line may
// be added, and be changed only until the release that has the preset first.
func TestReleasedPresetsStayAsTheyAre(t *testing.T) {
	var lines strings.Builder
	for _, name := range preset.Names() {
		text := fmt.Sprintf("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec: { flows: [{ name: x, preset: { use: %s } }] }\n", name)
		catalog, issues := definition.Load(definition.Source{Content: []byte(text)})
		if len(issues) > 0 {
			t.Fatalf("%s: %v", name, issues)
		}
		fmt.Fprintf(&lines, "%s %s\n", name, catalog.Revision())
	}
	golden.CompareFile(t, "testdata/revisions.txt", lines.String())
}
