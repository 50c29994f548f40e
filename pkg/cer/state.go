package cer

import "math"

// State is the verdict of policies on a flow, a cohort of one, or the whole. Later ones are worse.
type State uint8

// The states.
const (
	// StateUnknown: no policy is on, and of one it can't be told whether it should be.
	StateUnknown State = iota
	StateOK
	StateTicket
	StatePage
)

// Number is the state as answers hold it: 0 for ok, 1 for ticket, 2 for page, and NaN where it is unknown, so that an
// alert rule sees No Data rather than an ok that nobody can vouch for.
func (s State) Number() float64 {
	if s == StateUnknown {
		return math.NaN()
	}
	return float64(s - StateOK)
}

// String returns the state as people read it.
func (s State) String() string { return [...]string{"unknown", "ok", "ticket", "page"}[s] }

// NeedsSomebody reports whether the state is that of an incident.
func (s State) NeedsSomebody() bool { return s >= StateTicket }

// State is that of a policy that is on.
func (s AlertSeverity) State() State {
	if s == PageSeverity {
		return StatePage
	}
	return StateTicket
}

// Standing is whether a policy is on at an instant.
type Standing struct {
	Severity AlertSeverity
	On       Truth
}

// StateOf combines the policies that are about something: the worst that is on wins, also over those of which it can't
// be told, since it is known that somebody is needed. Without one that is on, an unknown one makes the state unknown.
// So does no policy at all: nobody has said what ok means. A state that is suppressed by a maintenance is ok.
func StateOf(policies []Standing, suppressed bool) State {
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
// far back the policy remembers. All are 0 or more.
type Rule struct {
	For, KeepFor, Lookback int
}

// Rule returns the rule of a policy whose states look back as far as the catalog's.
func (p *AlertPolicy) Rule(budget Budgeting) Rule {
	return Rule{For: int(p.For / Grid), KeepFor: int(p.KeepFor / Grid), Lookback: int(budget.Lookback / Grid)}
}

// Reach is how many minutes before a minute its state depends on. The newest entry or leave that counts is up to
// Lookback back, and each is decided by the For or KeepFor minutes before it.
func (r Rule) Reach() int { return r.Lookback + max(r.For, r.KeepFor) }

// Decide says whether a policy is on, of each minute but the first Reach ones, of which too little is known. when and
// clears are its conditions on consecutive minutes of the grid; a nil clears stands for when being false.
//
// The policy enters at a minute where when is true there and For minutes back, all along. It leaves where clears is true
// and when false there and KeepFor minutes back, all along. It is on where the newest entry within Lookback is newer
// than the newest leave there. What is unknown is neither, so that lost telemetry never clears a page: the policy stays
// on until it leaves, or until the entry is further back than Lookback.
//
// A policy that is not on is unknown rather than off
//   - where when is unknown: nobody can vouch that nothing is wrong now; and
//   - where when, as far as it is known, was true For minutes back: only a gap keeps the policy from entering, and a gap
//     must not look like a recovery.
//
// A state is a function of Reach minutes before it and its own, wherever the slices start. It takes linear time.
func (r Rule) Decide(when, clears []Truth) []Truth {
	reach := r.Reach()
	if len(when) <= reach {
		return nil
	}
	on := make([]Truth, 0, len(when)-reach)
	m := memory{rule: r, entered: -1, left: -1}
	for i, is := range when {
		cleared := is.Not()
		if clears != nil {
			cleared = clears[i].And(cleared)
		}
		m.see(i, is, cleared)
		if i >= reach {
			on = append(on, m.on(i, is))
		}
	}
	return on
}

// memory is what Decide knows of the minutes that it has seen.
type memory struct {
	rule Rule
	// held, maybe and cleared count the minutes up to the last one in which, all along, the condition was true, was not
	// false, and was clear.
	held, maybe, cleared int
	// entered and left are the newest minutes at which the policy did so, -1 for none.
	entered, left int
}

// see takes in the minute i.
func (m *memory) see(i int, when, cleared Truth) {
	m.held = counted(m.held, when == True)
	m.maybe = counted(m.maybe, when != False)
	m.cleared = counted(m.cleared, cleared == True)
	if m.held > m.rule.For {
		m.entered = i
	}
	if m.cleared > m.rule.KeepFor {
		m.left = i
	}
}

// on says whether the policy is on at the minute i, which is the last one seen.
func (m *memory) on(i int, when Truth) Truth {
	switch {
	case m.entered > m.left && i-m.entered <= m.rule.Lookback:
		return True
	case when == Unknown || m.maybe > m.rule.For && m.held <= m.rule.For:
		return Unknown
	default:
		return False
	}
}

// counted goes on with a count of consecutive minutes, or ends it.
func counted(count int, goesOn bool) int {
	if goesOn {
		return count + 1
	}
	return 0
}
