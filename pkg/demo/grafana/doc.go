// Package grafana finds a Grafana on this machine, starts it with the built plugin, the data source, the dashboard and
// the alert rules, and ends it again.
package grafana
