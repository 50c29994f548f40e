package findings

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// shop is traffic of which all fails in outages, and a tenth at other times than those.
type shop struct {
	from, to time.Time
	spacing  time.Duration
	slice    time.Duration
	outages  [][2]time.Time
}

// failed returns how many requests had failed by a time, of 4 a second.
func (s shop) failed(at time.Time) float64 {
	seconds := at.Sub(s.from).Seconds() / 1000
	for _, o := range s.outages {
		if at.After(o[0]) {
			seconds += .999 * min(at.Sub(o[0]).Seconds(), o[1].Sub(o[0]).Seconds())
		}
	}
	return 4 * seconds
}

// series returns the counters. They begin at more than 0, so that rates are not cut off there.
func (s shop) series() []series {
	return []series{
		{`m_total{code="200"}`, s.from, s.to, s.spacing, func(at time.Time) float64 { return 1e8 + 4*at.Sub(s.from).Seconds() - s.failed(at) }},
		{`m_total{code="500"}`, s.from, s.to, s.spacing, func(at time.Time) float64 { return 1e8 + s.failed(at) }},
	}
}

// lost adds up what each slice of a period up to a time loses, of which each is worth 1: of time, and of events.
func (s shop) lost(start, at time.Time, loss func(share float64) float64) (lost float64, elapsed int) {
	width := int64(s.slice / time.Second)
	for end := start.Unix()/width*width + width; end <= at.Unix(); end += width {
		to := time.Unix(end, 0)
		lost += loss((s.failed(to) - s.failed(to.Add(-s.slice))) / (4 * s.slice.Seconds()))
		elapsed++
	}
	return lost, elapsed
}

// utc returns a time of 2026.
func utc(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
}

// calendarShop returns the definition of a shop, each of whose flows counts its budget in another way.
func calendarShop(spec string) string {
	const sli = "{ name: ok, component: availability, objective: 0.98, ratio: { bad: 'm_total{code=\"500\"}', total: m_total } }"
	return catalog("objective: 0.98\n" + spec + `
flows:
  - { name: ratio, objective: 0.98, slis: [` + sli + `] }
  - { name: slices, objective: 0.98, budgetingMethod: Timeslices, slis: [` + sli + `] }
  - { name: events, objective: 0.98, budgetingMethod: Occurrences, slis: [` + sli + `] }`)
}

// period is one of the calendar, and times in it at which budgets are held against the raw samples.
type period struct {
	start, end time.Time
	at         []time.Time
}

// holds fails the test unless the budgets of a shop are those of its raw samples.
func (s shop) holds(tr *trial, p period) {
	whole := float64(int(p.end.Sub(p.start) / s.slice))
	share := func(v float64) float64 { return v }
	bad := func(v float64) float64 {
		if 1-v < .98 {
			return 1
		}
		return 0
	}
	for _, at := range p.at {
		tr.t.(*testing.T).Run(at.Format(time.RFC3339), func(t *testing.T) {
			tr := tr.in(t)
			lost, elapsed := s.lost(p.start, at, share)
			slices, _ := s.lost(p.start, at, bad)
			left := map[string]float64{"ratio": 1 - lost/(.02*whole), "slices": 1 - slices/(.02*whole), "events": 1 - lost/(.02*max(1, float64(elapsed)))}
			for flow, want := range left {
				labels := fmt.Sprintf(`flow=%q`, flow)
				tr.latest(`"level": "flow", "measure": "budget"`, at).isNear(labels, want, 1e-6*max(1, math.Abs(want)))
				burn := tr.latest(`"level": "flow", "measure": "burn", "window": "1h"`, at).number(labels)
				lasts := math.NaN()
				if burn > 0 {
					lasts = max(0, want) * whole * s.slice.Seconds() / burn
				}
				tr.latest(`"level": "flow", "measure": "exhaustion"`, at).isNear(labels, lasts, 1e-5*max(1, lasts))
			}
			tr.latest(`"measure": "budget"`, at).isNear("", 1-lost/(.02*whole), 1e-6*max(1, lost)) // The mean of three equal scores.
			tr.latest(`"level": "sli", "flows": ["ratio"], "measure": "budget"`, at).isNear(`component="availability",flow="ratio",sli="ok"`, left["events"], 1e-6*max(1, math.Abs(left["events"])))
			tr.latest(`"level": "component", "flows": ["ratio"], "measure": "budget"`, at).isNear(`component="availability",flow="ratio"`, left["ratio"], 1e-6*max(1, math.Abs(left["ratio"])))
		})
	}
}

