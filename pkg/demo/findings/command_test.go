package findings

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/command"
)

// cer runs the command against the store and the catalog of a trial, at a time, and returns what it prints.
func (tr *trial) cer(definition string, now time.Time, args ...string) string {
	tr.t.Helper()
	file := filepath.Join(tr.t.TempDir(), "x.yaml")
	if err := os.WriteFile(file, []byte(definition), 0o600); err != nil {
		tr.t.Fatal(err)
	}
	return runCommand(tr.t, now, append([]string{args[0], "--catalog", file, "--store", tr.store.URL()}, args[1:]...)...)
}

// runCommand runs the command at a time, and returns what it prints.
func runCommand(t testing.TB, now time.Time, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append(args, "--timeout", "10m") // However busy the machine is.
	code := command.Run(context.Background(), args, command.Environment{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }, Now: func() time.Time { return now },
	})
	if code != 0 {
		t.Fatalf("cer %q ends with %d: %s", args, code, stderr.String())
	}
	return stdout.String()
}

// grafana returns the part of a Grafana that hands queries on to the data source of the trial.
func (tr *trial) grafana() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			From, To string
			Queries  []json.RawMessage
		}
		var query struct {
			RefID      string
			IntervalMS int64
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			tr.t.Error(err)
			return
		}
		if err := json.Unmarshal(body.Queries[0], &query); err != nil {
			tr.t.Error(err)
			return
		}
		at := func(text string) time.Time {
			ms, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				tr.t.Error(err)
			}
			return time.UnixMilli(ms)
		}
		response, err := tr.instance.(backend.QueryDataHandler).QueryData(r.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{{
			RefID: query.RefID, JSON: body.Queries[0], Interval: time.Duration(query.IntervalMS) * time.Millisecond,
			TimeRange: backend.TimeRange{From: at(body.From), To: at(body.To)},
		}}})
		if err != nil {
			tr.t.Error(err)
			return
		}
		if err := json.NewEncoder(w).Encode(response); err != nil {
			tr.t.Error(err)
		}
	})
}

// rows returns the rows of what the command prints as JSON.
func rows(t testing.TB, printed string) []map[string]any {
	t.Helper()
	var answer struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(printed), &answer); err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	return answer.Rows
}

// number returns a number of a row, NaN for null.
func number(row map[string]any, name string) float64 {
	if v, ok := row[name].(float64); ok {
		return v
	}
	return math.NaN()
}

