// Package command is the command line cer: it checks, compares and evaluates catalogs, against a store by the engine, or against a
// running Grafana that has the data source. Everything it needs of the machine is handed to it, so that tests run it as it is.
package command
