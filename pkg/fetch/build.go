package fetch

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// Build is what a store says it is. Both are "" where it does not say.
type Build struct {
	// Application is the store's own name for itself, such as Grafana Mimir, or else Prometheus or Thanos where the
	// rest of what it says looks like one.
	Application string
	Version     string
}

// Build asks the store what it is. A store that does not have that part of the API is an *Error of kind NotFound, and
// was reached all the same.
func (s *Store) Build(ctx context.Context) (build Build, err error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	err = s.ask(ctx, "", func(ctx context.Context) error {
		address := s.client.URL("/api/v1/status/buildinfo", nil)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return err
		}
		_, body, err := s.client.Do(ctx, req)
		if err != nil {
			return err
		}
		build, err = decodeBuild(body)
		return err
	})
	return build, err
}

// decodeBuild reads an answer of which each part may be missing: VictoriaMetrics says nothing but {}.
func decodeBuild(body []byte) (Build, error) {
	var answer struct {
		Data struct {
			Application string `json:"application"`
			Version     string `json:"version"`
			GoVersion   string `json:"goVersion"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Build{}, err
	}
	build := Build{Application: answer.Data.Application, Version: answer.Data.Version}
	switch {
	case build.Application != "" || answer.Data.GoVersion == "":
	case strings.HasPrefix(build.Version, "0."):
		build.Application = "Thanos" // it has Prometheus' answer, and is still at 0
	default:
		build.Application = "Prometheus"
	}
	return build, nil
}
