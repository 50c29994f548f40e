package shop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
)

// noon is where the short histories of the tests end.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// record is a store that keeps samples as lines of text: time, series, value.
type record struct {
	lines []string
	// failing is the metric whose samples are refused.
	failing    string
	rolledBack bool
}

func (r *record) AppenderV2(context.Context) storage.AppenderV2 { return r }
func (*record) Commit() error                                   { return nil }

func (r *record) Rollback() error {
	r.rolledBack = true
	return nil
}

func (r *record) Append(_ storage.SeriesRef, set labels.Labels, _, t int64, v float64, h *histogram.Histogram, _ *histogram.FloatHistogram, o storage.AppendV2Options) (storage.SeriesRef, error) {
	if set.Get(model.MetricNameLabel) == r.failing {
		return 0, errors.New("refused")
	}
	shown := fmt.Sprint(v)
	switch {
	case h != nil:
		shown = h.String()
	case value.IsStaleNaN(v):
		shown = "stale"
	}
	r.lines = append(r.lines, fmt.Sprint(t, set, shown, o.Exemplars))
	return 1, nil
}

// simulate returns the samples of 3 minutes of a shop in which nothing goes wrong.
func simulate(t *testing.T, seed uint64) []string {
	t.Helper()
	var r record
	s := New(Config{Seed: seed, End: noon, History: 3 * time.Minute, Incidents: []Incident{}})
	if err := s.Backfill(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	return r.lines
}

func TestSameSeedMakesTheSameSamples(t *testing.T) {
	once, again, other := simulate(t, 1), simulate(t, 1), simulate(t, 2)
	if len(once) != len(again) {
		t.Fatalf("%d samples, then %d", len(once), len(again))
	}
	for i := range once {
		if once[i] != again[i] {
			t.Fatalf("sample %d is\n%s\nthen\n%s", i, once[i], again[i])
		}
	}
	same := 0
	for i := range min(len(once), len(other)) {
		if once[i] == other[i] {
			same++
		}
	}
	if same > len(once)/2 {
		t.Errorf("with another seed %d of %d samples are the same", same, len(once))
	}
}

func TestLiveScrapesContinueTheHistory(t *testing.T) {
	longer := New(Config{Seed: 1, End: noon, History: 3 * time.Minute, Incidents: []Incident{}})
	shorter := New(Config{Seed: 1, End: noon.Add(-time.Minute), History: 2 * time.Minute, Incidents: []Incident{}})
	var atOnce, live record
	err := errors.Join(longer.Backfill(t.Context(), &atOnce), shorter.Backfill(t.Context(), &live))
	for at := noon.Add(-45 * time.Second); !at.After(noon); at = at.Add(15 * time.Second) {
		err = errors.Join(err, shorter.Scrape(t.Context(), &live, at))
	}
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(atOnce.lines, "\n") != strings.Join(live.lines, "\n") {
		t.Error("a history that is scraped live differs from one that is filled in at once")
	}
}

// errorsOf returns how many requests to /checkout have failed in the newest scrape.
func errorsOf(r *record) int {
	failed := 0
	for _, line := range r.lines {
		if strings.Contains(line, `code="500"`) && strings.Contains(line, `handler="/checkout"`) {
			failed++
		}
	}
	return failed
}

func TestIncidentStartsNow(t *testing.T) {
	s := New(Config{Seed: 1, End: noon, History: time.Minute, Incidents: []Incident{}})
	if err := s.Backfill(t.Context(), &record{}); err != nil {
		t.Fatal(err)
	}
	incident := s.StartIncident(noon)
	if incident.Service != "checkout" || !incident.From.Equal(noon) || !incident.To.After(noon) {
		t.Errorf("the incident is %+v", incident)
	}
	if got := s.Incidents(); len(got) != 1 || got[0] != incident {
		t.Errorf("the incidents are %+v", got)
	}
	var r record
	if err := s.Scrape(t.Context(), &r, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if failing := errorsOf(&r); failing < 6 {
		t.Errorf("checkout fails in %d of its 18 series", failing)
	}
}

func TestSeriesEndWhenTelemetryIsLost(t *testing.T) {
	lost := Incident{Service: "account", From: noon, To: noon.Add(time.Minute), Silent: true}
	s := New(Config{Seed: 1, End: noon.Add(-15 * time.Second), History: time.Minute, Incidents: []Incident{lost}})
	if err := s.Backfill(t.Context(), &record{}); err != nil {
		t.Fatal(err)
	}
	const series = `__name__="telemetry_spans_total", instance="account-eu-canary-0:8080"`
	want := []string{"stale", "", "", "", "number"}
	for i := range want {
		var r record
		if err := s.Scrape(t.Context(), &r, noon.Add(time.Duration(i)*15*time.Second)); err != nil {
			t.Fatal(err)
		}
		if got := kindOf(&r, series); got != want[i] {
			t.Errorf("scrape %d shows %q, not %q", i, got, want[i])
		}
	}
}

// kindOf says what the record has of a series: number, stale or nothing.
func kindOf(r *record, series string) string {
	for _, line := range r.lines {
		if strings.Contains(line, series) {
			if strings.Contains(line, "stale") {
				return "stale"
			}
			return "number"
		}
	}
	return ""
}

func TestScrapeFailsAsAWhole(t *testing.T) {
	r := record{failing: "orders_total"}
	err := New(Config{Seed: 1, End: noon, History: time.Minute}).Scrape(t.Context(), &r, noon)
	if err == nil || !strings.Contains(err.Error(), `{__name__="orders_total"`) || !r.rolledBack {
		t.Errorf("the error is %v, rolled back: %v", err, r.rolledBack)
	}
}

func TestTimeOnlyMovesOn(t *testing.T) {
	s := New(Config{Seed: 1, End: noon, History: time.Minute})
	if err := s.Backfill(t.Context(), &record{}); err != nil {
		t.Fatal(err)
	}
	err := s.Scrape(t.Context(), &record{}, noon)
	if err == nil || err.Error() != "the shop was scraped at 2026-11-02T12:00:00Z already; a scrape at 2026-11-02T12:00:00Z is not later" {
		t.Errorf("the error is %v", err)
	}
}

func TestBackfillCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := New(Config{Seed: 1, End: noon}).Backfill(ctx, &record{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestScheduleEndsInGoodTime(t *testing.T) {
	for _, incident := range Schedule(noon) {
		if !incident.From.Before(incident.To) || incident.To.After(noon.Add(-45*time.Minute)) {
			t.Errorf("%s lasts from %s to %s", incident.Name, incident.From, incident.To)
		}
		if incident.From.Before(Config{End: noon}.Start().Add(time.Hour)) {
			t.Errorf("%s starts within the first hour", incident.Name)
		}
	}
}

func TestPoissonHasItsMean(t *testing.T) {
	random := newRandom(1, "poisson")
	for _, mean := range []float64{0, 0.1, 3, 90, 2000} {
		const n = 20_000
		sum := 0
		for range n {
			sum += poisson(random, mean)
		}
		if got := float64(sum) / n; got < mean*0.97 || got > mean*1.03 {
			t.Errorf("the mean is %v, not %v", got, mean)
		}
	}
}

func TestNativeHistogramCountsWhatItObserved(t *testing.T) {
	n := newNative("x", labels.EmptyLabels())
	for _, v := range []float64{0.0001, 0.3, 0.3, 0.31, 1, 7, 1e6} {
		n.observe(v)
	}
	h := n.histogram()
	if err := h.Validate(); err != nil {
		t.Fatal(err)
	}
	if h.Count != 7 || len(h.PositiveBuckets) != 5 {
		t.Errorf("the histogram is %s", h)
	}
}
