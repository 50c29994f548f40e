// Package oracle holds the test of the plugin's truth: over random catalogs and random telemetry its scores equal the
// same composite written as one PromQL expression, which the embedded Prometheus evaluates, and the same composite
// recomputed from raw samples.
//
// Catalogs with cohorts, fallbacks, weights that follow the data and scores that are held are recomputed from the raw
// samples of each cohort alone, in several views: split and filtered in different ways.
//
// Error budgets, burn rates and how long a budget lasts equal what the embedded Prometheus makes of subqueries over the
// composite, slice by slice.
//
// Nothing but the YAML of a catalog and the samples in the store is common to the plugin and to what it is held
// against. -seed selects one catalog; -catalogs, -cohort-catalogs and -budget-catalogs say how many there
// are.
package oracle
