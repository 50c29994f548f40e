// Package query is a question that a panel, an alert rule or a script asks: its JSON, what goes with what in it, and the
// table of the measures that can be asked for.
package query
