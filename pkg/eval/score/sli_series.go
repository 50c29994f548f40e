package score

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// sliSeries is one SLI over a range, for one cohort.
type sliSeries struct {
	observations observations
	quality      quality
	// isBroken says that the definition of the SLI is at fault, or that the store refused an expression of it.
	isBroken bool
}

// readSLI reads an SLI for a cohort at the instants of a range: by its source, where that has nothing by its fallback,
// and where that has nothing either by its policy. countsAll says that it is not idle while it has an event.
func (d *Dataset) readSLI(s *plan.SLI, v *plan.View, c Cohort, over series.Range, countsAll bool) sliSeries {
	n := over.Len()
	read := sliSeries{observations: newObservations(n), isBroken: s.SLI.Fault != "" || d.isRefused(s, v, over)}
	if read.isBroken {
		read.observations.clear()
		return read
	}
	sli := s.SLI
	if countsAll {
		sli = sli.WithoutMinEvents()
	}
	reader := d.newFallbackReader(sli, s.Window, &v.Source, v.Fallback, over, c)
	for i := range n {
		read.observations.set(i, reader.observe(i))
	}
	read.quality = reader.source.quality
	read.quality.fellBack = reader.fellBack
	d.holdScores(s, v, c, over, &read)
	return read
}

// fallbackReader reads an SLI and, where that is missing, its fallback.
type fallbackReader struct {
	source, fallback *sliReader
	fellBack         annotate.Points
	// differentUnit says that the value of the fallback is not in the unit of the SLI's own.
	differentUnit bool
}

func (d *Dataset) newFallbackReader(sli *cer.SLI, counted time.Duration, source, fallback *plan.Source, over series.Range, c Cohort) *fallbackReader {
	reader := &fallbackReader{source: d.newSLIReader(sli, counted, source, over, c)}
	if fallback != nil {
		reader.fallback = d.newSLIReader(fallbackSLI(sli), counted, fallback, over, c)
		reader.differentUnit = mayDifferInUnit(sli.Indicator.Kind(), sli.Fallback.Indicator.Kind())
	}
	return reader
}

// fallbackSLI returns the SLI with the indicator and the curve of its fallback.
func fallbackSLI(sli *cer.SLI) *cer.SLI {
	instead := *sli
	instead.Indicator, instead.Curve, instead.MinEvents = sli.Fallback.Indicator, sli.Fallback.Curve, 0
	return &instead
}

// mayDifferInUnit reports whether values of two kinds may have different units: all are shares, seconds, or whatever an
// expression yields.
func mayDifferInUnit(a, b cer.Kind) bool {
	same := a.IsShare() && b.IsShare() || a == cer.KindQuantile && b == cer.KindQuantile
	return !same
}

// observe returns the observation at an instant.
func (r *fallbackReader) observe(i int) cer.Observation {
	observation := r.source.observe(i)
	if observation.Status != cer.Missing || r.fallback == nil {
		return observation
	}
	instead := r.fallback.observe(i)
	if instead.Status == cer.Missing {
		return observation
	}
	r.fellBack.Add(i)
	instead.Traffic = observation.Traffic
	if r.differentUnit {
		instead.Value = math.NaN()
	}
	return instead
}
