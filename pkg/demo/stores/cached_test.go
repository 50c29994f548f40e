package stores

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// cachedQueries are asked again and again, over ranges and at steps of a few kinds.
var cachedQueries = []string{
	`"format": "timeseries", "measure": "score", "level": "sli"`, `"format": "timeseries", "measure": "score", "by": ["region"]`,
	`"format": "timeseries", "measure": "burn", "level": "flow"`, `"format": "latest", "measure": "budget", "level": "sli"`,
	`"format": "timeseries", "measure": "state", "level": "flow"`, `"format": "table", "level": "sli"`,
}

// TestCachedAnswersEqualFreshOnes compares the answers of a data source with a cache with those of one without, as time passes.
func TestCachedAnswersEqualFreshOnes(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		random := rand.New(rand.NewPCG(1, 12))
		last := begin.Add(5 * time.Hour)
		store.Write(t, shopSamples(begin, last)...)
		cached := store.source(t, shop, nil)
		compared := 0
		for now := last; now.Before(end); now = now.Add(time.Duration(30+random.IntN(600)) * time.Second) {
			store.Write(t, shopSamples(last.Truncate(scrape).Add(scrape), now.Truncate(scrape).Add(-phase))...)
			last = now.Truncate(scrape).Add(-scrape)
			fresh := store.source(t, shop, map[string]any{"cacheBytes": 0})
			for range 3 {
				query := cachedQueries[random.IntN(len(cachedQueries))]
				step := []time.Duration{time.Minute, time.Minute, 5 * time.Minute}[random.IntN(3)]
				over := time.Duration(10+random.IntN(110)) * time.Minute
				want, got := numbersOf(t, fresh.ask(now, query, over, step)), numbersOf(t, cached.ask(now, query, over, step))
				if want != got {
					t.Fatalf("at %s the query %s over %s each %s is answered\n%s\nand afresh\n%s", now.Format(time.TimeOnly), query, over, step, got, want)
				}
				compared++
			}
		}
		t.Logf("%s: %d answers equal fresh ones", store.Name, compared)
	})
}

// numbersOf returns the fields of an answer as text, with numbers to nine digits, since sums may be added up in another order.
func numbersOf(t *testing.T, answer backend.DataResponse) string {
	t.Helper()
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	text := noticesOf(answer)
	for _, frame := range answer.Frames {
		for _, field := range frame.Fields {
			text += fmt.Sprintf("\n%s%s:", field.Name, field.Labels)
			for i := range field.Len() {
				text += " " + cell(t, field, i)
			}
		}
	}
	return text
}

// cell returns one value of a field as text.
func cell(t *testing.T, field *data.Field, i int) string {
	t.Helper()
	if number, ok := field.ConcreteAt(i); ok {
		if number, ok := number.(float64); ok {
			return fmt.Sprintf("%.9f", number+0) // Never -0.
		}
	}
	text, err := json.Marshal(field.At(i))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
