package engine

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Defaults of a Config.
const (
	// DefaultScrapeInterval is that of Grafana's Prometheus data source.
	DefaultScrapeInterval = 15 * time.Second
	// DefaultBlockConcurrency is enough to keep a store busy.
	DefaultBlockConcurrency = 8
)

const (
	// maxShardedPoints is the number of points of a request that is answered in shards.
	maxShardedPoints = 32 * plan.MaxPoints
	// maxSummaryInstants is the product of minutes and flows whose states a summary decides at most, which takes some seconds: those of
	// ninety flows over a month.
	maxSummaryInstants = 4_000_000
	// maxFactQuestions is the number of questions about facts of one request that are asked at the same time, however many metrics
	// the catalog has.
	maxFactQuestions = fetch.DefaultConcurrency
	// maxExemplarRequests is the number of requests for exemplars of one query that are sent at the same time.
	maxExemplarRequests = fetch.DefaultConcurrency
	// maxFactPoints is the product of series and times of one question about facts, such as counts of samples by job.
	maxFactPoints = plan.MaxPoints
	// bytesPerPoint is the memory that a point takes in a cache.
	bytesPerPoint = 8
)

// points returns the number of points of a plan: the instants of all leaves.
func points(p *plan.Plan) int {
	n := 0
	for _, leaf := range p.Leaves {
		n += leaf.Range.Len()
	}
	return n
}
