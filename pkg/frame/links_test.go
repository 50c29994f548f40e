package frame_test

import (
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Links need the uid of the data source, and carry the filters of the query.
func TestLinks(t *testing.T) {
	c, of := &cer.Catalog{Name: "shop"}, graph.Tables{}
	of.Overall = []eval.Member{{Columns: map[query.Measure][]float64{query.Score: {.9}}}}
	frames := framesOf(c, graph.New(c, of, graph.MaxNodes))
	q := query.Query{Format: query.Graph, Where: map[string]query.Names{"region": {"a&b"}, "tier": {"gold", "x.y"}},
		AdhocFilters: []query.AdhocFilter{{Key: "release", Operator: "!=", Value: "v1"}, {Key: "release", Operator: "!~", Value: "c.*"}}}
	frame.Link(frames, q, "")
	id, _ := frames[0].FieldByName("id")
	if id.Config != nil && len(id.Config.Links) > 0 {
		t.Fatalf("without a uid there are the links %v", id.Config.Links)
	}
	frame.Link(frames, q, "u 1")
	want := "/d/cer-debug/cer-debug?var-datasource=u+1&var-flow=${__data.fields.flow}&var-sli=${__data.fields.sli}&var-filters=region%7C%3D%7Ca%26b" +
		`&var-filters=tier%7C%3D~%7Cgold%7Cx%5C.y&var-filters=release%7C%21%3D%7Cv1&var-filters=release%7C%21~%7Cc.%2A&${__url_time_range}`
	if got := id.Config.Links[0].URL; got != want {
		t.Errorf("the link is\n%s, want\n%s", got, want)
	}
	incidents := data.Frames{data.NewFrame("", data.NewField("report", nil, []string{"shop/2026-03-04T11:31:00Z"}))}
	incidents[0].Meta = &data.FrameMeta{Custom: frame.Meta{EvaluatedAt: "2026-03-04T12:00:00Z"}}
	frame.Link(incidents, query.Query{Format: query.Incidents, By: query.Names{"region"}, Where: map[string]query.Names{"tier": {"gold"}}}, "u 1")
	want = `/api/datasources/uid/u%201/resources/incidents/${__value.raw}?format=markdown&filter=tier%7C%3D%7Cgold&to=2026-03-04T12%3A00%3A00Z&filter=region%7C%3D%7C${__data.fields["region"]:percentencode}`
	if got := incidents[0].Fields[0].Config.Links[0].URL; got != want {
		t.Errorf("the link is\n%s, want\n%s", got, want)
	}
}
