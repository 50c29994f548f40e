package cer

// Event is something that happens in or around the catalog's systems, such as a deployment.
type Event struct {
	Name string
	// Kind says what sort of event it is, such as Deployment; "" where the definition does not state it.
	Kind string
	// PromQL is not 0 during the event. It may use __window, which reaches back over the minute before, whatever the interval
	// of a panel.
	PromQL string
	// Trust replaces the catalog's matchers where it is not nil.
	Trust []string
}

// Deployment is the kind of those events that may lead to incidents.
const Deployment = "deployment"
