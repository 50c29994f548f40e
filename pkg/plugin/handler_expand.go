package plugin

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// expandRequest is the body of POST /expand: a query, and its time range as Grafana states it. By default
// it is for the newest scores of SLIs over the last hour.
type expandRequest struct {
	query.Query
	// Flow and SLI are the short way to name one of each.
	Flow string `json:"flow"`
	SLI  string `json:"sli"`
	// From, To and IntervalMS are in milliseconds, the former two since the epoch.
	From       int64 `json:"from"`
	To         int64 `json:"to"`
	IntervalMS int64 `json:"intervalMs"`
}

// expandAnswer is the PromQL behind an SLI, or behind what is read beside SLIs.
type expandAnswer struct {
	Flow string `json:"flow,omitempty"`
	SLI  string `json:"sli,omitempty"`
	// Of is what is read beside SLIs, such as an event, and Name is whose.
	Of   plan.Purpose `json:"of,omitempty"`
	Name string       `json:"name,omitempty"`
	// Window is how far back an SLI looks.
	Window  string       `json:"window,omitempty"`
	Formula string       `json:"formula"`
	Queries []expression `json:"queries"`
}

// expression is PromQL, and what it stands for in the formulas, such as #0.
type expression struct {
	Name   string `json:"name"`
	PromQL string `json:"promql"`
	// Request is the merged expression by which it is requested together with others; "" if it is requested as it is.
	Request string `json:"request,omitempty"`
}

// postExpand answers with the PromQL that a query would request from the store.
func (d *snapshot) postExpand(r *http.Request) (any, error) {
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
	session := d.engine.Session(r.Context())
	defer session.Close()
	explanation, err := d.engine.Explain(r.Context(), session, d.request(query, asked.times(d.now())))
	if err != nil {
		return nil, err
	}
	return expansions(explanation), nil
}

// query is the query whose plan answers the request, held to the same rules as one of a panel.
func (e expandRequest) query() (query.Query, error) {
	q := e.Query
	if q.Level == "" && q.Format != query.Graph {
		q.Level = query.LevelSLI
	}
	if q.Format == "" {
		q.Format = query.Latest
	}
	if e.Flow != "" {
		q.Flows = append(slices.Clone(q.Flows), e.Flow)
	}
	if e.SLI != "" {
		q.SLIs = append(slices.Clone(q.SLIs), e.SLI)
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return query.Query{}, err
	}
	return query.Parse(raw)
}

// times is the time range of the request, or the last hour.
func (e expandRequest) times(now time.Time) plan.Times {
	times := plan.Times{From: now.Add(-time.Hour), To: now, Now: now, Interval: time.Duration(e.IntervalMS) * time.Millisecond, Noted: true}
	if e.From > 0 && e.To > 0 {
		times.From, times.To = time.UnixMilli(e.From), time.UnixMilli(e.To)
	}
	return times
}

// expansions lists the PromQL of plans by the SLIs that its query is about, and then what is read beside them.
func expansions(explained *engine.Explanation) []expandAnswer {
	list := expansionList{requests: explained.Requests, answers: []expandAnswer{}, numbers: map[string]int{}}
	for _, p := range explained.Plans {
		for _, f := range shown(p) {
			for i := range f.SLIs {
				if s := &f.SLIs[i]; s.Shown {
					list.add(expandAnswer{Flow: f.Flow.Name, SLI: s.SLI.Name, Window: model.Duration(s.Window).String()}, formulaOf(s), s.Exprs())
				}
			}
		}
	}
	for _, p := range explained.Plans {
		for _, a := range p.AuxiliaryQueries() {
			if a.Shown {
				list.add(expandAnswer{Of: a.Purpose, Name: a.Name}, a.Source.Formula, a.Source.Exprs())
			}
		}
	}
	return list.answers
}

// formulaOf returns the function that prints how an SLI is computed from expressions.
func formulaOf(s *plan.SLI) func(name func(*expand.Expr) string) string {
	return func(name func(*expand.Expr) string) string {
		return s.Formula(func(*plan.Source) func(*expand.Expr) string { return name })
	}
}

// expansionList collects answers. Expressions are numbered from 0 in the order of the formulas, since a plan holds
// others in between that nobody reads about, and the same one over several ranges.
type expansionList struct {
	requests engine.Requests
	answers  []expandAnswer
	// numbers are those of expressions, by PromQL.
	numbers map[string]int
}

// add completes an answer by its formula over expressions. An answer that is there already, for another range, is left out.
func (l *expansionList) add(answer expandAnswer, formula func(name func(*expand.Expr) string) string, exprs []*expand.Expr) {
	for _, expr := range exprs {
		promQL := expr.String()
		if _, met := l.numbers[promQL]; !met {
			l.numbers[promQL] = len(l.numbers)
		}
		answer.Queries = append(answer.Queries, expression{Name: l.name(expr), PromQL: promQL, Request: l.request(promQL)})
	}
	answer.Formula = formula(l.name)
	same := func(other expandAnswer) bool { return reflect.DeepEqual(answer, other) }
	if !slices.ContainsFunc(l.answers, same) {
		l.answers = append(l.answers, answer)
	}
}

// request returns the merged expression by which one is requested; "" if it is requested as it is.
func (l *expansionList) request(promQL string) string {
	if request := strings.Join(l.requests.For(promQL), "\n"); request != promQL {
		return request
	}
	return ""
}

// name returns the name of an expression, such as #0.
func (l *expansionList) name(expr *expand.Expr) string {
	return plan.Numbered(l.numbers[expr.String()])
}

// shown returns the flows that the query is about.
func shown(p *plan.Plan) []plan.Flow {
	var flows []plan.Flow
	for _, segment := range p.Segments() {
		for _, f := range segment.Flows {
			if f.Shown {
				flows = append(flows, f)
			}
		}
	}
	return flows
}
