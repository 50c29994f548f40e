package findings

import (
	"fmt"
	"testing"
	"time"
)

// outage returns the requests of a shop, one a second, all of which fail between two times.
func outage(from, to time.Time, spacing time.Duration, starts, ends time.Time) []series {
	failed := func(at time.Time) float64 {
		return min(max(at.Sub(starts), 0), ends.Sub(starts)).Seconds()
	}
	return []series{
		{`shop_total{code="500"}`, from, to, spacing, failed},
		{`shop_total{code="200"}`, from, to, spacing, func(at time.Time) float64 { return at.Sub(from).Seconds() - failed(at) }},
	}
}

// gauge returns the value of a gauge that is 1 from a time on until before another one, and else 0.
func gauge(starts, ends time.Time) func(time.Time) float64 {
	return func(at time.Time) float64 {
		if at.Before(starts) || !at.Before(ends) {
			return 0
		}
		return 1
	}
}

func TestF11AMaintenanceIsOnWhereAComparisonHasASample(t *testing.T) {
	sunday := time.Date(2026, 3, 8, 0, 30, 0, 0, time.UTC)
	from := sunday.Add(-3 * time.Hour)
	all := append(outage(from, sunday, 15*time.Second, from, sunday),
		series{`depth{queue="a"}`, from, sunday, 15 * time.Second, constant(0)},
		series{"works", from, sunday, 15 * time.Second, constant(1)})
	for _, test := range []struct {
		promQL string
		want   float64
	}{
		{"day_of_week() == 0", ok},
		{"day_of_week() == 3", page},
		{"hour() < 7", ok},
		{"hour() > 7", page},
		{"hour() <bool 7", ok},
		{"hour() >bool 7", page},
		{"day_of_week() == 0 and hour() < 7", ok},
		{"day_of_week() == 0 and hour() > 7", page},
		{"hour() < 7 or vector(0)", ok},
		{"hour() > 7 or vector(0)", page},
		{"(day_of_week() == 6) or day_of_week() == 0", ok},
		{"depth", page},
		{"depth == 0", ok},
		{"max(depth == 0)", ok},
		{"depth != 0", page},
		{"depth or works", ok},
		{"works == 1", ok},
		{"works * 0", page},
	} {
		t.Run(test.promQL, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
policies: [{ name: low, severity: page, when: score < 0.9 }]
maintenance: [{ name: works, promql: '`+test.promQL+`' }]
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")), nil, all...)
			tr.latest(`"level": "flow", "measure": "state"`, sunday).isState(`flow="shop"`, test.want)
		})
	}
}

// An event is on as a maintenance is.
func TestF11AnEventIsOnWhereAComparisonHasASample(t *testing.T) {
	from := noon.Add(-time.Hour)
	for promQL, want := range map[string]int{"up == 0": 1, "up": 1, "up == 2": 0, "up or depth": 1, "depth": 0} {
		t.Run(promQL, func(t *testing.T) { // A data source of its own, whose catalog did not change.
			tr := try(t, catalog(`
events: [{ name: down, promql: '`+promQL+`' }]
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")), nil,
				series{"up", from, noon, 15 * time.Second, gauge(from, noon.Add(-30*time.Minute))},
				series{"depth", from, noon, 15 * time.Second, constant(0)})
			a := tr.ask(`"format": "events"`, from, noon, time.Minute)
			if a.Error != nil || len(a.Frames) != 1 || a.Frames[0].Rows() != want {
				t.Errorf("%s: want %d events: %v", promQL, want, a.DataResponse)
			}
		})
	}
}

func TestF12AMaintenanceThatTouchesASliceInPartTouchesIt(t *testing.T) {
	const works, windowed = "works", "max_over_time(works[__window])"
	for _, test := range []struct {
		name string
		// starts and ends are minutes after 11:00, when an outage of 20 minutes starts.
		starts, ends float64
		promQL       string
	}{
		{"within a slice", 2, 4, works},
		{"one minute", 12, 13, works},
		{"over an edge", 4, 6, works},
		{"one slice", 5, 10, works},
		{"to the end of a slice", 8, 10, works},
		{"from the start of a slice", 10, 11, works},
		{"before", -10, 0, works},
		{"all", -3, 25, works},
		{"by a comparison", 2, 4, "works == 1"},
		{"seconds within a window", 12.25, 12.75, windowed},
		{"minutes within a window", 6, 8, windowed},
	} {
		starts, ends := afterEleven(test.starts), afterEleven(test.ends)
		when := []string{fmt.Sprintf("promql: '%s'", test.promQL)}
		if test.promQL == works {
			when = append(when, fmt.Sprintf("intervals: [{ days_of_month: ['4'], times: [{ start_time: %q, end_time: %q }] }]", starts.Format("15:04"), ends.Format("15:04")))
		}
		for _, stated := range when {
			for _, effect := range []string{"exclude", "good"} {
				t.Run(fmt.Sprintf("%s %.5s %s", test.name, stated, effect), func(t *testing.T) {
					checkTouched(t, stated+", effect: "+effect, starts, ends, effect == "exclude")
				})
			}
		}
	}
}

// afterEleven returns a time some minutes after 11:00.
func afterEleven(minutes float64) time.Time {
	return noon.Add(-time.Hour + time.Duration(minutes*float64(time.Minute)))
}

// checkTouched asks for burn rates over an hour and over four days, whose slices are summed in blocks.
func checkTouched(t *testing.T, maintenance string, starts, ends time.Time, excludes bool) {
	t.Helper()
	const slice = 5 * time.Minute
	from, to := noon.Add(-2*time.Hour), noon.Add(24*time.Hour)
	all := append(outage(from, to, time.Minute, afterEleven(0), afterEleven(20)), series{"works", from, to, 15 * time.Second, gauge(starts, ends)})
	tr := try(t, catalog(`
scrapeInterval: 1m
objective: 0.9
budgetWindow: 4d
timeSliceWindow: 5m
maintenance: [{ name: works, `+maintenance+` }]
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")), nil, all...)
	for window, now := range map[time.Duration]time.Time{time.Hour: noon, 4 * 24 * time.Hour: to} {
		lost, counted := 0.0, 0.0
		for end := max(from.Add(slice).Unix(), now.Add(slice-window).Unix()); end <= now.Unix(); end += int64(slice.Seconds()) {
			at := time.Unix(end, 0)
			failed := at.After(afterEleven(0)) && !at.After(afterEleven(20))
			touched := starts.Before(at) && ends.After(at.Add(-slice))
			if failed && !touched {
				lost++
			}
			if !touched || !excludes {
				counted++
			}
		}
		query := fmt.Sprintf(`"level": "flow", "measure": "burn", "window": "%dh"`, int(window.Hours()))
		tr.latest(query, now).isNear(`flow="shop"`, lost/counted/.1, 1e-6)
	}
}
