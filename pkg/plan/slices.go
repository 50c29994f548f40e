package plan

import (
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// sliceWindows are the longest windows of slices on either grid; 0 where none is needed.
type sliceWindows struct {
	fine, coarse time.Duration
	// calendar says that the period of the budget is needed, which is one of the calendar.
	calendar bool
}

// addBudget notes that the period of the budget is needed.
func (w *sliceWindows) addBudget(b cer.Budgeting) {
	if b.Calendar == nil {
		w.add(b.Window)
	}
	w.calendar = w.calendar || b.Calendar != nil
}

// longest returns the longest window on the coarse grid that ends at a range of minutes.
func (w *sliceWindows) longest(b cer.Budgeting, minutes series.Range) time.Duration {
	if !w.calendar {
		return w.coarse
	}
	elapsed := b.SpanAt(series.Time(minutes.Start)).Elapsed // The periods of later minutes begin no earlier.
	return max(w.coarse, time.Duration(max(1, elapsed))*b.Slice)
}

// add notes that a window is needed.
func (w *sliceWindows) add(window time.Duration) {
	if window > cer.FineWindow {
		w.coarse = max(w.coarse, window)
	} else {
		w.fine = max(w.fine, window)
	}
}

// checkObjectives refuses a budget where nothing that is shown has an objective to hold it against.
func (s scope) checkObjectives(c *catalog.Catalog) error {
	q := s.query
	if q.Level == query.LevelOverall {
		if c.Objective == 0 {
			return query.Unstatedf("the catalog has no objective, which %s needs; add objective: 0.95 to its spec", q.Measure)
		}
		return nil
	}
	for i := range c.Flows {
		f := &c.Flows[i]
		if s.showsFlow(f) && q.Level != query.LevelSLI && f.Objective > 0 {
			return nil
		}
		for j := range f.SLIs {
			if q.Level == query.LevelSLI && s.showsSLI(f, &f.SLIs[j]) && f.SLIs[j].Objective > 0 {
				return nil
			}
		}
	}
	if q.Level == query.LevelSLI {
		return query.Unstatedf("none of these SLIs has an objective, which %s needs; add one, such as objective: 0.999", q.Measure)
	}
	return query.Unstatedf("none of these flows has an objective, which %s needs; add one to a flow or the spec, such as objective: 0.99", q.Measure)
}

// sliceWindowsOf returns the windows whose losses a query shows.
func sliceWindowsOf(q query.Query, c *catalog.Catalog) (sliceWindows, error) {
	var windows sliceWindows
	if kind := q.Measure.Row().Window; q.Window != query.WindowAuto && kind != query.BurnWindow {
		if kind == query.PolicyWindow {
			return windows, query.Invalidf("the policies define the windows of states; leave window out")
		}
		if c.Budget.Calendar != nil {
			return windows, query.Invalidf("the window of %s is the catalog's budgetPeriod, a %s; leave window out", q.Measure, c.Budget.Calendar.Period)
		}
		return windows, query.Invalidf("the window of %s is the catalog's budgetWindow, %s; leave window out", q.Measure, model.Duration(c.Budget.Window))
	}
	burn, err := q.BurnWindowOf(c.Budget.Slice)
	if err != nil {
		return windows, err
	}
	if q.DescribesIncidents() {
		windows.addBudget(c.Budget) // What they spend is a share of it.
	}
	for _, m := range q.Columns() {
		over := m.Row().Over
		if len(over) == 0 && m.IsOfSlices() {
			windows.add(c.Budget.Slice) // Its number is that of the newest slice.
		}
		for _, kind := range over {
			if kind == query.BudgetWindow {
				windows.addBudget(c.Budget)
			} else {
				windows.add(burn)
			}
		}
	}
	return windows, nil
}

// fine returns the ends of the slices of windows that end at the minutes of r.
func fine(r series.Range, window, slice time.Duration) series.Range {
	grid, width := cer.Grid.Milliseconds(), slice.Milliseconds()
	end, step := series.Floor(r.End, grid), grid
	if r.Len() == 1 || r.Step%width == 0 {
		end, step = series.Floor(r.Last(), grid), width
	}
	return series.Range{Start: series.Floor(r.Start, grid) + width - window.Milliseconds(), End: end, Step: step}
}

// coarse returns the ends of the slices of windows that end at the multiples of their width at or before the instants
// of r.
func coarse(r series.Range, window, slice time.Duration) series.Range {
	width := slice.Milliseconds()
	return series.Range{Start: series.Floor(r.Start, width) + width - window.Milliseconds(), End: series.Floor(r.End, width), Step: width}
}

// Slices returns the segment that has the time slices of a window which ends at an instant, in Unix milliseconds, the
// position of the last one, counted from the first of its blocks, and the distance to the ones before.
func (p *Plan) Slices(t int64, window time.Duration) (s *Segment, last, stride int) {
	width := p.Catalog.Budget.Slice.Milliseconds()
	if window > cer.FineWindow {
		return p.Coarse, int((series.Floor(t, width) - p.Coarse.First()) / width), 1
	}
	step := p.Fine.Range.Step
	return p.Fine, int((series.Floor(t, cer.Grid.Milliseconds()) - p.Fine.Range.Start) / step), int(width / step)
}
