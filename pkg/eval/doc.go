// Package eval computes the numbers of a plan from the store's answers: readings of SLIs, verdicts on flows and on the
// whole, and the measures that a query asks for. It is pure and reads no clock.
package eval
