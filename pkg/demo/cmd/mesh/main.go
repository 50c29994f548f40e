// Command mesh runs a Prometheus on loopback that holds the metrics of a service mesh with 60 services, for which no catalog exists yet.
// It is the store of docs/first-ten-minutes.md. It prints its address and runs until it is interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/mesh"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

const (
	services = 60
	// interval is the time between two scrapes.
	interval = 30 * time.Second
	// ahead is how far the telemetry reaches into the future, so that there is some of the present while the command runs.
	ahead = 4 * time.Hour
	// failing is how long ago the service began to fail.
	failing = 20 * time.Minute
)

func main() {
	past := flag.Duration("past", 6*time.Hour, "how far the telemetry reaches back")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, *past)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "The mesh ended:", err)
		os.Exit(1)
	}
}

// run serves until the context is done, and leaves nothing behind.
func run(ctx context.Context, past time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "cer-mesh-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(dir, "prometheus")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	now := time.Now().Truncate(interval)
	telemetry := mesh.Config{Services: services, Start: now.Add(-past), End: now.Add(ahead), Interval: interval, Outage: now.Add(-failing)}
	if err := telemetry.Backfill(store); err != nil {
		return err
	}
	fmt.Println(store.URL())
	<-ctx.Done()
	return nil
}
