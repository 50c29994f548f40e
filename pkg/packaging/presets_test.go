package packaging_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
)

// layers are what the layers of presets are called.
var layers = map[string]string{
	"L1": "L1, edge", "L2": "L2, network", "L3": "L3, gateways", "L4": "L4, mesh", "L5": "L5, applications", "L6": "L6, data",
	"L7": "L7, other services", "L8": "L8, orchestration", "L9": "L9, delivery", "L10": "L10, observability", "browser": "Browser",
}

// The list is made of the presets' files, by `go test ./pkg/packaging -run TestListOfPresets -update`.
func TestListOfPresetsIsUpToDate(t *testing.T) {
	of := map[string][]definition.Preset{}
	for _, p := range definition.Presets() {
		of[p.Layer] = append(of[p.Layer], p)
	}
	var contents, sections strings.Builder
	for _, layer := range definition.Layers() {
		title := layers[layer]
		fmt.Fprintf(&contents, "- [%s](#%s)\n", title, anchor(title))
		fmt.Fprintf(&sections, "\n## %s\n\n| preset | measures | exporter | label | SLIs |\n|---|---|---|---|---|\n", title)
		for _, p := range of[layer] {
			fmt.Fprintf(&sections, "| `%s` | %s | [%s](%s), %s | `%s` | %s |\n", p.Name, p.Description, p.Exporter, p.Source, p.Versions, p.Label, slisOf(p))
		}
	}
	golden.CompareFile(t, "../../docs/preset-list.md", "# The list of presets\n\n"+
		"The presets that come with cer, by layer of the stack: what each measures, the exporter and its versions, the label that identifies a service, and the SLIs with their latency bounds. This page is generated. [Presets](presets.md) says how to use them, and `cer preset show NAME` prints one.\n\n"+
		"On this page:\n\n"+contents.String()+sections.String())
}

// slisOf returns the SLIs of a preset in words.
func slisOf(p definition.Preset) string {
	var all []string
	for _, s := range p.SLIs {
		text := s.Name
		if latency, ok := s.Indicator.(cer.LatencyShare); ok {
			text += " under " + model.Duration(latency.Under).String()
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
