package promstore

import (
	"os"
	"runtime"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// Version is the version of the embedded Prometheus: release 3.16.0 is version v0.316.0 of its Go module. A test
// compares it with go.mod.
const Version = "3.16.0"

// adminStats answers /api/v1/status/tsdb from the database.
type adminStats struct{ *tsdb.DB }

// Stats returns the cardinality of the database's head.
func (a adminStats) Stats(statsByLabelName string, limit int) (*tsdb.Stats, error) {
	return a.Head().Stats(statsByLabelName, limit), nil
}

// WALReplayStatus returns nothing, since there is no write-ahead log.
func (adminStats) WALReplayStatus() (tsdb.WALReplayStatus, error) { return tsdb.WALReplayStatus{}, nil }

// BlockMetas returns the persisted blocks.
func (a adminStats) BlockMetas() ([]tsdb.BlockMeta, error) { return a.DB.BlockMetas(), nil }

// buildInfo is what /api/v1/status/buildinfo answers.
func buildInfo() *v1.PrometheusVersion {
	return &v1.PrometheusVersion{Version: Version, Branch: "embedded", GoVersion: runtime.Version()}
}

// runtimeInfo is what /api/v1/status/runtimeinfo answers for a store that was started at start.
func runtimeInfo(start time.Time) func() (v1.RuntimeInfo, error) {
	return func() (v1.RuntimeInfo, error) {
		hostname, err := os.Hostname()
		return v1.RuntimeInfo{
			StartTime:           start,
			Hostname:            hostname,
			ServerTime:          time.Now(),
			ReloadConfigSuccess: true,
			LastConfigTime:      start,
			GoroutineCount:      runtime.NumGoroutine(),
			GOMAXPROCS:          runtime.GOMAXPROCS(0),
		}, err
	}
}
