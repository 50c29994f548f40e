// Package cohorts holds the test of splits, filters, weighted dimensions, dynamic weights, fallbacks and held scores:
// over random catalogs and random telemetry, what the product makes of the answers of a real PromQL engine equals what
// a recomputation makes of the samples alone.
package cohorts
