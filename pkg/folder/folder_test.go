package folder

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// yamlOf returns a catalog with one flow, and more lines at its top level.
func yamlOf(name, flow string, more ...string) string {
	return fmt.Sprintf("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: %s }\nspec: { flows: [{ name: %s, slis: [{ name: up, probe: { selector: up } }] }] }\n%s\n",
		name, flow, strings.Join(more, "\n"))
}

// write writes files; the content "" deletes one.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		at := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(at), 0o700)
		if content == "" {
			err = os.Remove(at)
		} else if err == nil {
			err = os.WriteFile(at, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// flows returns the names of the flows of a catalog, separated by spaces.
func flows(found CatalogStatus) string {
	var names []string
	if found.Catalog != nil {
		for _, f := range found.Catalog.Flows {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, " ")
}

// files maps paths to contents.
type files = map[string]string

func TestCatalogAfterChangesOfTheFolder(t *testing.T) {
	const broken = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec: { flows: [\n"
	refused := strings.Replace(yamlOf("shop", "home"), "name: home", "name: home, weight: -1", 1)
	type step struct {
		// change is applied to the folder before the scan.
		change files
		state  State
		flows  string
		// issue is a part of the issues.
		issue string
	}
	first := step{files{"shop.yaml": yamlOf("shop", "home")}, Good, "home", ""}
	tests := map[string][]step{
		"it is served":                              {first},
		"an edit is served":                         {first, {files{"shop.yaml": yamlOf("shop", "till")}, Good, "till", ""}},
		"two files make one catalog":                {first, {files{"more.yml": yamlOf("shop", "till")}, Good, "till home", ""}},
		"so does a file in a folder":                {first, {files{"team/more.yaml": yamlOf("shop", "till")}, Good, "home till", ""}},
		"another file does not matter":              {first, {files{"bank.yaml": yamlOf("bank", "till")}, Good, "home", ""}},
		"nor does one of another ending":            {first, {files{"more.yaml.bak": yamlOf("shop", "till"), "b.json": "{}"}, Good, "home", ""}},
		"nor does a hidden one":                     {first, {files{".more.yaml": yamlOf("shop", "till"), ".git/a.yaml": yamlOf("shop", "till")}, Good, "home", ""}},
		"nor does one that is of no catalog":        {first, {files{"values.yaml": "replicas: 2\n"}, Good, "home", ""}},
		"there is none":                             {{files{"bank.yaml": yamlOf("bank", "till")}, Absent, "", ""}},
		"an edit that is refused":                   {first, {files{"shop.yaml": refused}, Refused, "home", "shop.yaml:4:39: spec.flows[0].weight"}},
		"an edit that is no YAML":                   {first, {files{"shop.yaml": broken}, Refused, "home", "shop.yaml:5:1: this is not valid YAML"}},
		"an edit that loses the name":               {first, {files{"shop.yaml": "a: b\n"}, Refused, "home", "shop.yaml:1:1: "}},
		"an edit that leaves nothing":               {first, {files{"shop.yaml": "\n"}, Refused, "home", "the content is empty"}},
		"an edit that is too large":                 {first, {files{"shop.yaml": yamlOf("shop", "home") + strings.Repeat("#", maxFile)}, Refused, "home", "shop.yaml:1:1: it is larger than 1 MiB"}},
		"one break after another":                   {first, {files{"shop.yaml": broken}, Refused, "home", ""}, {files{"shop.yaml": "a: ["}, Refused, "home", ""}},
		"a repair":                                  {first, {files{"shop.yaml": broken}, Refused, "home", ""}, {files{"shop.yaml": yamlOf("shop", "till")}, Good, "till", ""}},
		"a repair to what it was":                   {first, {files{"shop.yaml": broken}, Refused, "home", ""}, first},
		"it was never good":                         {{files{"shop.yaml": refused}, Refused, "", "weight"}},
		"it was never YAML":                         {{files{"shop.yaml": broken}, Refused, "", "this is not valid YAML"}},
		"half of it is no YAML":                     {{files{"a.yaml": yamlOf("shop", "till"), "shop.yaml": broken}, Refused, "", "this is not valid YAML"}},
		"it is deleted":                             {first, {files{"shop.yaml": ""}, Gone, "home", ""}},
		"it is deleted and comes back":              {first, {files{"shop.yaml": ""}, Gone, "home", ""}, first},
		"its file has another name":                 {first, {files{"shop.yaml": "", "store.yaml": yamlOf("shop", "home")}, Good, "home", ""}},
		"its file is put away":                      {first, {files{"shop.yaml": "", "shop.old": yamlOf("shop", "home")}, Gone, "home", ""}},
		"it has another name":                       {first, {files{"shop.yaml": yamlOf("store", "home")}, Gone, "home", ""}},
		"it was broken and is deleted":              {first, {files{"shop.yaml": broken}, Refused, "home", ""}, {files{"shop.yaml": ""}, Gone, "home", ""}},
		"a setting that two files state":            {first, {files{"more.yml": strings.Replace(yamlOf("shop", "till"), "spec: {", "spec: { window: 1m,", 1), "x.yml": strings.Replace(yamlOf("shop", "x"), "spec: {", "spec: { window: 1m,", 1)}, Refused, "home", "also in another document"}},
		"documents of several catalogs in a file":   {{files{"all.yaml": yamlOf("bank", "till") + "---\n" + yamlOf("shop", "home")}, Good, "home", ""}},
		"a name is made out in text that is quoted": {{files{"shop.yaml": "metadata:\n  name: \"shop\"\nspec: [\n"}, Refused, "", "not valid YAML"}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				f := New(Config{Path: dir})
				defer f.Close()
				for i, step := range steps {
					write(t, dir, step.change)
					if i > 0 {
						time.Sleep(DefaultInterval)
						synctest.Wait()
					}
					found := f.Catalog(t.Context(), "shop", 1)
					if found.State != step.state || flows(found) != step.flows || (found.Catalog != nil) != (step.flows != "") {
						t.Errorf("step %d: the state is %d with %q, want %d with %q: %v", i, found.State, flows(found), step.state, step.flows, found.Issues)
					}
					if !strings.Contains(found.Issues.Error(), step.issue) || found.State == Refused && len(found.Issues) == 0 {
						t.Errorf("step %d: the issues are %v, want %q", i, found.Issues, step.issue)
					}
				}
			})
		})
	}
}

func TestProblem(t *testing.T) {
	good := CatalogStatus{Name: "shop", State: Good}
	catalog := good
	tests := map[string]struct {
		found CatalogStatus
		want  string
	}{
		"good":                     {catalog, ""},
		"absent":                   {CatalogStatus{Name: "shop"}, "there is no catalog shop in the folder on the server"},
		"absent, one file broken":  {CatalogStatus{Name: "shop", Broken: 1}, "there is no catalog shop in the folder on the server; one of its files is refused (see Grafana's log)"},
		"absent, more are broken":  {CatalogStatus{Name: "shop", Broken: 2}, "there is no catalog shop in the folder on the server; 2 of its files are refused (see Grafana's log)"},
		"refused":                  {CatalogStatus{Name: "shop", State: Refused}, "the catalog shop was refused"},
		"gone":                     {CatalogStatus{Name: "shop", State: Gone}, "the catalog shop is no longer in the folder on the server"},
		"the folder is unreadable": {CatalogStatus{Name: "shop", State: Unreadable}, "the folder of catalogs on the server can't be read (see Grafana's log)"},
	}
	for name, test := range tests {
		if got := test.found.Problem(); got != test.want {
			t.Errorf("%s: the problem is %q, want %q", name, got, test.want)
		}
	}
}

func TestAFolderThatCantBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "catalogs")
		var reports []Report
		f := New(Config{Path: dir, OnChange: func(r Report) { reports = append(reports, r) }})
		defer f.Close()
		if found := f.Catalog(t.Context(), "shop", 1); found.State != Unreadable || found.Catalog != nil {
			t.Errorf("the folder does not exist yet: %+v", found)
		}
		write(t, dir, files{"shop.yaml": yamlOf("shop", "home")})
		time.Sleep(DefaultInterval)
		synctest.Wait()
		if found := f.Catalog(t.Context(), "shop", 1); found.State != Good {
			t.Errorf("the folder exists: %+v", found)
		}
		if err := os.Rename(dir, dir+"-away"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(DefaultInterval)
		synctest.Wait()
		if found := f.Catalog(t.Context(), "shop", 1); found.State != Unreadable || flows(found) != "home" {
			t.Errorf("the folder is gone: %+v", found)
		}
		if found := f.Catalog(t.Context(), "bank", 1); found.State != Unreadable || found.Catalog != nil {
			t.Errorf("another catalog: %+v", found)
		}
		time.Sleep(10 * DefaultInterval)
		synctest.Wait()
		if len(reports) != 3 || reports[0].Err == nil || reports[1].Err != nil || reports[2].Err == nil {
			t.Errorf("the reports are %+v", reports)
		}
		if text := fmt.Sprint(reports); strings.Contains(text, dir) {
			t.Errorf("the reports have the path of the folder: %s", text)
		}
	})
}

