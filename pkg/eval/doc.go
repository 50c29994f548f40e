// Package eval computes the numbers of a plan from the store's answers: the members that a query shows with their measures,
// and summaries, events and incidents. It is pure and reads no clock.
//
// Its rooms, of which each imports only those below it:
//
//   - state decides policies, and finds incidents
//   - budget computes losses of time slices, burn rates and error budgets
//   - score computes score trees, and the measures of their members
//   - annotate words the notices on all of these
package eval
