// Package packaging makes the archive that goes into Grafana's plugins folder, and checks it as a validator would. Its
// tests hold plugin.json, the provisioning files and the dashboards to what Grafana expects of them.
package packaging
