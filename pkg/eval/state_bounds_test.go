package eval_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const stateOfCheckout = `{"level":"flow","flows":["checkout"],"measure":"state"}`

// paging is the catalog of one policy by chance, which pages.
func paging(random *rand.Rand, lookback int) (*cer.Catalog, handPolicy) {
	p := randomPolicy(random, "one")
	p.stated.Severity = cer.PageSeverity
	c := policed(p.stated)
	c.Budget.Lookback, c.MinCoverage = time.Duration(lookback)*time.Minute, 0
	return c, p
}

// minutesOf are the states of checkout at each minute of some up to one before noon.
func minutesOf(t *testing.T, c *cer.Catalog, h *history, minutes, to int) []float64 {
	t.Helper()
	until := time.Duration(to) * time.Minute
	r := askOver(t, stateOfCheckout, c, h.answer, until+time.Duration(minutes-1)*time.Minute, until, time.Minute)
	return r.Members[0].Columns[query.State]
}

// begins counts how often something is true that was not the minute before, and how close two such minutes are.
func begins(n int, is func(i int) bool) (times, closest int) {
	last, closest := -1, n
	for i := 1; i < n; i++ {
		if !is(i) || is(i-1) {
			continue
		}
		if last >= 0 {
			closest = min(closest, i-last)
		}
		last = i
		times++
	}
	return times, closest
}

// TestFlappingIsBoundedByForAndKeepFor holds how close two pages of a policy begin against what it takes to leave and to
// enter again: the condition is clear throughout keepFor, and true throughout for. Telemetry has no gaps, so that a
// state never becomes unknown in between.
func TestFlappingIsBoundedByForAndKeepFor(t *testing.T) {
	const asked, minutes, lookback = 400, 240, 120
	pages, alarms := 0, 0
	for seed := range uint64(asked) {
		random := rand.New(rand.NewPCG(seed, 2))
		h := &history{seed: seed % 40, columns: map[string][]float64{}}
		c, p := paging(random, lookback)
		to := random.IntN(300)
		states := minutesOf(t, c, h, minutes, to)
		times, closest := begins(minutes, func(i int) bool { return states[i] == 2 })
		least := int((p.stated.For+p.stated.KeepFor)/time.Minute) + 2
		if times > 1 && closest < least {
			t.Errorf("asked %d: two pages begin %d minutes apart, less than %d\n%+v", seed, closest, least, p.stated)
		}
		pages += times
		naive, _ := begins(minutes, func(i int) bool { return p.when.decide(h, to+minutes-1-i, false) == cer.True })
		alarms += naive
	}
	if pages < asked/2 || alarms < pages*4/3 {
		t.Errorf("there are %d pages, and conditions become true %d times; these are too few", pages, alarms)
	}
}

// TestLostTelemetryClearsNoPage loses all telemetry at some minute. What was a page then is one for as long as the
// policy remembers that it entered, whatever the condition looks back over.
func TestLostTelemetryClearsNoPage(t *testing.T) {
	const worlds, lookback = 400, 120
	held := 0
	for seed := range uint64(worlds) {
		random := rand.New(rand.NewPCG(seed, 3))
		h := &history{seed: seed % 80, columns: map[string][]float64{}}
		c, p := paging(random, lookback)
		h.lost = lookback + random.IntN(200)
		states := minutesOf(t, c, h, lookback, h.lost-lookback+1) // The first of them is the last one with telemetry.
		if states[0] != 2 {
			continue
		}
		held++
		entered := 0
		for p.on(h, h.lost+entered, 0, false) != cer.True { // Remembering nothing, a policy is on where it enters.
			entered++
		}
		for i, state := range states {
			if i <= lookback-entered && state != 2 {
				t.Errorf("world %d: the state is %v %d minutes after telemetry was lost, in a page that is %d minutes old then\n%+v", seed, state, i, entered, p.stated)
				break
			}
		}
	}
	if held < worlds/10 {
		t.Errorf("only %d pages were held", held)
	}
}
