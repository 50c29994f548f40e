package expand

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// samplesWithin is a number of samples in a window.
type samplesWithin struct {
	window time.Duration
	n      int
}

// frequency says of how many series there were n samples in a window, at each instant.
type frequency struct {
	n      int
	series []float64
}

// at returns the number of series at an instant; 0 where it is not known.
func (f frequency) at(i int) float64 {
	if v := f.series[i]; v > 0 {
		return v
	}
	return 0
}

// frequencies returns those in an answer by job, by ascending number of samples.
func frequencies(answer []series.Series) map[string][]frequency {
	all := map[string][]frequency{}
	for _, s := range answer {
		if n, err := strconv.Atoi(s.Labels.Get(samplesLabel)); err == nil {
			job := s.Labels.Get(model.JobLabel)
			all[job] = append(all[job], frequency{n, s.Values})
		}
	}
	for _, often := range all {
		slices.SortFunc(often, func(a, b frequency) int { return cmp.Compare(a.n, b.n) })
	}
	return all
}

// median returns the median of the numbers of samples at an instant; false where there is no series. Of an even number of them it is
// the larger one in the middle, since series that were just born, or have ended, have fewer samples, and none has more.
func median(often []frequency, at int) (n int, ok bool) {
	all, below := 0.0, 0.0
	for _, f := range often {
		all += f.at(at)
	}
	for _, f := range often {
		if below += f.at(at); below > all/2 {
			return f.n, true
		}
	}
	return 0, false
}

// isEnough reports whether there are enough samples to tell usual spacings apart.
func (s samplesWithin) isEnough() bool { return s.n >= enoughSamples }

// usualSpacings are the scrape intervals that are usually configured, in seconds.
var usualSpacings = []float64{1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 3600}

// agrees reports whether a job has as many samples in a narrower window as its spacing by a wider one lets expect, but for one that
// was lost. It has fewer where it was scraped more often before, has a hole or has ended, so that the wider window tells nothing.
func (s samplesWithin) agrees(narrower samplesWithin) bool {
	if narrower.n == 0 {
		return s.spacing() >= narrower.window
	}
	return s.spacing() >= narrower.window/time.Duration(narrower.n+2)
}

// spacing returns the largest usual spacing of which there may be n samples in the window, or else the largest one, in whole seconds:
// one that is too small loses events between time slices, and one that is too large counts some twice.
func (s samplesWithin) spacing() time.Duration {
	least, most := s.window.Seconds()/float64(s.n+1), s.most()
	for _, usual := range slices.Backward(usualSpacings) {
		if usual <= most && usual > least {
			return time.Duration(usual) * time.Second
		}
	}
	return time.Duration(math.Ceil(most)) * time.Second
}

// most returns the largest spacing in seconds of which there may be n samples in the window: there are n-1 spaces between them.
func (s samplesWithin) most() float64 { return s.window.Seconds() / float64(s.n-1) }
