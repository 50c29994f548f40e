// Package equality holds the test that a cached or shared answer equals a fresh one. Somebody walks through dashboards by
// chance, while the telemetry goes on, comes late, and the store fails now and then; each answer has to be that of a
// data source that keeps nothing, point for point.
//
// -steps says how long the walk is, and -seed selects another one.
package equality
