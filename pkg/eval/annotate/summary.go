package annotate

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

const (
	// Notable is the least change of the overall score that a summary mentions.
	Notable = 0.001
	// MaxNamed is how many changes and gaps a summary names.
	MaxNamed = 2
	// maxFlows is how many flows a summary has a sentence on.
	maxFlows = 3
)

// Outline is what a summary says of all flows, or of those of a cohort.
type Outline struct {
	// From and To are the first and the last instant that scores are of.
	From, To time.Time
	Whole    Course
	Flows    []Course
	// Changes are the largest changes of the scores of flows.
	Changes []FlowChange
	// Coverage is in [0,1]; Missing names the SLIs without telemetry as flow/sli.
	Coverage float64
	Missing  []string
}

// Course is what became of a score over a range.
type Course struct {
	// Flow is the name of a flow, "" for all flows together, and Name the title.
	Flow, Name string
	Cohort     []Label
	// Objective is 0 where there is none.
	Objective float64
	// Then and Now are the scores at the start and at the end, NaN where there is none. IsIdle says that there were no events at the
	// end.
	Then, Now float64
	IsIdle    bool
	// Within is what happened in between; nil where that is not known.
	Within *Within
}

// Counted is how much of what happened within a range is known.
type Counted int

const (
	// AllCounted is incidents and scores.
	AllCounted Counted = iota
	// IncidentsCounted is incidents alone: the scores are too many.
	IncidentsCounted
	// NothingCounted is neither, since both are too many.
	NothingCounted
)

// Within is what happened within a range.
type Within struct {
	// Counted says which of the numbers below are known; AtRisk is in any case.
	Counted Counted
	// Incidents is how many there were, and Attention how long at least one of them lasted.
	Incidents int
	Attention time.Duration
	// Under is how long the score was under the objective.
	Under time.Duration
	// Uncounted is for how long there was no score that counts.
	Uncounted time.Duration
	// Lowest is the lowest score, LowestAt when it was, and Mainly what contributed most to it. Lowest is NaN where there is none.
	Lowest   float64
	LowestAt time.Time
	Mainly   string
	// AtRisk are amounts of money by their currency.
	AtRisk map[string]float64
}

// isNotable reports whether users were served worse than intended.
func (w *Within) isNotable() bool { return w != nil && (w.Incidents > 0 || w.Under > 0) }

// isWhole reports whether all of what happened is known.
func (w *Within) isWhole() bool { return w != nil && w.Counted == AllCounted }

// FlowChange is a change of the score of a flow, and of the SLI that contributed most to it; that is nil where none did.
type FlowChange struct {
	// Flow is the name of the flow.
	Flow   string
	Change Change
	SLI    *Change
}

// Change is that of a score over a range.
type Change struct {
	Name      string
	Then, Now float64
}

// Sentences returns the summary of a range of a length. recent says that it ends now.
func (o Outline) Sentences(span time.Duration, recent bool) []string {
	in := period{span: span, to: o.To, recent: recent}
	all := []string{o.headline(in)}
	flows := o.affected()
	named := flows[:min(len(flows), maxFlows)]
	for _, c := range named {
		all = append(all, c.sentence(in)+".")
	}
	var others []string
	for _, c := range flows[len(named):] {
		others = append(others, c.Name)
	}
	if len(others) > 0 {
		all = append(all, "Also under their objective or in an incident: "+list.First(others, maxFlows)+".")
	}
	for _, c := range o.Changes {
		if !slices.ContainsFunc(named, func(n Course) bool { return n.Flow == c.Flow }) {
			all = append(all, c.String())
		}
	}
	if !cer.Meets(o.Coverage, 1) {
		all = append(all, gaps(o.Coverage, o.Missing))
	}
	return all
}

// affected returns the flows that had incidents or missed their objective, the worst first; none where the only flow is the whole.
func (o Outline) affected() []Course {
	if len(o.Flows) == 1 && o.Whole.Within.isWhole() && o.Flows[0].Objective == o.Whole.Objective { // Its sentence would be that of the whole.
		return nil
	}
	flows := slices.DeleteFunc(slices.Clone(o.Flows), func(c Course) bool { return !c.Within.isNotable() })
	slices.SortStableFunc(flows, func(a, b Course) int {
		return cmp.Or(cmp.Compare(b.Within.Under, a.Within.Under), cmp.Compare(b.Within.Incidents, a.Within.Incidents))
	})
	return flows
}

