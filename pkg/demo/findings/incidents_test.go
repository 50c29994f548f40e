package findings

import (
	"strings"
	"testing"
	"time"
)

// field returns the values of the field with a name, of the one frame.
func field[T any](a answer, name string) []T {
	a.t.Helper()
	if a.Error != nil {
		a.t.Fatalf("the query fails: %v", a.Error)
	}
	found, at := a.Frames[0].FieldByName(name)
	if at < 0 {
		a.t.Fatalf("there is no field %q", name)
	}
	values := make([]T, found.Len())
	for i := range values {
		values[i], _ = found.At(i).(T)
	}
	return values
}

// outages returns a counter of requests, 4 a second, all of which fail during outages.
func outages(from, to time.Time, all ...[2]time.Time) []series {
	failed := func(at time.Time) float64 {
		seconds := 0.0
		for _, o := range all {
			if at.After(o[0]) {
				seconds += min(at.Sub(o[0]).Seconds(), o[1].Sub(o[0]).Seconds())
			}
		}
		return 4 * seconds
	}
	return []series{
		{`m_total{code="200"}`, from, to, time.Minute, func(at time.Time) float64 { return 4*at.Sub(from).Seconds() - failed(at) }},
		{`m_total{code="500"}`, from, to, time.Minute, failed},
	}
}

var minutely = map[string]any{"timeInterval": "60s"}

// The incidents of a range spend no more of the budget than what is gone of it at the end of the range.
func TestF14SharesOfTheBudgetAddUp(t *testing.T) {
	from := noon.Add(-50 * time.Hour)
	at := func(before time.Duration) time.Time { return noon.Add(-before) }
	for name, test := range map[string]struct {
		window string
		method string
		spans  [][2]time.Time
	}{
		"three outages": {"24h", "RatioTimeslices", [][2]time.Time{
			{at(23 * time.Hour), at(22*time.Hour + 42*time.Minute)}, {at(10*time.Hour + 3*time.Minute), at(9*time.Hour + 41*time.Minute)}, {at(2 * time.Hour), at(91 * time.Minute)},
		}},
		"two that touch the same slice": {"24h", "RatioTimeslices", [][2]time.Time{
			{at(10*time.Hour + 20*time.Minute), at(10*time.Hour + 8*time.Minute)}, {at(9*time.Hour + 58*time.Minute), at(9 * time.Hour)},
		}},
		"an ongoing one, and one that the budget has forgotten": {"12h", "Occurrences", [][2]time.Time{
			{at(20 * time.Hour), at(19 * time.Hour)}, {at(17 * time.Minute), at(-time.Hour)},
		}},
		"by time slices over a short window": {"5h", "Timeslices", [][2]time.Time{
			{at(4*time.Hour + 54*time.Minute), at(4 * time.Hour)}, {at(3*time.Hour + 1*time.Minute), at(2*time.Hour + 33*time.Minute)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, shopOf(`
objective: 0.95
budgetWindow: `+test.window+`
budgetingMethod: `+test.method+`
policies: [{ name: low, severity: page, when: score < 0.9 }]`), minutely, outages(from, noon, test.spans...)...)
			for _, days := range []int{1, 2} {
				a := tr.ask(`"level": "flow", "format": "incidents"`, noon.Add(-time.Duration(days)*24*time.Hour), noon, time.Minute)
				sum := 0.0
				for i, spent := range field[*float64](a, "budgetSpent") {
					if spent == nil {
						t.Fatalf("the %dth incident spends null", i)
					}
					sum += *spent
				}
				gone := 1 - tr.latest(`"level": "flow", "measure": "budget"`, noon).number(`flow="shop"`)
				if sum > gone*(1+1e-9) || sum < .9*gone {
					t.Errorf("over %d days incidents spend %v, and %v of the budget are gone", days, sum, gone)
				}
			}
		})
	}
}

// An incident begins when it does, whatever the range; where that is too far back for the lookback, the text says so.
func TestU2OnsetsDoNotDependOnTheRange(t *testing.T) {
	from := noon.Add(-110 * time.Hour)
	for name, test := range map[string]struct {
		since  time.Duration
		ranges map[time.Duration]string // what the text says of the onset; "" for nothing
	}{
		"since 20 hours": {20 * time.Hour, map[time.Duration]string{time.Hour: "", 6 * time.Hour: "", 48 * time.Hour: ""}},
		"since 30 hours": {30 * time.Hour, map[time.Duration]string{time.Hour: "3 Mar 11:00", 48 * time.Hour: "", 72 * time.Hour: ""}},
		"since 70 hours": {70 * time.Hour, map[time.Duration]string{time.Hour: "3 Mar 11:00", 24 * time.Hour: "2 Mar 12:00", 72 * time.Hour: ""}},
	} {
		t.Run(name, func(t *testing.T) {
			onset := noon.Add(-test.since)
			tr := try(t, shopOf(`
objective: 0.95
budgetWindow: 96h
policies: [{ name: low, severity: page, when: score < 0.9 }]`), minutely, outages(from, noon, [2]time.Time{onset, noon.Add(time.Hour)})...)
			for back, before := range test.ranges {
				a := tr.ask(`"level": "flow", "format": "incidents"`, noon.Add(-back), noon, time.Minute)
				texts, onsets := field[string](a, "text"), field[time.Time](a, "time")
				if len(texts) != 1 {
					t.Fatalf("over %s there are %d incidents", back, len(texts))
				}
				detect := field[*float64](a, "timeToDetect")[0]
				if before != "" {
					if !strings.Contains(texts[0], "began before "+before) || !strings.Contains(texts[0], "at least ") || detect != nil {
						t.Errorf("over %s the text is %q, and the time to detect %v", back, texts[0], detect)
					}
					continue
				}
				if strings.Contains(texts[0], "before") || strings.Contains(texts[0], "at least") || detect == nil || *detect > 300 {
					t.Errorf("over %s the text is %q, and the time to detect %v", back, texts[0], detect)
				}
				if d := onsets[0].Sub(onset); d < 0 || d > 2*time.Minute {
					t.Errorf("over %s it begins at %s, want %s", back, onsets[0], onset)
				}
				want := test.since.Hours() / 96 / .01
				if spent := *field[*float64](a, "budgetSpent")[0]; spent < .99*want || spent > 1.01*want {
					t.Errorf("over %s it spends %v, want %v", back, spent, want)
				}
			}
		})
	}
}
