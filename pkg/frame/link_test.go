package frame_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// linksOf returns the parameters of the links of an answer to a query, by the name of their field and a legend.
func linksOf(t *testing.T, text string) map[string]url.Values {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	links := map[string]url.Values{}
	for _, f := range frame.WithLinks(frame.From(evaluated(t, text)), q, "my data source") {
		for _, field := range f.Fields {
			if field.Config == nil {
				continue
			}
			for _, link := range field.Config.Links {
				path, query, _ := strings.Cut(link.URL, "?")
				query, keepsTime := strings.CutSuffix(query, "&${__url_time_range}")
				parameters, err := url.ParseQuery(query)
				if path != "/d/cer-debug/cer-debug" || !keepsTime || err != nil || parameters.Get("var-datasource") != "my data source" {
					t.Errorf("the link of %s is %q", field.Name, link.URL)
				}
				parameters.Del("var-datasource")
				links[strings.Trim(field.Name+" "+field.Labels["flow"]+" "+field.Labels["sli"], " ")] = parameters
			}
		}
	}
	return links
}

func TestLinksKeepFlowCohortAndTime(t *testing.T) {
	row := func(field string) string { return "${__data.fields." + field + ":percentencode}" }
	tests := map[string]struct {
		text, field string
		want        url.Values
	}{
		"from a flow":            {`{"level":"flow","format":"latest"}`, "score checkout", url.Values{"var-flow": {"checkout"}}},
		"from a flow over time":  {`{"level":"flow"}`, "score search", url.Values{"var-flow": {"search"}}},
		"from an SLI":            {`{"level":"sli","format":"latest"}`, "score checkout success", url.Values{"var-flow": {"checkout"}, "var-sli": {"success"}}},
		"from the whole":         {`{"format":"latest"}`, "score", url.Values{}},
		"from the chosen flows":  {`{"format":"latest","flows":["checkout","search"]}`, "score", url.Values{"var-flow": {"checkout", "search"}}},
		"from a row of flows":    {`{"level":"flow","format":"table"}`, "title", url.Values{"var-flow": {row("flow")}}},
		"from a row of SLIs":     {`{"level":"sli","format":"table"}`, "sliTitle", url.Values{"var-flow": {row("flow")}, "var-sli": {row("sli")}}},
		"from the flow of a row": {`{"level":"sli","format":"table"}`, "title", url.Values{"var-flow": {row("flow")}}},
		"from a gain":            {`{"level":"sli","format":"table"}`, "impactPoints", url.Values{"var-flow": {row("flow")}, "var-sli": {row("sli")}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, linksOf(t, test.text)[test.field]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of a filter on the dimension of a cohort the value of the cohort is left, which is narrower.
func TestLinksOfCohortsKeepTheirValues(t *testing.T) {
	q := query.Query{By: query.Names{"region", "the tier"}, Where: map[string]query.Names{"region": {"eu", "a|b"}, "release": {"v1"}}}
	number := data.NewField("score", data.Labels{"flow": "shop", "region": "a|b"}, []float64{1})
	q.Format = query.Latest
	frame.WithLinks(data.Frames{data.NewFrame("", number)}, q, "u")
	row := data.NewFrame("", data.NewField("flow", nil, []string{"shop"}), data.NewField("region", nil, []string{"eu"}), data.NewField("the tier", nil, []string{"gold"}))
	q.Format = query.Table
	frame.WithLinks(data.Frames{row}, q, "u")
	const release, time = "&var-filters=release%7C%3D%7Cv1", "&${__url_time_range}"
	for field, want := range map[*data.Field]string{
		number:        release + "&var-flow=shop&var-filters=region%7C%3D%7Ca__gfp__b" + time,
		row.Fields[1]: release + "&var-flow=${__data.fields.flow:percentencode}&var-filters=region%7C%3D%7C${__data.fields.region:percentencode}" + time,
	} {
		if got := field.Config.Links[0].URL; got != "/d/cer-debug/cer-debug?var-datasource=u"+want {
			t.Errorf("the link of %s is\n%s, want to end with\n%s", field.Name, got, want)
		}
	}
}

// Links need the uid of the data source, and carry the filters of the query.
func TestLinksOfNodesAndReports(t *testing.T) {
	c, of := &cer.Catalog{Name: "shop"}, graph.Tables{}
	of.Overall = []eval.Member{{Columns: map[query.Measure][]float64{query.Score: {.9}}}}
	frames := framesOf(c, graph.New(c, of, graph.MaxNodes))
	q := query.Query{Format: query.Graph, Where: map[string]query.Names{"region": {"a&b"}, "tier": {"gold", "x.y"}},
		AdhocFilters: []query.AdhocFilter{{Key: "release", Operator: "!=", Value: "v1"}, {Key: "release", Operator: "!~", Value: "c.*"}}}
	frame.WithLinks(frames, q, "")
	id, _ := frames[0].FieldByName("id")
	if id.Config != nil && len(id.Config.Links) > 0 {
		t.Fatalf("without a uid there are the links %v", id.Config.Links)
	}
	frame.WithLinks(frames, q, "u 1")
	want := "/d/cer-debug/cer-debug?var-datasource=u%201&var-filters=region%7C%3D%7Ca%26b&var-filters=tier%7C%3D~%7Cgold__gfp__x%5C.y" +
		"&var-filters=release%7C%21%3D%7Cv1&var-filters=release%7C%21~%7Cc.%2A" +
		"&${__data.fields.place:raw}&${__url_time_range}"
	if got := id.Config.Links[0].URL; got != want {
		t.Errorf("the link is\n%s, want\n%s", got, want)
	}
	flows, _ := frames[0].FieldByName("flow")
	slis, _ := frames[0].FieldByName("sli")
	places, _ := frames[0].FieldByName("place")
	for row := range frames[0].Rows() {
		place, err := url.ParseQuery(places.At(row).(string))
		flow, sli := flows.At(row).(string), slis.At(row).(string)
		if err != nil || place.Get("var-flow") != flow || place.Has("var-flow") != (flow != "") || place.Get("var-sli") != sli || place.Has("var-sli") != (sli != "") {
			t.Errorf("the node of the flow %q and the SLI %q is linked to %v (%v)", flow, sli, place, err)
		}
	}
	incidents := data.Frames{data.NewFrame("", data.NewField("report", nil, []string{"shop/2026-03-04T11:31:00Z"}))}
	incidents[0].Meta = &data.FrameMeta{Custom: frame.Meta{EvaluatedAt: "2026-03-04T12:00:00Z"}}
	frame.WithLinks(incidents, query.Query{Format: query.Incidents, By: query.Names{"region"}, Where: map[string]query.Names{"tier": {"gold"}}}, "u 1")
	want = `/api/datasources/uid/u%201/resources/incidents/${__value.raw}?format=markdown&filter=tier%7C%3D%7Cgold&to=2026-03-04T12%3A00%3A00Z&filter=region%7C%3D%7C${__data.fields["region"]:percentencode}`
	if got := incidents[0].Fields[0].Config.Links[0].URL; got != want {
		t.Errorf("the link is\n%s, want\n%s", got, want)
	}
}
