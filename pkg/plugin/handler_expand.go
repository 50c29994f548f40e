package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// expandRequest is the body of POST /expand: a query, and the time that it is asked for as Grafana says it. What is
// left out stands for the newest scores of SLIs, and for the last hour.
type expandRequest struct {
	plan.Query
	// Flow and SLI are the short way to name one of each.
	Flow string `json:"flow"`
	SLI  string `json:"sli"`
	// From, To and IntervalMS are in milliseconds, the former two since the epoch.
	From       int64 `json:"from"`
	To         int64 `json:"to"`
	IntervalMS int64 `json:"intervalMs"`
}

// expandAnswer is the PromQL behind an SLI.
type expandAnswer struct {
	Flow    string       `json:"flow"`
	SLI     string       `json:"sli"`
	Window  string       `json:"window"`
	Formula string       `json:"formula"`
	Queries []expression `json:"queries"`
}

// expression is PromQL, and what it stands for in the formulas, such as #0.
type expression struct {
	Name   string `json:"name"`
	PromQL string `json:"promql"`
}

// postExpand says what would be asked of the store for a query.
func (d *DataSource) postExpand(r *http.Request) (any, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	var asked expandRequest
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	query, err := asked.query()
	if err != nil {
		return nil, err
	}
	batch := d.store.Batch(r.Context())
	defer batch.Close()
	p, err := d.plan(r.Context(), batch, d.catalog, query, asked.times(d.now(), plan.ScrapeInterval(d.catalog, d.scrape)))
	if err != nil {
		return nil, err
	}
	return expansions(p), nil
}

// query is the query whose plan answers the request, held to the same rules as one of a panel.
func (e expandRequest) query() (plan.Query, error) {
	q := e.Query
	if q.Level == "" {
		q.Level = plan.SLIs
	}
	if q.Format == "" {
		q.Format = plan.Latest
	}
	if e.Flow != "" {
		q.Flows = append(slices.Clone(q.Flows), e.Flow)
	}
	if e.SLI != "" {
		q.SLIs = append(slices.Clone(q.SLIs), e.SLI)
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return plan.Query{}, err
	}
	return plan.ParseQuery(raw)
}

// times is the time range of the request, or the last hour.
func (e expandRequest) times(now time.Time, scrape time.Duration) plan.Times {
	times := plan.Times{
		From: now.Add(-time.Hour), To: now, Now: now,
		Interval: time.Duration(e.IntervalMS) * time.Millisecond, Scrape: scrape,
	}
	if e.From > 0 && e.To > 0 {
		times.From, times.To = time.UnixMilli(e.From), time.UnixMilli(e.To)
	}
	return times
}

// expansions lists the PromQL of a plan by the SLIs that its query is about. Expressions are numbered from 0 in the
// order of the formulas, since a plan holds others in between that nobody reads about.
func expansions(p *plan.Plan) []expandAnswer {
	answers := []expandAnswer{}
	numbers := map[int]int{}
	name := func(leaf int) string { return fmt.Sprintf("#%d", numbers[leaf]) }
	for _, f := range shown(p) {
		for _, s := range f.SLIs {
			if !s.Shown {
				continue
			}
			answer := expandAnswer{Flow: f.Flow.Name, SLI: s.SLI.Name, Window: model.Duration(s.Window).String()}
			for _, leaf := range s.Leaves() {
				if _, met := numbers[leaf]; !met {
					numbers[leaf] = len(numbers)
				}
				answer.Queries = append(answer.Queries, expression{Name: name(leaf), PromQL: p.Leaves[leaf].PromQL})
			}
			answer.Formula = s.Formula(name)
			answers = append(answers, answer)
		}
	}
	return answers
}

// shown returns the flows that the query is about.
func shown(p *plan.Plan) []plan.Flow {
	var flows []plan.Flow
	for _, stretch := range p.Stretches() {
		for _, f := range stretch.Flows {
			if f.Shown {
				flows = append(flows, f)
			}
		}
	}
	return flows
}
