package expand

// Expansion is what has to be asked of a store to know the value of one SLI.
type Expansion struct {
	// Forms are ways to get the value, in order of preference: at each instant the first that has one counts. There
	// are two where a histogram is stored both as a native and as a classic one.
	Forms []Form
	// By are the labels by whose values the answers are split, of those asked for.
	By []string
	// Shared is a sentence on why the answers are not split by the other labels; "" where they are split by all.
	Shared string
	// Notes are sentences on what was chosen and why a value may not be quite what was asked for.
	Notes []string
	// Warnings are sentences on why a value is likely not what was asked for.
	Warnings []string
}

// Form is one way to get the value of an SLI: the weighted sum of its parts, divided by Total if Of is Counts.
type Form struct {
	Of    Of
	Parts []Part
	// Total counts all events, in events a second (in checks for a probe); nil where none are counted.
	Total *Expr
	// Complement says that the parts count what is bad: the value is 1 minus theirs.
	Complement bool
	// IdleIfUndefined says that a sample which is no number stands for 0/0, and so for no events.
	IdleIfUndefined bool
	// Ceiling is the highest value that the buckets can tell, in the value's unit; 0 where there is no such bound.
	Ceiling float64
}

// Of says what the parts of a form are.
type Of int

// What the parts of a form are.
const (
	// Counts are events a second, to be divided by the total.
	Counts Of = iota
	// Values are the value itself, up to the factor.
	Values
)

// Part is one summand of a form.
type Part struct {
	Expr   *Expr
	Factor float64
	// Role says in a few words what the expression stands for.
	Role string
	// ZeroIfAbsent says that no series means 0 where the total has events: a counter of errors that never rose.
	ZeroIfAbsent bool
}
