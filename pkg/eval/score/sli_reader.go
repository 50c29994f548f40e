package score

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// sliReader reads one SLI, or its fallback, from a source for one cohort.
type sliReader struct {
	sli *cer.SLI
	// counted is the span whose events decide whether the SLI is idle.
	counted time.Duration
	forms   []expand.Form
	// columns[f] are those of the f-th form, in order of preference.
	columns [][]formColumns
	// at is the position of the instant that is observed, and positions returns those of the columns that it is observed by.
	at        int
	positions func(i int) (first, last int)
	quality   quality
}

// quality counts the instants at which something about the numbers of an SLI is to be noted.
type quality struct {
	outOfRange, unusable, notNumbers, saturated, mixed, fellBack, held annotate.Points
	// ceiling is the Ceiling of the form at the newest saturated instant, and above the share of the events above it, where that is
	// wanted.
	ceiling, above float64
}

func (d *Dataset) newSLIReader(sli *cer.SLI, counted time.Duration, source *plan.Source, over series.Range, c Cohort) *sliReader {
	return &sliReader{sli: sli, counted: counted, forms: source.Forms, columns: d.sourceColumns(source, over, c), positions: positionsOf(source, over)}
}

// positionsOf returns the function that returns at which positions of its columns a source is read for an instant of a range.
func positionsOf(source *plan.Source, over series.Range) func(i int) (first, last int) {
	if source.Minutes == 0 {
		return func(i int) (first, last int) { return i, i }
	}
	read := source.Over(over)
	return func(i int) (first, last int) {
		last = int((over.At(i) - read.Start) / read.Step)
		return last - source.Minutes + 1, last
	}
}

// sourceColumns returns the columns of each form of a source.
func (d *Dataset) sourceColumns(source *plan.Source, over series.Range, c Cohort) [][]formColumns {
	all := make([][]formColumns, len(source.Forms))
	for f, form := range source.Forms {
		all[f] = d.columnsOf(form, source.Over(over), source.Labels, c)
	}
	return all
}

// mixedShare is the share by which the events of two forms may differ and still be the same events.
const mixedShare = 0.01

// observe returns the observation at an instant. That of a time slice whose minutes are read has the mean of their scores, and
// the newest value; minutes without a value leave it.
func (r *sliReader) observe(i int) cer.Observation {
	r.at = i
	first, last := r.positions(i)
	newest := r.observeAt(last)
	sum, n := 0.0, 0
	for k := last; k >= first && last > first; k-- {
		minute := r.observeAt(k)
		if minute.Status > newest.Status {
			newest = minute
		}
		if minute.Status == cer.Present {
			sum, n = sum+minute.Score, n+1
		}
	}
	if n > 0 {
		newest.Score = sum / float64(n)
	}
	return newest
}

// observeAt returns the observation at a position of the columns: by the first form that has a value there, else by the first that says
// that the SLI is idle. Where several forms have a value and their events differ, as while services move to native
// histograms, that is noted.
func (r *sliReader) observeAt(i int) cer.Observation {
	best, first := r.sli.MissingObservation(), 0.0
	for f := range r.forms {
		columns, ok := r.columnsAt(f, i)
		if !ok {
			r.noteNaN(f, i)
			continue
		}
		observation := r.observeBy(&r.forms[f], columns, i)
		events := eventsAt(columns, i)
		switch {
		case observation.Status != cer.Present:
			if observation.Status > best.Status || best.Status == cer.Missing && math.IsNaN(best.Traffic) {
				best = observation
			}
		case best.Status != cer.Present:
			best, first = observation, events
			r.noteCeiling(best.Value, &r.forms[f], columns, i)
		case math.Abs(events-first) > mixedShare*max(events, first):
			r.quality.mixed.Add(r.at)
		}
	}
	return best
}

// columnsAt returns the columns of the f-th form that have something at an instant.
func (r *sliReader) columnsAt(f, i int) (*formColumns, bool) {
	for c := range r.columns[f] {
		columns := &r.columns[f][c]
		if v := columns.deciding()[i]; !math.IsNaN(v) || r.forms[f].IdleIfUndefined && series.IsUndefined(v) {
			return columns, true
		}
	}
	return nil, false
}

