package bench

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// Report is what was measured.
type Report struct {
	// Store is the store that was asked, Machine where, and Date when.
	Store, Machine string
	Date           time.Time
	Took           time.Duration
	// Asked says what was asked.
	Asked string
	// Cases are what is measured beside what would be done instead, Sizes what is not compared.
	Cases []Case
	Sizes []Size
	// PluginCPU is what the plugin took of the processors' time for the dashboard that was opened cold, in seconds, and
	// AllCPU what the store took too; 0 where that is not known.
	PluginCPU, AllCPU float64
	// Plan are the requests to the store for the panel that was opened first.
	Plan   []promstore.Asked
	Growth []Growth
}

// Case is something that was measured beside what would be done instead.
type Case struct {
	Name, Instead string
	Ours, Theirs  Figures
	Goals         []Goal
}

// Figures are what one side took.
type Figures struct {
	// Seconds is the median of the times of some runs, Best the shortest, and CPU the mean of the processors' time of all
	// that took part, as far as it is known.
	Seconds, Best, CPU float64
	Runs               int
	// Samples are those that the store read, by its own count, and Requests those that reached it; both are means.
	Samples, Requests float64
}

// Size is something that was measured by itself.
type Size struct {
	Name, Got string
	Goals     []Goal
}

// Growth is what a panel of some flows takes.
type Growth struct {
	Flows, Runs                                int
	Seconds, Requests, Samples, Numbers, Bytes float64
	// Lookups are those of the requests that find out what the store has of histograms.
	Lookups, Peak, Cached float64
}

// Goal is what is to be reached.
type Goal struct {
	Text string
	Met  bool
}

// figures are those of a side.
func (s *side) figures() Figures {
	times := valuesOf(s.timed, func(r run) float64 { return r.took.Seconds() })
	return Figures{
		Seconds: median(times), Best: slices.Min(append(times, math.Inf(1))), Runs: len(times),
		CPU:      mean(valuesOf(s.timed, func(r run) float64 { return r.cpu.Seconds() })),
		Samples:  mean(valuesOf(s.counted, run.samples)),
		Requests: mean(valuesOf(s.counted, func(r run) float64 { return float64(len(r.asked)) })),
	}
}

// and are the runs of both.
func (s side) and(other side) *side {
	return &side{timed: slices.Concat(s.timed, other.timed), counted: slices.Concat(s.counted, other.counted)}
}

// faster and fewer are how many times less the plugin took, of time and of samples; infinite where it took nothing.
func (c Case) faster() float64 { return c.Theirs.Seconds / c.Ours.Seconds }
func (c Case) fewer() float64  { return c.Theirs.Samples / c.Ours.Samples }

// newCase returns a case, whose goals are how many times less time and samples are to be taken; 0 where that is no goal.
func newCase(name, instead string, ours, theirs *side, faster, fewer goal) Case {
	c := Case{Name: name, Instead: instead, Ours: ours.figures(), Theirs: theirs.figures()}
	for _, one := range []struct {
		goal goal
		got  float64
	}{{faster, c.faster()}, {fewer, c.fewer()}} {
		if one.goal.text != "" {
			c.Goals = append(c.Goals, Goal{Text: one.goal.text, Met: one.got >= one.goal.times*(1-1e-9)})
		}
	}
	return c
}

// goal is how many times less is to be taken.
type goal struct {
	text  string
	times float64
}

// share is the goal to take at most a share.
func share(of string, most float64) goal {
	return goal{text: fmt.Sprintf("at most %gx the %s", most, of), times: 1 / most}
}

// faster and fewer are the goals to be some times faster, and to read some times fewer samples.
func faster(times float64) goal { return goal{text: fmt.Sprintf("%gx faster", times), times: times} }
func fewer(times float64) goal {
	return goal{text: fmt.Sprintf("%gx fewer samples", times), times: times}
}

// report returns what was measured.
func (b *bench) report(began time.Time) *Report {
	r := &Report{Store: b.store.name, Machine: machine(), Date: began, Took: time.Since(began), Asked: b.size.String(), Cases: b.cases(), Sizes: b.sizes()}
	cold := b.dashboard.cold.timed
	r.PluginCPU, r.AllCPU = mean(valuesOf(cold, func(r run) float64 { return r.plugin.cpu.Seconds() })), b.dashboard.cold.figures().CPU
	if runs := b.panel.cold.counted; len(runs) > 0 {
		r.Plan = runs[0].asked
	}
	for _, g := range b.growth {
		r.Growth = append(r.Growth, g.growth())
	}
	return r
}

