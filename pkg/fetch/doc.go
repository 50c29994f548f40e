// Package fetch asks a Prometheus-compatible store what a plan needs to know. It is the only package that waits, and
// so the only one with a limit on concurrency, timeouts, a memory and a translation of errors: whatever goes wrong
// between here and the store leaves as an *Error.
//
// A Store is made once for a data source. A Batch is what one request of Grafana asks of it: each leaf once, within
// one timeout, however many queries of the request want it.
package fetch
