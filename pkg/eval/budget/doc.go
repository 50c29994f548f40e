// Package budget computes what members of score trees lose in time slices: losses over windows, burn rates, and what is
// left of error budgets. Losses in blocks of old time slices are computed apart, and added to those of a query.
package budget
