package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// matchSpan is how far back Save & test looks for series.
const matchSpan = 24 * time.Hour

// healthDetails is what Save & test says beside its message.
type healthDetails struct {
	Store     string      `json:"store,omitempty"`
	Version   string      `json:"version,omitempty"`
	Catalog   string      `json:"catalog,omitempty"`
	Revision  string      `json:"revision,omitempty"`
	Flows     int         `json:"flows"`
	SLIs      int         `json:"slis"`
	Issues    []issue     `json:"issues,omitempty"`
	Unmatched []unmatched `json:"unmatched,omitempty"`
}

// CheckHealth is Save & test: it says which store was reached, which catalog is used and what in it matches nothing,
// or precisely what is wrong.
func (d *DataSource) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	ctx = withIdentity(ctx, forwarded(req))
	d.source.refresh(ctx)
	d = d.serving(ctx, req.PluginContext.User)
	if d.broken != nil {
		return unhealthy(d.broken.Error(), healthDetails{}), nil
	}
	details := healthDetails{Issues: issuesOf(d.issuesFor(d.asker))}
	store, err := d.reach(ctx, &details)
	if err != nil {
		return unhealthy("The store can't be used: "+faultOf(err).message, details), nil
	}
	if d.catalog != nil {
		details.Catalog, details.Revision = d.catalog.Name, d.revision
		details.Flows, details.SLIs = size(d.catalog)
	}
	if problem := d.problem(d.asker); problem != "" {
		return unhealthy(store+" was reached, but "+problem, details), nil
	}
	details.Unmatched, err = d.unmatched(ctx, d.catalog)
	if err != nil {
		return unhealthy(store+" was reached, but its series can't be listed: "+faultOf(err).message, details), nil
	}
	return result(backend.HealthStatusOk, d.summary(store, details), details), nil
}

// reach asks the store what it is, and names it.
func (d *DataSource) reach(ctx context.Context, details *healthDetails) (string, error) {
	build, err := d.store.Build(ctx)
	var failed *fetch.Error
	if err != nil && (!errors.As(err, &failed) || failed.Kind != fetch.NotFound) {
		return "", err
	}
	details.Store, details.Version = build.Application, build.Version
	if build.Application == "" {
		// A store that does not say what it is must at least list its labels.
		if _, err := d.store.Matches(ctx, []string{"up"}, d.now().Add(-matchSpan), d.now()); err != nil {
			return "", err
		}
		return "A store that does not say what it is", nil
	}
	return strings.TrimSpace(build.Application + " " + build.Version), nil
}

// summary is the message of a data source that works.
func (d *DataSource) summary(store string, details healthDetails) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s was reached. Catalog %s, revision %.12s: %s, %s.", store, details.Catalog, details.Revision, counted(details.Flows, "flow"), counted(details.SLIs, "SLI"))
	if d.storeType != "" && details.Store != "" && !strings.Contains(details.Store, d.storeType) {
		fmt.Fprintf(&out, " The settings (prometheusType) call it %s.", d.storeType)
	}
	out.WriteString(" " + d.describeCache())
	if len(details.Unmatched) == 0 {
		out.WriteString(" Every selector matches series of the last 24 hours.")
	}
	for _, u := range details.Unmatched {
		out.WriteString("\n" + u.String())
	}
	for _, i := range d.issuesFor(d.asker) {
		out.WriteString("\n" + i.String())
	}
	return out.String()
}

// describeCache says in a sentence what is kept in memory, and what that was good for.
func (d *DataSource) describeCache() string {
	s := d.store.CacheStats()
	if s.Limit == 0 {
		return "No points are kept in memory."
	}
	text := fmt.Sprintf("Points kept in memory: %s of %s", inMiB(s.Bytes), inMiB(s.Limit))
	if asked := s.Hits + s.Misses; asked > 0 {
		text += fmt.Sprintf("; %.0f %% of those that were needed so far came from there", 100*float64(s.Hits)/float64(asked))
	}
	return text + "."
}

// inMiB prints a number of bytes.
func inMiB(bytes uint64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

func unhealthy(message string, details healthDetails) *backend.CheckHealthResult {
	return result(backend.HealthStatusError, message, details)
}

func result(status backend.HealthStatus, message string, details healthDetails) *backend.CheckHealthResult {
	encoded, err := json.Marshal(details)
	if err != nil {
		encoded = []byte("{}")
	}
	return &backend.CheckHealthResult{Status: status, Message: sentences(message), JSONDetails: encoded}
}

// sentences ends each line with a full stop, since Grafana runs the lines of a message together.
func sentences(message string) string {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i, line := range lines {
		if !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, ":") {
			lines[i] = line + "."
		}
	}
	return strings.Join(lines, "\n")
}

// size counts the flows and SLIs of a catalog.
func size(c *cer.Catalog) (flows, slis int) {
	for i := range c.Flows {
		slis += len(c.Flows[i].SLIs)
	}
	return len(c.Flows), slis
}

// issue is a definition.Issue as the editors want it.
type issue struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Text    string `json:"text,omitempty"`
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty"`
}

func issuesOf(issues definition.Issues) []issue {
	list := make([]issue, 0, len(issues))
	for _, i := range issues {
		list = append(list, issue{Line: i.Line, Column: i.Column, Path: i.Path, Text: i.Text, Message: i.Message, Warning: i.Warning})
	}
	return list
}

// forwardedHeaders is what requests of Grafana have that forward headers.
type forwardedHeaders interface{ GetHTTPHeaders() http.Header }

// forwarded returns the headers that Grafana forwards with a request.
func forwarded(r forwardedHeaders) http.Header { return r.GetHTTPHeaders() }

// counted prints a number of things, such as 1 flow or 5 flows.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
