package promstore

import (
	"net/http"
	"time"

	"github.com/grafana/regexp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/route"
	"github.com/prometheus/prometheus/config"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// The limits of remote read: Prometheus' defaults, in samples, requests at once and bytes.
const (
	remoteReadSamples = 50_000_000
	remoteReads       = 10
	remoteReadFrame   = 1 << 20
)

// anyOrigin lets pages of every origin read the answers, as Prometheus does by default.
var anyOrigin = regexp.MustCompile("^(?:.*)$")

// noPaths leaves the endpoints out of the API's own description, which nobody reads here: writing it would take most of the time in which
// a store is opened.
var noPaths = []string{"/none"}

// newHandler returns Prometheus' own HTTP API over the store, under /api/v1. NewAPI takes its arguments by position;
// what is left nil or false is a feature that is switched off: writing over HTTP, administration, search, costs.
func newHandler(s *Store, cfg Config, registry *prometheus.Registry) http.Handler {
	none := newRetrievers(cfg.Metadata)
	api := v1.NewAPI(
		observedEngine{s.engine},
		s.db,
		nil,
		s.db,
		none.scrapePools,
		none.targets,
		none.alertmanagers,
		func() config.Config { return config.DefaultConfig },
		map[string]string{},
		v1.GlobalURLOptions{ListenAddress: s.address.String(), Host: s.address.String(), Scheme: "http"},
		func(h http.HandlerFunc) http.HandlerFunc { return h },
		adminStats{s.db},
		cfg.Dir,
		false,
		false,
		0,
		cfg.Logger,
		none.rules,
		remoteReadSamples,
		remoteReads,
		remoteReadFrame,
		false,
		anyOrigin,
		runtimeInfo(time.Now()),
		buildInfo(),
		nil,
		nil,
		registry,
		registry,
		nil,
		false,
		nil,
		false, false, false,
		lookbackDelta,
		false,
		false,
		nil,
		nil,
		v1.OpenAPIOptions{IncludePaths: noPaths},
		nil,
		false,
		queryTimeout,
	)
	root := route.New()
	api.Register(root.WithPrefix("/api/v1"))
	handler := observed(root, cfg.Asked)
	if cfg.Plain {
		return plain(handler)
	}
	return handler
}

// plain hides from a handler that its clients could read what is compressed.
func plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		next.ServeHTTP(w, r)
	})
}
