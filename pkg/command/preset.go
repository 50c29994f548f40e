package command

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
	"github.com/cer-reliability/cer-datasource/pkg/preset"
)

// newPreset returns the commands about presets.
func newPreset(env *Environment) *cobra.Command {
	cmd := &cobra.Command{
		Use: "preset", Short: "List presets, and show what they measure",
		Long: `preset lists the exporters that cer has the usual SLIs of. A flow uses them as
preset: { use: istio, match: 'destination_service_name="checkout"' }.`,
		Example: "  cer preset list\n  cer preset show istio",
	}
	cmd.AddCommand(newPresetList(env), newPresetShow(env))
	return cmd
}

// newPresetList returns the command that lists presets.
func newPresetList(env *Environment) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list [PATH...]", Short: "List the presets",
		Long: `list lists the presets that come with cer, and those of files and folders: by layer of the stack,
with the label that identifies a service, and the SLIs with their bounds.`,
		Example: `  cer preset list
  cer preset list /etc/cer
  cer preset list --json`,
		Args: arguments(0, -1, "any number of files or folders"),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := readPresets(env, args)
			if err != nil {
				return err
			}
			if asJSON {
				return writePresetsJSON(env.Stdout, all)
			}
			return listing(all).writeTable(env.Stdout, env.Width)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// newPresetShow returns the command that prints a preset.
func newPresetShow(env *Environment) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show NAME [PATH...]", Short: "Print a preset",
		Long: `show prints the file of a preset, after a comment on how to use it. It can be the start of your own
preset.`,
		Example: `  cer preset show istio
  cer preset show gateway /etc/cer
  cer preset show istio > /etc/cer/presets/gateway.yaml`,
		Args: arguments(1, -1, "the name of a preset, and perhaps files or folders,"),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := findPreset(env, args[0], args[1:])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(env.Stdout, p.json())
			}
			_, err = fmt.Fprintf(env.Stdout, "# Use it as the preset of a flow:\n#   preset: { use: %s%s }\n%s", p.Name, p.exampleMatch(), p.yaml)
			return err
		},
		ValidArgsFunction: cobra.FixedCompletions(preset.Names(), cobra.ShellCompDirectiveDefault),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// knownPreset is a preset and its file.
type knownPreset struct {
	definition.Preset
	yaml string
}

// readPresets returns the presets that come with cer, and those of the files and folders that paths name.
func readPresets(env *Environment, paths []string) ([]knownPreset, error) {
	var all []knownPreset
	for _, p := range definition.Presets() {
		content, _ := preset.Content(p.Name)
		all = append(all, knownPreset{p, string(content)})
	}
	slices.SortStableFunc(all, func(a, b knownPreset) int {
		return slices.Index(definition.Layers(), a.Layer) - slices.Index(definition.Layers(), b.Layer)
	})
	read := readDefinitions(paths, env.Stdin)
	if len(read.unread) > 0 {
		return nil, errors.New(strings.Join(read.unread, "\n"))
	}
	for _, source := range read.sources {
		if !definition.HoldsPresets(source) {
			continue
		}
		own, issues := definition.ReadPresets(source)
		if issues.Faulty() {
			return nil, fmt.Errorf("the preset has errors:\n%w", issues)
		}
		for _, p := range own {
			all = append(all, knownPreset{p, string(source.Content)})
		}
	}
	return all, nil
}

// findPreset returns the preset of a name.
func findPreset(env *Environment, name string, paths []string) (knownPreset, error) {
	all, err := readPresets(env, paths)
	if err != nil {
		return knownPreset{}, err
	}
	var names []string
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return knownPreset{}, fmt.Errorf("there is no preset %s; %s", name, didyoumean.Choices(name, names))
}

// exampleMatch returns an example of the field match, by the label that identifies a service; "" where there is none.
func (p knownPreset) exampleMatch() string {
	if p.Label == "" {
		return ""
	}
	return fmt.Sprintf(`, match: '%s="checkout"'`, p.Label)
}

// listing returns presets as rows of a table.
func listing(all []knownPreset) *answer {
	a := &answer{columns: []column{{name: "layer"}, {name: "preset"}, {name: "SLIs", isText: true}, {name: "label", isText: true}, {name: "measures", isText: true}}}
	for _, p := range all {
		var slis []string
		for _, s := range p.SLIs {
			slis = append(slis, strings.TrimSpace(s.Name+" "+boundOf(s)))
		}
		a.rows = append(a.rows, row{"layer": p.Layer, "preset": p.Name, "SLIs": strings.Join(slis, ", "), "label": p.Label, "measures": p.Description})
	}
	return a
}

// boundOf returns the bound of an SLI of the kind latency; "" of others.
func boundOf(s cer.SLI) string {
	if latency, ok := s.Indicator.(cer.LatencyShare); ok {
		return model.Duration(latency.Under).String()
	}
	return ""
}

// presetJSON is a preset as JSON.
type presetJSON struct {
	Name        string          `json:"name"`
	Layer       string          `json:"layer"`
	Description string          `json:"description"`
	Exporter    string          `json:"exporter"`
	Source      string          `json:"source"`
	Versions    string          `json:"versions"`
	Label       string          `json:"label"`
	Signature   []string        `json:"signature"`
	SLIs        []presetSLIJSON `json:"slis"`
	YAML        string          `json:"yaml,omitempty"`
}

// presetSLIJSON is an SLI of a preset as JSON.
type presetSLIJSON struct {
	Name      string        `json:"name"`
	Component cer.Component `json:"component"`
	Kind      cer.Kind      `json:"kind"`
	Weight    float64       `json:"weight"`
	Key       bool          `json:"key,omitempty"`
	Under     string        `json:"under,omitempty"`
}

// json returns the preset as JSON has it.
func (p knownPreset) json() presetJSON {
	j := presetJSON{p.Name, p.Layer, p.Description, p.Exporter, p.Source, p.Versions, p.Label, p.Signature, nil, p.yaml}
	for _, s := range p.SLIs {
		j.SLIs = append(j.SLIs, presetSLIJSON{s.Name, s.Component, s.Indicator.Kind(), s.Weight, s.Key, boundOf(s)})
	}
	return j
}

// writePresetsJSON writes presets as JSON, without their files.
func writePresetsJSON(w io.Writer, all []knownPreset) error {
	list := struct {
		Presets []presetJSON `json:"presets"`
	}{[]presetJSON{}}
	for _, p := range all {
		p.yaml = ""
		list.Presets = append(list.Presets, p.json())
	}
	return writeJSON(w, list)
}