// cases are what is measured beside what would be done instead.
func (b *bench) cases() []Case {
	grouped, none := "the composite score as one PromQL expression", goal{}
	dashboard, budget := b.dashboard.instead.and(b.dashboard.insteadLater), b.budget.instead.and(b.budget.insteadLater)
	rules := fmt.Sprintf("%d alert rules", b.size.flows*b.size.rules())
	return []Case{
		newCase("panel, cold", grouped, &b.panel.cold, &b.panel.instead, share("time", 0.7), share("samples", 0.8)),
		newCase("panel, cold", "the same written flow by flow", &b.panel.cold, &b.flowByFlow, none, none),
		newCase("panel, cold, with known histograms", grouped, &b.known, &b.panel.instead, none, none),
		newCase(fmt.Sprintf("panel, refreshed after %s", b.size.tick), grouped, &b.panel.refreshed, &b.panel.insteadLater, faster(15), fewer(30)),
		newCase("executive dashboard, opened cold", "one expression per panel", &b.dashboard.cold, dashboard, faster(4), none),
		newCase("executive dashboard, refreshed", "one expression per panel", &b.dashboard.refreshed, dashboard, faster(20), none),
		newCase("budget and burn rates, cold", "one subquery each", &b.budget.cold, budget, faster(2), none),
		newCase("budget and burn rates, refreshed", "one subquery each", &b.budget.refreshed, budget, faster(50), none),
		newCase(rules+", first evaluation", "one expression per rule", &b.alerts.cold, &b.alerts.instead, none, none),
		newCase(rules+", every minute", "one expression per rule", &b.alerts.refreshed, b.alerts.instead.and(b.alerts.insteadLater), none, fewer(20)),
	}
}

// sizes are what is measured by itself.
func (b *bench) sizes() []Size {
	decode, allocated := perNumber(b.known.counted)
	whole, _ := perNumber(b.panel.cold.counted)
	most := b.growth[len(b.growth)-1]
	return append([]Size{
		{"CPU time of the plugin per value, from decoding to frames", fmt.Sprintf("%.0f ns", decode), []Goal{{"150 ns", decode <= 150}}},
		{"memory allocated per value, from decoding to frames", fmt.Sprintf("%.0f bytes", allocated), []Goal{{"64 bytes", allocated <= 64}}},
		{"CPU time of the plugin per value, for the panel, cold", fmt.Sprintf("%.0f ns", whole), nil},
		{"memory at rest", mebibytes(b.rest.resident), []Goal{{"40 MiB", b.rest.resident <= 40*mebibyte}}},
		{fmt.Sprintf("peak memory for the panel of %d flows", most.flows), mebibytes(most.peak), []Goal{{"40 MiB and the 256 MiB of cacheBytes", most.peak <= (40+256)*mebibyte}}},
		{fmt.Sprintf("memory after the panel was refreshed %d times over %s", b.hurries, b.size.day), mebibytes(b.hurried.resident), []Goal{{"40 MiB and the 256 MiB of cacheBytes", b.hurried.resident <= (40+256)*mebibyte}}},
		{"of which cached points", mebibytes(b.hurried.cached), nil},
		b.linear("time", func(g grown) float64 { return g.side.figures().Seconds }),
		b.linear("memory", func(g grown) float64 { return g.peak }),
		b.constant(),
	}, b.gateSizes()...)
}

// perNumber returns what the plugin's process took of the processors, in nanoseconds, and allocated, in bytes, for each
// number that the store answered.
func perNumber(runs []run) (ns, bytes float64) {
	numbers := 0.0
	for _, r := range runs {
		numbers, ns, bytes = numbers+r.numbers(), ns+float64(r.plugin.cpu), bytes+r.plugin.allocated
	}
	return ns / numbers, bytes / numbers
}

const mebibyte = 1 << 20

// mebibytes prints a number of bytes.
func mebibytes(bytes float64) string { return fmt.Sprintf("%.0f MiB", bytes/mebibyte) }

// linear says whether something grows at most as fast as the number of flows.
func (b *bench) linear(what string, of func(grown) float64) Size {
	first, last := b.growth[0], b.growth[len(b.growth)-1]
	times, flows := of(last)/of(first), float64(last.flows)/float64(first.flows)
	return Size{
		fmt.Sprintf("%s for %d flows, relative to %d", what, last.flows, first.flows), fmt.Sprintf("%.1fx", times),
		[]Goal{{fmt.Sprintf("at most %.0fx", flows), times <= flows}},
	}
}

// constant says whether the number of requests is the same for any number of flows.
func (b *bench) constant() Size {
	first, last := b.growth[0].side.figures().Requests, b.growth[len(b.growth)-1].side.figures().Requests
	return Size{
		fmt.Sprintf("requests for %d flows that share metrics, and for %d", b.growth[len(b.growth)-1].flows, b.growth[0].flows),
		fmt.Sprintf("%.0f, %.0f", last, first), []Goal{{"the same number", last <= first}},
	}
}

// growth is what is reported of a number of flows.
func (g grown) growth() Growth {
	f := g.side.figures()
	return Growth{
		Flows: g.flows, Runs: f.Runs, Seconds: f.Seconds, Requests: f.Requests, Samples: f.Samples,
		Numbers: mean(valuesOf(g.side.counted, run.numbers)), Bytes: mean(valuesOf(g.side.timed, func(r run) float64 { return r.plugin.allocated })),
		Lookups: mean(valuesOf(g.side.counted, run.lookups)), Peak: g.peak, Cached: g.held.cached,
	}
}
