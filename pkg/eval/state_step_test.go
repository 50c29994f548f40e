package eval_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// A page of ten minutes is seen in a time line whatever its step, at the instant that ends the step. The outage is at the minutes 31 to
// 40 of the hour until noon; a point stands for the time since the one before.
func TestAPointIsTheWorstStateSinceTheOneBefore(t *testing.T) {
	hour := outage("a", 30*time.Minute, 20*time.Minute)
	sharp := tense(func(p *cer.AlertPolicy) { p.For, p.KeepFor = 0, 0 })
	early := tense(func(p *cer.AlertPolicy) {
		p.Name, p.Severity, p.For, p.KeepFor = "early", cer.TicketSeverity, 0, 15*time.Minute
	})
	unknown := tense(func(p *cer.AlertPolicy) { p.When = `sli("b").score < 0.5` })
	const state = `"level":"flow","flows":["checkout"],"measure":"state"`
	tests := map[string]struct {
		text     string
		policies []cer.AlertPolicy
		answer   func(expand.Leaf) series.Answer
		step     time.Duration
		want     string
	}{
		"a minute":                              {state, []cer.AlertPolicy{sharp}, hour, time.Minute, "31o10p20o"},
		"less than a minute":                    {state, []cer.AlertPolicy{sharp}, hour, 30 * time.Second, "62o20p39o"},
		"a minute and a half":                   {state, []cer.AlertPolicy{sharp}, hour, 90 * time.Second, "21o7p13o"},
		"20 minutes, in which it ends":          {state, []cer.AlertPolicy{sharp}, hour, 20 * time.Minute, "2o1p1o"},
		"an hour, at neither end of which":      {state, []cer.AlertPolicy{sharp}, hour, time.Hour, "1o1p"},
		"the worst of several states":           {state, []cer.AlertPolicy{sharp, early}, hour, 20 * time.Minute, "2o1p1t"},
		"unknown for a part of a step":          {state, []cer.AlertPolicy{unknown}, lostFrom("b", 22*time.Minute, hour), 20 * time.Minute, "3o1."},
		"each policy":                           {state + `,"by":["policy"]`, []cer.AlertPolicy{sharp}, hour, 20 * time.Minute, "2o1p1o"},
		"the newest, which is that of a minute": {state + `,"format":"latest"`, []cer.AlertPolicy{sharp}, hour, 20 * time.Minute, "1o"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := askOver(t, "{"+test.text+"}", policed(test.policies...), test.answer, time.Hour, 0, test.step)
			if got := squeezed(letters(r.Members[0].Columns[query.State])); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A point is the same wherever the range begins: the first one stands for the time before the range, too.
func TestAPointIsTheSameInEveryRange(t *testing.T) {
	hour := outage("a", 30*time.Minute, 20*time.Minute)
	c := policed(tense())
	all := askOver(t, stateOfCheckout, c, hour, 2*time.Hour, 0, 20*time.Minute).Members[0].Columns[query.State]
	for points := 1; points < len(all); points++ {
		from := time.Duration(points-1) * 20 * time.Minute
		part := askOver(t, stateOfCheckout, c, hour, from, 0, 20*time.Minute).Members[0].Columns[query.State]
		if got, want := letters(part), letters(all[len(all)-points:]); got != want {
			t.Errorf("over %s the states are %s, not %s", from, got, want)
		}
	}
}

// Minutes in maintenance are ok, and a page of the same step stays one.
func TestAPageBesideAMaintenanceStaysOne(t *testing.T) {
	c := policed(tense(func(p *cer.AlertPolicy) { p.For, p.KeepFor = 0, 0 }))
	c.Maintenance = []cer.Maintenance{{Name: "works", Effect: cer.EffectSuppress, PromQL: "max(works)"}}
	for until, want := range map[time.Duration]string{24 * time.Minute: "2o1p1o", 15 * time.Minute: "4o"} {
		fall := outage("a", 30*time.Minute, 20*time.Minute)
		answer := func(leaf expand.Leaf) series.Answer {
			if leaf.Expr.String() != "max(works)" {
				return fall(leaf)
			}
			on := make([]float64, leaf.Range.Len())
			for i := range on {
				if before := noon.Sub(leaf.Range.Time(i)); before > 40*time.Minute || before < until {
					on[i] = math.NaN()
				} else {
					on[i] = 1
				}
			}
			return series.Answer{Series: []series.Series{{Values: on}}}
		}
		r := askOver(t, stateOfCheckout, c, answer, time.Hour, 0, 20*time.Minute)
		if got := squeezed(letters(r.Members[0].Columns[query.State])); got != want {
			t.Errorf("with a maintenance until %s before noon the states are %s, want %s", until, got, want)
		}
	}
}
