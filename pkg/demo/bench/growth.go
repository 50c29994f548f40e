package bench

import (
	"context"
	"errors"
)

// grown is what a panel of some flows takes.
type grown struct {
	flows int
	side  side
	// peak is the most memory that any of the processes had, and held what each had afterwards.
	peak float64
	held metrics
}

// grow opens a panel for more and more flows, each time in a process that has nothing else to do.
func (b *bench) grow(ctx context.Context) error {
	for _, flows := range b.size.growth {
		g := grown{flows: flows}
		for _, r := range b.store.newReplicas(b.size.fewRuns) {
			if err := g.open(ctx, b, r); err != nil {
				return err
			}
		}
		b.growth = append(b.growth, g)
	}
	return nil
}

// open opens the panel once.
func (g *grown) open(ctx context.Context, b *bench, r replica) (err error) {
	s, err := b.start(scorePanel(b.size.growing(g.flows), b.size.span, b.size.growthScrape, ""))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.process.stop()) }()
	if r.source, err = s.process.source(ctx, s.catalog, r.url); err != nil {
		return err
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	if _, err := s.askPlugin(ctx, r, s.at(now), &g.side); err != nil {
		return err
	}
	g.peak = max(g.peak, s.process.peak())
	g.held, err = s.process.metrics(ctx)
	return err
}

// hurry refreshes a panel for a day that is over, and notes what memory that takes. All that it asks for is settled, as
// most of what a panel asks for in a day is.
func (b *bench) hurry(ctx context.Context) (err error) {
	panel, _ := b.size.catalogs()
	s, err := b.start(scorePanel(panel, b.size.span, b.size.scrape, ""))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.process.stop()) }()
	r := b.store.newReplicas(1)[0]
	if r.source, err = s.process.source(ctx, panel, r.url); err != nil {
		return err
	}
	if b.rest, err = s.process.metrics(ctx); err != nil {
		return err
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	for at := now.Add(-b.size.day); !at.After(now); at = at.Add(b.size.hop) {
		if _, err := s.at(at).askPlugin(ctx, r.source); err != nil {
			return err
		}
		b.hurries++
	}
	b.hurriedPeak = s.process.peak()
	b.hurried, err = s.process.metrics(ctx)
	return err
}
