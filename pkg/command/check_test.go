package command_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// Definitions with an error, and with a warning.
var (
	wrong    = strings.Replace(shop, "objective: 0.99", "objective: 99", 1)
	doubtful = strings.Replace(shop, "slis:", "weight: 0\n      slis:", 1)
)

func TestCheckEndsWithWhatItFound(t *testing.T) {
	const ofTwo = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n  flows: [{ name: search, slis: [{ name: up, probe: { selector: up } }] }]\n"
	tests := map[string]struct {
		files map[string]string
		stdin string
		args  string
		code  int
		says  string
	}{
		"a file":                        {map[string]string{"a.yaml": shop}, "", "a.yaml", 0, "1 catalog in 1 file: 0 errors, 0 warnings\n"},
		"an error":                      {map[string]string{"a.yaml": wrong}, "", "a.yaml", 1, "a.yaml:8:18: error: spec.flows[0].objective: "},
		"a warning":                     {map[string]string{"a.yaml": doubtful}, "", "a.yaml", 0, "0 errors, 1 warning\n"},
		"a warning that is an error":    {map[string]string{"a.yaml": doubtful}, "", "--strict a.yaml", 1, "0 errors, 1 warning\n"},
		"standard input":                {nil, shop, "-", 0, "1 catalog in 1 file: 0 errors, 0 warnings\n"},
		"standard input with an error":  {nil, wrong, "-", 1, "stdin:8:18: error: "},
		"a folder":                      {map[string]string{"d/a.yaml": shop, "d/b.yaml": ofTwo, "d/notes.txt": "x"}, "", "d", 0, "1 catalog in 2 files: 0 errors"},
		"a folder with an error":        {map[string]string{"d/a.yaml": shop, "d/sub/b.yaml": strings.Replace(ofTwo, "up }", "up{ }", 1)}, "", "d", 1, "d/sub/b.yaml:"},
		"files of one catalog":          {map[string]string{"a.yaml": shop, "b.yaml": ofTwo}, "", "a.yaml b.yaml", 0, "1 catalog in 2 files"},
		"two catalogs":                  {map[string]string{"a.yaml": shop, "b.yaml": strings.Replace(ofTwo, "shop", "other", 1)}, "", "a.yaml b.yaml", 0, "2 catalogs in 2 files"},
		"a file twice":                  {map[string]string{"d/a.yaml": shop}, "", "d ./d/a.yaml d/a.yaml", 0, "1 catalog in 1 file"},
		"two flows of one name":         {map[string]string{"a.yaml": shop, "b.yaml": shop}, "", "a.yaml b.yaml", 1, "b.yaml:"},
		"no YAML":                       {map[string]string{"a.yaml": "a: [\n"}, "", "a.yaml", 1, "a.yaml:"},
		"no name":                       {map[string]string{"a.yaml": strings.Replace(shop, "metadata: { name: shop }\n", "", 1)}, "", "a.yaml", 1, "metadata"},
		"what an earlier version loads": {map[string]string{"a.yaml": strings.Replace(shop, "total: r_total", "total: sum(r_total)", 1)}, "", "a.yaml", 1, "error: "},
		"a file of another tool":        {map[string]string{"a.yaml": "version: prometheus/v1\nservice: x\nslos: []\n"}, "", "a.yaml", 1, "Sloth"},
		"a file that is not there":      {nil, "", "a.yaml", 3, "a.yaml can't be read: no such file or directory"},
		"one of two is not there":       {map[string]string{"a.yaml": shop}, "", "a.yaml b.yaml", 3, "b.yaml can't be read"},
		"a folder without definitions":  {map[string]string{"d/notes.txt": "x"}, "", "d", 3, "d has no files that end in .yaml or .yml"},
		"a large file of a folder":      {map[string]string{"d/a.yaml": shop, "d/b.yaml": strings.Repeat("#", 1<<20+1)}, "", "d", 3, "d/b.yaml: it is larger than 1 MiB"},
		"nothing to check":              {nil, "", "", 3, "`cer check` needs a file or a folder to check"},
		"an unknown output":             {map[string]string{"a.yaml": shop}, "", "--output xml a.yaml", 3, `--output is "xml"; it can be human, json, sarif or github`},
		"an unknown flag":               {map[string]string{"a.yaml": shop}, "", "--strickt a.yaml", 3, "`cer check --help` lists the flags"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFolder(t, test.files)
			machine{stdin: test.stdin}.run(t, "check "+test.args).is(test.code).says(test.says)
		})
	}
}

func TestCheckWritesJSON(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": shop, "b.yaml": strings.Replace(wrong, "shop", "other", 1)})
	var got struct {
		Catalogs []struct {
			Name, Revision string
			Flows          int
		}
		Issues []struct {
			File, Severity, Path, Message, Text string
			Line, Column                        int
		}
	}
	out := run(t, "check --output json a.yaml b.yaml").is(1).stdout
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Catalogs) != 1 || got.Catalogs[0].Name != "shop" || got.Catalogs[0].Flows != 1 || len(got.Catalogs[0].Revision) != 64 {
		t.Errorf("the catalogs are %+v", got.Catalogs)
	}
	if len(got.Issues) != 1 || got.Issues[0].File != "b.yaml" || got.Issues[0].Line != 8 || got.Issues[0].Severity != "error" || got.Issues[0].Text != "99" {
		t.Errorf("the issues are %+v", got.Issues)
	}
}

func TestCheckAnnotatesFilesOnGitHub(t *testing.T) {
	inFolder(t, map[string]string{"a,b.yaml": wrong, "c.yaml": strings.Replace(doubtful, "shop", "other", 1)})
	r := run(t, "check --output github a,b.yaml c.yaml").is(1)
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "::error file=a%2Cb.yaml,line=8,col=18::") || !strings.HasPrefix(lines[1], "::warning file=c.yaml,line=") {
		t.Errorf("it prints\n%s", r.stdout)
	}
	// What stands in a file must not be taken for a command of GitHub.
	inFolder(t, map[string]string{"a.yaml": strings.Replace(shop, "name: checkout", `name: "100%\n::warning::x"`, 1)})
	if r := run(t, "check -o github a.yaml").is(1); strings.Contains(r.stdout, "\n::warning::x") {
		t.Errorf("it prints\n%s", r.stdout)
	}
}
