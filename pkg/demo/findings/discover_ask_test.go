package findings

import (
	"net/http"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/discover"
)

// ofExporters returns the telemetry of two services for each of some presets.
func ofExporters(presets ...string) []series {
	var all []series
	for _, name := range presets {
		for _, pair := range exporters[name].series {
			all = append(all, pair.of("shop", pair.shop), pair.of("other", pair.other))
		}
	}
	return distinct(all)
}

// discover asks what there is in the store.
func (tr *trial) discover(r discover.Request) discover.Answer {
	tr.t.Helper()
	var answer struct {
		discover.Answer
		Message string
	}
	if status := tr.post(noon, "Editor", "discover", r, &answer); status != http.StatusOK {
		tr.t.Fatalf("the status is %d: %s", status, answer.Message)
	}
	return answer.Answer
}

// accepts fails the test unless a definition is valid, without a warning on it or on its telemetry, and returns its selectors that match
// nothing.
func (tr *trial) accepts(text string) (unmatched []string) {
	tr.t.Helper()
	if _, issues := definition.Load(definition.Source{Name: "x", Content: []byte(text)}); len(issues) > 0 {
		tr.t.Errorf("it has issues: %v\n%s", issues, text)
	}
	answer := tr.validate(text)
	if !answer.Valid || len(answer.Issues) > 0 || answer.StoreError != "" {
		tr.t.Errorf("valid %v, %v %s:\n%s", answer.Valid, answer.Issues, answer.StoreError, text)
	}
	for _, u := range answer.Unmatched {
		unmatched = append(unmatched, u.Flow+"/"+u.SLI+" "+u.Selector)
	}
	return unmatched
}

// presetNamed returns what was found of a preset.
func presetNamed(t testing.TB, a discover.Answer, name string) discover.Preset {
	t.Helper()
	i := slices.IndexFunc(a.Presets, func(p discover.Preset) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("%s is not found, but %v", name, a.Presets)
	}
	return a.Presets[i]
}

// serviceNames returns the names of the services of a preset.
func serviceNames(p discover.Preset) []string {
	var names []string
	for _, s := range p.Services {
		names = append(names, s.Name)
	}
	return names
}
