package annotate

import (
	"fmt"
	"strings"
)

// Uncovered is why there is too little telemetry for a score at an instant.
type Uncovered struct {
	// Coverage is the share of weight with telemetry, and MinCoverage the least that the catalog asks for, in [0,1].
	Coverage, MinCoverage float64
	// Missing names the SLIs of a flow that are missing, or the flows that have no score.
	Missing []string
	// NoWeight says that the weights of all flows are 0.
	NoWeight bool
}

// OverallUncovered says why there is no overall score.
func OverallUncovered(subject string, p Points, u Uncovered) Finding {
	return warning(subject, p, fmt.Sprintf("no overall score at %s: %s", p, u.overall()))
}

func (u Uncovered) overall() string {
	if u.NoWeight {
		return "the weights of all flows are 0"
	}
	text := "no flow has telemetry"
	if u.MinCoverage > 0 {
		text = u.coverage()
	}
	if len(u.Missing) > 0 {
		text += "; without a score: " + strings.Join(u.Missing, ", ")
	}
	return text
}

// OverallIdle says that there is no overall score for want of events.
func OverallIdle(subject string, p Points) Finding {
	return info(subject, p, fmt.Sprintf("no overall score at %s: idle, no flow with a weight has events", p))
}

// FlowUncovered says why a flow has no score.
func FlowUncovered(subject string, p Points, u Uncovered) Finding {
	return ofScore(warning(subject, p, fmt.Sprintf("no score at %s: %s", p, u.flow())), u.Missing)
}

func (u Uncovered) flow() string {
	missing := strings.Join(u.Missing, ", ")
	switch {
	case missing == "":
		return "the weights of all its SLIs are 0"
	case u.MinCoverage == 0:
		return "none of its SLIs has telemetry; missing: " + missing
	default:
		return u.coverage() + "; missing: " + missing
	}
}

func (u Uncovered) coverage() string {
	return fmt.Sprintf("coverage is %.3g, below minCoverage %g", u.Coverage, u.MinCoverage)
}

// FlowIdle says that a flow has no score for want of events.
func FlowIdle(subject string, p Points) Finding {
	return info(subject, p, fmt.Sprintf("no score at %s: idle, none of its SLIs has events", p))
}

// KeyMissing says that a flow has no score without the key SLIs of these names.
func KeyMissing(subject string, p Points, slis []string) Finding {
	return warning(subject, p, fmt.Sprintf("no score at %s: no telemetry of its key SLI %s", p, strings.Join(slis, ", ")))
}

// RequiredMissing is the error of a query that shows an SLI which is missing, and whose policy is to fail then.
func RequiredMissing(sli string) string {
	return sli + " has no telemetry, and is required (missing: error); restore the telemetry, or choose another value of missing"
}
