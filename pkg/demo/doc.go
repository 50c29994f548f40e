// Package demo is the root of a Go module of its own, which holds what needs a whole Prometheus: the embedded store,
// the simulated shop, and the tests and benchmarks that use them. The product's go.mod thereby lists only what ships.
package demo
