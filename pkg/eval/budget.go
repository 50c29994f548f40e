package eval

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// objective is what the score of a subject, or the value of an SLI, is held against; 0 where there is none.
func (e *evaluation) objective(s subject) float64 {
	return e.plan.Catalog.ObjectiveOf(s.of(e), s.sli(e))
}

// method is how the losses of a subject add up. Where there are no events to count, slices are.
func (e *evaluation) method(s subject) cer.BudgetingMethod {
	method := e.plan.Catalog.Budget.Method
	if f := s.of(e); f != nil {
		method = e.plan.Catalog.MethodOf(f)
	}
	if s.level == query.LevelSLI && method == cer.Occurrences {
		return cer.RatioTimeslices
	}
	return method
}

// subjectKey names a subject within an evaluation.
type subjectKey struct {
	level     query.Level
	flow, sli int
	component cer.Component
}

// key returns the subject's.
func (s subject) key() subjectKey {
	key := subjectKey{level: s.level, flow: s.flow, component: s.component}
	if s.level == query.LevelSLI {
		key.sli = s.slis[0]
	}
	return key
}

// slicesOf is what each instant of the evaluation, as a slice, adds to the loss of a subject, and what maintenances make
// of that.
func (e *evaluation) slicesOf(s subject) []cer.TimeSlice {
	if known, ok := e.lost[s.key()]; ok {
		return known
	}
	slices, byTime := e.eventSlices(s), false
	if slices == nil {
		slices, byTime = e.timeSlices(s), e.method(s) != cer.Occurrences
	}
	for i, effect := range e.effects(s.of(e)) {
		slices[i] = effect.TimeSlice(slices[i], byTime)
	}
	e.lost[s.key()] = slices
	return slices
}

// eventSlices is what each slice adds to the loss of an SLI that counts events; nil where the subject is none.
func (e *evaluation) eventSlices(s subject) []cer.TimeSlice {
	if s.level != query.LevelSLI || !s.sli(e).Indicator.CountsEvents() {
		return nil
	}
	slices := make([]cer.TimeSlice, e.n)
	for i := range slices {
		slices[i] = cer.EventTimeSlice(e.reading(s, i))
	}
	return slices
}

// timeSlices is what each slice adds to the loss of a subject by its score.
func (e *evaluation) timeSlices(s subject) []cer.TimeSlice {
	slices := make([]cer.TimeSlice, e.n)
	target := e.plan.Catalog.Budget.Target
	if target == 0 {
		target = e.objective(s)
	}
	method := e.method(s)
	verdict := e.verdictOf(s)
	traffic := func(int) float64 { return math.NaN() }
	if method == cer.Occurrences {
		column := e.traffic(s)
		traffic = func(i int) float64 { return column[i] }
	}
	for i := range slices {
		slices[i] = method.TimeSlice(verdict(i), traffic(i), target)
	}
	return slices
}

// verdictOf returns the verdict of a subject at an instant; an SLI's is made of its reading.
func (e *evaluation) verdictOf(s subject) func(i int) cer.Composite {
	if s.level != query.LevelSLI {
		verdicts := e.verdicts(s)
		return func(i int) cer.Composite { return verdicts[i] }
	}
	return func(i int) cer.Composite {
		r := e.reading(s, i)
		switch {
		case r.Scored():
			return cer.Composite{Score: r.Score}
		case r.Status == cer.Idle:
			return cer.Composite{Score: r.Score, Reason: cer.ReasonIdle}
		default:
			return cer.Composite{Score: r.Score, Reason: cer.ReasonUncovered}
		}
	}
}

// windowsOf adds up the slices of a subject over windows, in which slices are a stride apart.
func (e *evaluation) windowsOf(s subject, stride int) *windows {
	key := windowsKey{s.key(), stride}
	if e.windows[key] == nil {
		e.windows[key] = newWindows(e.pagesOf(s), e.slicesOf(s), e.first, e.instants.Step, stride)
	}
	return e.windows[key]
}

// windowsKey names the windows of a subject within an evaluation.
type windowsKey struct {
	subject subjectKey
	stride  int
}

