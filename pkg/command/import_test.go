package command_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// slothFile is a file of Sloth, every field of which is imported.
const slothFile = `version: prometheus/v1
service: shop
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(r_total{code="500"}[{{.window}}]))
        total_query: sum(rate(r_total[{{.window}}]))
    alerting: { name: ShopFails }
`

// What has no counterpart, and what can't be imported.
var (
	slothWithLabels  = strings.Replace(slothFile, "name: ShopFails", "name: ShopFails, labels: { a: b }", 1)
	slothWithoutPart = strings.Replace(slothFile, "[{{.window}}]))\n        total", "[{{.window}}])\n        total", 1)
)

func TestImportEndsWithWhatItFound(t *testing.T) {
	pyrra := "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: { name: mails }\nspec: { target: '99', window: 30d, indicator: { bool_gauge: { metric: up } } }\n"
	tests := map[string]struct {
		files map[string]string
		stdin string
		args  string
		code  int
		says  string
	}{
		"a file":                           {map[string]string{"a.yaml": slothFile}, "", "a.yaml", 0, "1 flow with 1 SLI imported from 1 file: 0 issues\n"},
		"standard input":                   {nil, slothFile, "-", 0, "# stdin:4: requests of Sloth\n"},
		"a folder":                         {map[string]string{"d/a.yaml": slothFile, "d/b.yaml": pyrra, "d/x.txt": "x"}, "", "d", 0, "2 flows with 2 SLIs imported from 2 files"},
		"a field without a counterpart":    {map[string]string{"a.yaml": slothWithLabels}, "", "a.yaml", 0, "a.yaml:10:42: warning: slos[0].alerting.labels: policies have no labels"},
		"strictly":                         {map[string]string{"a.yaml": slothWithLabels}, "", "--strict a.yaml", 1, "1 issue\n"},
		"an objective that is left out":    {map[string]string{"a.yaml": slothWithoutPart}, "", "a.yaml", 1, "a.yaml:8:22: error: slos[0].sli.events.error_query: PromQL: unclosed left parenthesis"},
		"a name":                           {map[string]string{"a.yaml": slothFile}, "", "--name other a.yaml", 0, "metadata: {name: other}"},
		"a file that is not there":         {nil, "", "a.yaml", 3, "a.yaml can't be read: no such file or directory"},
		"one of two is not there":          {map[string]string{"a.yaml": slothFile}, "", "a.yaml b.yaml", 3, "budgetWindow: 30d"},
		"nothing to import":                {nil, "", "", 3, "`cer import` needs a file or a folder to import"},
		"another period":                   {map[string]string{"a.yaml": slothFile}, "", "--sloth-period 28d a.yaml", 0, `sli("requests").burn("1h") > 13.44 &&`},
		"a period of nothing":              {map[string]string{"a.yaml": slothFile}, "", "--sloth-period 0s a.yaml", 3, "--sloth-period is a duration above 0"},
		"series that are recorded":         {map[string]string{"a.yaml": slothFile}, "", "--recorded a.yaml", 0, `slo:sli_error:ratio_rate5m{sloth_service="shop",sloth_slo="requests"}`},
		"a file that can't be written":     {map[string]string{"a.yaml": slothFile}, "", "-o no/b.yaml a.yaml", 3, "no/b.yaml"},
		"a file that is none of a tool":    {map[string]string{"a.yaml": "a: b\n"}, "", "a.yaml", 1, "this has neither version nor apiVersion"},
		"a catalog":                        {map[string]string{"a.yaml": shop}, "", "a.yaml", 1, "this is already a catalog"},
		"a version of OpenSLO that is old": {map[string]string{"a.yaml": "apiVersion: openslo/v1alpha\nkind: SLO\nmetadata: { name: a }\n"}, "", "a.yaml", 1, "openslo/v1alpha is not read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFolder(t, test.files)
			machine{stdin: test.stdin}.run(t, "import "+test.args).is(test.code).says(test.says)
		})
	}
}

func TestImportWritesAFileThatCheckAccepts(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": slothFile})
	run(t, "import -o shop.yaml a.yaml").is(0).prints("")
	run(t, "check --strict shop.yaml").is(0).says("1 catalog in 1 file: 0 errors, 0 warnings")
	inFolder(t, map[string]string{"a.yaml": "a: b\n"})
	run(t, "import -o shop.yaml a.yaml").is(1)
	if _, err := os.Stat("shop.yaml"); err == nil {
		t.Error("a file is written though nothing was imported")
	}
}

func TestImportPrintsJSON(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": slothWithLabels})
	var got struct {
		Definition  string
		Flows, SLIs int
		Issues      []struct {
			File, Severity, Path, Message string
			Line, Column                  int
		}
	}
	if err := json.Unmarshal([]byte(run(t, "import --json a.yaml").is(0).stdout), &got); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Definition, "apiVersion: cer/v1\n") || got.Flows != 1 || got.SLIs != 1 {
		t.Errorf("it prints %+v", got)
	}
	if len(got.Issues) != 1 || got.Issues[0].File != "a.yaml" || got.Issues[0].Line != 10 || got.Issues[0].Severity != "warning" || got.Issues[0].Path != "slos[0].alerting.labels" {
		t.Errorf("the issues are %+v", got.Issues)
	}
}
