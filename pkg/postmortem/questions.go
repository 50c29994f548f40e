package postmortem

import (
	"fmt"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

const (
	// wellCovered is the coverage under which it is asked whether telemetry was missing.
	wellCovered = 0.95
	// maxSuspects is how many events are asked about.
	maxSuspects = 3
)

// questionsOf returns what the numbers leave open: of what was found first, and then those of every postmortem. None asks who is to
// blame.
func questionsOf(r *Report) []string {
	return slices.Concat(r.onCause(), r.onDetection(), []string{
		"What limited the damage, and what did luck have to do with it?",
		"Did the weights and SLIs of the flow show the incident as users felt it? What should change in them?",
	}, r.onRunbook())
}

// onCause asks what caused the incident.
func (r *Report) onCause() []string {
	var all []string
	for _, e := range r.suspects() {
		all = append(all, fmt.Sprintf("Did %s, %s, contribute to the incident?", e.label(), fromOnset(e.From, r.Onset)))
	}
	if len(all) == 0 {
		all = append(all, fmt.Sprintf("The catalog has no event in the %s before the onset. What changed?", annotate.Lasted(beforehand)))
	}
	for _, name := range r.dependencies() {
		all = append(all, fmt.Sprintf("How did the dependency %s fail, and did a fallback take over?", name))
	}
	if len(r.MostAffected) > 0 {
		all = append(all, fmt.Sprintf("Why were users of %s affected more than others?", r.MostAffected[0].Name))
	}
	return all
}

// suspects are the newest events up to the onset that may have led to it, the newest first.
func (r *Report) suspects() []Event {
	before := slices.DeleteFunc(slices.Clone(r.Events), func(e Event) bool { return e.From.After(r.Onset) || e.isOfCatalog() })
	slices.Reverse(before)
	return before[:min(len(before), maxSuspects)]
}

// dependencies are those whose SLIs contributed to the loss.
func (r *Report) dependencies() []string {
	var names []string
	for _, s := range r.Scores {
		for _, sli := range s.SLIs {
			contributed := slices.ContainsFunc(r.CausedBy, func(c Contribution) bool { return c.Name == sli.Title })
			if contributed && sli.DependsOn != "" && !slices.Contains(names, sli.DependsOn) {
				names = append(names, sli.DependsOn)
			}
		}
	}
	return names
}

// onDetection asks how the incident was noticed.
func (r *Report) onDetection() []string {
	var all []string
	switch {
	case r.BeganBefore:
		all = append(all, "When did the incident begin? It was ongoing at the first evaluated minute.")
	case r.TimeToDetect != nil && *r.TimeToDetect > 0:
		all = append(all, fmt.Sprintf("It took %s from the onset until a policy was active. Would users have been spared by noticing it earlier?", secondsText(r.TimeToDetect)))
	}
	if r.State != cer.StatePage.String() {
		all = append(all, "No policy paged. Should one have?")
	} else {
		all = append(all, "Who was paged, when did they respond, and did the alert say what to do?")
	}
	for _, s := range r.Scores {
		if s.When == lowest && s.Coverage != nil && *s.Coverage < wellCovered {
			all = append(all, fmt.Sprintf("Telemetry covered %s of the flow's weight at the lowest score. What was not seen?", share(s.Coverage)))
		}
	}
	if r.Ongoing {
		all = append(all, fmt.Sprintf("The incident is ongoing at %s. What ends it?", r.End.Format(time.RFC3339)))
	}
	return all
}

// onRunbook asks about the runbook.
func (r *Report) onRunbook() []string {
	if r.Runbook == "" {
		return []string{"The flow has no runbook. Which steps helped, and who writes them down?"}
	}
	return []string{"Did the runbook help, and which of its steps should change or be automated?"}
}
