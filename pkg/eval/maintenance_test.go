package eval_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// tuesday is the day before noon, from midnight to midnight.
const tuesday = `[{"weekdays":["tuesday"]}]`

// down answers with 0 for everything in the hour that begins a number of hours before noon, else with 1; a maintenance
// with PromQL is on where on says so.
func down(hoursBefore int, on func(before time.Duration) bool) func(expand.Leaf) series.Answer {
	return func(leaf expand.Leaf) series.Answer {
		values := make([]float64, leaf.Range.Len())
		for i := range values {
			before := noon.Sub(leaf.Range.Time(i))
			begin := time.Duration(hoursBefore) * time.Hour
			isDown := before < begin && before >= begin-time.Hour
			switch isWorks := strings.Contains(leaf.Expr.String(), "(works)"); {
			case isWorks && on(before), !isWorks && !isDown:
				values[i] = 1
			}
		}
		return series.Answer{Series: []series.Series{{Values: values}}}
	}
}

// TestReferenceMaintenance holds the loss of an hour in 7 days, of which one day is in a maintenance, against published
// numbers: 0.694 % where that day is excluded, 0.595 % where it counts as good.
func TestReferenceMaintenance(t *testing.T) {
	never := func(time.Duration) bool { return false }
	// Noon is on a Wednesday, so that Tuesday began 36 hours before.
	onTuesday := func(before time.Duration) bool { return before <= 36*time.Hour && before > 12*time.Hour }
	tests := map[string]struct {
		maintenance cer.Maintenance
		on          func(time.Duration) bool
		hour        int
		want        float64
	}{
		"a day that is excluded":               {cer.Maintenance{Effect: cer.EffectExclude, Intervals: tuesday}, never, 60, 1. / 144},
		"a day that counts as good":            {cer.Maintenance{Effect: cer.EffectGood, Intervals: tuesday}, never, 60, 1. / 168},
		"a day that is only suppressed":        {cer.Maintenance{Effect: cer.EffectSuppress, Intervals: tuesday}, never, 60, 1. / 168},
		"the outage itself, excluded":          {cer.Maintenance{Effect: cer.EffectExclude, Intervals: tuesday}, never, 20, 0},
		"the outage itself, as good":           {cer.Maintenance{Effect: cer.EffectGood, Intervals: tuesday}, never, 20, 0},
		"the outage itself, only suppressed":   {cer.Maintenance{Effect: cer.EffectSuppress, Intervals: tuesday}, never, 20, 1. / 168},
		"a day that PromQL excludes":           {cer.Maintenance{Effect: cer.EffectExclude, PromQL: "max(works)"}, onTuesday, 60, 1. / 144},
		"that of another flow":                 {cer.Maintenance{Effect: cer.EffectExclude, Intervals: tuesday, Flows: cer.FlowSelection{Names: []string{"browse"}}}, never, 20, 1. / 168},
		"that of the flow by its label":        {cer.Maintenance{Effect: cer.EffectExclude, Intervals: tuesday, Flows: cer.FlowSelection{Labels: map[string]string{"team": "pay"}}}, never, 60, 1. / 144},
		"that of a place where it is midnight": {cer.Maintenance{Effect: cer.EffectExclude, Intervals: `[{"weekdays":["tuesday"],"location":"Asia/Tokyo"}]`}, never, 60, 1. / 144},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.maintenance.Name = "works"
			c := policed()
			c.Budget.Window, c.Maintenance = 7*24*time.Hour, []cer.Maintenance{test.maintenance}
			r := askOver(t, `{"level":"flow","flows":["checkout"],"measure":"budget","format":"latest"}`, c, down(test.hour, test.on), time.Hour, 0, time.Minute)
			loss := (1 - r.Members[0].Columns[query.Budget][0]) * (1 - .9)
			if math.Abs(loss-test.want) > 1e-9 {
				t.Errorf("the loss is %v, want %v", loss, test.want)
			}
			if len(r.Notices) > 0 {
				t.Errorf("the notices are %v", r.Notices)
			}
		})
	}
}

func TestAMaintenanceOfAFlowLeavesTheWhole(t *testing.T) {
	only := cer.FlowSelection{Names: []string{"checkout"}}
	tests := map[string]struct {
		effect cer.MaintenanceEffect
		want   float64
	}{
		// The whole is 3 parts of checkout, of which a half is lost for an hour of Tuesday, and 1 part of browse.
		"excluded": {cer.EffectExclude, 0},
		"good":     {cer.EffectGood, 0},
		"suppress": {cer.EffectSuppress, .75 * .5 / 168},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := policed()
			c.Budget.Window = 7 * 24 * time.Hour
			c.Maintenance = []cer.Maintenance{{Name: "works", Effect: test.effect, Intervals: tuesday, Flows: only}}
			r := askOver(t, `{"measure":"budget","format":"latest"}`, c, outage("a", 20*time.Hour, 19*time.Hour), time.Hour, 0, time.Minute)
			if loss := (1 - r.Members[0].Columns[query.Budget][0]) * (1 - .9); math.Abs(loss-test.want) > 1e-9 {
				t.Errorf("the loss is %v, want %v", loss, test.want)
			}
		})
	}
}

func TestAMaintenanceSuppressesStates(t *testing.T) {
	const state = `{"level":"flow","flows":["checkout"],"measure":"state"}`
	at := func(m cer.Maintenance) (string, string) {
		c := policed(tense())
		m.Name = "works"
		c.Maintenance = []cer.Maintenance{m}
		r := askOver(t, state, c, outage("a", 30*time.Minute, 20*time.Minute), time.Hour, 0, time.Minute)
		notice := ""
		if len(r.Notices) > 0 {
			notice = r.Notices[0].String()
		}
		return squeezed(letters(r.Members[0].Columns[query.State])), notice
	}
	tests := map[string]struct {
		m            cer.Maintenance
		want, notice string
	}{
		"while it is on":                {cer.Maintenance{Effect: cer.EffectSuppress, Intervals: `[{"times":[{"start_time":"11:40","end_time":"11:45"}]}]`}, "33o7p5o6p10o", ""},
		"also what is excluded":         {cer.Maintenance{Effect: cer.EffectExclude, Intervals: `[{"times":[{"start_time":"11:40","end_time":"11:45"}]}]`}, "33o7p5o6p10o", ""},
		"not what it is not about":      {cer.Maintenance{Effect: cer.EffectSuppress, Intervals: `[{"times":[{"start_time":"11:40","end_time":"11:45"}]}]`, Flows: cer.FlowSelection{Names: []string{"browse"}}}, "33o18p10o", ""},
		"and notes that while it is on": {cer.Maintenance{Effect: cer.EffectSuppress, Intervals: `[{"times":[{"start_time":"11:59","end_time":"12:30"}]}]`}, "33o18p10o", "checkout: ok during the maintenance works"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, notice := at(test.m); got != test.want || notice != test.notice {
				t.Errorf("got %s, %q\nwant %s, %q", got, notice, test.want, test.notice)
			}
		})
	}
}
