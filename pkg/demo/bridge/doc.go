// Package bridge puts a running plugin behind the part of Grafana's HTTP API that the plugin's editors use, so that they
// can be tried in a browser without a Grafana: queries, resources, health, and the settings of one data source.
package bridge
