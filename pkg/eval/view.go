package eval

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// viewed is an SLI as one cohort's users have it.
type viewed struct {
	readings readings
	doubts   doubts
}

// view reads an SLI for a cohort at the instants of a range: by its source, where that has nothing by its fallback, and where that has nothing
// either by its policy.
func (l *ledger) view(s *plan.SLI, v *plan.View, of cohort, over series.Range) viewed {
	now := l.stretch(s, s.Counted, &v.Source, v.Fallback, over, of)
	n := over.Len()
	result := viewed{readings: newReadings(n)}
	for i := range n {
		result.readings.set(i, now.at(i))
	}
	result.doubts = now.doubts()
	l.hold(s, v, of, over, &result)
	return result
}

// stretch reads an SLI over the range of its source.
type stretch struct {
	source, fallback *reader
	fellBack         doubt
	// otherUnit says that the value of the fallback is not in the unit of the SLI's own.
	otherUnit bool
}

func (l *ledger) stretch(s *plan.SLI, counted time.Duration, source, fallback *plan.Source, over series.Range, of cohort) *stretch {
	read := &stretch{source: l.reader(s.SLI, counted, source, over, of)}
	if fallback != nil {
		read.fallback = l.reader(standIn(s.SLI), counted, fallback, over, of)
		read.otherUnit = otherUnit(s.SLI.Indicator.Kind(), s.SLI.Fallback.Indicator.Kind())
	}
	return read
}

// standIn is the SLI as its fallback would be one.
func standIn(sli *cer.SLI) *cer.SLI {
	instead := *sli
	instead.Indicator, instead.Curve, instead.MinEvents = sli.Fallback.Indicator, sli.Fallback.Curve, 0
	return &instead
}

// otherUnit reports whether values of two kinds may have different units: all are shares, seconds, or whatever an
// expression yields.
func otherUnit(a, b cer.Kind) bool {
	alike := a.IsShare() && b.IsShare() || a == cer.KindQuantile && b == cer.KindQuantile
	return !alike
}

// at reads the SLI at an instant.
func (s *stretch) at(i int) cer.Observation {
	reading := s.source.at(i)
	if reading.Status != cer.Missing || s.fallback == nil {
		return reading
	}
	instead := s.fallback.at(i)
	if instead.Status != cer.Present {
		return reading
	}
	s.fellBack.at(i)
	instead.Traffic = reading.Traffic
	if s.otherUnit {
		instead.Value = math.NaN()
	}
	return instead
}

// doubts are those of the source, and what is to be said of the fallback.
func (s *stretch) doubts() doubts {
	d := s.source.doubts
	d.fellBack = s.fellBack
	return d
}

// hold gives missing readings the newest score on the minute grid that is less than the SLI's MaxDelay old.
func (l *ledger) hold(s *plan.SLI, v *plan.View, of cohort, over series.Range, result *viewed) {
	if v.Held == nil {
		return
	}
	past := &memory{ledger: l, sli: s, held: v.Held, ranges: s.HeldRanges(over), of: of}
	for i, status := range result.readings.status {
		if status != cer.Missing {
			continue
		}
		if score, ok := past.newest(over.At(i)); ok {
			result.readings.set(i, result.readings.at(i).WithScore(score))
			result.doubts.held.at(i)
		}
	}
}

// memory reads what an SLI was on the minute grid, as far as it is asked.
type memory struct {
	ledger *ledger
	sli    *plan.SLI
	held   *plan.Held
	ranges []series.Range
	of     cohort
	// stretches[k] reads the k-th of the ranges, once it was asked for.
	stretches []*stretch
}

// newest returns the newest score in (t - MaxDelay, t], and whether there is one.
func (m *memory) newest(t int64) (float64, bool) {
	oldest := t - m.sli.SLI.MaxDelay.Milliseconds()
	for k := len(m.ranges) - 1; k >= 0; k-- {
		r := m.ranges[k]
		if r.Start > t || r.End <= oldest {
			continue
		}
		for i := min(r.Len()-1, int((t-r.Start)/r.Step)); i >= 0 && r.At(i) > oldest; i-- {
			if reading := m.stretch(k).at(i); reading.Status != cer.Missing && reading.Scored() {
				return reading.Score, true
			}
		}
	}
	return 0, false
}

// stretch returns the reader of the k-th range.
func (m *memory) stretch(k int) *stretch {
	if m.stretches == nil {
		m.stretches = make([]*stretch, len(m.ranges))
	}
	if m.stretches[k] == nil {
		m.stretches[k] = m.ledger.stretch(m.sli, m.held.Window, &m.held.Source, m.held.Fallback, m.ranges[k], m.of)
	}
	return m.stretches[k]
}
