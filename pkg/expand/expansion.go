package expand

// Expansion is the expressions from which the value of an SLI is computed.
type Expansion struct {
	// Forms are alternatives to compute the value, in order of preference: at each instant the first that has a value
	// counts. There are two where a histogram has native and classic series.
	Forms []Form
	// By are the labels by which the results are split, of those in Config.By.
	By []string
	// Shared is a sentence that says why the results are not split by the other labels; "" where they are split by all.
	Shared string
	// Notes are sentences on approximations, such as interpolation between buckets.
	Notes []string
	// Warnings are sentences on why the value is likely wrong.
	Warnings []string
}

// Form is the weighted sum of its parts, divided by Total if Of is Counts.
type Form struct {
	// Holds is the time for which the form is one, since facts about the store change: it is evaluated at instants in it alone.
	Holds Period
	Of    Of
	Parts []Part
	// Total are the summands of the rate of all events, in events per second (in checks for a probe); none where events are
	// not counted.
	Total []Part
	// Complement is set where the parts count bad events: the value is 1 minus theirs.
	Complement bool
	// IdleIfUndefined is set where a sample that is NaN results from 0/0, and so from a window without events.
	IdleIfUndefined bool
	// Ceiling is the highest value that the buckets allow, in the value's unit; 0 where there is no such bound.
	Ceiling float64
	// Bounded is the rate of the events at or under Ceiling; none unless it is wanted, or where there is no Ceiling.
	Bounded []Part
}

// Of is the type of the parts of a form.
type Of int

// The types of parts.
const (
	// Counts are rates of events, to be divided by the total.
	Counts Of = iota
	// Values are the value itself, but for the factor.
	Values
)

// Part is one summand of a form.
type Part struct {
	Expr   *Expr
	Factor float64
	// Role describes the expression in a few words.
	Role string
	// Absent is what the part stands for where it has no sample. A sample that is not a number is a sample.
	Absent Absence
}

// Absence is what a summand stands for where it has no sample.
type Absence int

// The meanings of absence.
const (
	// Missing: there is no sum.
	Missing Absence = iota
	// ZeroBeside: 0 if another summand has a sample, as one of several counters of requests that never rose.
	ZeroBeside
	// Zero: 0, if there are events, as a counter of errors that never rose.
	Zero
)

// String returns the meaning in words.
func (a Absence) String() string { return [...]string{"missing", "0 beside others", "0"}[a] }
