package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/demo/grafana"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/shop"
	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

const (
	// interval is the time between two scrapes of the shop.
	interval = 15 * time.Second
	// seed decides what the simulated customers do.
	seed = 1
	// span is the range of the table: it shows the change since its start.
	span = time.Hour
	// uid is what the demo calls its data source.
	uid = "cer-demo"
)

// stage is what the demo runs: the shop, the store that scrapes it, the plugin that asks the store, and Grafana.
type stage struct {
	dir   string
	store *promstore.Store
	shop  *shop.Simulator
	host  *pluginhost.Host
	// grafana is nil where none was found.
	grafana *grafana.Server
	// pager is whom Grafana tells of alerts; nil where there is none.
	pager *pager
	// scraped is when the shop was scraped last.
	scraped time.Time
	// verdicts are those of the gate on the canaries of the shop.
	verdicts verdicts
}

// newStage sets everything up, and says how far it is.
func newStage(ctx context.Context, cfg config) (*stage, error) {
	s := &stage{}
	if err := s.open(ctx, cfg); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// open starts the parts of the stage, one after the other.
func (s *stage) open(ctx context.Context, cfg config) (err error) {
	if s.dir, err = os.MkdirTemp("", "cer-demo-"); err != nil {
		return err
	}
	if s.store, err = promstore.Open(promstore.Config{Dir: filepath.Join(s.dir, "prometheus"), Metadata: shop.Metadata()}); err != nil {
		return err
	}
	fmt.Printf("==> Prometheus answers at %s\n", s.store.URL())
	fmt.Println("==> Simulating 6 hours of a shop")
	start := time.Now()
	s.scraped = start.Truncate(interval)
	releases, bad := shop.Canaries(s.scraped)
	s.verdicts.asked = releases[0].At.Truncate(gateEvery).Add(gateEvery)
	s.shop = shop.New(shop.Config{
		Seed: seed, End: s.scraped, Interval: interval, Incidents: append(shop.Schedule(s.scraped), bad), Releases: releases})
	if err := s.shop.Backfill(ctx, s.store); err != nil {
		return err
	}
	fmt.Printf("    took %.1f s\n", time.Since(start).Seconds())
	s.breakShop(cfg.incident)
	fmt.Println("==> Starting the plugin")
	if s.host, err = pluginhost.Start(pluginhost.Config{Executable: pluginhost.Executable(cfg.plugin)}); err != nil {
		return err
	}
	return s.startGrafana(ctx, cfg)
}

// breakShop starts an incident.
func (s *stage) breakShop(how incident) {
	start := s.shop.StartIncident
	switch how {
	case noIncident:
		return
	case blindIncident:
		start = s.shop.StartBlindIncident
	case canaryIncident:
		start = s.shop.StartBadCanary
	}
	fmt.Printf("==> From now on: %s\n", start(s.scraped.Add(interval)).Name)
}

// close ends what was started.
func (s *stage) close() {
	if s.grafana != nil {
		s.grafana.Stop()
	}
	if s.pager != nil {
		if err := s.pager.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "Closing the pager:", err)
		}
	}
	if s.host != nil {
		s.host.Stop()
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "Closing the store:", err)
		}
	}
	if s.dir != "" {
		if err := os.RemoveAll(s.dir); err != nil {
			fmt.Fprintln(os.Stderr, "Removing the demo's files:", err)
		}
	}
}

// scrape waits for the time of the next scrape, and scrapes the shop. After a pause of the machine it catches up.
func (s *stage) scrape(ctx context.Context) error {
	next := s.scraped.Add(interval)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(next)):
	}
	for ; !next.After(time.Now()); next = next.Add(interval) {
		if err := s.shop.Scrape(ctx, s.store, next); err != nil {
			return err
		}
		s.scraped = next
	}
	return nil
}

// show asks the plugin for the tables, and puts them on the screen.
func (s *stage) show(ctx context.Context, screen *screen) error {
	answer, err := s.ask(ctx)
	if err != nil {
		return err
	}
	tables, err := tablesOf(answer)
	if err != nil {
		return err
	}
	if err := s.judge(ctx); err != nil {
		return err
	}
	return screen.show(tables, s.scraped, s.verdicts.String()+s.alerts())
}

// alerts prints what Grafana said of alerts; "" where there is no Grafana.
func (s *stage) alerts() string {
	if s.pager == nil {
		return ""
	}
	return s.pager.String()
}

// levels are those of the queries, which are also their reference ids.
var levels = []string{"overall", "flow", "sli"}

// ask asks the plugin for a table of each level.
func (s *stage) ask(ctx context.Context) (*backend.QueryDataResponse, error) {
	settings, err := s.settings()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	req := &backend.QueryDataRequest{PluginContext: pluginContext(settings)}
	for _, level := range levels {
		query, err := json.Marshal(map[string]string{"format": "table", "level": level})
		if err != nil {
			return nil, err
		}
		req.Queries = append(req.Queries, backend.DataQuery{
			RefID: level, JSON: query, TimeRange: backend.TimeRange{From: now.Add(-span), To: now}, Interval: interval, MaxDataPoints: 1000,
		})
	}
	return s.host.QueryData(ctx, req)
}

// settings are those of the data source, as Grafana hands them to the plugin.
func (s *stage) settings() (*backend.DataSourceInstanceSettings, error) {
	jsonData, err := json.Marshal(map[string]string{"definition": string(shop.Catalog), "timeInterval": interval.String()})
	if err != nil {
		return nil, err
	}
	return &backend.DataSourceInstanceSettings{ID: 1, UID: uid, Name: "cer demo", Type: "cer-reliability-datasource", URL: s.store.URL(), JSONData: jsonData}, nil
}
