package query_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// board is what is read of a dashboard.
type board struct {
	Panels []struct {
		Title   string
		Targets []map[string]any
	}
	Annotations struct {
		List []struct {
			Name   string
			Target map[string]any
		}
	}
	Templating struct {
		List []struct {
			Name  string
			Query any
		}
	}
}

// ruleFile is what is read of a file with alert rules.
type ruleFile struct {
	Groups []struct {
		Rules []struct {
			Title string
			Data  []struct {
				RefID         string `yaml:"refId"`
				DatasourceUID string `yaml:"datasourceUid"`
				Model         map[string]any
			}
		}
	}
}

// provisionedQueries returns the queries of a kind that the dashboards and the provisioned rules have.
func provisionedQueries(t *testing.T, kind string) []savedQuery {
	t.Helper()
	var all []savedQuery
	add := func(of, place string, fields map[string]any) {
		if of == kind && fields != nil {
			all = append(all, savedQuery{Place: place, Query: withoutSource(t, fields)})
		}
	}
	eachFile(t, "../../dashboards/*.json", json.Unmarshal, func(name string, b board) {
		for _, panel := range b.Panels {
			for _, target := range panel.Targets {
				add("panels", name+": "+panel.Title, target)
			}
		}
		for _, annotation := range b.Annotations.List {
			add("annotations", name+": "+annotation.Name, annotation.Target)
		}
		for _, variable := range b.Templating.List {
			fields, _ := variable.Query.(map[string]any) // Those of others are texts.
			add("variables", name+": "+variable.Name, fields)
		}
	})
	eachFile(t, "../../provisioning/alerting/*.yaml", yaml.Unmarshal, func(name string, file ruleFile) {
		for _, group := range file.Groups {
			for _, rule := range group.Rules {
				for _, data := range rule.Data {
					if data.DatasourceUID != "__expr__" {
						add("rules", name+": "+rule.Title+", "+data.RefID, data.Model)
					}
				}
			}
		}
	})
	return all
}

// eachFile decodes the files that match a pattern, of which there are some.
func eachFile[T any](t *testing.T, pattern string, decode func([]byte, any) error, do func(name string, file T)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.FromSlash(pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file is like %s: %v", pattern, err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file T
		if err := decode(content, &file); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		do(filepath.Base(path), file)
	}
}

// withoutSource returns a query as JSON has it, without its refId and data source.
func withoutSource(t *testing.T, fields map[string]any) map[string]any {
	t.Helper()
	clean := map[string]any{}
	if err := json.Unmarshal(encode(t, fields), &clean); err != nil {
		t.Fatal(err)
	}
	delete(clean, "refId")
	delete(clean, "datasource")
	return clean
}
