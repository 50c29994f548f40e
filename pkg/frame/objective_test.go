package frame_test

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/frame"
)

// A component is held against the objective of its flow: in budgets, in tables and in thresholds alike.
func TestAComponentHasTheObjectiveOfItsFlow(t *testing.T) {
	want := map[string]float64{"checkout": .99, "search": .95}
	table := frame.From(evaluated(t, `{"format":"table","level":"component"}`))[0]
	flows, _ := table.FieldByName("flow")
	objectives, _ := table.FieldByName("objective")
	for i := range flows.Len() {
		flow := flows.At(i).(string)
		if got, ok := objectives.ConcreteAt(i); !ok || got != want[flow] {
			t.Errorf("the objective of a component of %s is %v, want %v", flow, got, want[flow])
		}
	}
	if flows.Len() != 5 {
		t.Errorf("there are %d rows, want 5", flows.Len())
	}
	for _, f := range frame.From(evaluated(t, `{"level":"component"}`)) {
		field := f.Fields[1]
		thresholds := field.Config.Thresholds
		if thresholds == nil || float64(thresholds.Steps[1].Value) != want[field.Labels["flow"]] {
			t.Errorf("the thresholds of %s are %+v, want the objective of the flow", field.Labels, thresholds)
		}
	}
}
