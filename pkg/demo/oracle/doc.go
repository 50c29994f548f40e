// Package oracle holds the test of the plugin's truth: over random catalogs and random telemetry its scores equal the
// same composite written as one PromQL expression, which the embedded Prometheus evaluates, and the same composite
// recomputed from raw samples.
//
// Nothing but the YAML of a catalog and the samples in the store is common to the plugin and to what it is held
// against. -seed selects one catalog, -catalogs how many there are.
package oracle
