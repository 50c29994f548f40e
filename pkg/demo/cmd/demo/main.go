// Command demo shows cer at work: it simulates a shop, keeps its telemetry in a Prometheus of its own, starts the built
// plugin as Grafana does, and prints through it how well the shop's users are served. If it finds a Grafana, it starts
// that too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// config is what the demo is told by flags and by its environment.
type config struct {
	// plugin is the directory that Grafana loads.
	plugin string
	// root is the repository, with what Grafana is provisioned with.
	root string
	// lasts is how long the demo goes on after its first table; negative for as long as nobody ends it.
	lasts time.Duration
	// incident says whether the shop breaks at once, and how.
	incident incident
	// grafana says that a Grafana is started where one is found.
	grafana bool
}

// incident is how the shop breaks, in the words of CER_DEMO_INCIDENT.
type incident string

const (
	noIncident    incident = ""
	incidentNow   incident = "now"
	blindIncident incident = "blind"
	// canaryIncident breaks the canary of a release alone.
	canaryIncident incident = "canary"
)

func main() {
	cfg, err := configure()
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		err = run(ctx, cfg)
		stop()
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "The demo ended:", err)
		os.Exit(1)
	}
}

// configure reads the flags, CER_DEMO_FOR, CER_DEMO_INCIDENT and CER_DEMO_GRAFANA.
func configure() (config, error) {
	cfg := config{lasts: -1}
	flag.StringVar(&cfg.plugin, "plugin", "dist", "the directory of the built plugin")
	flag.StringVar(&cfg.root, "root", ".", "the directory of the repository")
	flag.Parse()
	if text := os.Getenv("CER_DEMO_FOR"); text != "" {
		lasts, err := time.ParseDuration(text)
		if err != nil || lasts < 0 {
			return cfg, fmt.Errorf("CER_DEMO_FOR is %q; it can be a duration such as 30s, or 0s for the first table only", text)
		}
		cfg.lasts = lasts
	}
	switch cfg.incident = incident(os.Getenv("CER_DEMO_INCIDENT")); cfg.incident {
	case noIncident, incidentNow, blindIncident, canaryIncident:
	default:
		return cfg, fmt.Errorf("CER_DEMO_INCIDENT is %q; it can be now, blind for one in which telemetry is lost too, or canary for a bad release", cfg.incident)
	}
	switch text := os.Getenv("CER_DEMO_GRAFANA"); text {
	case "":
		cfg.grafana = true
	case "off":
	default:
		return cfg, fmt.Errorf("CER_DEMO_GRAFANA is %q; it can be off", text)
	}
	return cfg, nil
}

// run sets the stage, and shows the table after each scrape of the shop until its time is over.
func run(ctx context.Context, cfg config) error {
	s, err := newStage(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.close()
	screen := newScreen(os.Stdout)
	if err := s.show(ctx, screen); err != nil {
		return err
	}
	if cfg.lasts >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, cfg.lasts, context.Canceled)
		defer cancel()
	}
	for {
		if err := s.scrape(ctx); err != nil {
			return context.Cause(ctx)
		}
		if err := s.show(ctx, screen); err != nil {
			return err
		}
	}
}
