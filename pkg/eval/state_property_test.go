package eval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// history is what metrics were each minute before noon: at(metric, 0) is that of noon.
type history struct {
	seed uint64
	// gaps says whether telemetry is lost at times, and lost for how many minutes up to noon all of it is.
	gaps    bool
	lost    int
	columns map[string][]float64
}

// historyMinutes is how far back a history goes: as far as any condition of these tests looks, and more.
const historyMinutes = 3000

// column is a metric's: good for the most part, bad for stretches, and at times not there.
func (h *history) column(metric string) []float64 {
	if known, ok := h.columns[metric]; ok {
		return known
	}
	random := rand.New(rand.NewPCG(h.seed, uint64(metric[0])))
	column := make([]float64, historyMinutes)
	for i := 0; i < len(column); {
		value := 1.0
		switch kind := random.IntN(10); {
		case kind < 3:
			value = math.Round(100*random.Float64()) / 100
		case kind == 3 && h.gaps:
			value = math.NaN()
		}
		if metric == "m" { // A maintenance is on or not.
			value = float64(random.IntN(4) / 3)
		}
		for n := 1 + random.IntN(40); n > 0 && i < len(column); n-- {
			column[i] = value
			i++
		}
	}
	h.columns[metric] = column
	return column
}

func (h *history) at(metric string, minute int) float64 {
	if minute < h.lost {
		return math.NaN()
	}
	return h.column(metric)[minute]
}

// answer is what the store says of a leaf.
func (h *history) answer(leaf expand.Leaf) series.Answer {
	for _, metric := range []string{"a", "b", "c", "m"} {
		if !strings.Contains(leaf.Expr.String(), "("+metric+")") {
			continue
		}
		values := make([]float64, leaf.Range.Len())
		for i := range values {
			values[i] = h.at(metric, int(noon.Sub(leaf.Range.Time(i))/time.Minute))
		}
		return series.Answer{Series: []series.Series{{Values: values}}}
	}
	return series.Answer{}
}

// The slices of these tests are five minutes wide.
const slice = 5

// score is that of checkout, the mean of what is there of a and b, and its coverage.
func (h *history) score(minute int) (score, coverage float64) {
	sum, n := 0.0, 0
	for _, metric := range []string{"a", "b"} {
		if v := h.at(metric, minute); !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return math.NaN(), 0
	}
	return sum / float64(n), float64(n) / 2
}

// burn is the burn rate of checkout over some minutes, counted slice by slice, but for those in a maintenance. It is not
// known while the newest slice is not, unless that is in a maintenance.
func (h *history) burn(minute, window int, excludes bool) float64 {
	works := func(at int) bool {
		for m := at + 1; excludes && m <= at+slice; m++ { // The minutes of the slice, its end left out.
			if h.at("m", m) != 0 {
				return true
			}
		}
		return false
	}
	if score, _ := h.score(minute); math.IsNaN(score) && !works(minute) {
		return math.NaN()
	}
	if window > 360 { // Windows over six hours end at a whole slice; noon is one.
		minute += (slice - minute%slice) % slice
	}
	lost, of := 0.0, 0.0
	for at := minute; at < minute+window; at += slice {
		score, _ := h.score(at)
		if math.IsNaN(score) || works(at) {
			continue
		}
		lost, of = lost+1-score, of+1
	}
	return lost / of / (1 - .9)
}

// condition is one that can be decided in two ways.
type condition struct {
	text   string
	decide func(h *history, minute int, excludes bool) cer.Truth
}

// atLeast and under compare in three-valued logic.
func atLeast(x, y float64) cer.Truth {
	if math.IsNaN(x) {
		return cer.Unknown
	}
	return cer.TruthOf(x >= y-math.Abs(y)*1e-9)
}

func under(x, y float64) cer.Truth { return atLeast(x, y).Not() }

// conditions are those that policies of these tests may have, with thresholds by chance.
func conditions(random *rand.Rand) []condition {
	x, y := math.Round(90*random.Float64())/100+.05, 1+math.Round(50*random.Float64())/10
	return []condition{
		{fmt.Sprintf("score < %v", x), func(h *history, m int, _ bool) cer.Truth {
			score, _ := h.score(m)
			return under(score, x)
		}},
		{fmt.Sprintf(`burn("1h") >= %v`, y), func(h *history, m int, e bool) cer.Truth { return atLeast(h.burn(m, 60, e), y) }},
		{fmt.Sprintf(`burn("30m") >= %v && burn("5m") >= %v`, y, y), func(h *history, m int, e bool) cer.Truth {
			return atLeast(h.burn(m, 30, e), y).And(atLeast(h.burn(m, slice, e), y))
		}},
		{fmt.Sprintf(`burn("8h") >= %v || sli("a").score < %v`, y, x), func(h *history, m int, e bool) cer.Truth {
			return atLeast(h.burn(m, 480, e), y).Or(under(h.at("a", m), x))
		}},
		{fmt.Sprintf("budget < %v && coverage >= 0.7", -y), func(h *history, m int, e bool) cer.Truth {
			_, coverage := h.score(m)
			return under(1-h.burn(m, 1440, e), -y).And(atLeast(coverage, .7))
		}},
	}
}

