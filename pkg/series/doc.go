// Package series holds what every hop of a query passes on: ranges of instants, and the samples that a store has at them.
package series