// losses is what a subject lost over a window up to each instant of a range.
func (e *evaluation) losses(s subject, window time.Duration, over series.Range) []float64 {
	losses := make([]float64, over.Len())
	count := int(window / e.plan.Catalog.Budget.Slice)
	var sums *windows
	before := -1
	for i := range losses {
		stretch, last, stride := e.plan.Slices(over.At(i), window)
		if sums == nil {
			sums = e.slices[stretch].windowsOf(s, stride)
		}
		if last == before {
			losses[i] = losses[i-1]
			continue
		}
		before = last
		losses[i] = sums.of(last, count).Loss()
	}
	return losses
}

// burn is the burn rate of a subject over the window of the query, at each instant.
func (e *evaluation) burn(s subject) []float64 {
	window, err := e.plan.Query.BurnWindowOf(e.plan.Catalog.Budget.Slice)
	if err != nil { // A plan has been built, so that the window is one.
		return nil
	}
	return e.burnOver(s, window, e.plan.Range)
}

// burnOver is the burn rate of a subject over a window up to each instant of a range.
func (e *evaluation) burnOver(s subject, window time.Duration, over series.Range) []float64 {
	burns := e.losses(s, window, over)
	for i := range burns {
		burns[i] = cer.Burn(burns[i], e.objective(s))
	}
	return burns
}

// budget is the share of the error budget of a subject that is left, at each instant.
func (e *evaluation) budget(s subject) []float64 { return e.budgetOver(s, e.plan.Range) }

// budgetOver is the share of the error budget of a subject that is left at each instant of a range.
func (e *evaluation) budgetOver(s subject, over series.Range) []float64 {
	left := e.losses(s, e.plan.Catalog.Budget.Window, over)
	for i := range left {
		left[i] = cer.BudgetLeft(left[i], e.objective(s))
	}
	return left
}

// exhaustion is how long the budget of a subject lasts, at each instant, in seconds.
func (e *evaluation) exhaustion(s subject) []float64 {
	left, burns := e.budget(s), e.burn(s)
	for i := range left {
		left[i] = cer.Exhaustion(left[i], burns[i], e.plan.Catalog.Budget.Window)
	}
	return left
}

// explainSlices says of which part of a window there is no telemetry, for the newest instant: what is not known is
// neither lost nor kept.
func (e *evaluation) explainSlices() []finding {
	var findings []finding
	for _, s := range e.subjects() {
		if e.objective(s) == 0 || e.plan.Range.Len() == 0 {
			continue
		}
		known, all := e.knownSlices(s)
		if known == all {
			continue
		}
		width := model.Duration(e.plan.Catalog.Budget.Slice)
		text := fmt.Sprintf("there is telemetry for %d of the window's %d slices of %s; the others leave the sums", known, all, width)
		findings = append(findings, finding{Notice: cer.Notice{Severity: cer.Info, Subject: e.nameOf(s) + e.suffix(), Text: text}, points: all - known, now: true})
	}
	return findings
}

// knownSlices counts the slices of the longest window of a query that have telemetry, up to the newest instant, of all
// but those that a maintenance excludes.
func (e *evaluation) knownSlices(s subject) (known, all int) {
	window := e.plan.Catalog.Budget.Window
	if e.plan.Query.Measure == query.Burn {
		window, _ = e.plan.Query.BurnWindowOf(e.plan.Catalog.Budget.Slice)
	}
	stretch, last, stride := e.plan.Slices(e.plan.Range.Last(), window)
	slices := e.slices[stretch].windowsOf(s, stride)
	for k := range int(window / e.plan.Catalog.Budget.Slice) {
		slice := slices.at(int64(last - k*stride))
		if slice.Excluded {
			continue
		}
		all++
		if slice.Known {
			known++
		}
	}
	return known, all
}

// nameOf names a subject in a notice; "" is the whole.
func (e *evaluation) nameOf(s subject) string {
	switch {
	case s.level == query.LevelOverall:
		return ""
	case s.level == query.LevelSLI:
		return s.of(e).Name + "/" + s.sli(e).Name
	case s.component != "":
		return s.of(e).Name + "/" + string(s.component)
	default:
		return s.of(e).Name
	}
}
