package bench

import (
	"fmt"
	"strings"
	"time"
)

// size is how much is measured.
type size struct {
	flows, instances int
	// scrape is the time between two scrapes of the panel's telemetry, and span the range of the panel.
	scrape, span time.Duration
	// day is the time that is refreshed over in a hurry, every hop.
	day, hop time.Duration
	// longInstances are those whose telemetry is kept for as long as budgets need it, by longScrape.
	longInstances int
	longScrape    time.Duration
	// budgetWindow is the period of budgets, which are shown over budgetSpan by budgetStep, with burnWindows. A dashboard
	// shows dashboardSpan, and ruleWindows are those of burn rates that alert rules are on.
	budgetWindow, budgetSpan, budgetStep, dashboardSpan time.Duration
	burnWindows, ruleWindows                            []time.Duration
	// gateSpan is how long a gate is asked, every gateHop.
	gateSpan, gateHop time.Duration
	// growth are numbers of flows, whose panel has a point each growthScrape.
	growth       []int
	growthScrape time.Duration
	// runs is how often a panel is opened, fewRuns what takes long.
	runs, fewRuns int
	// ticks are how often everything is refreshed, one tick after the other; some of it at each slow tick only.
	ticks, slow int
	tick        time.Duration
}

const day = 24 * time.Hour

// full is what is reported.
var full = size{
	flows: 20, instances: 10, scrape: 30 * time.Second, span: 6 * time.Hour,
	day: day, hop: 2 * time.Minute,
	longInstances: 2, longScrape: time.Minute,
	budgetWindow: 30 * day, budgetSpan: 7 * day, budgetStep: time.Hour, dashboardSpan: day,
	burnWindows: []time.Duration{time.Hour, 6 * time.Hour, day, 3 * day},
	ruleWindows: []time.Duration{5 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, day, 3 * day},
	gateSpan:    time.Hour, gateHop: 10 * time.Second,
	growth:       []int{10, 100, 1000},
	growthScrape: time.Minute,
	runs:         7, fewRuns: 3,
	ticks: 8, slow: 2, tick: 31 * time.Second,
}

// quick is enough to see that everything works. Its figures say nothing.
var quick = size{
	flows: 2, instances: 2, scrape: 5 * time.Second, span: 10 * time.Minute,
	day: 10 * time.Minute, hop: time.Minute,
	longInstances: 2, longScrape: 15 * time.Second,
	budgetWindow: 6 * time.Hour, budgetSpan: 6 * time.Hour, budgetStep: time.Hour, dashboardSpan: time.Hour,
	burnWindows: []time.Duration{time.Hour, 2 * time.Hour},
	ruleWindows: []time.Duration{5 * time.Minute, time.Hour},
	gateSpan:    10 * time.Minute, gateHop: 30 * time.Second,
	growth:       []int{1, 2, 4},
	growthScrape: 15 * time.Second,
	runs:         2, fewRuns: 1,
	ticks: 2, slow: 2, tick: 8 * time.Second,
}

// lead is how much older the telemetry is than what is asked for: what SLIs look back over, and more.
const lead = time.Hour

// telemetry returns the data sets, whose histories end about now.
func (s size) telemetry(now time.Time) []*telemetry {
	most := s.growth[len(s.growth)-1]
	return []*telemetry{
		newTelemetry("panel", s.flows, s.instances, s.scrape, now.Add(-s.span-s.day-lead)),
		newTelemetry("long", s.flows, s.longInstances, s.longScrape, now.Add(-s.budgetWindow-max(s.budgetSpan, 2*s.dashboardSpan)-lead)),
		newTelemetry("growth", most, 1, s.growthScrape, now.Add(-s.span-lead)),
	}
}

// catalogs are those of the panel, and of what needs a long memory.
func (s size) catalogs() (panel, long catalog) {
	panel = catalog{name: "panel", job: "panel", flows: s.flows, scrape: s.scrape, budgetWindow: s.budgetWindow}
	long = catalog{name: "long", job: "long", flows: s.flows, scrape: s.longScrape, budgetWindow: s.budgetWindow}
	return panel, long
}

// growing is a catalog of some of the flows that share metrics.
func (s size) growing(flows int) catalog {
	return catalog{name: "growth", job: "growth", flows: flows, scrape: s.growthScrape, budgetWindow: s.budgetWindow}
}

// rules is how many alert rules there are on each flow.
func (s size) rules() int { return 18 + len(s.ruleWindows) }

// String says what is measured.
func (s size) String() string {
	return fmt.Sprintf("%d flows of %d SLIs (two counters, two latency counts and one quantile), %d codes and %d buckets. "+
		"The panel shows %s of %d instances, scraped every %s, with a point per scrape. "+
		"Dashboard, budgets and rules use %d instances, scraped every %s. The dashboard shows %s; the budget of %s and the burn rates over %s are shown over %s, with a point every %s. "+
		"In the growth test, flows have one instance, scraped every %s.",
		s.flows, len(sliNames), len(codes), len(bounds), duration(s.span), s.instances, duration(s.scrape), s.longInstances, duration(s.longScrape),
		duration(s.dashboardSpan), duration(s.budgetWindow), durations(s.burnWindows), duration(s.budgetSpan), duration(s.budgetStep), duration(s.growthScrape))
}

// durations lists some.
func durations(all []time.Duration) string {
	texts := make([]string, len(all))
	for i, d := range all {
		texts[i] = duration(d)
	}
	return strings.Join(texts, ", ")
}
