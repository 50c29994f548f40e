package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const (
	// notable is the change of a score, in the overall score's terms, that a summary speaks of.
	notable = 0.001
	// maxNamed is how many flows, SLIs or gaps a summary names.
	maxNamed = 2
)

// summary says in sentences what changed from the first instant to the last, and why.
func (e *evaluation) summary() []string {
	first, last := 0, e.n-1
	then, now := e.overall[first], e.overall[last]
	sentences := []string{e.headline(then.Score, now.Score)}
	for _, k := range e.movers(first, last) {
		sentences = append(sentences, e.flowChange(k, first, last))
	}
	if !cer.Meets(now.Coverage, 1) {
		sentences = append(sentences, e.gaps(last))
	}
	return sentences
}

// headline says where the whole stands, and how that changed.
func (e *evaluation) headline(then, now float64) string {
	name := e.plan.Catalog.Name + e.forWhom()
	if math.IsNaN(now) {
		return fmt.Sprintf("The score of %s is not known.", name)
	}
	text := fmt.Sprintf("The score of %s is %s", name, percent(now))
	switch change := now - then; {
	case e.n < 2:
	case math.IsNaN(change):
		text += ", and what it was at the start of the range is not known"
	case math.Abs(change) < notable:
		text += ", as it was at the start of the range"
	default:
		text += fmt.Sprintf(", %s %.1f points since the start of the range", direction(change), 100*math.Abs(change))
	}
	if objective := e.plan.Catalog.Objective; objective > 0 {
		text += fmt.Sprintf("; its objective of %.6g %% is %s", 100*objective, met(now, objective))
	}
	return text + "."
}

// forWhom names the cohort of the evaluation in words, such as " for region eu"; "" where there is none.
func (e *evaluation) forWhom() string {
	var told []string
	for k, d := range e.plan.By {
		if e.of[k] != "" {
			told = append(told, d.Name+" "+e.of[k])
		}
	}
	if len(told) == 0 {
		return ""
	}
	return " for " + strings.Join(told, " and ")
}

// movers returns the flows that changed the whole most, as far as that is notable.
func (e *evaluation) movers(first, last int) []int {
	effects := make([]float64, len(e.flows))
	weight := 0.0
	for k := range e.flows {
		weight += e.weights[k][last]
	}
	var flows []int
	for k := range e.flows {
		change := e.flows[k].verdicts[last].Score - e.flows[k].verdicts[first].Score
		effects[k] = change * e.weights[k][last] / weight
		if math.Abs(effects[k]) >= notable {
			flows = append(flows, k)
		}
	}
	slices.SortStableFunc(flows, func(a, b int) int { return cmp.Compare(math.Abs(effects[b]), math.Abs(effects[a])) })
	return flows[:min(len(flows), maxNamed)]
}

// flowChange says how a flow changed, and which of its SLIs changed most.
func (e *evaluation) flowChange(k, first, last int) string {
	f := &e.flows[k]
	text := fmt.Sprintf("%s went from %s to %s", f.Flow.Flow.Name, percent(f.verdicts[first].Score), percent(f.verdicts[last].Score))
	if cause := f.cause(first, last); cause != "" {
		text += ", most of all by " + cause
	}
	return text + "."
}

// cause names the SLI whose change of score weighs most in the flow's own direction; "" where none does.
func (f *flow) cause(first, last int) string {
	down := f.verdicts[last].Score < f.verdicts[first].Score
	cause, most := "", 0.0
	for _, slis := range f.views() {
		for j, sli := range f.slis {
			then, now := slis[j].readings.at(first).Score, slis[j].readings.at(last).Score
			effect := (now - then) * sli.Weight
			if sli.Key {
				effect *= float64(len(f.slis)) // It caps the flow.
			}
			if effect != 0 && down == (effect < 0) && math.Abs(effect) > most {
				most, cause = math.Abs(effect), fmt.Sprintf("%s (%s, was %s)", sli.Name, percent(now), percent(then))
			}
		}
	}
	return cause
}

// gaps says of what there is no telemetry.
func (e *evaluation) gaps(last int) string {
	var missing []string
	for k := range e.flows {
		for _, name := range e.flows[k].missing(last, false) {
			missing = append(missing, e.flows[k].Flow.Flow.Name+"/"+name)
		}
	}
	text := fmt.Sprintf("Telemetry covers %s", percent(e.overall[last].Coverage))
	if len(missing) > 0 {
		text += "; there is none of " + strings.Join(missing[:min(len(missing), maxNamed)], ", ")
		if more := len(missing) - maxNamed; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	return text + "."
}

// percent prints a share as people read it, more exactly where it is close to 1.
func percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return "unknown"
	case share > 0.99 && share < 1:
		return fmt.Sprintf("%.2f %%", 100*share)
	default:
		return fmt.Sprintf("%.1f %%", 100*share)
	}
}

func direction(change float64) string {
	if change < 0 {
		return "down"
	}
	return "up"
}

func met(score, objective float64) string {
	if cer.Meets(score, objective) {
		return "met"
	}
	return "missed"
}
