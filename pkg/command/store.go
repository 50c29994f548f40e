package command

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// storeSource asks a store by the engine. All questions share a session.
type storeSource struct {
	catalog *catalog.Catalog
	store   *fetch.Store
	engine  *engine.Engine
	session *engine.Session
	now     time.Time
	// clock is the time of verdicts, which may be asked for again and again.
	clock func() time.Time
}

// openStore returns the source that the flags state of a store.
func (f *sourceFlags) openStore(ctx context.Context, env *Environment) (source, error) {
	c, err := loadCatalog(f.catalog, f.name, env.Stdin)
	if err != nil {
		return nil, err
	}
	client, secrets, err := f.storeClient()
	if err != nil {
		return nil, err
	}
	return f.sourceOf(ctx, env, c, client, secrets)
}

// storeClient returns the HTTP client for the store of the flags, which it checks, and the secrets that it sends.
func (f *sourceFlags) storeClient() (*http.Client, []fetch.Secret, error) {
	if err := checkURL("store", f.store); err != nil {
		return nil, nil, err
	}
	if f.storeType != "" && !slices.Contains(storeTypes, f.storeType) {
		return nil, nil, fmt.Errorf("--prometheus-type is %q; it can be %s", f.storeType, strings.Join(storeTypes, ", "))
	}
	return f.client()
}

// sourceOf returns the source of a store behind an HTTP client.
func (f *sourceFlags) sourceOf(ctx context.Context, env *Environment, c *catalog.Catalog, client *http.Client, secrets []fetch.Secret) (source, error) {
	store, err := f.newStore(env, client, secrets)
	if err != nil {
		return nil, err
	}
	e := engine.New(engine.Config{Store: store, ScrapeInterval: time.Duration(f.scrape)})
	return &storeSource{catalog: c, store: store, engine: e, session: e.Session(ctx), now: env.Now(), clock: env.Now}, nil
}

// newStore returns the store of the flags behind an HTTP client.
func (f *sourceFlags) newStore(env *Environment, client *http.Client, secrets []fetch.Secret) (*fetch.Store, error) {
	return fetch.New(fetch.Config{
		URL: f.store, Client: client, Secrets: secrets, Timeout: time.Duration(f.timeout), Fresh: time.Duration(f.scrape), Now: env.Now,
		VictoriaMetrics: f.storeType == "VictoriaMetrics",
	})
}

// checkURL refuses what is no address of an HTTP server.
func checkURL(flag, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--%s is not an address; write one that begins with http:// or https:// and names a host, such as http://localhost:9090", flag)
	}
	return nil
}

// close ends the session.
func (s *storeSource) close() {
	s.session.Close()
	s.store.Close()
}

// ask answers a query by the engine, with the frames that a panel would get.
func (s *storeSource) ask(ctx context.Context, q question) (data.Frames, error) {
	raw, err := q.json()
	if err != nil {
		return nil, err
	}
	asked, err := query.Parse(raw)
	if err != nil {
		return nil, err
	}
	request := engine.Request{Catalog: s.catalog, Query: asked, Times: plan.Times{From: q.from, To: q.to, Interval: q.step, Now: s.now, Noted: true}}
	if asked.Format == query.Definition {
		explanation, err := s.engine.Explain(ctx, s.session, request)
		if err != nil {
			return nil, inFlags(err)
		}
		return frame.OfDefinition(explanation), nil
	}
	result, err := s.engine.Exec(ctx, s.session, request)
	if err != nil {
		return nil, inFlags(err)
	}
	return frame.From(result), nil
}
