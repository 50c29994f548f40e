// Package board computes which texts and colours the panels of a dashboard show for the frames of an answer, as Grafana 10.1.5 does, so
// that tests need no browser: how a panel's field configuration is laid over that of the frames, value mappings, thresholds, and what each
// type of panel shows where there is nothing.
package board
