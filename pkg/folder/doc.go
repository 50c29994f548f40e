// Package folder reads the catalogs of the folder that the operator of a Grafana allows: it looks at the files again and
// again, keeps the last good catalog when they break, and tells an organisation of the files that it may use only.
package folder
