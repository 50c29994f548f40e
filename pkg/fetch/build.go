package fetch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Build is a store's build information. Fields that the store leaves out are "".
type Build struct {
	// Application is the name that the store gives itself, such as Grafana Mimir, or else Prometheus, Thanos or VictoriaMetrics if
	// the other fields look like theirs.
	Application string
	Version     string
}

// Build returns the store's build information. The error is an *Error; one of kind NotFound comes of a store without that
// endpoint, which was reached all the same.
func (s *Store) Build(ctx context.Context) (build Build, err error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	err = s.send(ctx, "", func(ctx context.Context) error {
		address := s.client.URL("/api/v1/status/buildinfo", nil)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return err
		}
		return s.client.stream(ctx, req, func(body io.Reader) error {
			text, err := io.ReadAll(io.LimitReader(body, maxBuild+1))
			if err != nil {
				return err
			}
			if len(text) > maxBuild {
				return &decodeError{fmt.Sprintf("its build information is longer than %d KiB", maxBuild>>10)}
			}
			build, err = decodeBuild(text)
			build.Application, build.Version = s.errors.clean(ctx, shorten(build.Application)), s.errors.clean(ctx, shorten(build.Version))
			return err
		})
	})
	return build, err
}

// maxBuild is the number of bytes that build information may have.
const maxBuild = 256 << 10

// decodeBuild decodes an answer of which any part may be missing: VictoriaMetrics answers {}, or a version of Prometheus alone.
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
	case build.Application != "":
	case answer.Data.GoVersion == "":
		build = Build{Application: "VictoriaMetrics"}
	case strings.HasPrefix(build.Version, "0."):
		build.Application = "Thanos" // which answers as Prometheus does, with a version below 1
	default:
		build.Application = "Prometheus"
	}
	return build, nil
}
