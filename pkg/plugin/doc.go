// Package plugin connects cer to Grafana: the settings of data sources, Save & test, queries, resources, metrics and
// logs. It reads requests, leaves the work to other packages, and translates results and errors.
package plugin
