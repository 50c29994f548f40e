// Package fetch queries a Prometheus-compatible store for series and for the buckets of histograms. It is the only package
// that waits for one, and so holds the limit on concurrency, the timeouts, the cache and the translation of errors: every
// error that leaves it is an *Error.
//
// A Store is made once for a data source. A Batch belongs to one request of Grafana: each leaf is requested once, within one
// timeout, however many queries of the request need it.
package fetch