// remembered is a condition that decides each minute once.
func (c condition) remembered() condition {
	known := map[int]cer.Truth{}
	decide := c.decide
	c.decide = func(h *history, minute int, excludes bool) cer.Truth {
		if _, ok := known[minute]; !ok {
			known[minute] = decide(h, minute, excludes)
		}
		return known[minute]
	}
	return c
}

// handPolicy is a policy that is decided by hand.
type handPolicy struct {
	stated      cer.AlertPolicy
	when, clear condition
}

// on says whether the policy is on at a minute, word by word as the model defines it.
func (p handPolicy) on(h *history, minute, lookback int, excludes bool) cer.Truth {
	when := func(m int) cer.Truth { return p.when.decide(h, m, excludes) }
	cleared := func(m int) cer.Truth {
		if p.stated.Clear == "" {
			return when(m).Not()
		}
		return p.clear.decide(h, m, excludes).And(when(m).Not())
	}
	throughout := func(from, minutes int, is func(int) bool) bool {
		for m := from; m <= from+minutes; m++ {
			if !is(m) {
				return false
			}
		}
		return true
	}
	holds, keeps := int(p.stated.For/time.Minute), int(p.stated.KeepFor/time.Minute)
	for m := minute; m <= minute+lookback; m++ { // From the newest one back.
		if throughout(m, holds, func(m int) bool { return when(m) == cer.True }) {
			return cer.True
		}
		if throughout(m, keeps, func(m int) bool { return cleared(m) == cer.True }) {
			break
		}
	}
	mayHold := throughout(minute, holds, func(m int) bool { return when(m) != cer.False })
	if when(minute) == cer.Unknown || mayHold {
		return cer.Unknown
	}
	return cer.False
}

// randomPolicy is one by chance.
func randomPolicy(random *rand.Rand, name string) handPolicy {
	when, clears := conditions(random), conditions(random)
	p := handPolicy{when: when[random.IntN(len(when))].remembered(), clear: clears[random.IntN(len(clears))].remembered()}
	p.stated = cer.AlertPolicy{Name: name, Severity: cer.AlertSeverities()[random.IntN(2)], When: p.when.text,
		Flows: cer.FlowSelection{Names: []string{"checkout"}},
		For:   time.Duration(random.IntN(4)) * time.Minute, KeepFor: time.Duration(random.IntN(15)) * time.Minute}
	if random.IntN(3) == 0 {
		p.stated.Clear = p.clear.text
	}
	return p
}

// TestAStateIsThatOfTheDataAlone asks for states over ranges and steps by chance, and holds each against the definition
// of the model, so that it can't depend on the range, on the phase of the step, or on what was asked before.
func TestAStateIsThatOfTheDataAlone(t *testing.T) {
	const worlds, asked, lookback = 50, 40, 90
	compared, on := 0, 0
	for seed := range uint64(worlds) {
		random := rand.New(rand.NewPCG(seed, 1))
		h := &history{seed: seed, gaps: seed%3 != 0, columns: map[string][]float64{}}
		policies := []handPolicy{randomPolicy(random, "one"), randomPolicy(random, "two")}
		excludes := random.IntN(2) == 0
		c := policed(policies[0].stated, policies[1].stated)
		c.Budget.Lookback = lookback * time.Minute
		c.MinCoverage = 0
		if excludes {
			c.Maintenance = []cer.Maintenance{{Name: "works", Effect: cer.EffectExclude, PromQL: "max(m)"}}
		}
		known := map[int]cer.State{}
		state := func(minute int) cer.State {
			if _, ok := known[minute]; !ok {
				var standings []cer.PolicyResult
				for _, p := range policies {
					standings = append(standings, cer.PolicyResult{Severity: p.stated.Severity, On: p.on(h, minute, lookback, excludes)})
				}
				known[minute] = cer.StateOf(standings, excludes && h.at("m", minute) != 0)
			}
			return known[minute]
		}
		for range asked {
			from, to := randomRange(random)
			r := askOver(t, `{"level":"flow","flows":["checkout"],"measure":"state"}`, c, h.answer, from, to, time.Duration(1+random.IntN(600))*time.Second)
			for i, got := range r.Members[0].Columns[query.State] {
				before := noon.Sub(r.Plan.Range.Time(i))
				minute := int((before + time.Minute - 1) / time.Minute)
				want := state(minute)
				for m := minute + 1; time.Duration(m)*time.Minute < before+series.Duration(r.Plan.Range.Step); m++ {
					want = max(want, state(m)) // Those since the point before count, too.
				}
				if same := got == want.Number() || math.IsNaN(got) && math.IsNaN(want.Number()); !same {
					t.Fatalf("world %d, %d minutes before noon: the state is %v, want %v\n%+v", seed, minute, got, want, c.Policies)
				}
				compared++
				if want.NeedsAttention() {
					on++
				}
			}
		}
	}
	if compared < 20_000 || on < compared/10 {
		t.Errorf("%d states were compared, %d of which are ticket or page; these are too few", compared, on)
	}
}

// randomRange returns how long before noon a range begins and ends that is up to three hours long.
func randomRange(random *rand.Rand) (from, to time.Duration) {
	to = time.Duration(random.IntN(300*60)) * time.Second
	return to + time.Duration(random.IntN(180*60))*time.Second, to
}
