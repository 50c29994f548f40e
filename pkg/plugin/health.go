package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// healthDetails are the details of Save & test, beside its message.
type healthDetails struct {
	Store     string              `json:"store,omitempty"`
	Version   string              `json:"version,omitempty"`
	Catalog   string              `json:"catalog,omitempty"`
	Revision  string              `json:"revision,omitempty"`
	Flows     int                 `json:"flows"`
	SLIs      int                 `json:"slis"`
	Issues    []issue             `json:"issues,omitempty"`
	Unmatched []unmatchedSelector `json:"unmatched,omitempty"`
	// Facts are sentences on what was found of the store: spacings of samples and edges of buckets. Doubts are those on what will
	// likely go wrong with them.
	Facts  []string `json:"facts,omitempty"`
	Doubts []string `json:"doubts,omitempty"`
}

// CheckHealth is Save & test. It reads the operator's folder again, asks the store what it is, and checks that the
// selectors of the catalog match series.
func (d *DataSource) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	ctx = withIdentity(ctx, req.GetHTTPHeaders())
	d.source.refresh(ctx)
	s := d.snapshot(ctx, req.PluginContext.User)
	if s.broken != nil {
		return unhealthy(s.broken.Error(), healthDetails{}), nil
	}
	issues := s.issuesFor(s.role)
	details := healthDetails{Issues: issuesOf(issues)}
	build, err := buildOf(ctx, s.store, s.now())
	details.Store, details.Version = build.Application, build.Version
	if err != nil {
		return unhealthy("The store can't be used: "+faultOf(err).message, details), nil
	}
	if s.catalog != nil {
		details.Catalog, details.Revision = s.catalog.Name, s.revision()
		details.Flows, details.SLIs = countMembers(s.catalog.Catalog)
	}
	if details.Store == "" {
		details.Store = s.storeType
	}
	store := storeName(details)
	if s.empty {
		return healthy(store+" was reached. Next, define a catalog of your users' flows below the URL, and save again. Until then queries fail.", details), nil
	}
	if problem := s.problem(s.role); problem != "" {
		return unhealthy(store+" was reached, but "+problem, details), nil
	}
	details.Unmatched, err = unmatchedSelectors(ctx, s.store, s.catalog, s.now())
	if err != nil {
		return unhealthy(store+" was reached, but its series can't be listed: "+faultOf(err).message, details), nil
	}
	if details.Facts, details.Doubts, err = s.facts(ctx); err != nil {
		return unhealthy(store+" was reached, but its series can't be looked up: "+faultOf(err).message, details), nil
	}
	answered, err := s.answers(ctx)
	if err != nil {
		return unhealthy(store+" was reached, but a query of the catalog fails: "+faultOf(err).message, details), nil
	}
	for _, remark := range s.resting(ctx, s.catalog) {
		answered = append(answered, remark.Flow+": "+remark.Text)
	}
	doubts := list.Union(nil, slices.Concat(answered, details.Doubts, s.seriesDoubts(ctx))...)
	details.Doubts = doubts[:min(len(doubts), maxDoubts)]
	return healthy(healthMessage(details, store, s.storeType, s.store.CacheStats(), issues), details), nil
}

// buildOf returns the build information of the store. It is empty for a store that provides none and lists its labels.
func buildOf(ctx context.Context, store *fetch.Store, now time.Time) (fetch.Build, error) {
	build, err := store.Build(ctx)
	var failed *fetch.Error
	if err != nil && (!errors.As(err, &failed) || failed.Kind != fetch.NotFound) {
		return fetch.Build{}, err
	}
	if build.Application == "" {
		_, err := store.Matches(ctx, []string{"up"}, now.Add(-matchSpan), now)
		return build, err
	}
	return build, nil
}

// storeName returns the name and version of the store, as the subject of a sentence.
func storeName(details healthDetails) string {
	if details.Store == "" {
		return "A store of unknown type"
	}
	return strings.TrimSpace(details.Store + " " + details.Version)
}

// maxDoubts is the number of sentences on what will likely go wrong.
const maxDoubts = 50

// healthMessage returns the message of a data source that works. The setting storeType may be "".
func healthMessage(details healthDetails, store, storeType string, cache fetch.Stats, issues definition.Issues) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s was reached. Catalog %s, revision %.12s: %s, %s.", store, details.Catalog, details.Revision, counted(details.Flows, "flow"), counted(details.SLIs, "SLI"))
	if storeType != "" && details.Store != "" && !strings.Contains(details.Store, storeType) {
		fmt.Fprintf(&out, " The settings (prometheusType) say that it is %s.", storeType)
	}
	out.WriteString(" " + cacheSentence(cache))
	if len(details.Unmatched) == 0 {
		out.WriteString(" Every selector matches series of the last 24 hours.")
	}
	out.WriteString(" Import the dashboards above, or in the tab Dashboards.")
	for _, u := range details.Unmatched {
		out.WriteString("\n" + u.String())
	}
	for _, text := range slices.Concat(details.Doubts, details.Facts[:min(len(details.Facts), maxFacts)]) {
		out.WriteString("\n" + text)
	}
	for _, i := range issues {
		out.WriteString("\n" + i.String())
	}
	return out.String()
}

// cacheSentence returns a sentence about the memory that a cache takes and its ratio of hits.
func cacheSentence(s fetch.Stats) string {
	if s.Limit == 0 {
		return "The cache is off."
	}
	text := fmt.Sprintf("Cache: %s of %s", mebibytes(s.Bytes), mebibytes(s.Limit))
	if total := s.Hits + s.Misses; total > 0 {
		text += fmt.Sprintf("; it answered %.0f%% of the points that were needed so far", 100*float64(s.Hits)/float64(total))
	}
	return text + "."
}

// mebibytes formats a number of bytes.
func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func healthy(message string, details healthDetails) *backend.CheckHealthResult {
	return healthResult(backend.HealthStatusOk, message, details)
}

func unhealthy(message string, details healthDetails) *backend.CheckHealthResult {
	return healthResult(backend.HealthStatusError, message, details)
}

func healthResult(status backend.HealthStatus, message string, details healthDetails) *backend.CheckHealthResult {
	encoded, err := json.Marshal(details)
	if err != nil {
		encoded = []byte("{}")
	}
	return &backend.CheckHealthResult{Status: status, Message: endLines(message), JSONDetails: encoded}
}

// endLines ends each line with a full stop, since Grafana shows the lines of a message as one.
func endLines(message string) string {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i, line := range lines {
		if !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, ":") {
			lines[i] = line + "."
		}
	}
	return strings.Join(lines, "\n")
}

// countMembers returns the numbers of flows and SLIs of a catalog.
func countMembers(c *cer.Catalog) (flows, slis int) {
	for i := range c.Flows {
		slis += len(c.Flows[i].SLIs)
	}
	return len(c.Flows), slis
}

// counted formats a number of things, such as "1 flow" or "5 flows".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
