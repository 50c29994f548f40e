// Package plugin is Grafana's edge of cer: the data source's settings, its health check, its queries and its
// resources. It wires the hops of a query together and leaves the work to them.
package plugin
