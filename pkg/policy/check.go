package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// check says what is wrong with a policy whose conditions were compiled.
func (p *Policy) check() []Issue {
	var issues []Issue
	for _, b := range p.conditions() {
		for _, use := range b.Uses() {
			if wrong := p.checkUse(use); wrong != "" {
				issues = append(issues, b.issue(use, wrong))
			}
		}
	}
	if len(issues) > 0 {
		return issues
	}
	about, left := p.judged()
	if len(about) == 0 {
		return []Issue{p.aboutNothing(left)}
	}
	for _, f := range left {
		i := p.lacking(f, "the %[3]s does not apply to %[1]s, which has no %[2]s; add it, or name the flows that the %[3]s applies to")
		i.Warning = true
		issues = append(issues, i)
	}
	return slices.Concat(issues, p.checkThresholds(about), p.checkFactor(), p.checkCeilings(about))
}

// checkFactor warns of a burn condition that is met while the budget lasts, since its window is so short.
func (p *Policy) checkFactor() []Issue {
	b := p.Stated.Burn
	if b == nil || cer.Meets(b.Factor(p.catalog.Budget), 1) {
		return nil
	}
	period := p.catalog.Budget.Window
	return []Issue{{Field: "burn", Warning: true, Problem: Problem{Message: fmt.Sprintf(
		"%s%% of a budget of %s within %s is a burn rate of %s, at which the budget is never exhausted; write a share of %s%% or more, or a shorter window",
		short(100*b.Share), model.Duration(period), model.Duration(b.Long), short(b.Factor(p.catalog.Budget)),
		short(100*b.Long.Seconds()/period.Seconds()))}}}
}

// checkUse says what is wrong with a number that a condition speaks of; "" where nothing is.
func (p *Policy) checkUse(use Use) string {
	switch {
	case use.Number == Burn:
		return p.checkWindow(use.Window)
	case use.Number == Delta && slices.Contains(p.Stated.By, use.Dimension):
		return fmt.Sprintf("the policy has a state for each %s, so there is nothing to compare; leave %[1]s out of by", use.Dimension)
	default:
		return ""
	}
}

// checkWindow says why losses can't be counted over a window; "" where they can.
func (p *Policy) checkWindow(window time.Duration) string {
	budget := p.catalog.Budget
	switch {
	case window > budget.Window:
		return fmt.Sprintf("the window %s is longer than the budget's window, which is %s; write a shorter one",
			model.Duration(window), model.Duration(budget.Window))
	case window%budget.Slice != 0:
		return fmt.Sprintf("the window %s is not a multiple of the time slices, which are %s; write %s, or a timeSliceWindow that divides it",
			model.Duration(window), model.Duration(budget.Slice), model.Duration(max(budget.Slice, window.Round(budget.Slice))))
	default:
		return ""
	}
}

// issue places what is wrong with a number in the field of its condition. Problems in what the shorthand for
// burn rates expands to have no offsets, since that text is not in the definition.
func (b bound) issue(use Use, message string) Issue {
	i := Issue{Field: b.field, Problem: Problem{Offset: use.Offset, Message: message}}
	if b.field == "burn" {
		i.Offset = 0
	}
	return i
}

// aboutNothing says why the policy judges nothing, though it picks some flows, or none.
func (p *Policy) aboutNothing(left []*cer.Flow) Issue {
	if len(left) == 0 {
		return Issue{Field: "flows", Problem: Problem{Message: "no flow matches; leave flows out for all of them, or filter less"}}
	}
	return p.lacking(left[0], "the %[3]s applies to no flow, because %[1]s, like all that it selects, has no %[2]s; add it, or leave this out")
}

// lacking says what a flow lacks, at the first place that speaks of it. The format is given the names of the flow, of what it
// lacks, and of what asks for it.
func (p *Policy) lacking(f *cer.Flow, format string) Issue {
	for _, b := range p.conditions() {
		for _, use := range b.Uses() {
			if what := p.lacksNumber(f, use.Reference); what != "" {
				return b.issue(use, fmt.Sprintf(format, f.Name, what, p.noun()))
			}
		}
	}
	return Issue{Field: "flows", Problem: Problem{Message: fmt.Sprintf(format, f.Name, "telemetry", p.noun())}}
}

// checkThresholds says which burn rates can never be met, since even a full outage does not burn so fast.
func (p *Policy) checkThresholds(about []*cer.Flow) []Issue {
	var issues []Issue
	for _, b := range p.when {
		for _, threshold := range b.Thresholds() {
			never := p.neverMet(threshold, about)
			if len(never) == 0 {
				continue
			}
			i := b.issue(threshold.Use, p.impossible(threshold, never, b.field))
			i.Warning = len(never) < len(about)
			issues = append(issues, i)
			if b.field == "burn" { // Both windows have the same factor.
				break
			}
		}
	}
	return issues
}

// neverMet returns those that never burn as fast as a threshold.
func (p *Policy) neverMet(t Threshold, about []*cer.Flow) []*cer.Flow {
	return slices.DeleteFunc(slices.Clone(about), func(f *cer.Flow) bool {
		return cer.Meets(cer.MaxBurn(p.highestObjective(f, t.Reference)), t.Least)
	})
}

// impossible says that some flows, or the whole, never burn so fast.
func (p *Policy) impossible(t Threshold, never []*cer.Flow, field string) string {
	names := make([]string, len(never))
	for i, f := range never {
		names[i] = "the overall cer"
		if f != nil {
			names[i] = f.Name
		}
	}
	instead := "write a lower one"
	if field == "burn" {
		instead = "write a smaller share of the budget, or a longer window"
	}
	objective := p.highestObjective(never[0], t.Reference)
	return fmt.Sprintf("a burn rate of %s is never reached by %s: with an objective of %s even a full outage burns at %s; %s",
		short(t.Least), strings.Join(names, ", "), short(objective), short(cer.MaxBurn(objective)), instead)
}

// short writes a number without the noise of its last bits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