// headline says what the overall score is, what happened, and how it changed.
func (o Outline) headline(in period) string {
	text := o.Whole.sentence(in)
	if o.From.Equal(o.To) {
		return text + "."
	}
	switch change := o.Whole.Now - o.Whole.Then; {
	case math.IsNaN(change) && math.IsNaN(o.Whole.Now):
	case math.IsNaN(change):
		text += "; unknown at " + in.clock(o.From)
	case math.Abs(change) < Notable:
		text += "; unchanged since " + in.clock(o.From)
	default:
		text += fmt.Sprintf("; %s %.1f pp since %s", direction(change), 100*math.Abs(change), in.clock(o.From))
	}
	return text + "."
}

// sentence says what a score is, what is wanted, and what happened.
func (c Course) sentence(in period) string {
	text := c.Name + forCohort(c.Cohort) + " " + Percent(c.Now)
	if c.IsIdle {
		text = c.Name + forCohort(c.Cohort) + " idle"
	}
	objective := Objective(c.Objective)
	switch {
	case c.Objective == 0:
	case c.Within != nil || math.IsNaN(c.Now):
		text += ", objective " + objective
	case cer.Meets(c.Now, c.Objective):
		text += ", meets its " + objective + " objective"
	default:
		text += ", under its " + objective + " objective"
	}
	if c.Within != nil {
		text += ": " + c.Within.text(c.Objective > 0, in)
	}
	return text
}

// text says what happened.
func (w *Within) text(hasObjective bool, in period) string {
	switch {
	case w.Counted == NothingCounted:
		return "incidents" + in.String() + " are not counted" + atRisk(w.AtRisk)
	case w.Counted == IncidentsCounted:
		return w.incidents() + in.String() + atRisk(w.AtRisk)
	case math.IsNaN(w.Lowest) && w.Incidents == 0:
		return "no score counted" + in.String() + atRisk(w.AtRisk)
	}
	text := w.incidents()
	if w.Under > 0 {
		text += " and " + duration(w.Under) + " under the objective"
	} else if hasObjective {
		text += ", never under the objective"
	}
	text += in.String()
	if !math.IsNaN(w.Lowest) {
		text += "; lowest " + Percent(w.Lowest) + " at " + in.clock(w.LowestAt)
		if w.Mainly != "" && w.isNotable() {
			text += ", mainly by " + w.Mainly
		}
	}
	if w.Uncounted > 0 {
		text += "; no score counted for " + duration(w.Uncounted)
	}
	return text + atRisk(w.AtRisk)
}

// incidents says how many there were, and how long at least one of them lasted.
func (w *Within) incidents() string {
	switch w.Incidents {
	case 0:
		return "no incidents"
	case 1:
		return "1 incident (" + duration(w.Attention) + ")"
	default:
		return fmt.Sprintf("%d incidents (%s)", w.Incidents, duration(w.Attention))
	}
}

// atRisk lists amounts of money, the largest first.
func atRisk(amounts map[string]float64) string {
	currencies := slices.SortedFunc(maps.Keys(amounts), func(a, b string) int {
		return cmp.Or(cmp.Compare(amounts[b], amounts[a]), cmp.Compare(a, b))
	})
	var texts []string
	for _, currency := range currencies {
		if amounts[currency] >= 1 {
			texts = append(texts, about(amounts[currency])+" "+currency)
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "; about " + strings.Join(texts, " and ") + " at risk"
}

// String says how the score of a flow changed, and which SLI changed most.
func (c FlowChange) String() string {
	text := fmt.Sprintf("%s went from %s to %s", c.Change.Name, Percent(c.Change.Then), Percent(c.Change.Now))
	if c.SLI != nil {
		text += fmt.Sprintf(", mainly by %s (%s, was %s)", c.SLI.Name, Percent(c.SLI.Now), Percent(c.SLI.Then))
	}
	return text + "."
}

// gaps says how much telemetry there is, and which SLIs have none.
func gaps(coverage float64, missing []string) string {
	text := "Telemetry covers " + Percent(coverage)
	if len(missing) > 0 {
		text += "; there is none of " + list.First(missing, MaxNamed)
	}
	return text + "."
}

// period is the range of a summary.
type period struct {
	span   time.Duration
	to     time.Time
	recent bool
}

// String says which range it is.
func (p period) String() string {
	if p.recent {
		return " in the last " + duration(p.span)
	}
	return " in the " + duration(p.span) + " up to " + Time(p.to)
}

// clock prints a time of the range, with its day where the range has several.
func (p period) clock(t time.Time) string {
	if p.span <= day {
		return t.UTC().Format("15:04 UTC")
	}
	return Time(t)
}

func direction(change float64) string {
	if change < 0 {
		return "down"
	}
	return "up"
}