func TestARelativePathIsRefused(t *testing.T) {
	f := New(Config{Path: "catalogs"})
	defer f.Close()
	if found := f.Catalog(t.Context(), "shop", 1); found.State != Unreadable {
		t.Errorf("the catalog is %+v", found)
	}
}

func TestRefreshScansAtOnceAndNotTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, files{"shop.yaml": yamlOf("shop", "home")})
		f := New(Config{Path: dir})
		defer f.Close()
		f.Catalog(t.Context(), "shop", 1)
		write(t, dir, files{"shop.yaml": yamlOf("shop", "till")})
		began := time.Now()
		done := make(chan struct{})
		for range 20 {
			go func() { f.Refresh(t.Context()); done <- struct{}{} }()
		}
		for range 20 {
			<-done
		}
		if took := time.Since(began); took > 2*minInterval {
			t.Errorf("20 concurrent calls take %s", took)
		}
		if found := f.Catalog(t.Context(), "shop", 1); flows(found) != "till" {
			t.Errorf("the flows are still %s", flows(found))
		}
		f.Refresh(t.Context())
		if took := time.Since(began); took < minInterval {
			t.Errorf("the next scan began after %s", took)
		}
	})
}

func TestOnChangeMayAskForACatalog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, files{"shop.yaml": strings.Replace(yamlOf("shop", "home"), "name: home", "name: home, weight: -1", 1), "x.yaml": "a: ["})
		var f *Folder
		var found CatalogStatus
		f = New(Config{Path: dir, OnChange: func(Report) { found = f.Catalog(t.Context(), "shop", 1) }})
		defer f.Close()
		began := time.Now()
		f.Refresh(t.Context())
		if took := time.Since(began); found.State != Refused || took > minInterval {
			t.Errorf("the catalog is %+v, after %s", found, took)
		}
	})
}

func TestCloseEndsTheGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // It fails where a goroutine is left.
		f := New(Config{Path: t.TempDir()})
		f.Catalog(t.Context(), "shop", 1)
		f.Close()
		f.Close()
		synctest.Wait()
		f.Refresh(t.Context())
	})
}

// TestAPanicDuringAScan simulates a bug in the package definition.
func TestAPanicDuringAScan(t *testing.T) {
	const good, panics, breaks = "good", "panics", "breaks"
	type step struct {
		// scan is whether the scan succeeds, panics, or makes the update of the catalogs panic. Before it, change is applied
		// to the folder.
		scan   string
		change files
		// state and flows are those of the catalog after it.
		state State
		flows string
	}
	home, till := files{"shop.yaml": yamlOf("shop", "home")}, files{"shop.yaml": yamlOf("shop", "till")}
	tests := map[string][]step{
		"in the first scan":               {{panics, home, Unreadable, ""}, {good, nil, Good, "home"}},
		"in a later scan":                 {{good, home, Good, "home"}, {panics, till, Unreadable, "home"}, {good, nil, Good, "till"}},
		"in one scan after another":       {{good, home, Good, "home"}, {panics, till, Unreadable, "home"}, {panics, nil, Unreadable, "home"}, {good, nil, Good, "till"}},
		"in the update of the catalogs":   {{good, home, Good, "home"}, {breaks, till, Unreadable, "home"}, {good, nil, Good, "till"}},
		"though the files stay the same":  {{good, home, Good, "home"}, {panics, nil, Unreadable, "home"}, {good, nil, Good, "home"}},
		"in several scans from the start": {{panics, home, Unreadable, ""}, {panics, till, Unreadable, ""}, {good, nil, Good, "till"}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				var last Report
				f := New(Config{Path: dir, OnChange: func(r Report) { last = r }})
				defer f.Close()
				outcome := ""
				f.scan = func(path string, before scan) scan {
					switch outcome {
					case panics:
						panic("no such key")
					case breaks:
						return scan{files: []*file{nil}}
					}
					return scanFolder(path, before)
				}
				for i, step := range steps {
					write(t, dir, step.change)
					outcome = step.scan
					began := time.Now()
					if i == 0 {
						f.Names(t.Context(), 1)
					} else {
						f.Refresh(t.Context())
					}
					if took := time.Since(began); took > minInterval {
						t.Errorf("step %d: the call takes %s", i, took)
					}
					if found := f.Catalog(t.Context(), "shop", 1); found.State != step.state || flows(found) != step.flows {
						t.Errorf("step %d: the state is %d with %q, want %d with %q", i, found.State, flows(found), step.state, step.flows)
					}
					synctest.Wait()
					if last.Err != nil != (step.scan != good) || last.Err != nil && !strings.HasPrefix(last.Err.Error(), "reading it panicked: ") {
						t.Errorf("step %d: the reported error is %v", i, last.Err)
					}
				}
			})
		})
	}
}
