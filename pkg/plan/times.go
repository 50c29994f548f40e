package plan

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// maxStep is the longest step that makes sense; a longer one is cut to it.
const maxStep = 365 * 24 * time.Hour

// Times is what Grafana says of the time of a query.
type Times struct {
	From, To time.Time
	// Interval is the step that Grafana suggests for the width of the panel.
	Interval time.Duration
	// Now is the instant of asking. Nothing later is asked for.
	Now time.Time
	// Scrape is the scrape interval of the telemetry, above 0.
	Scrape time.Duration
	// Delay is how far behind Now the telemetry is complete. Nothing later is asked for.
	Delay time.Duration
	// Overlap is how late samples may be, so that what is older stays as it is; 0 where nothing is to be relied on.
	Overlap time.Duration
	// RatesTile says that the store's rate and increase count from the sample before their window on, as those of VictoriaMetrics
	// do, so that windows side by side lose nothing.
	RatesTile bool
	// Lookback is how far instant selectors look back where the store has to be told in MetricsQL; 0 for other stores.
	Lookback time.Duration
	// Noted says that somebody wants to know what happens to the series at the moment, so that what only notices are about is asked
	// too. It does not hold for alert rules, and in checks of definitions.
	Noted bool
}

// The times that can be asked about. Windows look back from them, so that the earliest one is some time after 1970.
var (
	earliestTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	latestTime   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Check refuses a range that can't be asked about: one that no telemetry can be of.
func (t Times) Check() error {
	for _, at := range []time.Time{t.From, t.To} {
		if at.Before(earliestTime) || at.After(latestTime) {
			return query.Invalidf("the range from %s to %s is not supported; choose a range between %d and %d",
				t.From.UTC().Format(time.RFC3339), t.To.UTC().Format(time.RFC3339), earliestTime.Year(), latestTime.Year())
		}
	}
	return nil
}

// step is the distance of the points of a range: Grafana's interval, but no finer than the telemetry is scraped, and
// coarse enough to stay under the store's limit.
func (t Times) step() time.Duration {
	least := t.To.Sub(t.From) / (MaxPointsPerSeries - 1)
	step := min(max(t.Interval, t.Scrape, least), maxStep)
	return (step + time.Second - 1) / time.Second * time.Second
}

// Until is the newest instant that can be asked about: the end of the range, or now less the delay.
func (t Times) Until() time.Time { return earlier(t.To, t.Now.Add(-t.Delay)) }

// Grid returns the instants of the range on the multiples of its step since the epoch, so that a panel that is
// refreshed asks for the same instants again.
func (t Times) Grid() series.Range {
	step := t.step()
	return series.New(series.FloorTime(t.From, step), series.FloorTime(t.Until(), step), step)
}

const (
	// fullyMarked is the longest range all of whose minutes are read for events. Of longer ones the newest marked is.
	fullyMarked = 7 * 24 * time.Hour
	marked      = 24 * time.Hour
)

// isMarkedInPart reports whether the range is so long that only its newest part is read for events.
func (t Times) isMarkedInPart() bool { return t.To.Sub(t.From) > fullyMarked }

// minutes returns the minutes at which events are read, whatever the interval of a panel: those of the range, or of its newest
// part.
func (t Times) minutes() series.Range {
	from, until := t.From, t.Until()
	if start := until.Add(-marked); t.isMarkedInPart() && start.After(from) {
		from = start
	}
	return series.New(series.FloorTime(from, cer.Grid), series.FloorTime(until, cer.Grid), cer.Grid)
}

// latest returns the newest instant of the range, on the grid of the scrapes.
func (t Times) latest() time.Time {
	return series.FloorTime(t.Until(), t.Scrape)
}

// both returns the first and the newest instant of the range, on the grid of the scrapes.
func (t Times) both() series.Range {
	start, end := series.FloorTime(t.From, t.Scrape), t.latest()
	if !start.Before(end) {
		return series.InstantOf(end)
	}
	return series.New(start, end, end.Sub(start))
}

// ends returns the first and the newest instant of the range, wherever they are on a grid.
func (t Times) ends() series.Range {
	start, end := t.From.UnixMilli(), t.Until().UnixMilli()
	if start == end {
		return series.Instant(end)
	}
	return series.Range{Start: start, End: end, Step: max(1, end-start)}
}

// ScrapeInterval is the catalog's scrape interval, or that of the data source where it states none.
func ScrapeInterval(c *cer.Catalog, dataSource time.Duration) time.Duration {
	if c.ScrapeInterval > 0 {
		return c.ScrapeInterval
	}
	return dataSource
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// rangeOf returns the instants at which a query wants numbers.
func rangeOf(q query.Query, times Times) series.Range {
	switch {
	case q.Format == query.Events:
		return times.minutes()
	case q.Format == query.Exemplars:
		return times.ends()
	case q.Format == query.Replay, q.IsOfIncidents(): // The newest minute counts, however coarse a panel is.
		return series.New(series.FloorTime(times.From, cer.Grid), series.FloorTime(times.Until(), cer.Grid), cer.Grid)
	case q.Format == query.Latest, (q.Format == query.Table || q.Format == query.Summary) && q.Measure.IsOfSlices():
		return series.InstantOf(times.latest())
	case q.Format == query.Table, q.Format == query.Summary:
		return times.both()
	default:
		return times.Grid()
	}
}