// The command and the data source are two callers of one engine: the same question has the same answer.
func TestTheCommandSaysWhatTheDataSourceSays(t *testing.T) {
	from, broken := noon.Add(-4*time.Hour), noon.Add(-30*time.Minute)
	definition := catalog(`
objective: 0.95
budgetWindow: 4h
timeSliceWindow: 1m
policies: [{ name: burning, severity: page, burn: { budget: 50%, long: 1h } }]
dimensions: [{ name: region, values: [eu, us] }]
flows:
  - name: checkout
    weight: 3
    objective: 0.99
    slis:
      - { name: ok, weight: 2, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }
      - { name: fast, component: latency, latency: { histogram: d_seconds, under: 200ms } }
  - name: search
    objective: 0.9
    slis:
      - { name: up, probe: { selector: up } }`)
	late := func(before, after float64) func(time.Time) float64 { // A counter whose rate changes when it breaks.
		return func(at time.Time) float64 {
			if at.Before(broken) {
				return at.Sub(from).Seconds() * before
			}
			return broken.Sub(from).Seconds()*before + at.Sub(broken).Seconds()*after
		}
	}
	tr := try(t, definition, nil,
		series{`m_total{code="200",region="eu"}`, from, noon, 15 * time.Second, counter(from, 9)},
		series{`m_total{code="500",region="eu"}`, from, noon, 15 * time.Second, late(0, 2)},
		series{`m_total{code="200",region="us"}`, from, noon, 15 * time.Second, counter(from, 5)},
		series{`d_seconds_bucket{le="0.1",region="eu"}`, from, noon, 15 * time.Second, counter(from, 3)},
		series{`d_seconds_bucket{le="0.5",region="eu"}`, from, noon, 15 * time.Second, counter(from, 4)},
		series{`d_seconds_bucket{le="+Inf",region="eu"}`, from, noon, 15 * time.Second, counter(from, 5)},
		series{`up{region="us"}`, from, noon, 15 * time.Second, constant(1)})

	t.Run("through a Grafana", func(t *testing.T) {
		server := httptest.NewServer(tr.grafana())
		defer server.Close()
		for _, args := range []string{
			"score", "score --json", "score --level sli --measure value --window 10m --by region --at 5m --json", "status", "status --json",
			"incidents --from 2h", "incidents --from 2h --json", "expand --flow checkout", "expand --json",
		} {
			clock.Store(&noon)
			args := strings.Fields(args)
			if got, want := runCommand(t, noon, append(args, "--grafana", server.URL, "--datasource", "cer")...), tr.cer(definition, noon, args...); got != want {
				t.Errorf("cer %q prints through a Grafana\n%s\nand with a store\n%s", args, got, want)
			}
		}
	})
	t.Run("once", func(t *testing.T) { // What several levels need is asked once.
		target, err := url.Parse(tr.store.URL())
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		asked := map[string]int{}
		proxy := httputil.NewSingleHostReverseProxy(target)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			mu.Lock()
			asked[r.URL.String()+" "+string(body)]++
			mu.Unlock()
			proxy.ServeHTTP(w, r)
		}))
		defer server.Close()
		for _, name := range []string{"score", "status", "incidents"} {
			clear(asked)
			tr.cer(definition, noon, name, "--store", server.URL)
			for question, times := range asked {
				if times > 1 {
					t.Errorf("cer %s asks %d times %s", name, times, question)
				}
			}
			if len(asked) == 0 {
				t.Errorf("cer %s asks nothing", name)
			}
		}
	})
	t.Run("score", func(t *testing.T) {
		scores := rows(t, tr.cer(definition, noon, "score", "--json"))
		if len(scores) != 3 || scores[0]["level"] != "overall" {
			t.Fatalf("it prints the rows %v", scores)
		}
		tr.latest(`"level": "overall"`, noon).is("", number(scores[0], "score"))
		for _, row := range scores[1:] {
			tr.latest(`"level": "flow"`, noon).is(`flow="`+row["flow"].(string)+`"`, number(row, "score"))
		}
		for _, row := range rows(t, tr.cer(definition, noon, "score", "--level", "sli", "--measure", "value", "--window", "10m", "--by", "region", "--where", "region=eu", "--flow", "checkout", "--at", "5m", "--json")) {
			labels := `component="` + row["component"].(string) + `",flow="checkout",region="eu",sli="` + row["sli"].(string) + `"`
			tr.latest(`"level": "sli", "measure": "value", "window": "10m", "by": ["region"], "where": {"region": ["eu"]}, "flows": ["checkout"]`, noon.Add(-5*time.Minute)).is(labels, number(row, "value"))
		}
		if table := tr.cer(definition, noon, "score"); !strings.HasPrefix(table, "FLOW         SCORE\n(overall)  0.") {
			t.Errorf("it prints\n%s", table)
		}
	})
	t.Run("status", func(t *testing.T) {
		states := rows(t, tr.cer(definition, noon, "status", "--json"))
		if len(states) != 3 || states[1]["flow"] != "checkout" || number(states[1], "state") != 2 {
			t.Fatalf("it prints the rows %v", states)
		}
		tr.latest(`"level": "overall", "measure": "state"`, noon).is("", number(states[0], "state"))
		for _, row := range states[1:] {
			labels := `flow="` + row["flow"].(string) + `"`
			for _, measure := range []string{"state", "budget", "burn", "exhaustion"} {
				tr.latest(`"level": "flow", "measure": "`+measure+`"`, noon).is(labels, number(row, measure))
			}
		}
	})
	t.Run("incidents", func(t *testing.T) {
		incidents := rows(t, tr.cer(definition, noon, "incidents", "--from", "2h", "--level", "flow", "--json"))
		want := tr.ask(`"format": "incidents", "level": "flow"`, noon.Add(-2*time.Hour), noon, time.Minute)
		if want.Error != nil || len(incidents) == 0 || len(incidents) != want.Frames[0].Rows() {
			t.Fatalf("it prints the rows %v, and the data source answers %v (%v)", incidents, want.Frames, want.Error)
		}
		for i, row := range incidents {
			for _, name := range []string{"time", "title", "lowestScore", "budgetSpent", "slis"} {
				field, _ := want.Frames[0].FieldByName(name)
				value, _ := field.ConcreteAt(i)
				expected, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				if got, _ := json.Marshal(row[name]); !bytes.Equal(got, expected) {
					t.Errorf("%s of incident %d is %s, want %s", name, i, got, expected)
				}
			}
		}
	})
	t.Run("expand", func(t *testing.T) {
		printed := rows(t, tr.cer(definition, noon, "expand", "--json"))
		want := tr.ask(`"format": "definition", "level": "sli"`, noon.Add(-time.Minute), noon, time.Second)
		if want.Error != nil || len(printed) == 0 || len(printed) != want.Frames[0].Rows() {
			t.Fatalf("it prints the rows %v, and the data source answers %v (%v)", printed, want.Frames, want.Error)
		}
		field, _ := want.Frames[0].FieldByName("promql")
		for i, row := range printed {
			if row["promql"] != field.At(i) {
				t.Errorf("the PromQL is %v, want %v", row["promql"], field.At(i))
			}
		}
	})
}
