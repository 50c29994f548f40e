// Package findings holds a test for each kind of telemetry, definition and store that cer once got wrong. The plugin is
// asked as Grafana asks it, and a Prometheus in this process answers it.
package findings
