package oracle

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
)

var (
	onlySeed = flag.Uint64("seed", 0, "test the catalog of this seed alone")
	catalogs = flag.Uint64("catalogs", 300, "how many catalogs are tested, by the seeds 1, 2, ...")
)

// TestMain runs the tests without the log of the plugin, which would bury what they print.
func TestMain(m *testing.M) {
	log.DefaultLogger = log.NewNullLogger()
	backend.Logger = log.DefaultLogger
	os.Exit(m.Run())
}

func TestScoresEqualThoseOfOneExpression(t *testing.T) {
	store := promstoretest.Open(t)
	counted := &tally{counts: map[string]*count{}}
	first, last := uint64(1), *catalogs
	if *onlySeed > 0 {
		first, last = *onlySeed, *onlySeed
	}
	t.Run("catalogs", func(t *testing.T) {
		for seed := first; seed <= last; seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				tr := newTrial(t, store, seed)
				counted.add(tr, tr.check(t, inProcess{cerplugin.NewFactory()}))
			})
		}
	})
	if *onlySeed == 0 {
		counted.report(t)
	}
}

// binaryCatalogs is how many catalogs are asked of the built plugin.
const binaryCatalogs = 12

func TestBuiltPluginSaysTheSame(t *testing.T) {
	store := promstoretest.Open(t)
	host, err := pluginhost.Start(pluginhost.Config{Executable: executable(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Stop()
	for seed := range uint64(binaryCatalogs) {
		tr := newTrial(t, store, 1_000_000+seed)
		tr.check(t, host)
	}
}

// executable returns the path of the plugin's binary: that of the build which CER_PLUGIN_DIST names, or else one that
// is built for the test.
func executable(t *testing.T) string {
	t.Helper()
	if dist := os.Getenv("CER_PLUGIN_DIST"); dist != "" {
		return pluginhost.Executable(dist)
	}
	built := pluginhost.Executable(t.TempDir())
	build := exec.Command("go", "build", "-o", built, "./pkg")
	build.Dir = filepath.Join("..", "..", "..")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the plugin can't be built: %v\n%s", err, output)
	}
	return built
}

// newTrial writes the telemetry of a seed's catalog.
func newTrial(t *testing.T, store *promstore.Store, seed uint64) trial {
	t.Helper()
	c, telemetry, asked := generate(seed)
	if err := telemetry.write(store); err != nil {
		t.Fatal(err)
	}
	return trial{catalog: c, data: telemetry, asked: asked, store: store}
}

// check compares what the plugin answers to each query with the PromQL's and with the recomputed numbers. It returns
// the latter of the range.
func (tr trial) check(t *testing.T, p plugin) recomputed {
	t.Helper()
	answered, err := tr.ask(p)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", tr.seed, err, tr.yaml())
	}
	raw := map[string]recomputed{}
	for _, format := range []string{timeseries, latest} {
		if raw[format], err = tr.recompute(tr.instants(format)); err != nil {
			t.Fatalf("seed %d: %v", tr.seed, err)
		}
	}
	for _, q := range queries {
		said, err := tr.byPromQL(q)
		if err != nil {
			t.Fatalf("seed %d: %v", tr.seed, err)
		}
		recomputed := raw[q.format].of(tr, q)
		if len(answered[q]) != len(recomputed) {
			t.Fatalf("seed %d, %s: there are %d series, not %d", tr.seed, q, len(answered[q]), len(recomputed))
		}
		tr.compare(t, q, "the expression", answered[q], said)
		tr.compare(t, q, "the raw samples", answered[q], recomputed)
	}
	return raw[timeseries]
}

// compare fails where the plugin's numbers of a query are not those wanted.
func (tr trial) compare(t *testing.T, q query, by string, got, want map[string]column) {
	t.Helper()
	in := tr.instants(q.format)
	for name, numbers := range want {
		if err := in.differ(got[name], numbers); err != nil {
			said := tr.expressions(in)[name]
			t.Fatalf("seed %d, %s of flow %q: the plugin differs from %s %v\nscore:    %s\ncoverage: %s\nquery: %+v\n%s",
				tr.seed, q, name, by, err, said.score, said.coverage, tr.asked, tr.yaml())
		}
	}
}

// inProcess is the plugin in this process.
type inProcess struct {
	factory datasource.InstanceFactoryFunc
}

// QueryData makes a data source of the request's settings and asks it.
func (p inProcess) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	instance, err := p.factory(ctx, *req.PluginContext.DataSourceInstanceSettings)
	if err != nil {
		return nil, err
	}
	return instance.(backend.QueryDataHandler).QueryData(ctx, req)
}
