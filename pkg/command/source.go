package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/postmortem"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// source answers queries: a store by the engine, or a running Grafana.
type source interface {
	// ask answers one query. The error is a sentence.
	ask(ctx context.Context, q question) (data.Frames, error)
	// verdict asks a gate. The error is a *query.Invalid where the question can't be answered however often it is asked.
	verdict(ctx context.Context, name string, parameters url.Values) (*gate.Answer, error)
	// calibrate tries objectives, and backtest compares the catalog with a changed one. The error is a sentence.
	calibrate(ctx context.Context, env *Environment, asked replayRequest) (calibration, error)
	backtest(ctx context.Context, env *Environment, asked replayRequest) (comparison, error)
	// incident returns the report of an incident. The error is a sentence.
	incident(ctx context.Context, flow, start string, parameters url.Values) (*postmortem.Report, error)
	close()
}

// question is a query over a range. Its step is that which a panel would suggest; time slices lie on their own grid of a minute.
type question struct {
	query.Query
	from, to time.Time
	step     time.Duration
}

// json returns the JSON of the query, as a panel would hold it.
func (q question) json() (json.RawMessage, error) { return json.Marshal(q.Query) }

// sourceFlags say whom to ask, and by which catalog.
type sourceFlags struct {
	catalog, name string

	store, httpConfig  string
	headers            []string
	storeType          string
	timeout, scrape    model.Duration
	grafana, tokenFile string
	dataSource         string
}

// bind adds the flags to a command, each with an environment variable.
func (f *sourceFlags) bind(cmd *cobra.Command) {
	f.scrape = model.Duration(engine.DefaultScrapeInterval)
	f.bindStore(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.catalog, "catalog", "c", "", "catalog: a file, a folder, or - for standard input")
	flags.StringVar(&f.name, "name", "", "name of the catalog, if there are several")
	flags.Var(&f.scrape, "scrape-interval", "scrape interval of the telemetry, if the catalog has none")
	flags.StringVar(&f.grafana, "grafana", "", "address of a Grafana to ask instead of a store")
	flags.StringVar(&f.dataSource, "datasource", "", "uid of the data source in that Grafana")
	flags.StringVar(&f.tokenFile, "token-file", "", "file with a token of a service account of that Grafana; or set $"+tokenVariable)
	withVariables(flags)
}

// bindStore adds the flags that say how to connect to a store.
func (f *sourceFlags) bindStore(cmd *cobra.Command) {
	f.timeout = model.Duration(fetch.DefaultTimeout)
	flags := cmd.Flags()
	flags.StringVar(&f.store, "store", "", "address of the Prometheus-compatible store")
	flags.StringVar(&f.httpConfig, "http.config.file", "", "HTTP client configuration file for the store or Grafana, as for promtool")
	flags.StringArrayVar(&f.headers, "header", nil, "header to send, such as 'X-Scope-OrgID: team'; can be repeated")
	flags.StringVar(&f.storeType, "prometheus-type", "", "type of the store: "+strings.Join(storeTypes, ", ")+"; by default it is detected")
	flags.Var(&f.timeout, "timeout", "limit of the time for all answers together")
	complete(cmd, "prometheus-type", storeTypes...)
}

// storeTypes are the types of stores, as the settings of the data source spell them.
var storeTypes = []string{"Prometheus", "Mimir", "Thanos", "VictoriaMetrics"}

// open returns the source that the flags state. It is to be closed.
func (f *sourceFlags) open(ctx context.Context, env *Environment) (source, error) {
	switch {
	case f.store != "" && f.grafana != "":
		return nil, errors.New("--store and --grafana exclude each other; use one of them")
	case f.grafana != "" && f.catalog != "":
		return nil, errors.New("with --grafana the catalog is that of its data source; leave --catalog out, or ask a store with --store")
	case f.grafana != "":
		return f.openGrafana(env)
	case f.store == "":
		return nil, errors.New("there is no store to ask; name its address with --store, or that of a Grafana with --grafana")
	case f.catalog == "":
		return nil, errors.New("there is no catalog; name it with --catalog, a file or a folder")
	default:
		return f.openStore(ctx, env)
	}
}

// timeOf parses the time that a flag states: a duration before now, a date, a time as RFC 3339, or seconds since 1970.
func timeOf(flag, text string, now time.Time) (time.Time, error) {
	if ago, err := model.ParseDuration(text); err == nil {
		return now.Add(-time.Duration(ago)), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds < 1e12 {
		return time.UnixMilli(int64(seconds * 1000)), nil
	}
	return time.Time{}, fmt.Errorf("--%s is %q; write how long ago (1h), a time (2026-03-04T12:00:00Z), a date, or seconds since 1970", flag, text)
}
