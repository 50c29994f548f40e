package fetch

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// mover is a store that moves ranges to the multiples of their step. Its only series has the minutes of the day as values, up to
// an instant, and from one on.
type mover struct {
	from, to int64
	mu       sync.Mutex
	asked    []string
}

// ServeHTTP answers, and notes what was asked.
func (m *mover) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number := func(name string) int64 {
		seconds, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int64(seconds)
	}
	start, end, step := number("start"), number("end"), number("step")
	kind, field := "matrix", "values"
	if step == 0 {
		kind, field, start, end, step = "vector", "value", number("time"), number("time"), 1
	}
	m.mu.Lock()
	m.asked = append(m.asked, fmt.Sprintf("%s %ds +%ds /%d", r.FormValue("query"), start-noon.Unix(), end-start, step))
	m.mu.Unlock()
	var points []string
	for at := start / step * step; at <= end/step*step; at += step {
		if m.from <= at && at <= m.to || r.FormValue("query") != "x" {
			points = append(points, fmt.Sprintf(`[%d,"%d"]`, at, at%86400/60))
		}
	}
	result := "[]"
	if len(points) > 0 {
		result = `[{"metric":{},"` + field + `":[` + strings.Join(points, ",") + "]}]"
		if kind == "vector" {
			result = `[{"metric":{},"value":` + points[0] + "}]"
		}
	}
	serving(http.StatusOK, data(kind, result))(w, r)
}

// requests returns what was asked since the last time.
func (m *mover) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	asked := m.asked
	m.asked = nil
	return asked
}

func TestA5RangesBetweenTheMultiplesOfTheirStep(t *testing.T) {
	minute, at := time.Minute, func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	for name, test := range map[string]struct {
		over  series.Range
		first string
		asked []string
	}{
		"a finer step of which all instants are multiples": {
			series.New(at(1), at(61), 5*minute), "x 60s +3600s /300", []string{"x 60s +3600s /60"},
		},
		"the finest step that is fine enough": {
			series.New(at(10), at(130), 15*minute), "x 600s +7200s /900", []string{"x 600s +7200s /300"},
		},
		"so many points that a store is asked several times": {
			series.New(at(1), at(1+60*200), time.Hour), "x 60s +720000s /3600", []string{"x 60s +655200s /60", "x 658860s +61200s /60"},
		},
		"instants, where the step would be too fine": {
			series.New(noon.Add(time.Second), noon.Add(2*time.Hour+time.Second), time.Hour), "x 1s +7200s /3600", []string{"x 1s +0s /1", "x 3601s +0s /1", "x 7201s +0s /1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := &mover{to: test.over.End}
			store := newStore(t, Config{URL: newServer(t, m.ServeHTTP).URL})
			for n, want := range [][]string{append([]string{test.first}, test.asked...), test.asked} {
				answer, err := fetchOne(t, store, Leaf{PromQL: "x", Range: test.over})
				if err != nil {
					t.Fatal(err)
				}
				if len(answer.Series) != 1 {
					t.Fatalf("got %d series", len(answer.Series))
				}
				for i, v := range answer.Series[0].Values {
					if want := float64(test.over.At(i) / 1000 % 86400 / 60); v != want {
						t.Fatalf("instant %d: got %v, want %v", i, v, want)
					}
				}
				if diff := cmp.Diff(want, m.requests()); diff != "" {
					t.Errorf("time %d: %s", n, diff)
				}
			}
		})
	}
}

// A store that answers nothing at the multiples of a step may have something at the instants that were asked for.
func TestA5NothingAtMultiplesIsNotNothing(t *testing.T) {
	over := series.New(noon.Add(4*time.Minute), noon.Add(29*time.Minute), 5*time.Minute)
	m := &mover{from: noon.Add(28 * time.Minute).Unix(), to: over.End / 1000}
	store := newStore(t, Config{URL: newServer(t, m.ServeHTTP).URL})
	answer, err := fetchOne(t, store, Leaf{PromQL: "x", Range: over})
	if err != nil || len(answer.Series) != 1 || answer.Series[0].Values[5] != 12*60+29 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if diff := cmp.Diff([]string{"x 240s +1500s /300", "vector(0) 240s +1500s /300", "x 240s +1500s /60"}, m.requests()); diff != "" {
		t.Error(diff)
	}
}

// Where neither way is possible, nothing is shifted: it is an error.
func TestA5ARangeThatNoStepFitsIsAnError(t *testing.T) {
	over := series.New(noon.Add(time.Second), noon.Add(200*time.Hour), time.Hour)
	m := &mover{to: over.End}
	_, err := fetchOne(t, newStore(t, Config{URL: newServer(t, m.ServeHTTP).URL}), Leaf{PromQL: "x", Range: over})
	e := errorOf(t, err)
	if e.Kind != NotPrometheus || !strings.Contains(e.Message, "at other times than those that were asked for") {
		t.Errorf("%s: %s", e.Kind, e.Message)
	}
}

// A store that answers as it was asked is asked once.
func TestA5AStoreThatMovesNothingIsAskedAsBefore(t *testing.T) {
	over := series.New(noon.Add(time.Minute), noon.Add(31*time.Minute), 5*time.Minute)
	asked := 0
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		result := "[]"
		if r.FormValue("query") == "vector(0)" || asked == 1 {
			result = fmt.Sprintf(`[{"metric":{},"values":[[%d,"1"]]}]`, over.Start/1000)
		}
		serving(http.StatusOK, data("matrix", result))(w, r)
	})
	store := newStore(t, Config{URL: server.URL})
	for range 3 {
		if _, err := fetchOne(t, store, Leaf{PromQL: "x", Range: over}); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}
