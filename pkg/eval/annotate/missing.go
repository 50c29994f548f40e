package annotate

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// SLISubject is an SLI of a flow for a cohort.
type SLISubject struct {
	Flow, SLI string
	// Tier and Cohort are selectors, such as {region="eu"}; "" for all users.
	Tier, Cohort string
}

// String returns the name of the subject in notices, such as checkout/success{region="eu"}.
func (s SLISubject) String() string { return s.Flow + "/" + s.SLI + s.Tier + s.Cohort }

// Missing says what becomes of an SLI without telemetry. isRate says that its rate of events is asked for, and no score.
func Missing(subject SLISubject, p Points, policy cer.Policy, isRate bool) Finding {
	text := consequence(policy, "left out, so that coverage falls", isRate)
	if policy == cer.Good && !isRate {
		text += ", but coverage falls"
	}
	return gapOf(warning, subject, p, gap{names: " of %s", format: "no telemetry%s at %s; " + text})
}

// FellBack says that the fallback of an SLI stands in for it.
func FellBack(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("no telemetry at %s; its fallback is used there", p))
}

// Held says that an SLI holds its newest score.
func Held(subject string, p Points, maxDelay time.Duration) Finding {
	return warning(subject, p, fmt.Sprintf("no telemetry at %s; its last score is held, for up to %s", p, model.Duration(maxDelay)))
}

// Idle says what becomes of an SLI with too few events. isRate says that its rate of events is asked for, and no score.
func Idle(subject SLISubject, p Points, sli *cer.SLI, isRate bool) Finding {
	return gapOf(info, subject, p, gap{names: "%s ", format: "%sidle at %s, with " + tooFew(sli) + "; " + consequence(sli.Idle, "left out", isRate)})
}

// Uncounted says that an SLI has no rate of events, with telemetry and without: its PromQL is a number alone.
func Uncounted(subject SLISubject, p Points) Finding {
	return info(subject.String(), p, "traffic is unknown, because an SLI of the kind value counts no events")
}

// consequence says what a policy does with a score.
func consequence(p cer.Policy, ignored string, isRate bool) string {
	if isRate {
		return "traffic is unknown there"
	}
	switch p {
	case cer.Good:
		return "scored 1 by its policy"
	case cer.Bad:
		return "scored 0 by its policy"
	case cer.Fail:
		return "no score without it, by its policy"
	default:
		return ignored
	}
}

// tooFew says how many events are too few for an SLI, or by what it is idle where its events are not counted.
func tooFew(sli *cer.SLI) string {
	switch {
	case sli.MinEvents > 0:
		return fmt.Sprintf("fewer than %g events in its window", math.Ceil(sli.MinEvents))
	case sli.Indicator.CountsEvents() || sli.Indicator.Kind() == cer.KindQuantile:
		return "no events in its window"
	default:
		return "a result that is not a number, such as 0/0"
	}
}
