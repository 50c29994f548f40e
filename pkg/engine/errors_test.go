package engine

import (
	"errors"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestRefusedExpressionsNameTheirSLIs(t *testing.T) {
	catalog := fixture.Shop()
	catalog.Flows[1].SLIs[1].Indicator = cer.Value{PromQL: "max(backlog)"}
	now := time.Unix(1_800_000_000, 0)
	q, err := query.Parse([]byte(`{"level":"sli"}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(catalog), plan.Times{From: now, To: now, Now: now, Scrape: time.Minute}, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	refused := func(promQL string) *fetch.Error {
		return &fetch.Error{Kind: fetch.BadData, Status: 400, PromQL: promQL, Message: "The store refused it."}
	}
	count := `sum(rate(duration_seconds_bucket{handler="/checkout",job="shop",le="+Inf"}[5m]))`
	tests := map[string]struct {
		err        error
		want       string
		downstream bool
	}{
		"PromQL made of a selector is ours, and names its SLIs":      {refused(count), "checkout/fast, search/fast: The store refused it.", false},
		"PromQL that the definition states is to be put right there": {refused("max(backlog)"), "search/up: The store refused it.", true},
		"PromQL of no SLI is ours":                                   {refused("up"), "The store refused it.", false},
		"another error stays what it is":                             {&fetch.Error{Kind: fetch.Execution, Status: 422, Downstream: true, Message: "No."}, "No.", true},
		"an error of another kind as well":                           {errors.New("no"), "no", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := withSLIs(test.err, p)
			var named *fetch.Error
			if downstream := errors.As(got, &named) && named.Downstream; got.Error() != test.want || downstream != test.downstream {
				t.Errorf("the error is %q, downstream %v; want %q, %v", got, downstream, test.want, test.downstream)
			}
		})
	}
}
