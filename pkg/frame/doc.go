// Package frame turns evaluated results into Grafana's data frames, in the shapes of the dataplane contract: with
// types, units, thresholds, names, notices and the PromQL that was asked.
package frame
