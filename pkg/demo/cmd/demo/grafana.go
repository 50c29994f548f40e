package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/cer-reliability/cer-datasource/pkg/demo/grafana"
)

// dashboardPath is where Grafana shows the provisioned dashboard.
const dashboardPath = "/d/cer-overview"

// startGrafana starts a Grafana on the stage if there is one. The demo goes on without it, and says why.
func (s *stage) startGrafana(ctx context.Context, cfg config) error {
	if !cfg.grafana {
		return nil
	}
	found, ok, err := grafana.Find(ctx, grafana.ThisMachine())
	if err != nil {
		return err
	}
	if !ok {
		fmt.Println("==> " + grafana.Hint)
		return ctx.Err()
	}
	fmt.Printf("==> Starting %s\n", found)
	if s.pager, err = newPager(); err != nil {
		return err
	}
	settings, err := s.grafanaSettings(cfg)
	if err != nil {
		return err
	}
	s.grafana, err = grafana.Start(ctx, found, settings)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		fmt.Printf("    It does not start: %v\n    The demo goes on without it.\n", err)
	default:
		fmt.Printf("    The dashboard is at %s%s, the alert rules are at %s/alerting/list\n", s.grafana.URL(), dashboardPath, s.grafana.URL())
		fmt.Println("    It listens on this machine only, whoever opens it is an administrator, and it ends with the demo.")
		fmt.Printf("    Its log is %s\n", s.grafana.Log())
	}
	return nil
}

// grafanaSettings are what Grafana is given. Its paths are absolute, since it has a working directory of its own.
func (s *stage) grafanaSettings(cfg config) (grafana.Config, error) {
	plugin, err := filepath.Abs(cfg.plugin)
	if err != nil {
		return grafana.Config{}, err
	}
	root, err := filepath.Abs(cfg.root)
	if err != nil {
		return grafana.Config{}, err
	}
	return grafana.Config{
		Plugin:       plugin,
		Provisioning: filepath.Join(root, "provisioning"),
		Compose:      filepath.Join(root, "docker-compose.yaml"),
		StoreURL:     s.store.URL(),
		WebhookURL:   s.pager.url,
		Dir:          filepath.Join(s.dir, "grafana"),
	}, nil
}
