package frame

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
)

// The labels of the newest incident, which the texts of alerts read. Times are in UTC; onset, detected, from and to are in Unix
// milliseconds, and filter is as Grafana's ad hoc filters stand in links. Rules that were saved before 0.1.0 read onset.
const (
	labelSince      = "since"
	labelLasted     = "lasted"
	labelLowest     = "lowest"
	labelSpent      = "spent"
	labelObjective  = "objective"
	labelPolicies   = "policies"
	labelCauses     = "causes"
	labelAffected   = "affected"
	labelFilter     = "filter"
	labelDeployment = "deployment"
	labelOnset      = "onset"
	labelDetected   = "detected"
	labelFrom       = "from"
	labelTo         = "to"
)

// around is how much of the time before and after an incident is worth looking at.
const around = 30 * time.Minute

// incidentLabels say what became of the newest incident of a member, and what it came from; none where there is no incident. What is
// not known is left out.
func incidentLabels(m eval.Member) data.Labels {
	i := m.Incident
	if i == nil {
		return nil
	}
	since, least, to := "", "", "now"
	if i.BeganBefore {
		since, least = "before ", "at least "
	}
	if !i.Ongoing {
		to = strconv.FormatInt(i.End.Add(around).UnixMilli(), 10)
	}
	l := data.Labels{
		labelSince:    since + annotate.Time(i.Onset),
		labelLasted:   least + annotate.Lasted(i.End.Sub(i.Onset)),
		labelOnset:    strconv.FormatInt(i.Onset.UnixMilli(), 10),
		labelDetected: strconv.FormatInt(i.Detected.UnixMilli(), 10),
		labelFrom:     strconv.FormatInt(i.Onset.Add(-around).UnixMilli(), 10),
		labelTo:       to,
	}
	for name, text := range factsOf(m, i, least) {
		if text != "" {
			l[name] = text
		}
	}
	return l
}

// factsOf are those about an incident of which some may be unknown, which is "".
func factsOf(m eval.Member, i *state.Incident, least string) data.Labels {
	facts := data.Labels{
		labelPolicies: strings.Join(i.Policies, ", "), labelCauses: annotate.Contributions(i.SLIs), labelAffected: annotate.Contributions(i.Cohorts),
	}
	if !math.IsNaN(i.LowestScore) {
		facts[labelLowest] = annotate.Percent(i.LowestScore)
	}
	if !math.IsNaN(i.BudgetSpent) {
		facts[labelSpent] = least + annotate.Percent(i.BudgetSpent)
	}
	if m.Objective > 0 {
		facts[labelObjective] = annotate.Objective(m.Objective)
	}
	if len(i.Cohorts) > 0 {
		dimension, value, _ := strings.Cut(i.Cohorts[0].Name, "=")
		facts[labelFilter] = inLink(equals(dimension, value))
	}
	if sli := mostLost(m, i); sli != nil {
		facts[labelSLI], facts[labelComponent] = sli.Name, string(sli.Component)
	}
	if d := m.Deployment; d != nil {
		name := d.Name
		if text := d.Text(); text != "" {
			name += " (" + text + ")"
		}
		facts[labelDeployment] = name + " at " + annotate.Time(d.From)
	}
	return facts
}

// mostLost returns the SLI of a flow that lost most in an incident; nil at level overall, and where none lost anything.
func mostLost(m eval.Member, i *state.Incident) *cer.SLI {
	if m.Flow == nil || len(i.SLIs) == 0 {
		return nil
	}
	at := slices.IndexFunc(m.Flow.SLIs, func(sli cer.SLI) bool { return sli.DisplayName() == i.SLIs[0].Name })
	if at < 0 {
		return nil
	}
	return &m.Flow.SLIs[at]
}
