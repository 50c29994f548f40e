// Package folder reads the catalogs in the folder that the operator of a Grafana configures. It scans the folder at an
// interval, keeps the last good version of a catalog while its files are broken, and shows an organisation only the
// files that it may use.
package folder
