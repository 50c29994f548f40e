// Package importer turns what other tools have written into the YAML of a catalog: OpenSLO v1, Sloth (prometheus/v1 and its
// Kubernetes resource) and Pyrra. All sources make one catalog, in which a service is a flow and an objective an SLI.
//
// Nothing is left out without a word: each field of a source is read, or there is an issue with its place that says what became of
// it. An issue that is no warning is about something that is not in the catalog at all, such as an objective whose query is no
// PromQL; what is in the catalog loads without errors.
//
// Where the formats leave something to their tools: Sloth's objectives have its default period of 30d, and its alerts the windows
// that it has for that period; Pyrra's have the windows and factors that it derives from theirs. OpenSLO's alert conditions are on
// where the burn rate exceeds the threshold, whichever way round they state the operator.
package importer
