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
// Worlds are telemetry that changes over time: jobs that are scraped each 10 s to 5 m, which changes, instances that come and go, bursts
// on the borders of time slices, counters that are absent or not a number, buckets that are added and removed. No definition says a
// word on that, and scores, coverage, burn rates, budgets and states of cohorts equal those of the raw samples. Others lie in real stores,
// recomputed as these evaluate.
//
// Nothing but the YAML of a catalog and the samples in the store is common to the plugin and to what it is held
// against. -seed selects one catalog; -catalogs, -cohort-catalogs, -budget-catalogs,
// -state-catalogs, -worlds and -store-worlds say how many there are: -worlds 220 are over 500,000 points.
package oracle
