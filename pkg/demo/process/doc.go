// Package process holds the tests of the built plugin: its binary is started as Grafana starts it, and asked over gRPC
// about telemetry whose numbers can be checked by hand.
package process
