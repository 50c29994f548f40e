// Package shop simulates the telemetry of a web shop: what its services, its payment provider, its synthetic probes
// and its visitors' browsers would expose to a Prometheus that scrapes them. Requests are drawn one by one and counted
// in integers, so that the series have the noise, the late-born error counters and the resets of real ones.
//
// The same configuration makes the same samples. Nothing here reads a clock.
package shop
