package findings

import (
	"strings"
	"testing"
)

// dotted is a histogram of two services with a name of OpenTelemetry's.
func dotted() []series {
	var all []series
	for service, fast := range map[string]float64{"web": .9, "api": .5} {
		for le, share := range map[string]float64{"0.1": 0, "0.5": fast, "1": 1, "+Inf": 1} {
			all = append(all, twoHours(`{"http.server.request.duration_bucket","service.name"="`+service+`",le="`+le+`"}`, 10*share))
		}
		all = append(all,
			twoHours(`{"http.server.request.duration_count","service.name"="`+service+`"}`, 10),
			twoHours(`{"http.server.requests","service.name"="`+service+`","http.status"="200"}`, 10*fast),
			twoHours(`{"http.server.requests","service.name"="`+service+`","http.status"="500"}`, 10*(1-fast)))
	}
	return all
}

// Names that need quotes work wherever a name may stand.
func TestG1NamesThatNeedQuotes(t *testing.T) {
	spec := func(fields string) string {
		return strings.Replace(of(fields), "  objective: 0.99\n", "  objective: 0.99\n  dimensions: [{ name: service, label: service.name, values: [web, api] }]\n", 1)
	}
	tests := map[string]struct {
		fields   string
		all, web float64
	}{
		"latency":                 {`latency: { histogram: '{"http.server.request.duration"}', under: 500ms }`, .7, .9},
		"latency between edges":   {`latency: { histogram: '{"http.server.request.duration"}', under: 300ms }`, .35, .45},
		"apdex":                   {`apdex: { histogram: '{"http.server.request.duration"}', satisfied: 100ms, tolerated: 500ms }`, .35, .45},
		"quantile":                {`quantile: { histogram: '{"http.server.request.duration","service.name"=~"web|api"}', q: 0.5 }, curve: { linear: { zero: 1, one: 0 } }`, .1 + .4*5/7, .1 + .4*5/9},
		"ratio":                   {`ratio: { bad: '{"http.server.requests","http.status"=~"5.."}', total: '{"http.server.requests"}' }`, .7, .9},
		"ratio of expressions":    {`ratio: { good: 'sum by ("http.status") (rate({"http.server.requests","http.status"="200"}[__window]))', total: 'sum(rate({"http.server.requests"}[__window]))' }`, .7, .9},
		"trust":                   {`trust: ['"http.status"=~".+"'], ratio: { bad: '{"http.server.requests","http.status"=~"5.."}', total: '{"http.server.requests"}' }`, .7, .9},
		"value":                   {`value: { promql: 'sum(rate({"http.server.requests","http.status"="200"}[__window])) / sum(rate({"http.server.requests"}[__window]))' }`, .7, .9},
		"a sampled counter":       {`ratio: { bad: { selector: '{"http.server.requests","http.status"=~"5.."}', samplingRate: 0.5 }, total: { selector: '{"http.server.requests"}', samplingRate: 0.5 } }`, .7, .9},
		"labels of the SLI's own": {`labels: { service: service.name }, ratio: { bad: '{"http.server.requests","http.status"=~"5.."}', total: '{"http.server.requests"}' }`, .7, .9},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := try(t, spec(test.fields), nil, dotted()...)
			tr.latest(`"level": "sli", "measure": "value"`, noon).is(`component="availability",flow="shop",sli="s"`, test.all)
			tr.latest(`"level": "sli", "measure": "value", "by": ["service"]`, noon).is(`component="availability",flow="shop",service="web",sli="s"`, test.web)
			tr.latest(`"level": "sli", "measure": "value", "where": {"service": ["web"]}`, noon).is(`component="availability",flow="shop",sli="s"`, test.web)
			tr.latest(`"level": "flow", "measure": "burn", "window": "30m", "by": ["service"]`, noon)
			tr.latest(`"level": "sli", "measure": "lag"`, noon).is(`component="availability",flow="shop",sli="s"`, 0)
		})
	}
}

// A name that needs quotes and has none is said so.
func TestG1AForgottenQuoteIsSaid(t *testing.T) {
	tr := try(t, "", nil)
	for fields, want := range map[string]string{
		`ratio: { bad: 'http.server.requests{status="500"}', total: x }`:                          `{"http.server.requests",status="500"}`,
		`latency: { histogram: http.server.request.duration, under: 1s }`:                         `{"http.server.request.duration"}`,
		`value: { promql: 'sum(rate(http.server.requests[__window])) / sum(rate(x[__window]))' }`: `{"http.server.requests"}`,
		`probe: { selector: 'probe.success{target="a"}' }`:                                        `{"probe.success",target="a"}`,
		`ratio: { bad: 'x{http.status="500"}', total: x }`:                                        `"http.status"`,
		`ratio: { bad: 'sum by (service.name) (rate(x[__window]))', total: x }`:                   `"service.name"`,
	} {
		if messages, valid := tr.issues(of(fields)); valid || !strings.Contains(messages, want) {
			t.Errorf("%s: valid %v, %s", fields, valid, messages)
		}
	}
}

// What other dialects and other tools have is answered with what to write.
func TestG6RemediesForWhatDoesNotParse(t *testing.T) {
	tr := try(t, "", nil)
	for fields, want := range map[string]string{
		`ratio: { bad: 'rate(x)', total: x }`:                          "write rate(x[__window])",
		`value: { promql: 'sum(increase(x{a="b"}))' }`:                 "write increase(x[__window])",
		`ratio: { bad: 'sum(rate(x[window]))', total: x }`:             "write [__window]",
		`ratio: { bad: 'sum(rate(x[rate_interval]))', total: x }`:      "write [__window]",
		`ratio: { bad: 'sum(rate(x[__window])) default 0', total: x }`: "write absent: zero",
		`value: { promql: 'median_over_time(x[__window])' }`:           "is not a function of PromQL",
		`value: { promql: 'x if y' }`:                                  "is MetricsQL",
		`ratio: { bad: 'http.server.requests{}', total: x }`:           `{"http.server.requests"}`,
		`ratio: { bad: 'x{code=“500”}', total: x }`:                    "typographic quotes",
	} {
		if messages, valid := tr.issues(of(fields)); valid || !strings.Contains(messages, want) {
			t.Errorf("%s: valid %v, %s", fields, valid, messages)
		}
	}
}
