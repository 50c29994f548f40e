package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// TestLeavesAreBounded requests a long range in which series come and go: each piece has few of them, and the whole more
// than a request may return.
func TestLeavesAreBounded(t *testing.T) {
	tr := &transport{answer: func(req *http.Request) (string, error) {
		start := askedFor(req).Get("start")
		var series []string
		for k := range 8 {
			series = append(series, fmt.Sprintf(`{"metric":{"pod":"%s-%d"},"values":[[%s,"1"]]}`, start, k, start))
		}
		return data("matrix", "["+strings.Join(series, ",")+"]"), nil
	}}
	s := tr.store(t, func(c *Config) { c.MaxSeries = 10 })
	b := s.Batch(t.Context())
	defer b.Close()
	_, err := b.Fetch(t.Context(), []Leaf{{PromQL: "pods", Range: series.New(noon, noon.Add(2000*time.Minute), time.Minute)}}, nil)
	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != TooMany {
		t.Errorf("it fails by %v", err)
	}
}

// TestValuesAreBounded requests a long range of many series with one sample each, so that a short answer would take a
// thousand times its memory.
func TestValuesAreBounded(t *testing.T) {
	over := series.New(noon, noon.Add(1000*time.Second), time.Second)
	all := make([]string, 16_001)
	for i := range all {
		all[i] = fmt.Sprintf(`{"metric":{"i":"%d"},"values":[[%d,"1"]]}`, i, noon.Unix())
	}
	_, err := decode(strings.NewReader(data("matrix", "["+strings.Join(all, ",")+"]")), over, limits{series: 1 << 30, held: unlimited()})
	var many *tooManyError
	if !errors.As(err, &many) {
		t.Errorf("it fails by %v", err)
	}
}

// TestAnnotationsAreBounded decodes an answer with very many warnings.
func TestAnnotationsAreBounded(t *testing.T) {
	warnings := make([]string, 10_000)
	for i := range warnings {
		warnings[i] = fmt.Sprint("warning ", i)
	}
	text, _ := json.Marshal(warnings)
	answer, err := decode(strings.NewReader(fmt.Sprintf(`{"status":"success","warnings":%s,"data":{"resultType":"vector","result":[]}}`, text)), series.InstantOf(noon), limits{series: 1, held: unlimited()})
	if err != nil || len(answer.Warnings) != maxAnnotations {
		t.Errorf("there are %d warnings, and the error %v", len(answer.Warnings), err)
	}
}

// TestPointsThatMayChangeAreNotValidForLong makes something of points that the cache shares while they may still change.
func TestPointsThatMayChangeAreNotValidForLong(t *testing.T) {
	w := &world{late: map[int64]int{}}
	s, _, clock := w.stores(t, 1<<20)
	ask := func(end time.Time) series.Answer {
		b := s.Batch(t.Context())
		defer b.Close()
		answers, err := b.Fetch(t.Context(), []Leaf{{PromQL: "a", Range: series.New(noon.Add(-time.Hour), end, 10*time.Second)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return answers[0]
	}
	end := clock.Add(-DefaultOverlap)
	ask(*clock)
	*clock = clock.Add(10 * time.Second) // The end is settled now, but it was not when the store was asked.
	if until := ask(end).Until; until.After(clock.Add(15 * time.Second)) {
		t.Errorf("it holds until %s", until)
	}
	*clock = clock.Add(10 * time.Second)
	if until := ask(end).Until; until.Before(clock.Add(30 * time.Minute)) {
		t.Errorf("though it is settled it holds until %s only", until)
	}
}