// A month is one of the clock of its location, also where that is put forward.
func TestG8CalendarMonths(t *testing.T) {
	s := shop{utc(2, 27, 0, 0), utc(4, 2, 12, 0), time.Minute, 5 * time.Minute, [][2]time.Time{
		{utc(2, 28, 22, 30), utc(2, 28, 23, 30)}, {utc(3, 10, 8, 0), utc(3, 10, 11, 0)}, {utc(3, 29, 0, 0), utc(3, 29, 2, 0)}, {utc(3, 31, 21, 0), utc(3, 31, 23, 0)},
	}}
	for location, months := range map[string][]period{
		"location: Europe/Berlin": {
			{utc(2, 28, 23, 0), utc(3, 31, 22, 0), []time.Time{utc(2, 28, 23, 0), utc(2, 28, 23, 2), utc(2, 28, 23, 40), utc(3, 15, 12, 0), utc(3, 29, 1, 30), utc(3, 31, 21, 59)}},
			{utc(3, 31, 22, 0), utc(4, 30, 22, 0), []time.Time{utc(3, 31, 22, 0), utc(3, 31, 22, 5), utc(4, 2, 10, 3)}},
		},
		"": {
			{utc(3, 1, 0, 0), utc(4, 1, 0, 0), []time.Time{utc(3, 1, 0, 10), utc(3, 31, 23, 59)}},
			{utc(4, 1, 0, 0), utc(5, 1, 0, 0), []time.Time{utc(4, 1, 0, 0), utc(4, 2, 0, 0)}},
		},
		"location: Asia/Kolkata": {
			{utc(2, 28, 18, 30), utc(3, 31, 18, 30), []time.Time{utc(2, 28, 22, 45), utc(3, 31, 18, 29)}},
			{utc(3, 31, 18, 30), utc(4, 30, 18, 30), []time.Time{utc(3, 31, 22, 0)}},
		},
	} {
		t.Run(location, func(t *testing.T) {
			tr := try(t, calendarShop("budgetPeriod: month\n"+location), minutely, s.series()...)
			for _, p := range months {
				s.holds(tr, p)
			}
		})
	}
}

// Weeks begin on Monday, and one in which clocks are put forward has 167 hours.
func TestG8CalendarWeeks(t *testing.T) {
	s := shop{utc(3, 20, 0, 0), utc(4, 1, 0, 0), time.Minute, 10 * time.Minute, [][2]time.Time{
		{utc(3, 22, 22, 0), utc(3, 23, 0, 0)}, {utc(3, 29, 1, 0), utc(3, 29, 1, 20)}, {utc(3, 29, 21, 50), utc(3, 29, 22, 30)},
	}}
	tr := try(t, calendarShop("budgetPeriod: week\nlocation: Europe/Berlin\ntimeSliceWindow: 10m"), minutely, s.series()...)
	s.holds(tr, period{utc(3, 22, 23, 0), utc(3, 29, 22, 0), []time.Time{utc(3, 22, 23, 5), utc(3, 23, 12, 0), utc(3, 29, 21, 55)}})
	s.holds(tr, period{utc(3, 29, 22, 0), utc(4, 5, 22, 0), []time.Time{utc(3, 29, 22, 9), utc(3, 29, 22, 30), utc(3, 31, 12, 0)}})
}

// Samples begin in the middle of a quarter: what is not known is not lost.
func TestG8CalendarQuarters(t *testing.T) {
	s := shop{utc(2, 20, 0, 0), utc(5, 20, 0, 0), 5 * time.Minute, time.Hour, [][2]time.Time{
		{utc(3, 10, 8, 0), utc(3, 12, 8, 0)}, {utc(3, 31, 12, 0), utc(4, 1, 12, 0)}, {utc(5, 1, 0, 0), utc(5, 1, 6, 30)},
	}}
	tr := try(t, calendarShop("budgetPeriod: quarter\nwindow: 15m\ntimeSliceWindow: 1h"), map[string]any{"timeInterval": "5m"}, s.series()...)
	s.holds(tr, period{utc(4, 1, 0, 0), utc(7, 1, 0, 0), []time.Time{utc(4, 1, 0, 30), utc(4, 1, 1, 0), utc(4, 20, 12, 0), utc(5, 19, 23, 59)}})
	t.Run("the young one", func(*testing.T) {
		at := utc(3, 12, 12, 0)
		lost, _ := s.lost(s.from.Add(time.Hour), at, func(v float64) float64 { return v })
		tr.latest(`"level": "flow", "measure": "budget"`, at).isNear(`flow="ratio"`, 1-lost/(.02*90*24), 1e-3)
		tr.latest(`"level": "flow", "measure": "budget"`, at).says("slices")
	})
}

