package plugin

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/importer"
)

// importRequest is the body of POST /import.
type importRequest struct {
	// Sources are files of Sloth, Pyrra and OpenSLO.
	Sources []struct {
		Name    string `json:"name"`
		Content string `json:"content"`
	} `json:"sources"`
	// Name is that of the catalog, Recorded has SLIs read recorded series, and SlothPeriod is the period of Sloth's objectives.
	Name        string `json:"name"`
	Recorded    bool   `json:"recorded"`
	SlothPeriod string `json:"slothPeriod"`
}

// postImport answers POST /import: it makes a definition of files of other tools. Nothing is saved.
func (d *snapshot) postImport(r *http.Request) (any, error) {
	var req importRequest
	if err := readJSON(r, &req); err != nil {
		return nil, err
	}
	options := importer.Options{Name: req.Name, Recorded: req.Recorded}
	if req.SlothPeriod != "" {
		period, err := model.ParseDuration(req.SlothPeriod)
		if err != nil || period <= 0 {
			return nil, userError(fmt.Sprintf("slothPeriod is %q; write a duration such as 28d", req.SlothPeriod))
		}
		options.SlothPeriod = time.Duration(period)
	}
	if len(req.Sources) == 0 {
		return nil, userError("sources is empty; write {\"sources\": [{\"name\": \"slos.yaml\", \"content\": \"...\"}]}")
	}
	var sources []definition.Source
	bytes := 0
	for _, s := range req.Sources {
		sources = append(sources, definition.Source{Name: s.Name, Content: []byte(s.Content)})
		bytes += len(s.Content)
	}
	release, err := d.shared.checks.acquire(r.Context(), bytes)
	if err != nil {
		return nil, err
	}
	defer release()
	return importer.Import(options, sources...).Answer(), nil
}
