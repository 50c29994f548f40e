package annotate

import (
	"fmt"
	"math"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const (
	// Notable is the least change of the overall score that a summary mentions.
	Notable = 0.001
	// MaxNamed is how many flows, SLIs or gaps a summary names.
	MaxNamed = 2
)

// Headline is the overall score at the start and the end of a range.
type Headline struct {
	Catalog string
	Cohort  []Label
	// Then and Now are scores, NaN where there is none. Then is left out where the range is one instant.
	Then, Now float64
	IsInstant bool
	// Objective is 0 where there is none.
	Objective float64
}

// String says what the score is, how it changed, and whether the objective is met.
func (h Headline) String() string {
	name := h.Catalog + forCohort(h.Cohort)
	if math.IsNaN(h.Now) {
		return fmt.Sprintf("The score of %s is not known.", name)
	}
	text := fmt.Sprintf("The score of %s is %s", name, Percent(h.Now))
	switch change := h.Now - h.Then; {
	case h.IsInstant:
	case math.IsNaN(change):
		text += ", and what it was at the start of the range is not known"
	case math.Abs(change) < Notable:
		text += ", as it was at the start of the range"
	default:
		text += fmt.Sprintf(", %s %.1f points since the start of the range", direction(change), 100*math.Abs(change))
	}
	if h.Objective > 0 {
		text += fmt.Sprintf("; its objective of %.6g%% is %s", 100*h.Objective, met(h.Now, h.Objective))
	}
	return text + "."
}

// Change is that of a score over a range.
type Change struct {
	Name      string
	Then, Now float64
}

// FlowChange says how the score of a flow changed, and which SLI changed most; that is nil where none did.
func FlowChange(flow Change, sli *Change) string {
	text := fmt.Sprintf("%s went from %s to %s", flow.Name, Percent(flow.Then), Percent(flow.Now))
	if sli != nil {
		text += fmt.Sprintf(", most of all by %s (%s, was %s)", sli.Name, Percent(sli.Now), Percent(sli.Then))
	}
	return text + "."
}

// Gaps says how much telemetry there is, and which SLIs have none.
func Gaps(coverage float64, missing []string) string {
	text := "Telemetry covers " + Percent(coverage)
	if len(missing) > 0 {
		text += "; there is none of " + strings.Join(missing[:min(len(missing), MaxNamed)], ", ")
		if more := len(missing) - MaxNamed; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	return text + "."
}

// Percent prints a share as a percentage, with more digits where it is close to 1.
func Percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return "unknown"
	case share > 0.99 && share < 1:
		return fmt.Sprintf("%.2f%%", 100*share)
	default:
		return fmt.Sprintf("%.1f%%", 100*share)
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
