package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

const (
	// budgetSeed is added to the seeds of catalogs whose budgets are asked for.
	budgetSeed = 3_000_000
	// longEvery is how often a budget is that of days.
	longEvery = 16
	// budgetSpan is how much telemetry there is at most of the others.
	budgetSpan = 11 * time.Hour
)

// budgetQuestion is what is asked of a catalog with budgets.
type budgetQuestion struct {
	question
	// window is that of the burn rate.
	window time.Duration
	// long says that there are days of telemetry.
	long bool
}

// generateBudgets draws a catalog with budgets, its telemetry and what is asked.
func generateBudgets(seed uint64) (*catalog, *dataset, budgetQuestion) {
	g := &generator{random: newRand(seed), data: &dataset{name: strconv.FormatUint(seed, 10)}}
	c := &catalog{
		seed: seed, aggregate: pick(g.random, mean, mean, geometric, harmonic, minimum, product, loss),
		window: g.window(), minCoverage: pick(g.random, 0, 0.3, 0.5, 0.75),
		trust: []condition{{datasetLabel, "=", g.data.name}}, ownScrape: g.chance(0.5),
	}
	g.catalog = c
	asked := budgetQuestion{long: seed%longEvery == 0}
	span := g.budgeting(&asked)
	g.times(&asked, span)
	for i := range 2 {
		f := flow{name: fmt.Sprintf("flow%d", i), weight: g.weight(), objective: g.target(), method: g.method("")}
		for j := range 2 + g.random.IntN(6)/5 {
			s := g.sli(&f, fmt.Sprintf("m%d_%d", i, j), j)
			if s.objective == 0 { // A curve may be made of it already.
				s.objective = g.objective()
			}
			s.component = pick(g.random, "", "", "security", "dependency")
			f.slis = append(f.slis, s)
		}
		c.flows = append(c.flows, f)
	}
	return c, g.data, asked
}

// budgeting draws how budgets are counted, and over which windows; it returns how much telemetry is needed.
func (g *generator) budgeting(asked *budgetQuestion) time.Duration {
	c, random := g.catalog, g.random
	b := &budgeting{method: g.method(ratioTimeslices), objective: g.target(), target: pick(random, 0, 0, 0.9123, 0.5077)}
	c.budget = b
	b.slice = pick(random, 3*time.Minute, 5*time.Minute, 5*time.Minute, 7*time.Minute, 10*time.Minute, 15*time.Minute, 20*time.Minute, 30*time.Minute)
	many, burns := 6+random.IntN(8), 1+random.IntN(10)
	switch {
	case asked.long:
		b.slice, many, burns = pick(random, 30*time.Minute, time.Hour), 30+random.IntN(50), 13+random.IntN(15)
	case b.slice >= 15*time.Minute: // 6 h are few slices.
		burns = int(fineWindow/b.slice) - 1 + random.IntN(3)
	}
	b.window = max(b.slice*time.Duration(many), upTo(time.Hour, b.slice))
	c.scrape = g.spacing(b.slice)
	asked.window = b.slice * time.Duration(burns)
	g.unit = max(time.Minute, b.slice/3)
	return max(b.window, asked.window) * time.Duration(4+random.IntN(8)) / 8
}

// spacing draws how far apart samples are: what scrape intervals usually are where cer has to find it out.
func (g *generator) spacing(slice time.Duration) time.Duration {
	spacing := (slice / time.Duration(2+g.random.IntN(7))).Truncate(time.Second)
	if g.catalog.ownScrape {
		return spacing
	}
	usual := []time.Duration{10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300}
	at, _ := slices.BinarySearch(usual, spacing/time.Second+1)
	return usual[at-1] * time.Second
}

// times draws which instants are asked about.
func (g *generator) times(asked *budgetQuestion, span time.Duration) {
	scrape := g.catalog.scrape
	interval := max(scrape, pick(g.random, time.Minute, 90*time.Second, 7*time.Minute, g.catalog.budget.slice))
	q := question{interval: interval, step: interval, scrape: scrape}
	if !g.catalog.ownScrape {
		q.scrape = otherScrape
	}
	// All that share a store end at about the same time, since it takes nothing that is much older.
	q.to = epoch.Add(30*time.Hour + time.Duration(g.random.IntN(3_600_000))*time.Millisecond)
	q.from = q.to.Add(-interval - interval/2)
	asked.question = q
	if !asked.long {
		span = min(span, budgetSpan)
	}
	g.start, g.end = q.to.Add(-span), q.to.Add(time.Minute)
	if !g.catalog.ownScrape { // The spacing is found out by the samples of some hours.
		g.steady = true
		if start := epoch.Add(21*time.Hour + 30*time.Minute); start.Before(g.start) {
			g.start = start
		}
	}
}

// method draws how losses add up; otherwise is what else there is.
func (g *generator) method(otherwise string) string {
	return pick(g.random, occurrences, timeslices, ratioTimeslices, otherwise)
}

// target draws an objective of scores that no share of a few events is.
func (g *generator) target() float64 { return pick(g.random, 0.9013, 0.9507, 0.9903, 0.9987) }

// upTo returns the smallest multiple of a slice that is not under a duration.
func upTo(d, slice time.Duration) time.Duration { return (d + slice - 1) / slice * slice }

// rangedValue draws an expression that looks back over the window, and so at nothing outside of its slice.
func rangedValue(random *rand.Rand, gauge, one selector) value {
	return pick(random,
		value{"max(max_over_time(%s[__window]))", []selector{gauge}},
		value{"avg(avg_over_time(%s[__window]))", []selector{gauge}},
		value{"1 - min(min_over_time(%s[__window])) / (1 + sum(last_over_time(%s[__window])))", []selector{gauge, one}},
	)
}
