package oracle

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

var replayWorlds = flag.Uint64("replay-worlds", 4, "how many worlds are calibrated")

// TestCalibrationsEqualThoseOfRawSamples calibrates each flow of some worlds, and an SLI of each, over a day of which about half has
// telemetry, and recomputes what is left of budgets and when each default policy was on from the raw samples.
func TestCalibrationsEqualThoseOfRawSamples(t *testing.T) {
	counted := &replayTally{}
	first, last := worldSeed+uint64(1), worldSeed+*replayWorlds
	if *onlySeed > 0 {
		first, last = *onlySeed, *onlySeed
	}
	for seed := max(first, worldSeed); seed <= last; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c, _, telemetry, facts, asked := generateWorld(seed, engine{})
			store := promstoretest.Open(t)
			if err := telemetry.write(store); err != nil {
				t.Fatal(err)
			}
			now := asked.now()
			factory := cerplugin.NewFactoryAt(func() time.Time { return now })
			tr := trial{catalog: c, data: telemetry, asked: asked.question, store: store, facts: facts}
			tr.checkCalibrations(t, factory, counted)
		})
	}
	if *onlySeed == 0 {
		counted.report(t)
	}
}

// replayTally counts what was compared.
type replayTally struct {
	rows, kept, overspent, spans, minutes, recommended int
}

func (c *replayTally) add(a *replay.Calibration) {
	c.recommended += one(a.Recommended != nil)
	for _, row := range a.Rows {
		c.rows++
		c.kept += one(row.Kept != nil && *row.Kept)
		c.overspent += one(row.Kept != nil && !*row.Kept)
		for _, p := range row.Policies {
			c.spans += p.Count
			c.minutes += p.Minutes
		}
	}
}

// report prints the counts, and fails where something was not met.
func (c *replayTally) report(t *testing.T) {
	t.Helper()
	t.Logf("%d rows: %d kept, %d overspent; %d spans of policies, of %d minutes; %d recommendations", c.rows, c.kept, c.overspent, c.spans, c.minutes, c.recommended)
	if min(c.kept, c.overspent, c.spans, c.recommended) == 0 {
		t.Error("something that has to be met was not")
	}
}

// checkCalibrations compares the calibration of each flow, and of its first SLI, with what raw samples make of it.
func (tr trial) checkCalibrations(t *testing.T, factory datasource.InstanceFactoryFunc, counted *replayTally) {
	t.Helper()
	instance, err := factory(context.Background(), tr.source())
	if err != nil {
		t.Fatal(err)
	}
	tr.asked.from = tr.asked.to.Add(-day + time.Minute)
	l := tr.losses(inView{}, tr.budget.slice)
	for k := range tr.flows {
		f := &tr.flows[k]
		for _, s := range []*sli{nil, &f.slis[0]} {
			body := map[string]any{"flow": f.name, "days": 1}
			if s != nil {
				body["sli"] = s.name
			}
			answer, err := calibrate(instance, body)
			if err != nil {
				t.Fatal(err)
			}
			counted.add(answer)
			r := l.replay(f, s)
			for _, row := range answer.Rows {
				r.objective = row.Objective
				if err := r.compare(answer, row); err != nil {
					t.Fatalf("seed %d, %v at %v: %v\n%s", tr.seed, body, row.Objective, err, tr.yaml())
				}
			}
		}
	}
}

// calibrate asks POST /calibrate.
func calibrate(of instancemgmt.Instance, body map[string]any) (*replay.Calibration, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		replay.Calibration
		Message string
	}
	err = of.(backend.CallResourceHandler).CallResource(context.Background(), &backend.CallResourceRequest{
		Path: "calibrate", URL: "calibrate", Method: "POST", Body: text,
		PluginContext: backend.PluginContext{User: &backend.User{Login: "ann", Role: "Editor"}},
	}, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error { return json.Unmarshal(r.Body, &answer) }))
	if err == nil && answer.Message != "" {
		err = fmt.Errorf("it is refused: %s", answer.Message)
	}
	return &answer.Calibration, err
}

const (
	day          = 24 * time.Hour
	minutesOfDay = int(day / time.Minute)
)

// replayed is a flow, or an SLI of one, by its slices.
type replayed struct {
	*worldLosses
	flow *flow
	// sli is nil for the flow.
	sli *sli
	// verdicts are on each slice, and traffic its events a second; those of an SLI that counts events are not needed.
	verdicts []told[verdict]
	traffic  column
	// objective is the one that is tried.
	objective float64
}

