// Package cer is the domain: flows, SLIs, curves and aggregates, and the arithmetic that turns the values of
// SLIs into scores. It is pure, reads no clock, and imports nothing but the standard library.
//
// Numbers that may be absent are float64 with NaN for "none". Scores, coverages and shares are in [0,1].
package cer
