package cer

// DynamicWeight is a flow's weight that follows the data. Exactly one of Traffic and PromQL is set.
type DynamicWeight struct {
	// Traffic scales the flow's weight by its traffic, relative to the mean traffic of the flows that are scaled so.
	Traffic bool
	// PromQL yields the weight, >= 0; it may use __window, which is the catalog's window.
	PromQL string
	// Trust replaces the catalog's matchers where it is not nil.
	Trust []string
}
