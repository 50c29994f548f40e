// Package stores starts the stores that the plugin is tested against, each on a free port of the loopback address and in a directory of
// its own: the embedded Prometheus, Debian's Prometheus and VictoriaMetrics, what answers as Mimir does before the embedded one, and a
// Thanos with its query frontend where it was built. Its tests ask each of them the same.
package stores
