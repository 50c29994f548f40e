package findings

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// savedQuery is a query as dashboards, alert rules, editors or docs of some version have it. pkg/query holds it against what it means.
type savedQuery struct {
	Commit, Place, Catalog string
	Query                  map[string]any
	Reads                  []string
	// Error is what is said instead of an answer.
	Error string
}

// savedRule is an alert rule as some version provisioned it.
type savedRule struct {
	Commit, Catalog string
	Rule            alertRule
}

// savedVariables are the variables that dashboards of any version have, each with a value of the shop.
var savedVariables = board.Variables{"flow": nil, "flows": nil, "sli": nil, "split": {"region"}, "cohorts": {"region"}, "region": {"eu"}, "tier": {"premium"},
	"gate": {"checkout-canary"}, "dimension": {"release"}, "candidate": {"canary"}, "baseline": {"stable"}, "since": {"event:deployments"}}

// TestSavedQueriesAreAnswered asks the queries of every version, in the catalog that was provisioned beside them. Each has numbers or
// rows unless it is about some cohorts or incidents only, and the fields and labels that its panel names.
func TestSavedQueriesAreAnswered(t *testing.T) {
	s := openSavedShop(t)
	for _, kind := range []string{"panels", "annotations", "rules", "documents", "editors"} {
		var all []savedQuery
		readJSON(t, filepath.Join("..", "..", "..", "src", "testing", "saved", kind+".json"), &all)
		t.Run(kind, func(t *testing.T) {
			for _, saved := range all {
				a, asked := s.with(t, saved.Catalog).askTarget(saved.Place, saved.Query, savedVariables)
				if !asked {
					t.Fatalf("%s, %s: a variable has no value", saved.Commit, saved.Place)
				}
				saved.isAnswered(t, a)
				if kind == "rules" {
					saved.hasAlertLabels(t, a)
				}
			}
		})
	}
}

// isAnswered fails the test unless an answer has something to show, and what the panel names, or is the error that it should be.
func (s savedQuery) isAnswered(t *testing.T, a answer) {
	t.Helper()
	switch {
	case s.Error != "":
		if a.Error == nil || !strings.Contains(a.Error.Error(), s.Error) {
			t.Errorf("%s, %s: %v gives the error %v, want %q", s.Commit, s.Place, s.Query, a.Error, s.Error)
		}
		return
	case a.Error != nil:
		t.Errorf("%s, %s: %v fails: %v", s.Commit, s.Place, s.Query, a.Error)
		return
	case !s.mayBeEmpty() && !hasValues(a.Frames):
		t.Errorf("%s, %s: the answer to %v is empty: %q", s.Commit, s.Place, s.Query, a.notices())
	}
	named := namesIn(a.Frames)
	for _, name := range s.Reads {
		if !slices.Contains(named, name) {
			t.Errorf("%s, %s: the answer to %v has nothing that is called %q, but %q", s.Commit, s.Place, s.Query, name, named)
		}
	}
}

// hasAlertLabels fails the test unless the numbers of a rule have the labels that they always had, no more and no fewer: routes,
// silences and the states of alerts depend on them.
func (s savedQuery) hasAlertLabels(t *testing.T, a answer) {
	t.Helper()
	if s.Query["measure"] == "incident" { // Its labels are for texts.
		return
	}
	ofLevel := map[any][]string{"flow": {"flow"}, "sli": {"flow", "component", "sli"}}
	want := slices.Clone(ofLevel[s.Query["level"]])
	for _, field := range []string{"by", "labels"} {
		list, _ := s.Query[field].([]any)
		for _, name := range list {
			want = append(want, name.(string))
		}
	}
	if s.Query["gate"] != nil {
		want = append(want, "gate")
	}
	slices.Sort(want)
	for _, frame := range a.Frames {
		if got := slices.Sorted(maps.Keys(frame.Fields[0].Labels)); !slices.Equal(got, want) {
			t.Errorf("%s, %s: a number has the labels %q, want %q", s.Commit, s.Place, got, want)
		}
	}
}

// mayBeEmpty reports whether the query is about some cohorts only, or about incidents, of which there may be none.
func (s savedQuery) mayBeEmpty() bool {
	where, _ := s.Query["where"].(map[string]any)
	measure, _ := s.Query["measure"].(string)
	return len(where) > 0 || s.Query["format"] == "incidents" || query.Measure(measure).IsOfIncidents()
}

