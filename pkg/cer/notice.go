package cer

// Notice is a note on a result that is shown with it, such as on a panel.
type Notice struct {
	Severity Severity
	// Subject is what the notice is about, such as a flow "checkout" or an SLI "checkout/success"; "" for the whole.
	Subject string
	// Text is a sentence without the subject.
	Text string
}

// Severity says how much a notice matters.
type Severity int

// The severities.
const (
	// Info explains a number.
	Info Severity = iota
	// Warning casts doubt on one.
	Warning
	// Error says what has to be put right, since there is no number without it.
	Error
)

// String returns the notice as one sentence.
func (n Notice) String() string {
	if n.Subject == "" {
		return n.Text
	}
	return n.Subject + ": " + n.Text
}