// noteNaN notes an instant at which the f-th form has nothing but samples that are not a number.
func (r *sliReader) noteNaN(f, i int) {
	for c := range r.columns[f] {
		if series.IsUndefined(r.columns[f][c].deciding()[i]) {
			r.quality.notNumbers.Add(r.at)
			return
		}
	}
}

// eventsAt returns the rate of the events that a form counts at an instant; 0 where it counts none.
func eventsAt(c *formColumns, i int) float64 {
	if c.total == nil {
		return 0
	}
	return c.total[i]
}

// observeBy returns the observation at an instant by one form that has something there.
func (r *sliReader) observeBy(form *expand.Form, c *formColumns, i int) cer.Observation {
	total := numberAt(c.total, i)
	if len(form.Total) > 0 {
		if total < 0 || math.IsInf(total, 0) {
			r.quality.unusable.Add(r.at)
			return r.sli.MissingObservation()
		}
		if r.sli.IsIdle(total, r.counted) {
			return r.sli.IdleObservation(r.traffic(total))
		}
	}
	if form.IdleIfUndefined && series.IsUndefined(numberAt(c.parts.columns[0], i)) {
		return r.sli.IdleObservation(r.traffic(total))
	}
	value := valueAt(form, c, i)
	if math.IsInf(value, 0) || value < 0 && r.sli.Indicator.Kind() == cer.KindQuantile {
		r.quality.unusable.Add(r.at)
		value = math.NaN()
	}
	if math.IsNaN(value) { // All events are known all the same.
		if c.parts.areUndefined(i) {
			r.quality.notNumbers.Add(r.at)
		}
		missing := r.sli.MissingObservation()
		missing.Traffic = r.traffic(total)
		return missing
	}
	return r.sli.PresentObservation(r.limit(value), r.traffic(total))
}

// valueAt returns the value of a form at an instant: the weighted sum of its parts, of all events where it has a total.
func valueAt(form *expand.Form, c *formColumns, i int) float64 {
	sum := c.parts.at(i)
	if form.Of == expand.Counts {
		sum /= c.total[i]
	}
	if form.Complement {
		sum = 1 - sum
	}
	return sum
}

// noteCeiling notes an instant at which the value that is shown is the highest one that the buckets allow, unless it is known that no
// event is above it.
func (r *sliReader) noteCeiling(value float64, form *expand.Form, c *formColumns, i int) {
	if form.Ceiling == 0 || !cer.Meets(value, form.Ceiling) {
		return
	}
	if len(form.Bounded) > 0 {
		above := 1 - c.bounded.at(i)/c.total[i]
		if above <= cer.Tolerance {
			return
		}
		r.quality.ceiling, r.quality.above = form.Ceiling, above
	}
	r.quality.saturated.Add(r.at)
}

// limit limits a value to what its kind allows.
func (r *sliReader) limit(value float64) float64 {
	limited := max(0, min(1, value))
	share := r.sli.Indicator.Kind().IsShare()
	if (share || r.sli.Curve == cer.Curve(cer.Identity{})) && math.Abs(limited-value) > cer.Tolerance {
		r.quality.outOfRange.Add(r.at)
	}
	if share {
		return limited
	}
	return value
}

// traffic returns the rate of the SLI's events, given the total of a form; NaN where its kind does not count them.
func (r *sliReader) traffic(total float64) float64 {
	if r.sli.Indicator.CountsEvents() {
		return total
	}
	return math.NaN()
}

// firstNumber returns the number of the first form that has one at an instant: its total, or else the sum of its parts.
func firstNumber(forms []expand.Form, columns [][]formColumns, i int) float64 {
	for f := range columns {
		for k := range columns[f] {
			c := &columns[f][k]
			switch {
			case math.IsNaN(c.deciding()[i]):
				continue
			case c.total != nil:
				return c.total[i]
			default:
				return valueAt(&forms[f], c, i)
			}
		}
	}
	return math.NaN()
}
