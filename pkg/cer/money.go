package cer

// Money is an amount an hour: PerHour, or what PromQL yields.
type Money struct {
	PerHour float64
	PromQL  string
	// Currency is an ISO 4217 code, such as EUR.
	Currency string
	// Trust replaces the catalog's matchers where it is not nil.
	Trust []string
}
