package cer

// Event is something that happens in or around the catalog's systems, such as a deployment.
type Event struct {
	Name string
	// Kind says what sort of event it is, such as deployment; "" where nobody says.
	Kind string
	// PromQL is not 0 while the event goes on; it may use __window, which is the distance of the instants looked at.
	PromQL string
	// Trust replaces the catalog's matchers where it is not nil.
	Trust []string
}
