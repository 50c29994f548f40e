package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/storage"
)

// Config says which shop is simulated, and when its history ends.
type Config struct {
	// Seed decides every random choice.
	Seed uint64
	// End is the instant of the newest scrape of the history.
	End time.Time
	// History is how far the history reaches back from End; 6 hours where it is 0.
	History time.Duration
	// Interval is the time between two scrapes; 15 seconds where it is 0.
	Interval time.Duration
	// Services are the flows' names of those that run; nil stands for all.
	Services []string
	// Incidents are what goes wrong; nil stands for Schedule(End), an empty list for nothing.
	Incidents []Incident
	// Releases are deployments besides those that services get in their turns.
	Releases []Release
}

// Simulator is a shop whose time is moved on by scraping it. It is not safe for use by several goroutines at once.
type Simulator struct {
	config    Config
	processes []process
	incidents []Incident
	rollouts  *rollouts
	// last is when the shop was scraped last.
	last time.Time
	// backlog was scraped, but has not reached the store yet.
	backlog []sample
}

// process is something that runs in or around the shop, and is scraped.
type process interface {
	// run lets the process live for the time dt, which ends at t.
	run(t time.Time, dt time.Duration, now conditions)
	// target returns what is scraped of it.
	target() *target
}

// New returns a shop at the beginning of its history.
func New(cfg Config) *Simulator {
	cfg = cfg.withDefaults()
	releases := &rollouts{}
	releases.add(cfg.Releases...)
	return &Simulator{
		config:    cfg,
		processes: newProcesses(cfg, releases),
		rollouts:  releases,
		incidents: cfg.Incidents,
		last:      cfg.Start().Add(-cfg.Interval),
	}
}

// Start returns the instant of the first scrape of the history.
func (cfg Config) Start() time.Time {
	cfg = cfg.withDefaults()
	return cfg.End.Add(-cfg.History)
}

// Backfill scrapes the whole history, from Start to End.
func (s *Simulator) Backfill(ctx context.Context, store storage.AppendableV2) error {
	for t := s.config.Start(); !t.After(s.config.End); t = t.Add(s.config.Interval) {
		if err := s.Scrape(ctx, store, t); err != nil {
			return err
		}
	}
	return nil
}

// Scrape lets the shop live until t, which is later than the scrape before, and appends what it then exposes.
func (s *Simulator) Scrape(ctx context.Context, store storage.AppendableV2, t time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !t.After(s.last) {
		return fmt.Errorf("the shop was scraped at %s already; a scrape at %s is not later",
			s.last.UTC().Format(time.RFC3339), t.UTC().Format(time.RFC3339))
	}
	now := s.conditionsAt(t)
	for _, process := range s.processes {
		process.run(t, t.Sub(s.last), now)
	}
	s.last = t
	exposition := &exposition{appender: store.AppenderV2(ctx), at: t, time: t.UnixMilli()}
	exposition.deliver(s.backlog)
	for _, process := range s.processes {
		process.target().scrape(exposition, now)
	}
	s.backlog = exposition.backlog
	return exposition.commit()
}

// StartIncident starts an error burst in checkout at t, which is later than the last scrape, and returns it.
func (s *Simulator) StartIncident(t time.Time) Incident {
	incident := checkoutErrors(t)
	s.incidents = append(s.incidents, incident)
	return incident
}

// StartBlindIncident starts an error burst in checkout at t, which is later than the last scrape, and during it loses the
// telemetry of checkout for eight minutes. It returns the burst.
func (s *Simulator) StartBlindIncident(t time.Time) Incident {
	burst := checkoutErrors(t)
	burst.Name += ", and its telemetry gone for a while"
	burst.To = t.Add(20 * time.Minute)
	s.incidents = append(s.incidents, burst, Incident{Name: "telemetry of checkout gone", Service: "checkout",
		From: t.Add(6 * time.Minute), To: t.Add(14 * time.Minute), Silent: true})
	return burst
}

// StartBadCanary releases a version of checkout at t, which is later than the last scrape, whose canary fails, and is rolled back after
// some minutes. It returns what goes wrong.
func (s *Simulator) StartBadCanary(t time.Time) Incident {
	release, incident := badCanary(t)
	s.rollouts.add(release)
	s.incidents = append(s.incidents, incident)
	return incident
}

// Incidents returns what goes wrong in the shop, past and future.
func (s *Simulator) Incidents() []Incident { return append([]Incident(nil), s.incidents...) }

// withDefaults returns cfg with what it leaves open filled in.
func (cfg Config) withDefaults() Config {
	if cfg.History == 0 {
		cfg.History = 6 * time.Hour
	}
	if cfg.Interval == 0 {
		cfg.Interval = 15 * time.Second
	}
	if cfg.Incidents == nil {
		cfg.Incidents = Schedule(cfg.End)
	}
	return cfg
}

// newProcesses returns everything that runs: payment providers before the instances that call them.
func newProcesses(cfg Config, releases *rollouts) []process {
	var all []process
	running := cfg.running()
	providers := map[string]*provider{}
	for _, region := range regions {
		providers[region.name] = newProvider(region.name)
		all = append(all, providers[region.name], newBrowsers(region, running, cfg.Seed))
	}
	for _, service := range running {
		for _, instance := range newInstances(service, providers, releases, cfg.Seed) {
			all = append(all, instance)
		}
	}
	return append(all, newProber(running, cfg.Seed), newDeployer(running, releases, cfg.Seed), newBilling(running))
}

// running returns the services that run.
func (cfg Config) running() []service {
	if cfg.Services == nil {
		return services
	}
	return slices.DeleteFunc(slices.Clone(services), func(s service) bool { return !slices.Contains(cfg.Services, s.name) })
}

// exposition is one scrape of the whole shop, on its way into the store.
type exposition struct {
	appender storage.AppenderV2
	at       time.Time
	// time is at in milliseconds since 1970.
	time int64
	// arrives is when the store gets what the target at hand exposes, and backlog what it gets later than now.
	arrives time.Time
	backlog []sample
	// err is the first error; after it nothing more is appended.
	err error
}

// commit makes the samples visible, all or none of them.
func (e *exposition) commit() error {
	if e.err != nil {
		return errors.Join(e.err, e.appender.Rollback())
	}
	if err := e.appender.Commit(); err != nil {
		return fmt.Errorf("the shop's samples can't be committed: %w", err)
	}
	return nil
}
