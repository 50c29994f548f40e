package cer

import "math"

// State is what policies say of a flow, a cohort of one, or all flows. Later ones are worse.
type State uint8

// The states.
const (
	// StateUnknown: no policy is on, and whether one should be is unknown.
	StateUnknown State = iota
	StateOK
	StateTicket
	StatePage
)

// Number returns the state as a sample: 0 for ok, 1 for ticket, 2 for page, and NaN where it is unknown, so that an alert
// rule sees No Data rather than an ok without telemetry behind it.
func (s State) Number() float64 {
	if s == StateUnknown {
		return math.NaN()
	}
	return float64(s - StateOK)
}

// String returns unknown, ok, ticket or page.
func (s State) String() string { return [...]string{"unknown", "ok", "ticket", "page"}[s] }

// NeedsAttention reports whether the state is ticket or page, as during an incident.
func (s State) NeedsAttention() bool { return s >= StateTicket }

// State returns the state while a policy of the severity is on.
func (s AlertSeverity) State() State {
	if s == PageSeverity {
		return StatePage
	}
	return StateTicket
}

// PolicyResult is whether a policy is on at an instant.
type PolicyResult struct {
	Severity AlertSeverity
	On       Truth
}

// StateOf combines the results of the policies that pick something. The worst that is on wins, even where others are
// unknown. Where none is on, the state is unknown if one of them is, or if there is no policy at all. While a maintenance
// suppresses the state it is ok.
func StateOf(policies []PolicyResult, suppressed bool) State {
	if suppressed {
		return StateOK
	}
	state, known := StateUnknown, len(policies) > 0
	for _, p := range policies {
		known = known && p.On != Unknown
		if p.On == True {
			state = max(state, p.Severity.State())
		}
	}
	if state == StateUnknown && known {
		return StateOK
	}
	return state
}

// Rule says when a policy is on, in minutes: how long its condition has to hold, how long it has to be clear, and how
// far back an entry counts. All are 0 or more.
type Rule struct {
	For, KeepFor, Lookback int
}

// Rule returns the rule of a policy whose states look back as far as the catalog's.
func (p *AlertPolicy) Rule(budget Budgeting) Rule {
	return Rule{For: int(p.For / Grid), KeepFor: int(p.KeepFor / Grid), Lookback: int(budget.Lookback / Grid)}
}

// Reach returns how many minutes before a minute its result depends on. The newest entry or leave that counts is up to
// Lookback back, and each is decided by the For or KeepFor minutes before it.
func (r Rule) Reach() int { return r.Lookback + max(r.For, r.KeepFor) }

// Decide returns whether a policy is on at each minute but the first Reach ones. when and clears are its conditions at
// consecutive minutes of the grid; a nil clears stands for when being false.
//
// The policy enters at a minute where when is true there and For minutes back, all along. It leaves where clears is true
// and when false there and KeepFor minutes back, all along. It is on where the newest entry within Lookback is newer
// than the newest leave there. An unknown condition is neither true nor false, so that lost telemetry never clears a
// page: the policy stays on until it leaves, or until the entry is further back than Lookback.
//
// A policy that is not on is unknown rather than off
//   - where when is unknown; and
//   - where when, as far as it is known, was true For minutes back: only a gap keeps the policy from entering, and a gap
//     must not look like a recovery.
//
// A result depends on its own minute and the Reach minutes before it, wherever the range starts. It takes linear time.
func (r Rule) Decide(when, clears []Truth) []Truth {
	reach := r.Reach()
	if len(when) <= reach {
		return nil
	}
	results := make([]Truth, 0, len(when)-reach)
	tracker := policyTracker{rule: r, entered: -1, left: -1}
	for i, condition := range when {
		cleared := condition.Not()
		if clears != nil {
			cleared = clears[i].And(cleared)
		}
		tracker.track(i, condition, cleared)
		if i >= reach {
			results = append(results, tracker.result(i, condition))
		}
	}
	return results
}

// policyTracker tracks the conditions of a policy minute by minute.
type policyTracker struct {
	rule Rule
	// held, maybe and cleared count the minutes up to the last one in which, all along, the condition was true, was not
	// false, and was clear.
	held, maybe, cleared int
	// entered and left are the newest minutes at which the policy did so, -1 for none.
	entered, left int
}

// track takes in the conditions at minute i, which follows the last one.
func (t *policyTracker) track(i int, when, cleared Truth) {
	t.held = consecutive(t.held, when == True)
	t.maybe = consecutive(t.maybe, when != False)
	t.cleared = consecutive(t.cleared, cleared == True)
	if t.held > t.rule.For {
		t.entered = i
	}
	if t.cleared > t.rule.KeepFor {
		t.left = i
	}
}

// result returns whether the policy is on at minute i, which is the last one tracked.
func (t *policyTracker) result(i int, when Truth) Truth {
	switch {
	case t.entered > t.left && i-t.entered <= t.rule.Lookback:
		return True
	case when == Unknown || t.maybe > t.rule.For && t.held <= t.rule.For:
		return Unknown
	default:
		return False
	}
}

// consecutive returns the number of consecutive minutes that hold after one more, given the number before it.
func consecutive(count int, holds bool) int {
	if holds {
		return count + 1
	}
	return 0
}