// hasValues reports whether any field but times has a value that is not null.
func hasValues(frames data.Frames) bool {
	for _, frame := range frames {
		for _, field := range frame.Fields {
			for i := range field.Len() {
				if _, has := field.ConcreteAt(i); has && !field.Type().Time() {
					return true
				}
			}
		}
	}
	return false
}

// namesIn returns the names of the fields and labels of frames, and those under which fields are shown.
func namesIn(frames data.Frames) []string {
	var all []string
	for _, frame := range frames {
		for _, field := range frame.Fields {
			all = append(all, field.Name)
			if field.Config != nil {
				all = append(all, field.Config.DisplayNameFromDS, field.Config.DisplayName)
			}
			for label := range field.Labels {
				all = append(all, label)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestSavedRulesAreEvaluated evaluates the rules of every version in the catalog that was provisioned beside them: their queries have
// numbers, which belong together, and their texts say nothing of values that are missing.
func TestSavedRulesAreEvaluated(t *testing.T) {
	s := openSavedShop(t)
	content, err := os.ReadFile(filepath.Join("testdata", "saved-rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []savedRule
	if err := yaml.Unmarshal(content, &all); err != nil || len(all) == 0 {
		t.Fatalf("there are %d rules: %v", len(all), err)
	}
	for _, saved := range all {
		t.Run(saved.Commit+" "+saved.Rule.UID, func(t *testing.T) {
			tr := s.with(t, saved.Catalog)
			saved.hasLabels(tr)
			alerts := tr.evaluate(saved.Rule, noon)
			if len(alerts) == 0 {
				t.Error("the rule has no numbers")
			}
			for of, a := range alerts {
				if a.Annotations["summary"] == "" {
					t.Errorf("the alert of %q has no summary: %v", of, a.Annotations)
				}
			}
		})
	}
}

// labelOfValue is a label of a query's number that the text of a rule reads.
var labelOfValue = regexp.MustCompile(`\.Values\.(\w+)\.Labels\.(\w+)`)

// hasLabels fails the test unless the numbers of a rule have the labels that its texts read: a text says nothing of one that is gone.
func (s savedRule) hasLabels(tr *trial) {
	tr.t.Helper()
	read := map[string][]string{}
	for _, text := range s.Rule.Annotations {
		for _, found := range labelOfValue.FindAllStringSubmatch(text, -1) {
			read[found[1]] = append(read[found[1]], found[2])
		}
	}
	for _, d := range s.Rule.Data {
		if len(read[d.RefID]) == 0 {
			continue
		}
		a, _ := tr.askTarget(d.RefID, d.Model, nil)
		named := namesIn(a.Frames)
		for _, name := range read[d.RefID] {
			if !slices.Contains(named, name) {
				tr.t.Errorf("the texts read the label %q of %s, which has %q", name, d.RefID, named)
			}
		}
	}
}

// savedShop is the telemetry of the shop, and a data source for each catalog.
type savedShop struct {
	store   *promstore.Store
	sources map[string]instancemgmt.Instance
}

// openSavedShop opens a store with the last hours of the shop, in which a canary fails, and data sources with the catalogs that were
// provisioned, of pkg/definition/testdata/earlier, and "" with that of the demo.
func openSavedShop(t *testing.T) savedShop {
	t.Helper()
	releases, wrong := simulator.Canaries(noon)
	shop := simulator.New(simulator.Config{Seed: 1, End: noon, History: 2 * time.Hour, Interval: 30 * time.Second,
		Incidents: []simulator.Incident{wrong}, Releases: releases})
	s := savedShop{promstoretest.Open(t), map[string]instancemgmt.Instance{}}
	if err := shop.Backfill(t.Context(), s.store); err != nil {
		t.Fatal(err)
	}
	tr := &trial{t: t, store: s.store}
	s.sources[""] = tr.dataSource(s.store.URL(), string(simulator.Catalog), nil)
	paths, err := filepath.Glob("../../definition/testdata/earlier/provisioned-*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no provisioned catalogs: %v", err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s.sources[strings.TrimSuffix(filepath.Base(path), ".yaml")] = tr.dataSource(s.store.URL(), string(content), nil)
	}
	return s
}

// with returns the data source with a catalog.
func (s savedShop) with(t *testing.T, catalog string) *trial {
	t.Helper()
	if s.sources[catalog] == nil {
		t.Fatalf("there is no catalog %q", catalog)
	}
	return &trial{t: t, store: s.store, instance: s.sources[catalog]}
}

// readJSON decodes a file.
func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
