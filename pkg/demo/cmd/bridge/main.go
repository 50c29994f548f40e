// Command bridge is what the tests of the editors in a browser talk to. It simulates a shop, keeps its telemetry in a
// Prometheus of its own, starts the built plugin as Grafana does, and serves the part of Grafana's HTTP API that the
// editors use, beside the files of the page. When it is ready it prints where, as a line of JSON. It ends with its
// standard input, or when it is told to.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/bridge"
	"github.com/cer-reliability/cer-datasource/pkg/demo/mesh"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/shop"
	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

const (
	// interval is the time between two scrapes of the shop.
	interval = 15 * time.Second
	// past is how far the telemetry reaches back from the start of the bridge, and ahead how far into its future, so that
	// there is some of the present however long the bridge runs.
	past, ahead = 6 * time.Hour, 2 * time.Hour
	// meshServices is the number of services of the other store, more than are listed, and meshInterval the time between two scrapes.
	meshServices, meshInterval = 60, time.Minute
	// seed decides what the simulated customers do.
	seed = 1
	// uid is what the data source is called.
	uid = "cer-shop"
	// stopTimeout is how long requests that are being answered are waited for at the end.
	stopTimeout = 2 * time.Second
)

// files are directories by the path that they are served under.
type files map[string]string

// String prints nothing: there is no default.
func (files) String() string { return "" }

// Set takes /path/=directory.
func (f files) Set(text string) error {
	path, dir, found := strings.Cut(text, "=")
	if !found || !strings.HasPrefix(path, "/") || !strings.HasSuffix(path, "/") {
		return fmt.Errorf("%q is not /path/=directory", text)
	}
	f[path] = dir
	return nil
}

func main() {
	served := files{}
	plugin := flag.String("plugin", "dist", "the directory of the built plugin")
	flag.Var(served, "files", "a directory that is served, as /path/=directory; can be given several times")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until whoever started the bridge is gone
		cancel()
	}()
	err := run(ctx, *plugin, served)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "The bridge ended:", err)
		os.Exit(1)
	}
}

// run serves until the context is done, and leaves nothing behind.
func run(ctx context.Context, plugin string, served files) (err error) {
	dir, err := os.MkdirTemp("", "cer-bridge-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(dir, "prometheus"), Metadata: shop.Metadata()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	// All of the telemetry is there from the start: what is asked of a fixed range is answered alike every time.
	now := time.Now().Truncate(interval)
	history := shop.Config{Seed: seed, End: now.Add(ahead), History: past + ahead, Interval: interval, Incidents: shop.Schedule(now)}
	if err := shop.New(history).Backfill(ctx, store); err != nil {
		return err
	}
	other, err := promstore.Open(promstore.Config{Dir: filepath.Join(dir, "mesh")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	services := mesh.Config{Services: meshServices, Start: now.Add(-past), End: now.Add(ahead), Interval: meshInterval}
	if err := services.Backfill(other); err != nil {
		return err
	}
	host, err := pluginhost.Start(pluginhost.Config{Executable: pluginhost.Executable(plugin), Log: os.Stderr})
	if err != nil {
		return err
	}
	defer host.Stop()
	return serve(ctx, served, bridge.New(host, settings(store.URL())), other.URL())
}

// settings are those of the data source at the start.
func settings(store string) bridge.Settings {
	return bridge.Settings{UID: uid, Name: "cer shop", URL: store, JSONData: map[string]any{
		"definition": string(shop.Catalog), "timeInterval": interval.String(),
	}}
}

// serve answers requests on a free port of the loopback address until the context is done. other is the address of the store of a
// mesh.
func serve(ctx context.Context, served files, b *bridge.Bridge, other string) error {
	mux := http.NewServeMux()
	mux.Handle("/api/", b.Handler())
	for path, dir := range served {
		mux.Handle(path, http.StripPrefix(strings.TrimSuffix(path, "/"), http.FileServer(http.Dir(dir))))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // It always ends with ErrServerClosed, below.
	ready := map[string]string{"address": "http://" + listener.Addr().String(), "uid": uid, "mesh": other}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return err
	}
	<-ctx.Done()
	late, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		return server.Close()
	}
	return nil
}
