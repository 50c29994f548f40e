package process

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// policedDefinition is the shop's catalog with short budgets, and policies of which some are on.
const policedDefinition = shopDefinition + `
  budgetWindow: 1h
  lookback: 1h
  policies:
    - { name: low, severity: page, flows: { names: [checkout, search] }, when: score < 0.74, for: 2m, keepFor: 5m }
    - { name: whole, severity: ticket, when: 'burn("10m") >= 4.9 && coverage > 0.9' }
  maintenance:
    - { name: works, effect: suppress, flows: { names: [login] }, promql: 'vector(1)' }
`

// drawQuery draws a query that anybody may ask; not all of them can be answered.
func drawQuery(random *rand.Rand, refID string) query {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	fields := map[string]any{
		"measure": one("score", "score", "value", "impact", "coverage", "weight", "traffic", "lag", "budget", "burn", "burn", "exhaustion", "state", "state", "quantile", "ttr"),
		"level":   one("overall", "flow", "flow", "component", "sli"),
		"format":  one("timeseries", "timeseries", "timeseries", "latest", "latest", "table", "incidents", "summary", "definition"),
	}
	if random.IntN(3) == 0 {
		fields["flows"] = one("checkout", "search", "login", "nobody")
	}
	if random.IntN(4) == 0 {
		fields["window"] = one("5m", "10m", "$__rate_interval", "7m")
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	from := time.Duration(random.IntN(40*60)) * time.Second
	return query{refID: refID, json: string(raw), from: at(from), to: at(from + time.Duration(random.IntN(600))*time.Second),
		interval: []time.Duration{15 * time.Second, time.Minute, 5 * time.Minute, 7 * time.Minute}[random.IntN(4)]}
}

// said is an answer as text, with one uid for all data sources, since links lead to the one that answered.
func said(t *testing.T, s *source, answer backend.DataResponse) string {
	t.Helper()
	if answer.Error != nil {
		return fmt.Sprint(answer.Status, answer.Error)
	}
	text, err := json.Marshal(answer.Frames)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), s.uid(), "uid")
}

// TestAnAnswerDoesNotDependOnTheOtherQueries asks queries by chance together, in any order and again and again, so that
// they share what the store was asked. Each answer has to be the one that the query gets when it is asked alone of a
// data source that knows nothing yet.
func TestAnAnswerDoesNotDependOnTheOtherQueries(t *testing.T) {
	const known, refused, requests, together = 60, 10, 150, 8
	random := rand.New(rand.NewPCG(1, 5))
	var queries []query
	var alone []string
	for failed := 0; len(queries) < known; {
		q := drawQuery(random, fmt.Sprintf("Q%d", len(queries)))
		s := newSource(shop.URL(), policedDefinition)
		answer := s.ask(t, q)[q.refID]
		if answer.Error != nil {
			if failed++; failed > refused {
				continue
			}
		}
		queries, alone = append(queries, q), append(alone, said(t, s, answer))
	}
	s := newSource(shop.URL(), policedDefinition)
	for range requests {
		picked := random.Perm(known)[:together]
		var asked []query
		for _, k := range picked {
			asked = append(asked, queries[k])
		}
		answers := s.ask(t, asked...)
		for _, k := range picked {
			if got := said(t, s, answers[queries[k].refID]); got != alone[k] {
				t.Fatalf("asked together with %d others, %s is answered\n%s\nand alone\n%s", together-1, queries[k].json, got, alone[k])
			}
		}
	}
}
