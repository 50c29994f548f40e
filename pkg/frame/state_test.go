package frame_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// stated answers a query of the fixture's shop with a policy, as if checkout had had no good request for ten minutes, up
// to five minutes ago, in one region of two.
func stated(t *testing.T, text string) data.Frames {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := fixture.Shop()
	c.Dimensions = []cer.Dimension{{Name: "region", Label: "region", Values: []string{"eu", "us"}}}
	c.Budget = cer.Budgeting{Window: time.Hour, Method: cer.RatioTimeslices, Slice: 5 * time.Minute, Lookback: time.Hour}
	c.Policies = []cer.AlertPolicy{{Name: "low", Severity: cer.PageSeverity, When: "score < 0.5", KeepFor: 2 * time.Minute}}
	times := plan.Times{From: end.Add(-30 * time.Minute), To: end, Interval: time.Minute, Now: end, Scrape: 15 * time.Second}
	p, err := plan.Build(q, compiled(c, "revision"), times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	answers := make([]series.Answer, len(p.Leaves))
	for i, leaf := range p.Leaves {
		answers[i] = series.Answer{Series: []series.Series{
			{Labels: labels.FromMap(map[string]string{"region": "eu"}), Values: column(leaf, true)},
			{Labels: labels.FromMap(map[string]string{"region": "us"}), Values: column(leaf, false)}}}
		if !strings.Contains(leaf.Expr.String(), "by (region)") {
			answers[i].Series = []series.Series{{Values: column(leaf, true)}}
		}
	}
	return frame.From(ofPlan(t, p, answers))
}

// column is the numbers of a leaf: 4 each instant, but for the errors of checkout, of which there are none while all is
// well.
func column(leaf expand.Leaf, bad bool) []float64 {
	values := make([]float64, leaf.Range.Len())
	for i := range values {
		before := end.Sub(leaf.Range.Time(i))
		isErrors := strings.Contains(leaf.Expr.String(), "requests_total{code")
		if !isErrors || bad && before >= 5*time.Minute && before < 15*time.Minute {
			values[i] = 4
		}
	}
	return values
}

func TestFramesOfStates(t *testing.T) {
	tests := map[string]struct {
		text string
		kind data.FrameType
	}{
		"timeseries-state": {`{"level":"flow","flows":["checkout"],"measure":"state"}`, data.FrameTypeTimeSeriesMulti},
		"latest-state":     {`{"level":"flow","flows":["checkout"],"measure":"state","format":"latest","by":["region"]}`, data.FrameTypeNumericMulti},
		"table-state":      {`{"level":"flow","measure":"state","format":"table"}`, data.FrameTypeTable},
		"incidents":        {`{"level":"flow","flows":["checkout"],"format":"incidents"}`, data.FrameTypeTable},
		"incidents-whole":  {`{"format":"incidents","by":["region"]}`, data.FrameTypeTable},
	}
	for golden, test := range tests {
		t.Run(golden, func(t *testing.T) { check(t, golden, test.kind, stated(t, test.text)) })
	}
}

func TestAStateShowsAsAWord(t *testing.T) {
	frames := stated(t, `{"level":"flow","flows":["checkout"],"measure":"state","format":"latest"}`)
	for state, want := range map[cer.State]string{cer.StateOK: "ok", cer.StateTicket: "ticket", cer.StatePage: "page"} {
		words, _ := frames[0].Fields[0].Config.Mappings[0].(data.ValueMapper)
		if got := words[string(rune('0'+int(state.Number())))].Text; got != want {
			t.Errorf("the state %v shows as %q, want %q", state, got, want)
		}
	}
	if !math.IsNaN(cer.StateUnknown.Number()) {
		t.Error("an unknown state is a number")
	}
}
