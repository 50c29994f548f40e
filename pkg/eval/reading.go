package eval

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// reader reads one SLI, or its fallback, for one cohort, and counts what its user must be told.
type reader struct {
	sli *cer.SLI
	// counted is the span whose events there are to judge by.
	counted time.Duration
	forms   []expand.Form
	// cells[f] are where the f-th form is read, in order of preference.
	cells  [][]cells
	doubts doubts
}

// doubts count the instants at which something about an SLI's numbers was off.
type doubts struct {
	outside, unusable, saturated, mixed, fellBack, held doubt
}

// doubt counts instants, and remembers the newest.
type doubt struct{ n, last int }

// at notes that something was off at an instant.
func (d *doubt) at(i int) { d.n, d.last = d.n+1, i }

// reader returns the reader of an SLI from a source for a cohort.
func (l *ledger) reader(sli *cer.SLI, counted time.Duration, source *plan.Source, over series.Range, of cohort) *reader {
	r := &reader{sli: sli, counted: counted, forms: source.Forms}
	for _, form := range source.Forms {
		r.cells = append(r.cells, l.cells(form, over, source.Labels, of))
	}
	return r
}

// mixed is the share by which the events of two forms may differ and still be the same events.
const mixed = 0.01

// at reads the SLI at an instant: by the first form that has a value there, else by the first that says it is idle.
// Where several forms have a value and their events differ, as while services move to native histograms, it is doubted.
func (r *reader) at(i int) cer.Observation {
	best, first := r.sli.MissingObservation(), 0.0
	for f := range r.forms {
		cells, ok := r.cellsAt(f, i)
		if !ok {
			continue
		}
		reading := r.byForm(&r.forms[f], cells, i)
		events := eventsAt(cells, i)
		switch {
		case reading.Status != cer.Present:
			if reading.Status > best.Status || best.Status == cer.Missing && math.IsNaN(best.Traffic) {
				best = reading
			}
		case best.Status != cer.Present:
			best, first = reading, events
		case math.Abs(events-first) > mixed*max(events, first):
			r.doubts.mixed.at(i)
		}
	}
	return best
}

// cellsAt returns where the f-th form has something at an instant.
func (r *reader) cellsAt(f, i int) (*cells, bool) {
	for c := range r.cells[f] {
		cells := &r.cells[f][c]
		if v := cells.anchor()[i]; !math.IsNaN(v) || r.forms[f].IdleIfUndefined && series.IsUndefined(v) {
			return cells, true
		}
	}
	return nil, false
}

// eventsAt is the rate of the events that a form counts at an instant; 0 where it counts none.
func eventsAt(c *cells, i int) float64 {
	if c.total == nil {
		return 0
	}
	return c.total[i]
}

// byForm reads the SLI at an instant by one form that has something there.
func (r *reader) byForm(form *expand.Form, c *cells, i int) cer.Observation {
	total := c.total.at(i)
	if form.Total != nil {
		if total < 0 || math.IsInf(total, 0) {
			r.doubts.unusable.at(i)
			return r.sli.MissingObservation()
		}
		if r.sli.IsIdle(total, r.counted) {
			return r.sli.IdleObservation(r.traffic(total))
		}
	}
	if form.IdleIfUndefined && series.IsUndefined(c.parts[0].at(i)) {
		return r.sli.IdleObservation(math.NaN())
	}
	value := value(form, c, i)
	if math.IsInf(value, 0) || value < 0 && r.sli.Indicator.Kind() == cer.KindQuantile {
		r.doubts.unusable.at(i)
		value = math.NaN()
	}
	if math.IsNaN(value) { // All events are known all the same.
		missing := r.sli.MissingObservation()
		missing.Traffic = r.traffic(total)
		return missing
	}
	return r.sli.PresentObservation(r.allowed(value, form, i), r.traffic(total))
}

// value is the weighted sum of the parts of a form at an instant, as the form takes it.
func value(form *expand.Form, c *cells, i int) float64 {
	sum := 0.0
	for k, part := range form.Parts {
		v := c.parts[k].at(i)
		if math.IsNaN(v) && part.ZeroIfAbsent && !c.partial[k] {
			v = 0
		}
		sum += part.Factor * v
	}
	if form.Of == expand.Counts {
		sum /= c.total[i]
	}
	if form.Complement {
		sum = 1 - sum
	}
	return sum
}

// allowed limits a value to what its kind can be.
func (r *reader) allowed(value float64, form *expand.Form, i int) float64 {
	if form.Ceiling > 0 && cer.Meets(value, form.Ceiling) {
		r.doubts.saturated.at(i)
	}
	limited := max(0, min(1, value))
	share := r.sli.Indicator.Kind().IsShare()
	if (share || r.sli.Curve == cer.Curve(cer.Identity{})) && math.Abs(limited-value) > cer.Tolerance {
		r.doubts.outside.at(i)
	}
	if share {
		return limited
	}
	return value
}

// traffic is the rate of the SLI's events where its kind counts them, given the total of a form.
func (r *reader) traffic(total float64) float64 {
	if r.sli.Indicator.CountsEvents() {
		return total
	}
	return math.NaN()
}
