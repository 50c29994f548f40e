package plugin

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
)

// exposed returns the metrics of instances, one line each, but for counters of changes that there were none of.
func exposed(t *testing.T, instances *instances, changes *changeLog) []string {
	t.Helper()
	return slices.DeleteFunc(gathered(t, instances, changes), func(line string) bool {
		return strings.HasPrefix(line, "catalog_changes_total") && strings.HasSuffix(line, " 0")
	})
}

// gathered returns the metrics of instances, one line each.
func gathered(t *testing.T, instances *instances, changes *changeLog) []string {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(catalogCollector{instances, changes})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			value := metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetName()+"="+label.GetValue())
			}
			all = append(all, fmt.Sprintf("%s{%s} %g", strings.TrimPrefix(family.GetName(), metricPrefix), strings.Join(labels, ","), value))
		}
	}
	return all
}

func TestCatalogMetrics(t *testing.T) {
	of := func(key dataSourceKey, revision, members string) *DataSource {
		return &DataSource{key: key, source: staticSource{catalog: &catalog.Catalog{Catalog: weighted(members), Revision: revision}}}
	}
	here, there := dataSourceKey{namespace: "default", uid: "u"}, dataSourceKey{namespace: "org-2", uid: "u"}
	first, second := of(here, "r1", "checkout 5, checkout/success 4"), of(here, "r2", "search 0.5, search/up 1")
	other := of(dataSourceKey{namespace: "default", uid: "v"}, "r1", "home 1, home/up 1")
	none := &DataSource{key: dataSourceKey{uid: "w"}, source: staticSource{}}
	firstLines := []string{"definition_info{datasource_uid=u,org=1,revision=r1} 1", "flow_weight{datasource_uid=u,flow=checkout} 5", "sli_weight{datasource_uid=u,flow=checkout,sli=success} 4"}
	secondLines := []string{"definition_info{datasource_uid=u,org=1,revision=r2} 1", "flow_weight{datasource_uid=u,flow=search} 0.5", "sli_weight{datasource_uid=u,flow=search,sli=up} 1"}
	tests := map[string]struct {
		change func(*instances)
		want   []string
	}{
		"no data source":              {func(*instances) {}, nil},
		"one":                         {func(l *instances) { l.add(first) }, firstLines},
		"one without a catalog":       {func(l *instances) { l.add(none) }, nil},
		"one that is gone":            {func(l *instances) { l.add(first); l.remove(first) }, nil},
		"one that is configured anew": {func(l *instances) { l.add(first); l.add(second) }, secondLines},
		"the old one is gone later":   {func(l *instances) { l.add(first); l.add(second); l.remove(first) }, secondLines},
		"two": {func(l *instances) { l.add(first); l.add(other) }, []string{
			firstLines[0], "definition_info{datasource_uid=v,org=1,revision=r1} 1", firstLines[1], "flow_weight{datasource_uid=v,flow=home} 1",
			firstLines[2], "sli_weight{datasource_uid=v,flow=home,sli=up} 1"}},
		"one uid in two organisations": {func(l *instances) { l.add(first); l.add(of(there, "r1", "checkout 3, checkout/success 1")) }, []string{
			firstLines[0], "definition_info{datasource_uid=u,org=2,revision=r1} 1",
			"flow_weight{datasource_uid=u,flow=checkout,org=1} 5", "flow_weight{datasource_uid=u,flow=checkout,org=2} 3",
			"sli_weight{datasource_uid=u,flow=checkout,org=1,sli=success} 4", "sli_weight{datasource_uid=u,flow=checkout,org=2,sli=success} 1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := &instances{}
			test.change(l)
			if got := exposed(t, l, &changeLog{}); !slices.Equal(got, test.want) {
				t.Errorf("the metrics are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestADisposedDataSourceHasNoMetrics(t *testing.T) {
	shared, _ := withFolder(t, map[string]string{"shop.yaml": goodYAML("shop")})
	d := sourceIn(t, shared, "default", `{"catalog":"shop"}`)
	if got := exposed(t, &shared.instances, &shared.changeLog); len(got) != 3 {
		t.Errorf("the metrics are %v", got)
	}
	d.Dispose()
	if got := exposed(t, &shared.instances, &shared.changeLog); len(got) != 0 || len(shared.instances.all()) != 0 {
		t.Errorf("the metrics are %v", got)
	}
}

func TestMetricsOfChanges(t *testing.T) {
	recordLog(t)
	var l instances
	var changes changeLog
	for i, members := range []string{"checkout 5", "checkout 3", "checkout 4, search 1, search/up 2"} {
		d := dataSourceOf(stateOf(fmt.Sprint("r", i), members), time.Hour)
		l.add(d)
		changes.record(t.Context(), d)
	}
	got := strings.Join(exposed(t, &l, &changes), "\n")
	for _, want := range []string{
		"catalog_changes_total{datasource_uid=u,kind=weight} 2", "catalog_changes_total{datasource_uid=u,kind=flow} 1",
		"catalog_changes_total{datasource_uid=u,kind=sli} 1", "catalog_last_change_timestamp_seconds{datasource_uid=u} 1.7726256e+09",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the metrics lack %s:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "catalog_changes_total"); n != 3 {
		t.Errorf("%d kinds of changes are counted, want 3:\n%s", n, got)
	}
}

// A change of the name, such as another catalog of the folder, is an increase of the series that there were before.
func TestChangesOfACatalogWithAnotherNameAreAnIncrease(t *testing.T) {
	recordLog(t)
	var l instances
	var changes changeLog
	series := map[string]bool{}
	for i, name := range []string{"shop", "store"} {
		state := stateOf(fmt.Sprint("r", i), fmt.Sprint("checkout ", i+1))
		state.catalog.Name = name
		d := dataSourceOf(state, time.Hour)
		l.add(d)
		changes.record(t.Context(), d)
		for _, line := range gathered(t, &l, &changes) {
			if id, _, _ := strings.Cut(line, " "); strings.HasPrefix(id, "catalog_changes_total") {
				series[id] = true
			}
		}
	}
	if len(series) != len(audit.Aspects()) {
		t.Errorf("there are %d series, want one for each of %d kinds", len(series), len(audit.Aspects()))
	}
}
