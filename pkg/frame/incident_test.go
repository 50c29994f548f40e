package frame_test

import (
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Grafana shows as many units of time after the first as a field has decimals: 3 hours, 20 minutes, but 24 minutes.
func TestDurationsAreShownToTheMinute(t *testing.T) {
	tests := map[string]struct {
		minutes int
		want    uint16
	}{
		"minutes":           {59, 0},
		"hours and minutes": {200, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := &plan.Plan{Query: query.Query{Format: query.Incidents, Level: query.LevelOverall}, Catalog: compiled(fixture.Shop(), "abc")}
			found := cer.Incident{End: test.minutes, Recovered: true, Worst: cer.StatePage}
			r := &eval.Result{Plan: p, Incidents: []eval.Incident{{Incident: state.Incident{Incident: found}}}}
			f, _ := frame.From(&engine.Result{Result: r})[0].FieldByName("timeToRecover")
			if got := decimalsOf(f); got != test.want {
				t.Errorf("an incident of %d min has %d units of time after the first, want %d", test.minutes, got, test.want)
			}
		})
	}
}

// decimalsOf returns the decimals of a field as Grafana reads a duration: none where the config has none.
func decimalsOf(f *data.Field) uint16 {
	if f.Config.Decimals == nil {
		return 0
	}
	return *f.Config.Decimals
}
