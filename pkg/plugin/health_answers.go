package plugin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// answers has the first flows of the catalog evaluated, at an instant and over some minutes, and returns what the store warns of and
// refuses. The error is that of a store that answers nothing.
func (d *snapshot) answers(ctx context.Context) (doubts []string, err error) {
	session := d.engine.Session(ctx)
	defer session.Close()
	flows := firstFlows(d.catalog.Catalog, maxRemarked)
	for _, q := range []query.Query{
		{Format: query.Latest, Flows: flows},
		{Format: query.Timeseries, Flows: flows[:min(len(flows), 1)]},
	} {
		q.Measure, q.Level, q.Window = query.Score, query.LevelSLI, query.WindowAuto
		now := d.now()
		result, err := d.engine.Exec(ctx, session, d.request(q, plan.Times{From: now.Add(-10 * time.Minute), To: now, Now: now, Interval: time.Minute}))
		if err != nil {
			return nil, err
		}
		if err := refusedAll(result); err != nil {
			return nil, err
		}
		for _, n := range result.Notices {
			if n.Severity == cer.Error || n.Severity == cer.Warning && n.Subject == "" {
				doubts = append(doubts, n.String())
			}
		}
	}
	return doubts, nil
}

// refusedAll returns the error of a result in which the store has refused the expressions of every SLI; nil for others.
func refusedAll(result *engine.Result) error {
	refused := map[string]string{}
	for _, n := range result.Notices {
		if n.Severity == cer.Error {
			refused[n.Subject] = n.Text
		}
	}
	for _, m := range result.Members {
		if refused[m.Flow.Name+"/"+m.SLI.Name] == "" {
			return nil
		}
	}
	if len(result.Members) == 0 {
		return nil
	}
	m := result.Members[0]
	return userError(refused[m.Flow.Name+"/"+m.SLI.Name])
}

const (
	// maxCounted is the number of selectors whose series are counted.
	maxCounted = 30
	// countedBefore is how long ago series are counted, to compare with now.
	countedBefore = time.Hour
	// fewSeries is the number of series under which that many fewer say nothing.
	fewSeries = 4
)

// seriesDoubts counts the series of the first selectors of the catalog, and returns sentences on those that have lost half of them,
// and on those of which a store has several copies. Selectors that can't be counted are left out.
func (d *snapshot) seriesDoubts(ctx context.Context) []string {
	all := selectorsOf(d.catalog)
	all = all[:min(len(all), maxCounted)]
	var leaves []fetch.Leaf
	now := series.InstantOf(d.now())
	before := series.InstantOf(d.now().Add(-countedBefore))
	for _, one := range all {
		s := expand.Selector{Trusted: one.Selector}
		leaves = append(leaves, fetch.Leaf{PromQL: s.Count(), Range: now}, fetch.Leaf{PromQL: s.Count(), Range: before}, fetch.Leaf{PromQL: s.Copies(), Range: now})
	}
	batch := d.store.Batch(ctx)
	defer batch.Close()
	answers, err := batch.Fetch(ctx, leaves, nil)
	if err != nil {
		return nil
	}
	var doubts []string
	for i, one := range all {
		has, had, copies := numberOf(answers[3*i]), numberOf(answers[3*i+1]), numberOf(answers[3*i+2])
		if had >= fewSeries && has <= had/2 {
			doubts = append(doubts, fmt.Sprintf("%s/%s: %s has %.0f series, and had %.0f an hour ago; check whether targets or parts of the store are missing, such as a store behind Thanos",
				one.Flow, one.SLI, one.Selector, has, had))
		}
		if copies > 1 {
			doubts = append(doubts, fmt.Sprintf("%s/%s: the store has up to %.0f copies of each series of %s, which differ only in their replica labels (%s), so events count several times; deduplicate them in the store, as Thanos does with --query.replica-label",
				one.Flow, one.SLI, copies, one.Selector, strings.Join(expand.ReplicaLabels(), ", ")))
		}
	}
	return doubts
}

// numberOf returns the only number of an answer; 0 where it has none.
func numberOf(answer series.Answer) float64 {
	if len(answer.Series) != 1 || len(answer.Series[0].Values) != 1 {
		return 0
	}
	return answer.Series[0].Values[0]
}
