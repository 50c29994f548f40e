package plugin

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/postmortem"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// How often a data source answers with reports of incidents. Each takes about ten queries.
const (
	reportEvery = 500 * time.Millisecond
	reportBurst = 20
)

func newReportLimiter() *rate.Limiter { return rate.NewLimiter(rate.Every(reportEvery), reportBurst) }

// reportFormats are those of reports.
var reportFormats = []string{"json", "markdown"}

// markdown is an answer that is a document.
type markdown string

// write writes the document.
func (m markdown) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, string(m))
}

// noIncident is the answer if there was no such incident.
type noIncident struct {
	Message string `json:"message"`
	// Nearest are the onsets of incidents nearby.
	Nearest []time.Time `json:"nearest"`
}

// getIncident answers with the report of an incident: as JSON, or as a document in Markdown.
func (d *snapshot) getIncident(r *http.Request) (any, error) {
	if !d.reports.Allow() {
		return nil, refusal{http.StatusTooManyRequests, "too many reports of incidents; try again in a few seconds"}
	}
	if err := d.ready(); err != nil {
		return nil, err
	}
	values, err := parametersOf(r)
	if err != nil {
		return nil, err
	}
	asked, err := postmortem.ParseRequest(r.PathValue("flow"), r.PathValue("start"), values)
	if err != nil {
		return nil, err
	}
	format := values.Get("format")
	if format != "" && !slices.Contains(reportFormats, format) {
		return nil, query.Invalidf("format is %q; it can be %s", format, list.Or(reportFormats))
	}
	report, err := postmortem.Write(r.Context(), d.engine, d.catalog, asked, d.now())
	if missing := (*postmortem.NotFound)(nil); errors.As(err, &missing) {
		return withStatus{http.StatusNotFound, noIncident{missing.Error(), append([]time.Time{}, missing.Nearest...)}}, nil
	}
	switch {
	case err != nil:
		return nil, err
	case format == "markdown":
		return markdown(report.Markdown()), nil
	default:
		return report, nil
	}
}
