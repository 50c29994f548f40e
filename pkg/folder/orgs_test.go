package folder

import (
	"slices"
	"strings"
	"testing"
)

func TestOrgs(t *testing.T) {
	const broken = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\norgs: [1]\nspec: { flows: [\n"
	tests := map[string]struct {
		// scans are the changes of the folder, each followed by a scan.
		scans []files
		// one and two are the flows of the catalog shop for the organisations 1 and 2; "-" if they may not know of it.
		one, two string
		// issue is a part of the issues for organisation 1, and hidden a text that they do not have.
		issue, hidden string
	}{
		"no list":                           {[]files{{"a.yaml": yamlOf("shop", "home")}}, "home", "home", "", ""},
		"a list":                            {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [1]")}}, "home", "-", "", ""},
		"a list of both":                    {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [2, 1]")}}, "home", "home", "", ""},
		"a file for one and a file for all": {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [1]"), "b.yaml": yamlOf("shop", "till")}}, "home till", "till", "", ""},
		"a file for each":                   {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [1]"), "b.yaml": yamlOf("shop", "till", "orgs: [2]")}}, "home", "till", "", ""},
		"a list that can't be read":         {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [one]")}}, "-", "-", "", ""},
		"a list that is taken away":         {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [1]")}, {"a.yaml": yamlOf("shop", "home")}}, "home", "home", "", ""},
		"what is given to another is lost":  {[]files{{"a.yaml": yamlOf("shop", "home")}, {"a.yaml": yamlOf("shop", "home", "orgs: [1]")}}, "home", "-", "", ""},
		"it is lost though the rest of the catalog is broken": {[]files{
			{"a.yaml": yamlOf("shop", "home"), "b.yaml": yamlOf("shop", "till")},
			{"a.yaml": yamlOf("shop", "home", "orgs: [1]"), "b.yaml": "a: ["}}, "home till", "", "not valid YAML", ""},
		"another's broken file does not matter": {[]files{
			{"a.yaml": yamlOf("shop", "home", "orgs: [1]"), "b.yaml": yamlOf("shop", "till", "orgs: [2]")},
			{"a.yaml": broken, "b.yaml": yamlOf("shop", "till", "orgs: [2]")}}, "home", "till", "it can't be read completely; Grafana's log says where", "YAML"},
		"what is broken from the start is nobody's": {[]files{{"a.yaml": broken}}, "-", "-", "", ""},
		"what is broken as a definition is its organisations'": {[]files{
			{"a.yaml": strings.Replace(yamlOf("shop", "home", "orgs: [1]"), "spec: {", "spec: { window: 1x,", 1)}}, "", "-", "a.yaml:4:17: spec.window", ""},
		"what is deleted is not given to others": {[]files{{"a.yaml": yamlOf("shop", "home", "orgs: [1]")}, {"a.yaml": ""}}, "home", "-", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			one, two := key{org: 1, name: "shop"}, key{org: 2, name: "shop"}
			now := &state{catalogs: catalogStore{}}
			for _, content := range test.scans {
				write(t, dir, content)
				now = now.after(scanFolder(dir, now.scan))
				for _, k := range []key{one, two} {
					if known := now.scan.catalog(k, now.catalogs[k]); known != nil {
						now = &state{scan: now.scan, catalogs: now.catalogs.with(k, known)}
					}
				}
			}
			for k, want := range map[key]string{one: test.one, two: test.two} {
				got := "-"
				if known := now.catalogs[k]; known != nil {
					got = flows(known.status)
				}
				if got != want {
					t.Errorf("the flows for organisation %d are %q, want %q", k.org, got, want)
				}
				if listed := slices.Contains(now.names(k.org), "shop"); listed != (want != "-") {
					t.Errorf("the names for organisation %d are %v", k.org, now.names(k.org))
				}
			}
			if known := now.catalogs[one]; known != nil {
				if issues := known.status.Issues.Error(); !strings.Contains(issues, test.issue) || test.hidden != "" && strings.Contains(issues, test.hidden) {
					t.Errorf("the issues for organisation 1 are %q", issues)
				}
			}
		})
	}
}

func TestOtherOrganisationsDoNotLearnOfACatalog(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, files{"a.yaml": yamlOf("shop", "home", "orgs: [1]"), "b.yaml": "a: ["})
	now := (&state{}).after(scanFolder(dir, scan{}))
	if now.scan.catalog(key{org: 2, name: "shop"}, nil) != nil {
		t.Fatal("the organisation may know of the catalog")
	}
	theirs, none := now.absent("shop"), now.absent("nothing")
	if strings.ReplaceAll(theirs.Problem(), "shop", "nothing") != none.Problem() {
		t.Errorf("the problem of a catalog of others is %q, and that of none %q", theirs.Problem(), none.Problem())
	}
	if names := now.names(2); len(names) > 0 {
		t.Errorf("the names are %v", names)
	}
}
