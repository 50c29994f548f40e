// Package promstore is a Prometheus in this process: its time series database, its PromQL engine and its HTTP API,
// served under /api/v1 on a loopback address. It scrapes nothing; samples are appended by whoever opened it.
package promstore
