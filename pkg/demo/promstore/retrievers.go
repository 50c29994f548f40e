package promstore

import (
	"context"
	"fmt"
	"net/url"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/scrape"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// pool is the name of the one scrape pool, whose one target carries the metadata.
const pool = "promstore"

// retrievers answers what a scraping and alerting Prometheus would know beside samples: one target that carries the
// metadata, no rules and no Alertmanagers.
type retrievers struct {
	target *scrape.Target
}

// newRetrievers returns retrievers whose target carries the metadata.
func newRetrievers(metadata []scrape.MetricMetadata) *retrievers {
	lbls := labels.FromStrings(model.AddressLabel, "localhost", model.SchemeLabel, "http", model.JobLabel, pool)
	target := scrape.NewTarget(lbls, &config.ScrapeConfig{JobName: pool}, nil, nil)
	target.SetMetadataStore(metadataStore(metadata))
	return &retrievers{target: target}
}

func (r *retrievers) targets(context.Context) v1.TargetRetriever             { return r }
func (r *retrievers) scrapePools(context.Context) v1.ScrapePoolsRetriever    { return r }
func (r *retrievers) alertmanagers(context.Context) v1.AlertmanagerRetriever { return r }
func (r *retrievers) rules(context.Context) v1.RulesRetriever                { return r }

// TargetsActive returns the target that carries the metadata.
func (r *retrievers) TargetsActive() map[string][]*scrape.Target {
	return map[string][]*scrape.Target{pool: {r.target}}
}

// ScrapePoolConfig returns an error, since nothing is scraped.
func (*retrievers) ScrapePoolConfig(name string) (*config.ScrapeConfig, error) {
	return nil, fmt.Errorf("there is no scrape pool %q: the embedded Prometheus scrapes nothing", name)
}

// TargetsDropped returns none.
func (*retrievers) TargetsDropped() map[string][]*scrape.Target { return nil }

// TargetsDroppedCounts returns none.
func (*retrievers) TargetsDroppedCounts() map[string]int { return nil }

// ScrapePools returns none.
func (*retrievers) ScrapePools() []string { return []string{} }

// Alertmanagers returns none.
func (*retrievers) Alertmanagers() []*url.URL { return nil }

// DroppedAlertmanagers returns none.
func (*retrievers) DroppedAlertmanagers() []*url.URL { return nil }

// RuleGroups returns none.
func (*retrievers) RuleGroups() []*rules.Group { return nil }

// AlertingRules returns none.
func (*retrievers) AlertingRules() []*rules.AlertingRule { return nil }

// metadataStore is the metadata of a target, as the API reads it.
type metadataStore []scrape.MetricMetadata

// ListMetadata returns all of it.
func (m metadataStore) ListMetadata() []scrape.MetricMetadata { return m }

// GetMetadata returns that of one metric family, and whether there is any.
func (m metadataStore) GetMetadata(family string) (scrape.MetricMetadata, bool) {
	for _, one := range m {
		if one.MetricFamily == family {
			return one, true
		}
	}
	return scrape.MetricMetadata{}, false
}

// SizeMetadata returns the length of its texts in bytes.
func (m metadataStore) SizeMetadata() int {
	size := 0
	for _, one := range m {
		size += len(one.MetricFamily) + len(one.Type) + len(one.Help) + len(one.Unit)
	}
	return size
}

// LengthMetadata returns the number of metric families.
func (m metadataStore) LengthMetadata() int { return len(m) }
