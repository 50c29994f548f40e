package score

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// holdScores gives missing observations the newest score on the minute grid that is less than the SLI's MaxDelay old.
func (d *Dataset) holdScores(s *plan.SLI, v *plan.View, c Cohort, over series.Range, read *sliSeries) {
	if v.Held == nil {
		return
	}
	ranges := s.HeldRanges(over)
	held := &heldScores{dataset: d, sli: s, held: v.Held, cohort: c, ranges: ranges, readers: make([]*fallbackReader, len(ranges))}
	for i, status := range read.observations.status {
		if status != cer.Missing {
			continue
		}
		if score, ok := held.newest(over.At(i)); ok {
			read.observations.set(i, read.observations.at(i).WithScore(score))
			read.quality.held.Add(i)
		}
	}
}

// heldScores reads the earlier scores of an SLI on the minute grid, as far as they are needed.
type heldScores struct {
	dataset *Dataset
	sli     *plan.SLI
	held    *plan.Held
	cohort  Cohort
	ranges  []series.Range
	// readers[k] reads the k-th range; nil until it is needed.
	readers []*fallbackReader
}

// newest returns the newest score in (t - MaxDelay, t], and whether there is one.
func (h *heldScores) newest(t int64) (float64, bool) {
	oldest := t - h.sli.SLI.MaxDelay.Milliseconds()
	for k := len(h.readers) - 1; k >= 0; k-- {
		r := h.ranges[k]
		if r.Start > t || r.End <= oldest {
			continue
		}
		for i := min(r.Len()-1, int((t-r.Start)/r.Step)); i >= 0 && r.At(i) > oldest; i-- {
			if o := h.reader(k).observe(i); o.Status != cer.Missing && o.Scored() {
				return o.Score, true
			}
		}
	}
	return 0, false
}

// reader returns the reader of the k-th range.
func (h *heldScores) reader(k int) *fallbackReader {
	if h.readers[k] == nil {
		h.readers[k] = h.dataset.newFallbackReader(h.sli.SLI, h.held.Window, &h.held.Source, h.held.Fallback, h.ranges[k], h.cohort)
	}
	return h.readers[k]
}
