package process

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// story is a store with what the simulated shop exposed, whose minutes are counted from when that begins.
type story struct{ store *promstore.Store }

// clock is an instant of a story, which is long over. A scrape counts what happened since the one before, so that an
// incident from a minute on is in the 15 seconds before it already.
func clock(m float64) time.Time {
	return time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC).Add(time.Duration(m * float64(time.Minute)))
}

// within returns an incident that goes on from a minute until another.
func within(from, to float64, i simulator.Incident) simulator.Incident {
	i.From, i.To = clock(from), clock(to)
	return i
}

// play lets some services of the shop live for minutes in which incidents happen.
func play(t *testing.T, minutes float64, services []string, incidents ...simulator.Incident) story {
	t.Helper()
	return playUntil(t, clock(minutes), time.Duration(minutes)*time.Minute, services, incidents...)
}

// playUntil lets some services live for a time that ends at an instant.
func playUntil(t *testing.T, end time.Time, history time.Duration, services []string, incidents ...simulator.Incident) story {
	t.Helper()
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := simulator.Config{Seed: 3, End: end, History: history, Services: services, Incidents: incidents}
	if err := simulator.New(cfg).Backfill(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return story{store}
}

// at is the number that the store's engine says at a minute; NaN where it says none.
func (s story) at(t *testing.T, m float64, promQL string) float64 {
	t.Helper()
	return s.each(t, m, m, promQL)[0]
}

// each is the number that the store's engine says at each minute from one to another.
func (s story) each(t *testing.T, from, to float64, promQL string) []float64 {
	t.Helper()
	query, err := s.store.Engine().NewRangeQuery(t.Context(), s.store.Queryable(), nil, promQL, clock(from), clock(to), time.Minute)
	if err != nil {
		t.Fatalf("%s: %v", promQL, err)
	}
	defer query.Close()
	matrix, err := query.Exec(t.Context()).Matrix()
	if err != nil || len(matrix) > 1 {
		t.Fatalf("%s has %d series: %v", promQL, len(matrix), err)
	}
	numbers := make([]float64, int(to-from)+1)
	for i := range numbers {
		numbers[i] = math.NaN()
	}
	for _, series := range matrix {
		for _, p := range series.Floats {
			numbers[int(time.UnixMilli(p.T).Sub(clock(from))/time.Minute)] = p.F
		}
	}
	return numbers
}

// column is one of an answer over minutes: that of the series with the labels, such as region=eu, tier=premium.
func (s *source) column(t *testing.T, json, labels string, from, to float64) []float64 {
	t.Helper()
	frames := s.frames(t, query{refID: "A", json: json, from: clock(from), to: clock(to), interval: time.Minute})
	var found []string
	for _, frame := range frames {
		values := frame.Fields[len(frame.Fields)-1]
		if got := values.Labels.String(); got == labels {
			return numbers(t, values)
		}
		found = append(found, values.Labels.String())
	}
	t.Fatalf("the series are %q, none of which is %q", found, labels)
	return nil
}

// told is the newest number of a query at a minute, of the series with the labels.
func (s *source) told(t *testing.T, m float64, json, labels string) float64 {
	t.Helper()
	for _, frame := range s.now(t, clock(m), strings.TrimSuffix(json, "}")+`,"format":"latest"}`) {
		for _, field := range frame.Fields {
			if field.Labels.String() == labels {
				return numbers(t, field)[0]
			}
		}
	}
	t.Fatalf("nothing is said of %q", labels)
	return 0
}

// letters prints states, the length of each and its letter: 60o 20p is ok for 60 minutes, and then a page for 20. A
// ticket is t, and what is not known a dot.
func letters(states []float64) string {
	letter := func(state float64) string {
		if math.IsNaN(state) {
			return "."
		}
		return "otp"[int(state) : int(state)+1]
	}
	var out []string
	for i := 0; i < len(states); {
		n := 1
		for i+n < len(states) && letter(states[i+n]) == letter(states[i]) {
			n++
		}
		out = append(out, fmt.Sprint(n, letter(states[i])))
		i += n
	}
	return strings.Join(out, " ")
}

// decided are the states of a policy whose condition is true at some minutes: it comes on when that was so throughout
// holds, and goes off when it was not throughout keeps.
func decided(severity float64, holds, keeps int, condition []bool) []float64 {
	states := make([]float64, len(condition))
	on, held, free := false, 0, 0
	for i, is := range condition {
		held, free = held+1, free+1
		if is {
			free = 0
		} else {
			held = 0
		}
		on = on && free <= keeps || held > holds
		if on {
			states[i] = severity
		}
	}
	return states
}

// span returns the first and the last minute of a state, where the first of the states is of a minute; NaN where there is
// none.
func span(states []float64, of, minute float64) (first, last float64) {
	first, last = math.NaN(), math.NaN()
	for i, state := range states {
		if state != of {
			continue
		}
		last = minute + float64(i)
		if math.IsNaN(first) {
			first = last
		}
	}
	return first, last
}

// looking replaces WINDOW in PromQL.
func looking(promQL, window string) string { return strings.ReplaceAll(promQL, "WINDOW", window) }

// share limits a number to what a score can be.
func share(x float64) float64 { return max(0, min(1, x)) }

// pages counts how often states become a page.
func pages(states []float64) int {
	times := 0
	for i, state := range states {
		if state == page && (i == 0 || states[i-1] != page) {
			times++
		}
	}
	return times
}

// The states as answers hold them.
const (
	ticket = 1.0
	page   = 2.0
)

// incident is a row of the table of incidents.
type incident struct {
	*testing.T
	fields data.Frames
	row    int
}

// incidents are the rows of the table of incidents of a query.
func (s *source) incidents(t *testing.T, json string, from, to float64) []incident {
	t.Helper()
	frames := s.frames(t, query{refID: "A", json: json, from: clock(from), to: clock(to), interval: time.Minute})
	var rows []incident
	for row := range frames[0].Rows() {
		rows = append(rows, incident{t, frames, row})
	}
	return rows
}

// field returns a field of the row.
func (i incident) field(name string) any {
	i.Helper()
	field, at := i.fields[0].FieldByName(name)
	if at < 0 {
		i.Fatalf("incidents have no field %s", name)
	}
	value, _ := field.ConcreteAt(i.row)
	return value
}

// minuteOf is the minute of the story that a field holds.
func (i incident) minuteOf(name string) float64 {
	i.Helper()
	return i.field(name).(time.Time).Sub(clock(0)).Minutes()
}

// near fails where a number is not within a range.
func near(t *testing.T, what string, got, least, most float64) {
	t.Helper()
	if !(got >= least && got <= most) {
		t.Errorf("%s is %v, want %v to %v", what, got, least, most)
	}
}

// equal fails where a number is not the one that was worked out apart from the plugin, to 1e-9.
func equal(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
