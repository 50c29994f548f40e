package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// maxNotices is how many notices of a kind a result carries; the rest is counted.
const maxNotices = 10

// finding is a notice with what decides on its place among the others.
type finding struct {
	cer.Notice
	// points is at how many instants it holds, and now whether it holds at the newest.
	points int
	now    bool
}

// explain says why numbers that are shown are missing, or not quite what was asked for: first what holds now, then by
// the number of instants.
func (e *evaluation) explain() []cer.Notice {
	var verdicts, readings []finding
	for k := range e.flows {
		f := &e.flows[k]
		if !f.Shown {
			continue
		}
		verdicts = append(verdicts, e.explainVerdicts(f)...)
		for j := range f.slis {
			if f.SLIs[j].Shown {
				readings = append(readings, e.explainSLI(f, j)...)
			}
		}
	}
	return append(worst(verdicts), worst(readings)...)
}

// worst returns the worst notices, and counts the others.
func worst(findings []finding) []cer.Notice {
	slices.SortStableFunc(findings, func(a, b finding) int {
		if a.now != b.now {
			return cmp.Compare(rank(b.now), rank(a.now))
		}
		return cmp.Compare(b.points, a.points)
	})
	var notices []cer.Notice
	for _, f := range findings[:min(len(findings), maxNotices)] {
		notices = append(notices, f.Notice)
	}
	if rest := len(findings) - maxNotices; rest > 0 {
		notices = append(notices, cer.Notice{Text: fmt.Sprintf("and %d more notices like these", rest)})
	}
	return notices
}

// rank orders what holds before what does not.
func rank(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// found returns the finding that something holds at n instants, of which last is the newest; a warning if it is to be
// one and holds now.
func (e *evaluation) found(warning bool, subject string, n, last int, format string, args ...any) finding {
	now := last == e.n-1
	severity := cer.Info
	if warning && now {
		severity = cer.Warning
	}
	text := fmt.Sprintf(format, append([]any{e.when(n, last)}, args...)...)
	return finding{Notice: cer.Notice{Severity: severity, Subject: subject, Text: text}, points: n, now: now}
}

// explainVerdicts says why a flow has no score.
func (e *evaluation) explainVerdicts(f *flow) []finding {
	if level := e.plan.Query.Level; level == plan.SLIs || level == plan.Component || e.plan.Query.Measure == plan.Traffic {
		return nil
	}
	name := f.Flow.Flow.Name
	var findings []finding
	if n, last := count(f.verdicts, func(v cer.Verdict) bool { return v.Reason == cer.KeyMissing }); n > 0 {
		findings = append(findings, e.found(true, name, n, last, "no score at %s, since its key SLI %s is missing there",
			strings.Join(f.missing(last, true), ", ")))
	}
	if n, last := count(f.verdicts, func(v cer.Verdict) bool { return v.Reason == cer.Uncovered }); n > 0 {
		findings = append(findings, e.found(true, name, n, last, "no score at %s, since coverage is %.3g, under minCoverage %g; missing: %s",
			f.verdicts[last].Coverage, e.plan.Catalog.MinCoverage, strings.Join(f.missing(last, false), ", ")))
	}
	if n, last := count(f.verdicts, func(v cer.Verdict) bool { return v.Reason == cer.Quiet }); n > 0 {
		findings = append(findings, e.found(false, name, n, last, "no score at %s, since nothing of it has events to judge by"))
	}
	return findings
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
func (e *evaluation) explainSLI(f *flow, j int) []finding {
	sli, doubts := f.slis[j], f.doubts[j]
	var findings []finding
	add := func(warning bool, n, last int, format string, args ...any) {
		if n > 0 {
			findings = append(findings, e.found(warning, f.Flow.Flow.Name+"/"+sli.Name, n, last, format, args...))
		}
	}
	missing, lastMissing := count(f.readings[j], func(r cer.Reading) bool { return r.Status == cer.Missing })
	idle, lastIdle := count(f.readings[j], func(r cer.Reading) bool { return r.Status == cer.Idle })
	add(true, missing, lastMissing, "no telemetry at %s; %s", e.consequence(sli.Missing, "left out, so that coverage falls"))
	add(false, idle, lastIdle, "idle at %s, with %s in its window; %s", few(sli), e.consequence(sli.Idle, "left out"))
	add(true, doubts.unusable.n, doubts.unusable.last, "infinite or negative at %s; counted as missing there")
	add(true, doubts.outside.n, doubts.outside.last, "outside of 0..1 at %s; limited to that. Check the definition")
	add(true, doubts.mixed.n, doubts.mixed.last, "native and classic histograms count different events at %s; the native ones alone are used")
	add(false, doubts.saturated.n, doubts.saturated.last, "in or above the highest bucket at %s, so that the true value may be higher")
	return findings
}

// consequence says what a policy does with a score; for traffic it does nothing.
func (e *evaluation) consequence(p cer.Policy, ignored string) string {
	if e.plan.Query.Measure == plan.Traffic {
		return "no traffic is known there"
	}
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

// when prints at which instants something holds: their number, or for a table which end of the range.
func (e *evaluation) when(n, last int) string {
	if e.plan.Query.Format != plan.Table || e.n != 2 {
		return ofPoints(n, e.n)
	}
	switch {
	case n == 2:
		return "both ends of the range"
	case last == 1:
		return "the end of the range"
	default:
		return "the start of the range"
	}
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
