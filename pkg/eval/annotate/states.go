package annotate

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// State is what the state of a subject at the newest minute is decided by.
type State struct {
	Subject string
	State   cer.State
	// Maintenance names the one that suppresses the state; "" where none does.
	Maintenance string
	// Policies is how many policies pick the subject. Active names those that are on, Unknown those for which telemetry is
	// missing.
	Policies        int
	Active, Unknown []string
}

// maxPolicies is how many policies a sentence names.
const maxPolicies = 3

// WhyState says which policies are on, or why the state is unknown; nil where all are off.
func WhyState(s State) []Finding {
	active, unknown := list.First(s.Active, maxPolicies), list.First(s.Unknown, maxPolicies)
	switch {
	case s.Maintenance != "" && active != "":
		return s.finding(cer.Info, "ok during the maintenance "+s.Maintenance+", although "+active+" is active")
	case s.Maintenance != "":
		return s.finding(cer.Info, "ok during the maintenance "+s.Maintenance)
	case s.Policies == 0:
		return s.finding(cer.Warning, "its state is unknown: no policy applies to it; add one, or an objective, which the default policies need")
	case active != "":
		return s.finding(cer.Info, s.State.String()+": "+active+" is active")
	case unknown != "":
		return s.finding(cer.Warning, "its state is unknown: telemetry is missing for "+unknown)
	default:
		return nil
	}
}

func (s State) finding(severity cer.Severity, text string) []Finding {
	return []Finding{{Notice: cer.Notice{Severity: severity, Subject: s.Subject, Text: text}, Points: 1, Now: true}}
}
