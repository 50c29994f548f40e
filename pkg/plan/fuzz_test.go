package plan_test

import (
	"errors"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// ofAll is a catalog with flows of all kinds, cohorts, policies, events, maintenance and money.
func ofAll() *cer.Catalog {
	c, cohorts := ofTrust(), cohortShop()
	for i := range cohorts.Flows {
		for j := range cohorts.Flows[i].SLIs {
			sli := &cohorts.Flows[i].SLIs[j]
			if sli.Trust = nil; sli.Fallback != nil {
				sli.Fallback.Trust = nil
			}
		}
	}
	c.Flows, c.Dimensions = append(c.Flows, cohorts.Flows...), cohorts.Dimensions
	c.Flows[0].Labels = map[string]string{"team": "platform"}
	c.Policies = c.DefaultPolicies()
	return c
}

// FuzzQuery plans queries by their JSON over ranges in Unix seconds, with intervals in milliseconds. It looks for queries that make
// that panic, that are refused otherwise than by what is wrong with them, whose plans are not the same each time, or that ask the
// store for what is not trusted, or for too much.
func FuzzQuery(f *testing.F) {
	to := now.Unix()
	for _, body := range []string{
		`{}`, `{"format":"table","level":"sli","by":["region","team"]}`, `{"measure":"state","by":["policy"]}`, `{"format":"incidents"}`, `{"format":"events"}`,
		`{"measure":"burn","window":"6h","level":"flow","flows":["checkout"]}`, `{"measure":"budget","format":"latest","worst":3}`, `{"measure":"lag","level":"sli"}`,
		`{"measure":"quantile","level":"sli","q":[0.5,0.99],"by":["region"]}`, `{"measure":"ttr","level":"flow","format":"latest"}`, `{"measure":"quantile","q":1e-300}`,
		`{"level":"sli","measure":"value","slis":"search/fast","window":"30d"}`, `{"measure":"revenueAtRisk","where":{"region":["eu","` + "\ufffd" + `"]}}`,
		`{"adhocFilters":[{"key":"tier","operator":"=~","value":"g.*|$x"},{"key":"region","operator":"!=","value":""}],"window":"$__range"}`,
		`{"format":"exemplars","by":["region","team"],"where":{"tier":["gold"]},"worst":0}`, `{"format":"definition","components":["latency"]}`, `{"format":"summary","legend":"{{flow}}"}`, `{"window":"__interval`, `[]`,
	} {
		f.Add([]byte(body), to-3600, to, int64(60_000))
	}
	f.Add([]byte(`{"measure":"exhaustion"}`), int64(0), int64(1)<<62, int64(-1))
	f.Add([]byte(`{"measure":"impact","format":"table"}`), to-90*86400, to, int64(0))
	c := fixture.Compile(ofAll())
	f.Fuzz(func(t *testing.T, body []byte, from, to, interval int64) {
		q, err := query.Parse(body)
		if err != nil {
			isOfTheUser(t, err)
			return
		}
		times := plan.Times{From: time.Unix(from, 0), To: time.Unix(to, 0), Interval: time.Duration(interval) * time.Millisecond, Now: now, Scrape: 15 * time.Second, Overlap: 10 * time.Minute, Noted: true}
		if err := times.Check(); err != nil {
			isOfTheUser(t, err)
			return
		}
		if _, err := plan.QuestionsOf(q, c); err != nil {
			isOfTheUser(t, err)
		}
		plan.Reach(q, c)
		p, err := plan.Build(q, c, times, fixture.Facts())
		if err != nil {
			isOfTheUser(t, err)
			return
		}
		checkLeaves(t, p)
		if again, err := plan.Build(q, c, times, fixture.Facts()); err != nil || again.String() != p.String() {
			t.Errorf("another plan the second time (error %v)", err)
		}
	})
}

// isOfTheUser fails the test unless an error says in a sentence what is wrong with a query.
func isOfTheUser(t *testing.T, err error) {
	t.Helper()
	var invalid *query.Invalid
	var large *plan.TooLarge
	if !errors.As(err, &invalid) && !errors.As(err, &large) {
		t.Errorf("the error is %T: %v", err, err)
	}
	if text := err.Error(); !utf8.ValidString(text) || len(text) > 4096 {
		t.Errorf("the error is no sentence: %q", text)
	}
}

// checkLeaves fails the test unless what a plan asks is bounded, and each selector has one of the trusted matchers.
func checkLeaves(t *testing.T, p *plan.Plan) {
	t.Helper()
	asked := 0
	var asking []string
	for _, one := range p.Exemplars {
		asking = append(asking, one.Question.Expr.String())
	}
	for _, leaf := range p.Leaves {
		if asked += leaf.Range.Len(); asked > 4*plan.MaxPoints {
			t.Fatalf("the store is asked for more than %d instants", asked)
		}
		asking = append(asking, leaf.Expr.String())
	}
	for _, promQL := range asking {
		for _, selector := range selectorsOf(t, promQL) {
			if !slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool {
				return m.Name == "job" && m.Type == labels.MatchEqual && slices.Contains([]string{"all", "own", "sli"}, m.Value)
			}) {
				t.Errorf("%s is not trusted", selector)
			}
		}
	}
}
