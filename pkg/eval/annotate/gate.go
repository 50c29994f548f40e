package annotate

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// Gate is what the verdict of a gate is explained by.
type Gate struct {
	Gate                *cer.Gate
	Outcome             cer.GateOutcome
	Candidate, Baseline string
	FailedAt            time.Time
	Elapsed             time.Duration
	Anchored            bool
	Override            string
	Required            cer.Truth
	Failing             []string
	Maintained          int
	SLIs                []GateSLI
}

// GateSLI is an SLI of a gate.
type GateSLI struct {
	Name, LeftOut  string
	CountsEvents   bool
	Share, MaxDrop float64
	Outcome        cer.SLIOutcome
}

// manyClumps is the dispersion from which on a notice says that events are not independent.
const manyClumps = 2

// Verdict returns in words why the verdict of a gate is what it is, the most important reason first, and notices on it.
func Verdict(g Gate) (reasons []string, notices cer.Annotations) {
	reasons = append(reasons, g.blame()...)
	reasons = append(reasons, g.requirement()...)
	switch {
	case g.Outcome.TimedOut:
		reasons = append(reasons, fmt.Sprintf("no decision within %s (maxDuration); the verdict is that of onTimeout: %s", model.Duration(g.Gate.MaxDuration), g.Outcome.Verdict))
	case g.Outcome.Verdict == cer.Passes:
		reasons = append(reasons, g.passed())
	case g.Outcome.Verdict == cer.Inconclusive:
		reasons = append(reasons, g.missing()...)
	}
	return reasons, g.notices()
}

// blame says which SLIs fail the gate.
func (g Gate) blame() []string {
	var all []string
	for _, s := range g.SLIs {
		if s.LeftOut != "" || s.Outcome.Verdict != cer.Fails {
			continue
		}
		text := fmt.Sprintf("%s is worse for %s by %s: %s, against %s for %s; %s is allowed", s.Name, g.Candidate, points(s.Outcome.Drop),
			percent(s.Outcome.Candidate), percent(s.Outcome.Baseline), g.Baseline, points(s.MaxDrop))
		if s.CountsEvents {
			text += fmt.Sprintf("; its evidence is %s, that of all SLIs %s, and the gate fails at %s", rounded(s.Share*s.Outcome.Worse),
				rounded(g.Outcome.Evidence), rounded(1/g.Gate.Alpha))
		}
		if !g.FailedAt.IsZero() {
			text += ", since " + g.FailedAt.UTC().Format(time.RFC3339)
		}
		all = append(all, text)
	}
	return all
}

// requirement says where the gate's condition does not hold.
func (g Gate) requirement() []string {
	of := ""
	if len(g.Failing) > 0 {
		of = " of " + list.First(g.Failing, 3)
	}
	switch g.Required {
	case cer.False:
		return []string{fmt.Sprintf("the requirement of the gate does not hold%s: %s", of, g.Gate.Require)}
	case cer.Unknown:
		return []string{fmt.Sprintf("the requirement of the gate is unknown%s, because telemetry is missing: %s", of, g.Gate.Require)}
	default:
		return nil
	}
}

// passed says why the gate passes.
func (g Gate) passed() string {
	if g.Gate.Compare == nil && g.Override != "" {
		return "nothing is compared, and the requirement was overridden"
	}
	if g.Gate.Compare == nil {
		return "the requirement of the gate holds: " + g.Gate.Require
	}
	names := g.named(func(s GateSLI) bool { return s.Outcome.Verdict == cer.Passes })
	return fmt.Sprintf("%s is not worse than %s by more than is allowed in %s, which have %s of the weight", g.Candidate, g.Baseline,
		list.First(names, 3), percent(g.Outcome.Passed))
}

// named returns the names of the SLIs that are compared and have a property.
func (g Gate) named(has func(GateSLI) bool) []string {
	var names []string
	for _, s := range g.SLIs {
		if s.LeftOut == "" && has(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// missing says what an inconclusive gate lacks.
func (g Gate) missing() []string {
	var all []string
	isEarly := g.Gate.Compare != nil && len(g.named(func(s GateSLI) bool { return s.Outcome.Looked > 0 })) == 0
	if isEarly {
		all = append(all, fmt.Sprintf("no whole time slice has passed yet since the start and the warmup of %s", model.Duration(g.Gate.Warmup)))
	}
	if g.Gate.Compare != nil && !isEarly {
		for _, arm := range []struct {
			name string
			has  func(GateSLI) bool
		}{
			{g.Candidate, func(s GateSLI) bool { return s.Outcome.Slices == 0 }},
			{g.Candidate + " and " + g.Baseline + " at the same time", func(s GateSLI) bool { return s.Outcome.Slices > 0 && s.Outcome.Compared == 0 }},
		} {
			if names := g.named(arm.has); len(names) > 0 {
				all = append(all, fmt.Sprintf("no telemetry of %s yet: %s", arm.name, list.First(names, 3)))
			}
		}
		if names := g.named(func(s GateSLI) bool { return s.Outcome.Compared > 0 && s.Outcome.Verdict == cer.Inconclusive }); len(names) > 0 {
			all = append(all, "not decided yet: "+list.First(names, 3))
		}
	}
	if left := g.Gate.MinDuration - g.Elapsed; left > 0 {
		all = append(all, fmt.Sprintf("it passes after %s at the earliest, in %s", model.Duration(g.Gate.MinDuration), model.Duration(left.Round(time.Second))))
	}
	if text := g.needs(); text != "" {
		all = append(all, text)
	}
	return all
}

// needs says about how much more telemetry a verdict needs; "" where that is not known.
func (g Gate) needs() string {
	n := g.Outcome.Needs
	if math.IsNaN(n.Seconds) || n.Seconds <= 0 {
		return ""
	}
	wait := model.Duration(time.Duration(n.Seconds) * time.Second).String()
	if n.Events > 0 {
		return fmt.Sprintf("about %s more events of %s are needed, %s at the current rate", grouped(n.Events), g.Candidate, wait)
	}
	return "about " + wait + " more of telemetry is needed"
}

// notices warn of what limits the verdict.
func (g Gate) notices() cer.Annotations {
	var all cer.Annotations
	if !g.Anchored {
		all.Add(cer.Notice{Severity: cer.Info, Text: "the start moves with the time range, but the probability of a wrong fail is bounded for one fixed start only; " +
			"set since to the time when the candidate started, or to event:deploys"})
	}
	for _, s := range g.SLIs {
		switch {
		case s.LeftOut != "":
			all.Add(cer.Notice{Severity: cer.Info, Subject: s.Name, Text: "left out: " + s.LeftOut})
		case s.CountsEvents && s.Outcome.Dispersion > manyClumps:
			all.Add(cer.Notice{Severity: cer.Warning, Subject: s.Name, Text: fmt.Sprintf(
				"its bad events come in groups (phi is %s), so its evidence is lowered; the bound on wrong fails is then measured, not proven", rounded(s.Outcome.Dispersion))})
		case !s.CountsEvents:
			all.Add(cer.Notice{Severity: cer.Info, Subject: s.Name, Text: "it counts no events, so it is judged by its mean score, and alpha does not bound the probability of a wrong fail"})
		}
	}
	if g.Override != "" {
		all.Add(cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf("the requirement of the gate was not checked, because of an override: %s", g.Override)})
	}
	if g.Maintained > 0 {
		all.Add(cer.Notice{Severity: cer.Info, Text: fmt.Sprintf("%d time slices are left out, because a flow was in maintenance", g.Maintained)})
	}
	return all
}