// replay returns the slices of a flow, or of an SLI of it.
func (l *worldLosses) replay(f *flow, s *sli) replayed {
	r := replayed{worldLosses: l, flow: f, sli: s}
	if s == nil {
		r.verdicts, r.traffic = l.flowVerdicts(f, nil), l.trafficOf(nil, f)
		return r
	}
	for _, reading := range l.readings(s, l.split, nil) {
		r.verdicts = append(r.verdicts, told[verdict]{of: verdict{
			score: reading.of.score, coverage: float64(one(reading.of.counts())), trusted: reading.of.counts()}})
	}
	return r
}

// lost returns what slices lose with the objective.
func (r replayed) lost() slicesLost {
	method := cmp.Or(r.flow.method, r.budget.method)
	switch {
	case r.sli == nil:
		return r.byMethod(method, r.objective, r.verdicts, r.traffic)
	case r.counts():
		return r.of(data.Labels{"flow": r.flow.name, "sli": r.sli.name}, nil)
	case method == occurrences:
		method = ratioTimeslices
	}
	return r.byMethod(method, r.objective, r.verdicts, nil)
}

// failures returns the events that slices lose; none where they are not counted.
func (r replayed) failures(lost slicesLost) column {
	events := make(column, len(lost.lost))
	for i, v := range r.verdicts {
		switch {
		case r.sli != nil && known(lost.lost[i]):
			events[i] = lost.lost[i] * r.budget.slice.Seconds()
		case r.sli != nil, !v.of.trusted, v.of.coverage == 0, missing(v.of.score), v.of.score == 1:
		case r.counts():
			events[i] = (1 - v.of.score) * r.traffic[i] * r.budget.slice.Seconds()
		}
	}
	return events
}

// sum adds up those of some slices of a width that end at a minute and before it, as many as fit into a window, of which there is a
// number. Before the first minute, when there is no telemetry yet, they are as then.
func (r replayed) sum(of column, minute int, window time.Duration) (sum float64, found bool) {
	width := int(r.budget.slice / time.Minute)
	if window > fineWindow {
		minute -= int(r.in.start.Add(time.Duration(minute)*time.Minute).UnixMilli() % r.budget.slice.Milliseconds() / 60_000)
	}
	for range int(window / r.budget.slice) {
		if x := of[max(0, minute)]; known(x) {
			sum, found = sum+x, true
		}
		minute -= width
	}
	return sum, found
}

// failed returns how many events are lost in a window; none where that is not known of a slice.
func (r replayed) failed(events column, minute int, window time.Duration) float64 {
	unknown := make(column, len(events))
	for i, x := range events {
		unknown[i] = float64(one(missing(x)))
	}
	if n, _ := r.sum(unknown, minute, window); n > 0 || !r.counts() {
		return none
	}
	sum, _ := r.sum(events, minute, window)
	return sum
}

// burn returns the burn rate over a window; none where the newest slice has no telemetry.
func (r replayed) burn(s slicesLost, minute int, window time.Duration) float64 {
	lost, _ := r.sum(s.lost, minute, window)
	all, found := r.sum(s.all, minute, window)
	switch {
	case !found || missing(s.lost[minute]) || missing(s.all[minute]):
		return none
	case all == 0 || lost/all < 1e-12:
		return 0
	default:
		return lost / all / (1 - r.objective)
	}
}

// meets reports whether a number is at least a bound, but for rounding.
func meets(x, bound float64) truth {
	switch under(x, bound) {
	case isTrue:
		return isFalse
	case isFalse:
		return isTrue
	default:
		return isUnknown
	}
}

// both is the and of three-valued logic.
func both(all ...truth) truth {
	switch {
	case slices.Contains(all, isFalse):
		return isFalse
	case slices.Contains(all, isUnknown):
		return isUnknown
	default:
		return isTrue
	}
}

// burnPolicy is a default policy: on while a burn rate over a long and a short window meets a factor.
type burnPolicy struct {
	name     string
	page     bool
	long     time.Duration
	share    float64
	least    float64
	halfLeft bool
}

// burnPolicies are those that budgets of some hours have.
var burnPolicies = []burnPolicy{
	{name: "fast-burn", page: true, long: time.Hour, share: 0.02, least: 3},
	{name: "steady-burn", page: true, long: 6 * time.Hour, share: 0.05, least: 2},
	{name: "half-spent", page: true, long: time.Hour, least: 3, halfLeft: true},
}

