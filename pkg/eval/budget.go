package eval

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// objective is what the score of a subject, or the value of an SLI, is held against; 0 where there is none. A
// component's is that of its flow.
func (e *evaluation) objective(s subject) float64 {
	switch s.level {
	case plan.Overall:
		return e.plan.Catalog.Objective
	case plan.SLIs:
		return s.sli(e).Objective
	default:
		return s.of(e).Objective
	}
}

// method is how the losses of a subject add up. Where there are no events to count, slices are.
func (e *evaluation) method(s subject) cer.BudgetingMethod {
	method := e.plan.Catalog.Budget.Method
	if f := s.of(e); f != nil {
		method = e.plan.Catalog.MethodOf(f)
	}
	if s.level == plan.SLIs && method == cer.Occurrences {
		return cer.RatioTimeslices
	}
	return method
}

// slicesOf is what each instant of the evaluation, as a slice, adds to the loss of a subject.
func (e *evaluation) slicesOf(s subject) []cer.Slice {
	slices := make([]cer.Slice, e.n)
	if s.level == plan.SLIs && s.sli(e).Indicator.CountsEvents() {
		for i := range slices {
			slices[i] = cer.EventSlice(e.reading(s, i))
		}
		return slices
	}
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
		slices[i] = method.SliceOf(verdict(i), traffic(i), target)
	}
	return slices
}

// verdictOf returns the verdict of a subject at an instant; an SLI's is made of its reading.
func (e *evaluation) verdictOf(s subject) func(i int) cer.Verdict {
	if s.level != plan.SLIs {
		verdicts := e.verdicts(s)
		return func(i int) cer.Verdict { return verdicts[i] }
	}
	return func(i int) cer.Verdict {
		r := e.reading(s, i)
		switch {
		case r.Scored():
			return cer.Verdict{Score: r.Score}
		case r.Status == cer.Idle:
			return cer.Verdict{Score: r.Score, Reason: cer.Quiet}
		default:
			return cer.Verdict{Score: r.Score, Reason: cer.Uncovered}
		}
	}
}

// losses is what a subject lost over a window up to each instant that the query wants numbers of.
func (e *evaluation) losses(s subject, window time.Duration) []float64 {
	over := e.plan.Range
	losses := make([]float64, over.Len())
	if len(losses) == 0 {
		return losses
	}
	stretch, _, _ := e.plan.Slices(over.Start, window)
	slices := e.slices[stretch].slicesOf(s)
	count := int(window / e.plan.Catalog.Budget.Slice)
	picked := make([]cer.Slice, 0, count)
	for i := range losses {
		_, last, stride := e.plan.Slices(over.At(i), window)
		picked = picked[:0]
		for k := range count {
			picked = append(picked, slices[last-k*stride])
		}
		losses[i] = cer.LossOf(picked)
	}
	return losses
}

// burn is the burn rate of a subject over the window of the query, at each instant.
func (e *evaluation) burn(s subject) []float64 {
	window, err := e.plan.Query.BurnWindow(e.plan.Catalog)
	if err != nil { // A plan has been built, so that the window is one.
		return nil
	}
	burns := e.losses(s, window)
	for i := range burns {
		burns[i] = cer.Burn(burns[i], e.objective(s))
	}
	return burns
}

// budget is the share of the error budget of a subject that is left, at each instant.
func (e *evaluation) budget(s subject) []float64 {
	left := e.losses(s, e.plan.Catalog.Budget.Window)
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

// knownSlices counts the slices of the longest window of a query that have telemetry, up to the newest instant.
func (e *evaluation) knownSlices(s subject) (known, all int) {
	window := e.plan.Catalog.Budget.Window
	if e.plan.Query.Measure == plan.Burn {
		window, _ = e.plan.Query.BurnWindow(e.plan.Catalog)
	}
	stretch, last, stride := e.plan.Slices(e.plan.Range.At(e.plan.Range.Len()-1), window)
	slices := e.slices[stretch].slicesOf(s)
	all = int(window / e.plan.Catalog.Budget.Slice)
	for k := range all {
		if slices[last-k*stride] != (cer.Slice{}) {
			known++
		}
	}
	return known, all
}

// nameOf names a subject in a notice; "" is the whole.
func (e *evaluation) nameOf(s subject) string {
	switch {
	case s.level == plan.Overall:
		return ""
	case s.level == plan.SLIs:
		return s.of(e).Name + "/" + s.sli(e).Name
	case s.component != "":
		return s.of(e).Name + "/" + string(s.component)
	default:
		return s.of(e).Name
	}
}
