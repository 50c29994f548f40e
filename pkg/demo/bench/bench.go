package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Config says what is measured, and where.
type Config struct {
	// Executable is the plugin's binary, and Root the repository.
	Executable, Root string
	// Store is the address of an empty store into which the telemetry is written; "" for a Prometheus in this process.
	Store string
	// Quick measures very little, which shows that everything works.
	Quick bool
	// Say is told how far it is.
	Say func(format string, args ...any)
}

// bench is what is measured with.
type bench struct {
	Config
	size                             size
	store                            *store
	sets                             []*telemetry
	panel, dashboard, budget, alerts *subject
	// flowByFlow is what the store takes for the panel's numbers if flows are asked one by one, and known what the plugin
	// takes if it has been told of the histograms and keeps nothing.
	flowByFlow, known side
	verdicts          verdicts
	growth            []grown
	// rest is a process that has been asked nothing, and hurried one that was asked for a day.
	rest, hurried metrics
	hurriedPeak   float64
	hurries       int
}

// Run measures everything.
func Run(ctx context.Context, cfg Config) (report *Report, err error) {
	b := &bench{Config: cfg, size: full}
	if cfg.Quick {
		b.size = quick
	}
	dir, err := os.MkdirTemp("", "cer-bench-store-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if b.store, err = openStore(ctx, cfg.Store, filepath.Join(dir, "prometheus")); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.stop(), b.store.close()) }()
	began := time.Now()
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"Writing telemetry into " + b.store.name, b.load},
		{"Opening panels, dashboards and alert rules for the first time", b.open},
		{fmt.Sprintf("Refreshing them for %s", time.Duration(b.size.ticks)*b.size.tick), b.refresh},
		{"Asking a gate", b.askGate},
		{"Growing the number of flows", b.grow},
		{"Refreshing a panel for a day, in a hurry", b.hurry},
	} {
		b.Say("==> %s", step.what)
		start := time.Now()
		if err := step.do(ctx); err != nil {
			return nil, err
		}
		b.Say("    took %.1f s", time.Since(start).Seconds())
	}
	return b.report(began), nil
}

// openStore opens the store at an address, or a Prometheus in this process where that is "".
func openStore(ctx context.Context, address, dir string) (*store, error) {
	if address == "" {
		return openEmbedded(dir)
	}
	return openRemote(ctx, address)
}

// load writes the telemetry.
func (b *bench) load(ctx context.Context) error {
	b.sets = b.size.telemetry(time.Now())
	if _, err := b.now(ctx); err != nil {
		return err
	}
	return b.store.settle(ctx)
}

// now tells the time, and writes what has been scraped until then.
func (b *bench) now(ctx context.Context) (time.Time, error) {
	now := time.Now()
	return now, b.store.fill(ctx, now, b.sets...)
}

// start starts a process of the plugin, and returns a subject that is to be looked at through it.
func (b *bench) start(s scenario) (*subject, error) {
	p, err := startProcess(b.Executable, s.catalog)
	return &subject{scenario: s, store: b.store, process: p}, err
}

// stop ends the processes of all subjects.
func (b *bench) stop() error {
	var errs []error
	for _, s := range []*subject{b.panel, b.dashboard, b.budget, b.alerts} {
		if s != nil {
			errs = append(errs, s.process.stop())
		}
	}
	return errors.Join(errs...)
}

// open looks at everything for the first time.
func (b *bench) open(ctx context.Context) error {
	panel, long := b.size.catalogs()
	executive, err := executiveDashboard(long, b.Root, b.size.dashboardSpan)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		what     string
		subject  **subject
		scenario scenario
		runs     int
		beside   func(context.Context, replica, question) error
	}{
		{"panel", &b.panel, scorePanel(panel, b.size.span, b.size.scrape, panel.composed().whole()), b.size.runs, b.besidePanel},
		{"dashboard", &b.dashboard, executive, b.size.fewRuns, nil},
		{"budget and burn rates", &b.budget, budgetPanel(long, b.size.budgetSpan, b.size.budgetStep, b.size.burnWindows), b.size.fewRuns, nil},
		{"alert rules", &b.alerts, alertRules(long, b.size.ruleWindows), 1, nil},
	} {
		s, err := b.start(one.scenario)
		if *one.subject = s; err != nil {
			return err
		}
		s.beside = one.beside
		if err := s.open(ctx, one.runs, b.now); err != nil {
			return err
		}
		b.Say("    %s: %s, and %s instead", one.what, s.cold.figures().time(), s.instead.figures().time())
	}
	return b.accustom(ctx)
}

// besidePanel asks the store for the panel's numbers by the longer expression, and looks at the panel through a data
// source that knows what the store has of histograms, but keeps no points.
func (b *bench) besidePanel(ctx context.Context, r replica, q question) error {
	c := b.panel.catalog
	longer := question{atOnce: 1, instead: slices.Clone(q.instead)}
	longer.instead[0].promQL = c.composed().flowByFlow()
	measured, err := b.store.measure(func() error {
		_, err := longer.askStore(ctx, r.url)
		return err
	})
	if err != nil {
		return err
	}
	b.flowByFlow.add(r, measured)
	if r.source, err = b.panel.process.source(ctx, c, r.url, "cacheBytes", 0); err != nil {
		return err
	}
	if _, err := b.panel.askPlugin(ctx, r, q, &side{}); err != nil {
		return err
	}
	_, err = b.panel.askPlugin(ctx, r, q, &b.known)
	return err
}

// accustom evaluates the alert rules at the minutes before now, so that they have what they keep after some time: the
// slices of each minute of five.
func (b *bench) accustom(ctx context.Context) error {
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	for at := now.Add(-2 * sliceWidth); at.Before(now); at = at.Add(time.Minute) {
		for _, r := range b.alerts.replicas {
			if _, err := b.alerts.askPlugin(ctx, r, b.alerts.at(at), &side{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// refresh looks at everything again as time goes on. It waits longer than between two scrapes, since what is younger
// need not be asked for again.
func (b *bench) refresh(ctx context.Context) error {
	last := time.Now()
	for i := range b.size.ticks {
		if err := waitFor(ctx, time.Until(last.Add(b.size.tick))); err != nil {
			return err
		}
		last = time.Now()
		due := []*subject{b.panel}
		if (i+1)%b.size.slow == 0 {
			due = append(due, b.alerts, b.dashboard, b.budget)
		}
		for _, s := range due {
			if err := s.refresh(ctx, b.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// waitFor waits, unless ctx is done before.
func waitFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
