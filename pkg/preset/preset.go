// Package preset holds the SLIs that are usually made of the metrics of well-known exporters, a YAML file of the kind Preset each.
// Package definition reads them.
//
// A file that was released does not change any more, since catalogs are made of it: a correction is a file of its own, such as
// istio@2.yaml beside istio.yaml.
package preset

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed *.yaml
var files embed.FS

const extension = ".yaml"

// Names returns the names of all presets, sorted.
func Names() []string {
	entries, _ := files.ReadDir(".") // What is embedded can be read.
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(path.Base(entry.Name()), extension))
	}
	slices.Sort(names)
	return names
}

// Content returns the file of the preset of a name, and whether there is one.
func Content(name string) ([]byte, bool) {
	content, err := files.ReadFile(name + extension)
	return content, err == nil
}
