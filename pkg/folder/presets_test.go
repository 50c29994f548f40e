package folder

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// gateway is a file with a preset, and more lines at its top level.
func gateway(metric string, more ...string) string {
	return fmt.Sprintf("apiVersion: cer/v1\nkind: Preset\nmetadata: { name: gateway }\nspec: { slis: [{ name: ok, probe: { selector: %s } }] }\n%s\n", metric, strings.Join(more, "\n"))
}

func TestPresetsOfTheFolder(t *testing.T) {
	ofPreset := strings.Replace(yamlOf("shop", "home"), "slis: [{ name: up, probe: { selector: up } }]", "preset: { use: gateway }", 1)
	plain := yamlOf("shop", "home")
	tests := map[string]struct {
		// scans are the changes of the folder, each followed by a scan.
		scans []files
		state State
		// selects is what the SLI of the catalog shop selects; "" where there is no catalog.
		selects string
		// issue is a part of the issues of the catalog, and problem one of the problem of the file with the preset.
		issue, problem string
	}{
		"one is used":                 {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a")}}, Good, "a", "", ""},
		"in any other folder":         {[]files{{"shop.yaml": ofPreset, "team/own.yaml": gateway("a")}}, Good, "a", "", ""},
		"an edit is served":           {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a")}, {"presets/gateway.yaml": gateway("b")}}, Good, "b", "", ""},
		"an edit that is none":        {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a")}, {"presets/gateway.yaml": gateway("'a{'")}}, Refused, "a", "presets/gateway.yaml:4:49: spec.slis[0].probe.selector", "presets/gateway.yaml:4:"},
		"one that is no YAML":         {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a")}, {"presets/gateway.yaml": gateway("a", "x: [")}}, Refused, "a", "presets/gateway.yaml can't be read completely", "not valid YAML"},
		"it is deleted":               {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a")}, {"presets/gateway.yaml": ""}}, Refused, "a", "there is no preset of this name", ""},
		"it comes later":              {[]files{{"shop.yaml": ofPreset}, {"presets/gateway.yaml": gateway("a")}}, Good, "a", "", ""},
		"it is not used and no YAML":  {[]files{{"shop.yaml": plain, "presets/gateway.yaml": gateway("a", "x: [")}}, Good, "up", "", "not valid YAML"},
		"it is not used and wrong":    {[]files{{"shop.yaml": plain, "presets/gateway.yaml": gateway("'a{'")}}, Good, "up", "", "spec.slis[0].probe.selector"},
		"it is not used and large":    {[]files{{"shop.yaml": plain, "presets/gateway.yaml": gateway("a") + strings.Repeat("#", maxFile)}}, Good, "up", "", "it is larger than 1 MiB"},
		"it has a name of cer's":      {[]files{{"shop.yaml": plain, "presets/gateway.yaml": strings.Replace(gateway("a"), "name: gateway", "name: istio", 1)}}, Good, "up", "", "cer comes with a preset of this name"},
		"one of other organisations":  {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a", "orgs: [2]")}}, Refused, "", "there is no preset of this name", ""},
		"which is no YAML":            {[]files{{"shop.yaml": ofPreset, "presets/gateway.yaml": gateway("a", "orgs: [2]", "x: [")}}, Refused, "", "there is no preset of this name", "not valid YAML"},
		"one of several, of this one": {[]files{{"shop.yaml": ofPreset, "presets/a.yaml": gateway("a", "orgs: [2]"), "presets/gateway.yaml": gateway("b", "orgs: [1]")}}, Good, "b", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			shop := key{org: 1, name: "shop"}
			now := &state{catalogs: catalogStore{}}
			for _, content := range test.scans {
				write(t, dir, content)
				now = now.after(scanFolder(dir, now.scan))
				if stored := now.scan.catalog(shop, now.catalogs[shop]); stored != nil {
					now = &state{scan: now.scan, catalogs: now.catalogs.with(shop, stored)}
				}
			}
			status := now.catalogs[shop].status
			selects := ""
			if status.Catalog != nil {
				own, _ := status.Catalog.IndicatorsOf(&status.Catalog.Flows[0].SLIs[0])
				selects = own.Selectors()[0].Bare
			}
			if status.State != test.state || selects != test.selects || !strings.Contains(status.Issues.Error(), test.issue) {
				t.Errorf("the state is %d, %q is selected, want %d and %q; issues: %v", status.State, selects, test.state, test.selects, status.Issues)
			}
			if strings.Contains(status.Issues.Error(), "YAML") && strings.Contains(name, "which is") {
				t.Errorf("what another organisation's file says is told: %v", status.Issues)
			}
			if names := now.names(1); !slices.Equal(names, []string{"shop"}) {
				t.Errorf("the catalogs are %q", names)
			}
			if absent := now.absent("bank"); absent.Broken != 0 && test.problem != "it is larger than 1 MiB" {
				t.Errorf("%d files may belong to any catalog", absent.Broken)
			}
			checkProblem(t, now.report(), test.problem)
		})
	}
}

// checkProblem fails the test unless the report is on the file with the preset, with a text, or on none.
func checkProblem(t *testing.T, report Report, want string) {
	t.Helper()
	switch {
	case want == "" && len(report.Files) == 0:
	case len(report.Files) != 1 || report.Files[0].File != "presets/gateway.yaml" || !strings.Contains(report.Files[0].Message, want):
		t.Errorf("the problems are %v, want one that says %q", report.Files, want)
	}
}
