package eval

import (
	"fmt"
	"math"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// maxNotices is how many notices of a kind a result carries; the rest is counted.
const maxNotices = 10

// explain says why numbers are missing or not quite what was asked for, worst first.
func (e *evaluation) explain() []cer.Notice {
	var verdicts, readings []cer.Notice
	for k := range e.flows {
		f := &e.flows[k]
		verdicts = append(verdicts, e.explainVerdicts(f)...)
		for j := range f.slis {
			readings = append(readings, e.explainSLI(f, j)...)
		}
	}
	return append(capped(verdicts), capped(readings)...)
}

// capped keeps the first notices and counts the others.
func capped(notices []cer.Notice) []cer.Notice {
	if len(notices) <= maxNotices {
		return notices
	}
	rest := len(notices) - maxNotices
	return append(notices[:maxNotices:maxNotices], cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf("and %d more notices like these", rest)})
}

// explainVerdicts says why a flow has no score.
func (e *evaluation) explainVerdicts(f *flow) []cer.Notice {
	if level := e.plan.Query.Level; level == plan.SLIs || level == plan.Component || e.plan.Query.Measure == plan.Traffic {
		return nil
	}
	name := f.Flow.Flow.Name
	var notices []cer.Notice
	if n, last := count(f.verdicts, func(v cer.Verdict) bool { return v.Reason == cer.KeyMissing }); n > 0 {
		notices = append(notices, cer.Notice{Severity: cer.Warning, Subject: name, Text: fmt.Sprintf(
			"no score at %s, since its key SLI %s is missing there", ofPoints(n, e.n), strings.Join(f.missing(last, true), ", "))})
	}
	if n, last := count(f.verdicts, func(v cer.Verdict) bool { return v.Reason == cer.Uncovered }); n > 0 {
		notices = append(notices, cer.Notice{Severity: cer.Warning, Subject: name, Text: fmt.Sprintf(
			"no score at %s, since coverage is %.3g, under minCoverage %g; missing: %s",
			ofPoints(n, e.n), f.verdicts[last].Coverage, e.plan.Catalog.MinCoverage, strings.Join(f.missing(last, false), ", "))})
	}
	return notices
}

// missing names the SLIs that are missing at an instant, or those of them that are key.
func (f *flow) missing(i int, keyOnly bool) []string {
	var names []string
	for j, sli := range f.slis {
		if !f.readings[j][i].Covered() && (sli.Key || !keyOnly) {
			names = append(names, sli.Name)
		}
	}
	return names
}

// explainSLI says what is off about the numbers of an SLI.
func (e *evaluation) explainSLI(f *flow, j int) []cer.Notice {
	sli, doubts := f.slis[j], f.doubts[j]
	var notices []cer.Notice
	add := func(severity cer.Severity, n int, format string, args ...any) {
		if n > 0 {
			notices = append(notices, cer.Notice{Severity: severity, Subject: f.Flow.Flow.Name + "/" + sli.Name,
				Text: fmt.Sprintf(format, append([]any{ofPoints(n, e.n)}, args...)...)})
		}
	}
	missing, _ := count(f.readings[j], func(r cer.Reading) bool { return r.Status == cer.Missing })
	idle, _ := count(f.readings[j], func(r cer.Reading) bool { return r.Status == cer.Idle })
	add(cer.Warning, missing, "no telemetry at %s; %s", consequence(sli.Missing, "left out, so that coverage falls"))
	add(cer.Info, idle, "idle at %s, with %s in its window; %s", few(sli), consequence(sli.Idle, "left out"))
	add(cer.Warning, doubts.unusable, "infinite or negative at %s; counted as missing there")
	add(cer.Warning, doubts.outside, "outside of 0..1 at %s; limited to that. Check the definition")
	add(cer.Info, doubts.saturated, "in or above the highest bucket at %s, so that the true value may be higher")
	return notices
}

// consequence says what a policy does.
func consequence(p cer.Policy, ignored string) string {
	switch p {
	case cer.Good:
		return "scored 1 by its policy"
	case cer.Bad:
		return "scored 0 by its policy"
	default:
		return ignored
	}
}

// few says how many events are too few for an SLI.
func few(sli *cer.SLI) string {
	if sli.MinEvents > 0 {
		return fmt.Sprintf("fewer than %g events", math.Ceil(sli.MinEvents))
	}
	return "no events"
}

// count returns how many items are such, and the position of the last one.
func count[T any](items []T, such func(T) bool) (n, last int) {
	for i, item := range items {
		if such(item) {
			n, last = n+1, i
		}
	}
	return n, last
}

// ofPoints prints a number of instants: all 61 points, or 3 of 61 points.
func ofPoints(n, of int) string {
	switch {
	case of == 1:
		return "this instant"
	case n == of:
		return fmt.Sprintf("all %d points", n)
	default:
		return fmt.Sprintf("%d of %d points", n, of)
	}
}