// A panel across the end of a month, one refreshed as time passes, and one opened later show the same budgets.
func TestG8CalendarBudgetsAreThoseOfFreshQueries(t *testing.T) {
	s := shop{utc(3, 25, 0, 0), utc(4, 1, 12, 0), time.Minute, 5 * time.Minute, [][2]time.Time{
		{utc(3, 31, 10, 0), utc(3, 31, 11, 0)}, {utc(3, 31, 21, 0), utc(3, 31, 23, 0)},
	}}
	definition := calendarShop("budgetPeriod: month\nlocation: Europe/Berlin\nlookback: 1h\npolicies: [{ name: low, severity: page, when: budget < 0.9 }]")
	tr := try(t, definition, minutely, s.series()...)
	for _, now := range []time.Time{utc(3, 31, 20, 0), utc(3, 31, 22, 0), utc(3, 31, 22, 31), utc(4, 1, 6, 0), utc(4, 1, 12, 0)} {
		for _, measure := range []string{"budget", "exhaustion", "state"} {
			query := fmt.Sprintf(`"level": "flow", "flows": ["ratio"], "measure": %q`, measure)
			ask := func(tr *trial, from time.Time) map[time.Time]float64 {
				numbers := map[time.Time]float64{}
				times, column := tr.ask(query, from, now, 10*time.Minute).column(`flow="ratio"`)
				for i, at := range times {
					numbers[at.UTC()] = column[i]
				}
				return numbers
			}
			fresh := *tr
			fresh.instance = fresh.dataSource(tr.store.URL(), definition, minutely)
			got, want, short := ask(tr, now.Add(-12*time.Hour)), ask(&fresh, now.Add(-12*time.Hour)), ask(&fresh, now.Add(-time.Hour))
			for at, v := range want {
				if math.Float64bits(got[at]) != math.Float64bits(v) {
					t.Errorf("%s at %s: %v, and %v afresh", measure, at, got[at], v)
				}
				if w, shown := short[at]; shown && math.Float64bits(w) != math.Float64bits(v) {
					t.Errorf("%s at %s: %v, and %v in a short range", measure, at, w, v)
				}
			}
			if len(short) == 0 {
				t.Error("no point is in both ranges")
			}
		}
	}
	state := `"level": "flow", "flows": ["ratio"], "measure": "state"`
	tr.latest(state, utc(3, 31, 21, 59)).isState(`flow="ratio"`, page)
	tr.latest(state, utc(3, 31, 22, 0)).isState(`flow="ratio"`, ok)
	tr.latest(state, utc(3, 31, 22, 30)).isState(`flow="ratio"`, ok)
}

// What incidents spent is a share of the budget of the period at the end of the range.
func TestG8CalendarIncidents(t *testing.T) {
	s := shop{utc(3, 30, 0, 0), utc(4, 1, 12, 0), time.Minute, 5 * time.Minute, [][2]time.Time{
		{utc(3, 31, 12, 0), utc(3, 31, 13, 0)}, {utc(4, 1, 3, 0), utc(4, 1, 5, 0)},
	}}
	tr := try(t, calendarShop("budgetPeriod: month\nlookback: 1h\npolicies: [{ name: low, severity: page, when: score < 0.5 }]"), minutely, s.series()...)
	a := tr.ask(`"level": "flow", "flows": ["ratio"], "format": "incidents"`, utc(3, 31, 0, 0), utc(4, 1, 12, 0), time.Minute)
	spent := field[*float64](a, "budgetSpent")
	if len(spent) != 2 {
		t.Fatalf("there are %d incidents", len(spent))
	}
	for i, want := range []float64{0, 24. / (.02 * 30 * 288)} {
		if spent[i] == nil || math.Abs(*spent[i]-want) > .01*want+1e-9 {
			t.Errorf("incident %d spent %v, want %v", i, *spent[i], want)
		}
	}
}

// Shares of the budget are those of 7, 30 or 91 days, whichever week, month or quarter it is.
func TestG8CalendarBurnFactors(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	for name, test := range map[string]struct {
		period  string
		failing float64
		want    float64
	}{
		"a week, under 3.36":     {"week", .02 * 3.3, ok},
		"a week, over 3.36":      {"week", .02 * 3.4, page},
		"a month, under 14.4":    {"month", .02 * 14.2, ok},
		"a month, over 14.4":     {"month", .02 * 14.6, page},
		"a quarter, under 43.68": {"quarter", .02 * 43.4, ok},
		"a quarter, over 43.68":  {"quarter", .02 * 43.9, page},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, calendarShop("budgetPeriod: "+test.period+"\npolicies: [{ name: fast, severity: page, burn: { budget: 2%, long: 1h } }]"), nil,
				requests("m_total", from, noon, 10, test.failing)...)
			tr.latest(`"level": "flow", "measure": "state"`, noon).isState(`flow="ratio"`, test.want)
		})
	}
}

func TestG8CalendarIsRefused(t *testing.T) {
	for spec, want := range map[string]string{
		"budgetPeriod: month\nbudgetWindow: 30d":   "leave budgetWindow or budgetPeriod out",
		"budgetPeriod: year":                       "choose from month, quarter, week",
		"budgetPeriod: months":                     "did you mean month?",
		"budgetPeriod: month\nlocation: Berlin":    "such as Europe/Berlin",
		"budgetPeriod: month\nlocation: Local":     "such as Europe/Berlin",
		"location: Europe/Berlin":                  "add budgetPeriod: month",
		"budgetPeriod: month\ntimeSliceWindow: 7m": "is not a multiple of the time slices, which are 7m",
		"budgetPeriod: week\npolicies: [{ name: a, severity: page, when: 'burn(\"8d\") > 1' }]": "is longer than the budget's window, which is",
	} {
		t.Run(spec, func(t *testing.T) {
			try(t, calendarShop(spec), nil).latest(`"level": "flow"`, noon).says(want)
		})
	}
	t.Run("a window in a query", func(t *testing.T) {
		try(t, calendarShop("budgetPeriod: week"), nil).latest(`"level": "flow", "measure": "budget", "window": "1h"`, noon).says("budgetPeriod, a week; leave window out")
	})
}
