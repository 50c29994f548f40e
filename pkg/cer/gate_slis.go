package cer

import (
	"math"
	"time"
)

// Compares reports whether the gate compares an SLI of its flows, whose series have the label of the dimension then.
func (g *Gate) Compares(c *Catalog, s *SLI) bool {
	if g.Compare == nil {
		return false
	}
	d, known := c.Dimension(g.Compare.Dimension)
	return known && s.LabelOf(d) != ""
}

// spacingsOfSlice is how many scrape intervals a time slice has at least, so that each has samples whose rate says how many
// events are in it.
const spacingsOfSlice = 4

// Width returns the width of the time slices in which the gate compares: Slice, or four times the widest scrape interval that is
// stated for what it compares, in whole minutes, where that is more.
func (g *Gate) Width(c *Catalog) time.Duration {
	width := g.Slice
	for _, f := range g.Flows.Flows(c) {
		for i := range f.SLIs {
			if s := &f.SLIs[i]; g.Compares(c, s) {
				width = max(width, spacingsOfSlice*c.ScrapeIntervalOf(s))
			}
		}
	}
	return (width + time.Minute - 1).Truncate(time.Minute)
}

// longestBound is the longest duration, in seconds, that requests are compared by.
const longestBound = 1e9

// QuantileBound returns the duration above which a request counts as bad for an SLI of a flow that is a quantile: the one that
// the gate states, or else the one that the SLI's curve scores 0.5; 0 where that is no duration.
func (g *Gate) QuantileBound(flow string, s *SLI) time.Duration {
	if stated := g.BoundOf(flow, s.Name); stated > 0 {
		return stated
	}
	return s.CurveBound()
}

// CurveBound returns the duration that the curve of an SLI which is a quantile scores 0.5; 0 where that is no duration.
func (s *SLI) CurveBound() time.Duration {
	seconds := Half(s.Curve)
	if !(seconds > 0 && seconds <= longestBound) {
		return 0
	}
	return time.Duration(math.Round(seconds * float64(time.Second)))
}
