package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// gateName is the gate of a catalog, which compares its first gateFlows flows by region.
	gateName  = "canary"
	gateFlows = 2
	// gateAge is how long ago the time ends in which a gate is asked, so that no sample of it is too new to be kept.
	gateAge = 30 * time.Minute
)

// verdicts are what it took to ask a gate: for the first time, again and again while time went on, and once for all of the time by a data
// source that was not asked before.
type verdicts struct{ first, later, once side }

// askGate asks a gate about a rollout that is over, at each hop of it, as pipelines do that wait for a verdict.
func (b *bench) askGate(ctx context.Context) (err error) {
	panel, _ := b.size.catalogs()
	s, err := b.start(scenario{catalog: panel})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.process.stop()) }()
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	end := now.Add(-gateAge).Truncate(time.Minute)
	start := end.Add(-b.size.gateSpan)
	for _, r := range b.store.newReplicas(1) {
		if err := b.wait(ctx, s, r, start, end); err != nil {
			return err
		}
	}
	for _, r := range b.store.newReplicas(1) {
		if r.source, err = s.process.source(ctx, panel, r.url); err != nil {
			return err
		}
		if _, err := s.askPlugin(ctx, r, gateQuestion(start, end), &b.verdicts.once); err != nil {
			return err
		}
	}
	return nil
}

// wait asks the gate through a new data source at each hop of a rollout.
func (b *bench) wait(ctx context.Context, s *subject, r replica, start, end time.Time) (err error) {
	if r.source, err = s.process.source(ctx, s.catalog, r.url); err != nil {
		return err
	}
	into := &b.verdicts.first
	for at := start.Add(b.size.gateHop); !at.After(end); at = at.Add(b.size.gateHop) {
		if _, err := s.askPlugin(ctx, r, gateQuestion(start, at), into); err != nil {
			return err
		}
		into = &b.verdicts.later
	}
	return nil
}

// gateQuestion asks the gate about a rollout from its start to an instant.
func gateQuestion(start, at time.Time) question {
	json := asked(map[string]any{"format": "gate", "gate": gateName, "since": start.UTC().Format(time.RFC3339)})
	return question{atOnce: 1, panels: []panel{{queries: []query{{json: json, from: start, to: at, interval: time.Minute}}}}}
}

// gateSizes are what is reported of the gate.
func (b *bench) gateSizes() []Size {
	v, slis := &b.verdicts, gateFlows*len(sliNames)
	times := valuesOf(v.later.timed, func(r run) float64 { return r.took.Seconds() })
	slices.Sort(times)
	most := times[len(times)*19/20]
	samples := v.first.and(v.later).figures().Samples * float64(len(v.first.counted)+len(v.later.counted)) / float64(len(v.first.counted))
	ratio := samples / v.once.figures().Samples
	return []Size{
		{fmt.Sprintf("a gate of %d SLIs, asked for the first time", slis), inMilliseconds(v.first.figures().Seconds), nil},
		{fmt.Sprintf("asked again every %s for %s, 95th percentile", duration(b.size.gateHop), duration(b.size.gateSpan)), inMilliseconds(most), []Goal{{"30 ms", most <= 0.03}}},
		{"samples read by these, relative to asking once about the whole time", fmt.Sprintf("%.2fx", ratio), []Goal{{"none read twice", ratio < 1.005}}},
	}
}

// inMilliseconds prints a number of seconds.
func inMilliseconds(seconds float64) string { return fmt.Sprintf("%.1f ms", seconds*1e3) }
