package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// expandRequest is the body of POST /expand: which flow or SLI, and over which window.
type expandRequest struct {
	Flow   string `json:"flow"`
	SLI    string `json:"sli"`
	Window string `json:"window"`
}

// expandAnswer is the PromQL behind an SLI.
type expandAnswer struct {
	Flow    string       `json:"flow"`
	SLI     string       `json:"sli"`
	Window  string       `json:"window"`
	Formula string       `json:"formula"`
	Queries []expression `json:"queries"`
}

// expression is PromQL, and what it stands for in the formula, such as #0.
type expression struct {
	Name   string `json:"name"`
	PromQL string `json:"promql"`
}

// postExpand says what would be asked of the store for a flow or an SLI.
func (d *DataSource) postExpand(r *http.Request) (any, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	var asked expandRequest
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	query, err := plan.ParseQuery(asked.query())
	if err != nil {
		return nil, err
	}
	batch := d.store.Batch(r.Context())
	defer batch.Close()
	now := d.now()
	p, err := d.plan(r.Context(), batch, query, plan.Times{From: now.Add(-time.Hour), To: now, Now: now,
		Scrape: plan.ScrapeInterval(d.catalog, d.scrape)})
	if err != nil {
		return nil, err
	}
	return expansions(p), nil
}

// query is the query whose plan answers the request.
func (e expandRequest) query() []byte {
	q := plan.Query{Level: plan.SLIs, Format: plan.Latest, Window: e.Window}
	if e.Flow != "" {
		q.Flows = []string{e.Flow}
	}
	if e.SLI != "" {
		q.SLIs = []string{e.SLI}
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return nil
	}
	return raw
}

// expansions lists the PromQL of a plan by SLI.
func expansions(p *plan.Plan) []expandAnswer {
	answers := []expandAnswer{}
	for _, f := range p.Flows {
		for _, s := range f.SLIs {
			answer := expandAnswer{Flow: f.Flow.Name, SLI: s.SLI.Name, Window: model.Duration(s.Window).String(), Formula: s.Formula()}
			for _, leaf := range s.Leaves() {
				answer.Queries = append(answer.Queries, expression{Name: fmt.Sprintf("#%d", leaf), PromQL: p.Leaves[leaf].PromQL})
			}
			answers = append(answers, answer)
		}
	}
	return answers
}
