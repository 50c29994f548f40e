package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// subject is a scenario that is looked at again and again through the same data sources, which keep what they were told,
// and beside them asked of the store.
type subject struct {
	scenario
	store    *store
	process  *process
	replicas []replica
	// cold are the first looks of data sources, refreshed their later ones, and instead and insteadLater what the store
	// is asked in their place at the same times.
	cold, refreshed, instead, insteadLater side
	// beside measures something else of a replica each time that it is opened; it may be nil.
	beside func(context.Context, replica, question) error
}

// replica is one of several data sources that are alike.
type replica struct {
	// timed and counted say which of its figures count: all, unless the store is slower where it is counted.
	timed, counted bool
	url            string
	source         *source
}

// clock tells the time, up to which there is telemetry.
type clock func(context.Context) (time.Time, error)

// newReplicas returns n replicas of which the time is taken, and one more for counting where that is done elsewhere.
func (s *store) newReplicas(n int) []replica {
	apart := s.timed != s.counted
	var all []replica
	for range n {
		all = append(all, replica{timed: true, counted: !apart, url: s.timed})
	}
	if apart {
		all = append(all, replica{counted: true, url: s.counted})
	}
	return all
}

// open looks n times through data sources that nobody has asked before. Each time the store is asked, too, before or
// after, by turns, and the first answers are compared.
func (s *subject) open(ctx context.Context, n int, now clock) error {
	s.replicas = s.store.newReplicas(n)
	for i := range s.replicas {
		r := &s.replicas[i]
		var err error
		if r.source, err = s.process.source(ctx, s.catalog, r.url); err != nil {
			return err
		}
		at, err := now(ctx)
		if err != nil {
			return err
		}
		q := s.at(at)
		if err := s.look(ctx, *r, q, i%2 == 1, &s.cold, &s.instead); err != nil {
			return err
		}
		if s.beside == nil {
			continue
		}
		if err := s.beside(ctx, *r, q); err != nil {
			return err
		}
	}
	return nil
}

// look asks a data source and the store what a question does, and compares where both have the same numbers.
func (s *subject) look(ctx context.Context, r replica, q question, storeFirst bool, ours, theirs *side) error {
	var store [][]byte
	askStore := func() (err error) {
		measured, err := s.store.measure(func() (err error) {
			store, err = q.askStore(ctx, r.url)
			return err
		})
		theirs.add(r, measured)
		return err
	}
	if storeFirst {
		if err := askStore(); err != nil {
			return err
		}
	}
	plugin, err := s.askPlugin(ctx, r, q, ours)
	if err != nil {
		return err
	}
	if !storeFirst {
		if err := askStore(); err != nil {
			return err
		}
	}
	if !s.store.isPrometheus3 {
		return nil
	}
	return q.check(plugin, store)
}

// refresh looks at what is new through each of the data sources. The store is asked too, unless that takes too long.
func (s *subject) refresh(ctx context.Context, now clock) error {
	quick := s.instead.figures().Best < againWithin.Seconds()
	for i, r := range s.replicas {
		at, err := now(ctx)
		if err != nil {
			return err
		}
		q := s.at(at)
		if quick && (i == 0 || !r.timed) {
			err = s.look(ctx, r, q, false, &s.refreshed, &s.insteadLater)
		} else {
			_, err = s.askPlugin(ctx, r, q, &s.refreshed)
		}
		if err != nil {
			return fmt.Errorf("when refreshed: %w", err)
		}
	}
	return nil
}

// againWithin is how long it may take to ask the store for it to be asked at each refresh. What it does then it did the
// first times, too, since it keeps nothing.
const againWithin = 3 * time.Second

// askPlugin asks a data source what a question does. The processors' time of the plugin's process is added to that of
// the store.
func (s *subject) askPlugin(ctx context.Context, r replica, q question, ours *side) (answers []*backend.QueryDataResponse, err error) {
	before, err := s.process.metrics(ctx)
	if err != nil {
		return nil, err
	}
	measured, err := s.store.measure(func() (err error) {
		answers, err = q.askPlugin(ctx, r.source)
		return err
	})
	if err != nil {
		return nil, err
	}
	after, err := s.process.metrics(ctx)
	measured.plugin = metrics{cpu: after.cpu - before.cpu, allocated: after.allocated - before.allocated}
	if measured.cpu > 0 {
		measured.cpu += measured.plugin.cpu
	}
	ours.add(r, measured)
	return answers, err
}