// factor is the burn rate from which on the policy is on.
func (p burnPolicy) factor(b *budgeting) float64 {
	return max(p.least, p.share*b.window.Seconds()/p.long.Seconds())
}

// when says whether the condition of a policy is true at each minute.
func (r replayed) when(p burnPolicy, s slicesLost, events column) []truth {
	factor, short := p.factor(r.budget), max(r.budget.slice, (p.long/12).Round(r.budget.slice))
	all := make([]truth, len(s.lost))
	for i := range all {
		all[i] = both(meets(r.burn(s, i, p.long), factor), meets(r.burn(s, i, short), factor))
		if p.halfLeft {
			all[i] = both(all[i], under(1-r.burn(s, i, r.budget.window), 0.5))
		}
		if failed := r.failed(events, i, p.long); p.page && known(s.lost[i]) && failed < 5*(1-tolerance) {
			all[i] = isFalse
		}
	}
	return all
}

// counts reports whether the events of the flow or the SLI are counted.
func (r replayed) counts() bool {
	s := r.flow.traffic()
	if r.sli != nil {
		s = r.sli
	}
	if s == nil {
		return false
	}
	_, counts := s.indicator.(counting)
	return counts
}

// compare compares a row of a calibration.
func (r replayed) compare(a *replay.Calibration, row replay.CandidateRow) error {
	s := r.lost()
	events := r.failures(s)
	if err := r.compareLoss(a, row, s); err != nil {
		return err
	}
	paged := make([]bool, len(s.lost))
	for _, p := range burnPolicies {
		i := slices.IndexFunc(row.Policies, func(c replay.PolicyCount) bool { return c.Policy == p.name })
		if i < 0 {
			return fmt.Errorf("there is no policy %s", p.name)
		}
		got := row.Policies[i]
		if possible := 1/(1-r.objective) >= p.factor(r.budget)*(1-tolerance); got.Possible != possible {
			return fmt.Errorf("that %s is possible is %v", p.name, got.Possible)
		}
		when := r.when(p, s, events)
		when = append(slices.Repeat(when[:1], lookback), when...)
		count, minutes := 0, 0
		for m := len(paged) - minutesOfDay; m < len(paged); m++ {
			if (statePolicy{}).on(when, lookback+m) != isTrue {
				continue
			}
			if paged[m], minutes = true, minutes+1; m == len(paged)-minutesOfDay || (statePolicy{}).on(when, lookback+m-1) != isTrue {
				count++
			}
		}
		if got.Count != count || got.Minutes != minutes {
			return fmt.Errorf("%s is on %d times for %d minutes, not %d times for %d", p.name, got.Count, got.Minutes, count, minutes)
		}
	}
	pages := 0
	for m := range paged {
		pages += one(paged[m] && (m == 0 || !paged[m-1]))
	}
	if row.Pages != pages || row.Tickets != 0 {
		return fmt.Errorf("there are %d pages and %d tickets, not %d pages", row.Pages, row.Tickets, pages)
	}
	return nil
}

// compareLoss compares what is known, and left of the budget, of the slices that end within the day at multiples of their width.
func (r replayed) compareLoss(a *replay.Calibration, row replay.CandidateRow, s slicesLost) error {
	end := len(s.lost) - 1
	lost, _ := r.sum(s.lost, end, day)
	all, found := r.sum(s.all, end, day)
	if (row.Left != nil) != found {
		return fmt.Errorf("left is %v, and telemetry is found: %v", row.Left, found)
	}
	if !found {
		return nil
	}
	want := 1.0
	if all > 0 {
		want = 1 - lost/all/(1-r.objective)
	}
	if math.Abs(*row.Left-want) > tolerance*max(1, math.Abs(want)) || *row.Kept != (want >= -tolerance) {
		return fmt.Errorf("%v is left, kept %v, not %v", *row.Left, *row.Kept, want)
	}
	known := make(column, len(s.all))
	for i := range known {
		known[i] = none
		if !missing(s.all[i]) {
			known[i] = 1
		}
	}
	slices, _ := r.sum(known, end, day)
	if days := slices * r.budget.slice.Hours() / 24; math.Abs(days-a.KnownDays) > tolerance {
		return fmt.Errorf("%v days are known, not %v", a.KnownDays, days)
	}
	return nil
}
