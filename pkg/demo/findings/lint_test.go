package findings

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// validation is what POST /validate answers.
type validation struct {
	Valid     bool
	Issues    []validationIssue
	Unmatched []struct{ Flow, SLI, Selector, Advice string }
	// StoreError says why the store could not be asked.
	StoreError string
}

type validationIssue struct {
	Message string
	Hint    bool
}

// validate asks POST /validate about a definition at noon, and leaves hints out.
func (tr *trial) validate(definition string) (answer validation) {
	tr.t.Helper()
	if status := tr.post(noon, "Editor", "validate", map[string]string{"definition": definition}, &answer); status != http.StatusOK {
		tr.t.Fatalf("the status is %d", status)
	}
	answer.Issues = slices.DeleteFunc(answer.Issues, func(i validationIssue) bool { return i.Hint })
	return answer
}

// issues are the messages of POST /validate for a definition, and whether it is valid.
func (tr *trial) issues(definition string) (messages string, valid bool) {
	tr.t.Helper()
	answer := tr.validate(definition)
	var all []string
	for _, issue := range answer.Issues {
		all = append(all, issue.Message)
	}
	return strings.Join(all, "\n"), answer.Valid
}

// flowsBeside returns a catalog of the flow shop with an SLI, and of another flow.
func flowsBeside(fields string) string {
	return of(fields) + "    - { name: other, slis: [{ name: ok, ratio: { bad: failed_total, total: ok_total, absent: zero } }] }\n"
}

// What divides totals since the processes started is an error while it is written. A catalog that an earlier version loaded
// loads all the same, and the flow has no score.
func TestF8ExpressionsWithoutARateAreWithheld(t *testing.T) {
	all, failed := twoHours(`r_total{code="200"}`, 8), twoHours(`r_total{code="500"}`, 2)
	for name, fields := range map[string]string{
		"sums of counters":             `ratio: { good: 'sum(r_total{code!~"5.."})', total: 'sum(r_total)' }`,
		"one side only":                `ratio: { bad: 'sum(r_total{code=~"5.."})', total: 'sum(rate(r_total[__window]))' }`,
		"one of two terms":             `ratio: { good: 'r_total{code="200"}', total: 'sum(rate(r_total[__window])) + sum(r_total{code="x"})' }`,
		"below an arithmetic":          `ratio: { good: '2 * sum(r_total{code!~"5.."})', total: '2 * sum(r_total)' }`,
		"missing: good changes no bit": `missing: good, ratio: { good: 'sum(r_total{code!~"5.."})', total: 'sum(r_total)' }`,
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, flowsBeside(fields), nil, all, failed, twoHours("ok_total", 1))
			messages, valid := tr.issues(of(fields))
			if valid || !strings.Contains(messages, "totals since the processes started") {
				t.Errorf("valid %v: %s", valid, messages)
			}
			answer := tr.latest(`"level": "flow"`, noon)
			answer.is(`flow="shop"`, nothing)
			answer.is(`flow="other"`, 1)
			answer.says("write sum(rate(r_total")
			tr.latest(`"level": "flow", "measure": "burn", "window": "30m"`, noon).is(`flow="shop"`, nothing)
			tr.latest(`"level": "overall"`, noon).is("", 1)
		})
	}
	worlds(t, map[string]world{
		"recorded rates have none": {`ratio: { good: 'sum(r:good:rate5m)', total: 'sum(r:all:rate5m)' }`, []series{
			{"r:good:rate5m", noon.Add(-time.Hour), noon, 15 * time.Second, constant(8)}, {"r:all:rate5m", noon.Add(-time.Hour), noon, 15 * time.Second, constant(10)}}, .8, ""},
	})
}

// Of a value such divisions may be of gauges, so that they are warned of only.
func TestF8ValuesWithoutARateAreWarnedOf(t *testing.T) {
	tr := try(t, of("ratio: { bad: 'r_total{code=\"500\"}', total: r_total }"), nil, twoHours(`r_total{code="200"}`, 8), twoHours(`r_total{code="500"}`, 2))
	for promQL, want := range map[string]string{
		`sum(r_total{code!~"5.."}) / sum(r_total)`:                                           "totals since the processes started",
		`1 - sum(r_total{code="500"}) / sum(r_total)`:                                        "totals since the processes started",
		`rate(r_total{code="200"}[__window]) / rate(r_total[__window])`:                      "so the result is 1",
		`1 - absent(r_total)`:                                                                "yields 1 if there is no telemetry",
		`sum(irate(r_total{code="200"}[__window])) / sum(irate(r_total[__window]))`:          "reads only the last two samples",
		`sum(last_over_time(r_total{code="200"}[5m])) / sum(last_over_time(r_total[5m]))`:    "",
		`sum(rate(r_total{code="200"}[__window])) / sum(rate(r_total{code!="x"}[__window]))`: "",
	} {
		messages, valid := tr.issues(of("value: { promql: '" + promQL + "' }"))
		isSaid := strings.Contains(messages, "totals since") || strings.Contains(messages, "result is 1") || strings.Contains(messages, "absent") || strings.Contains(messages, "irate")
		if !valid || !strings.Contains(messages, want) || want == "" && isSaid {
			t.Errorf("%s: valid %v, %s", promQL, valid, messages)
		}
	}
}

// A filter does not hide what is bad, nor a default what is lost.
func TestF9FiltersAndDefaultsHideNothing(t *testing.T) {
	ok, failed := twoHours(`x{code="200"}`, 8), twoHours(`x{code="500"}`, 2)
	still := series{`x{code="200"}`, noon.Add(-2 * time.Hour), noon, 15 * time.Second, constant(7)}
	pasted := `ratio: { bad: 'sum(rate(x{code=~"5.."}[__window])) or vector(0)', total: '(sum(rate(x[__window])) > 0) or vector(1)' }`
	share := `value: { promql: 'sum(rate(x{code!~"5.."}[__window])) / sum(rate(x[__window])) > 0.99' }`
	tests := map[string]world{
		"all telemetry gone":                    {pasted, nil, nothing, ""},
		"a fifth fails":                         {pasted, []series{ok, failed}, .8, ""},
		"nothing fails":                         {pasted, []series{ok}, 1, ""},
		"idle":                                  {pasted, []series{still}, nothing, "no events"},
		"a share that is filtered":              {share, []series{ok, failed}, .8, ""},
		"a share with a default":                {`value: { promql: '(sum(rate(x{code!~"5.."}[__window])) / sum(rate(x[__window])) > 0.99) or vector(1)' }`, []series{ok, failed}, .8, ""},
		"a share that is compared with another": {`value: { promql: 'sum(rate(x{code!~"5.."}[__window])) / sum(rate(x[__window])) > sum(x)' }`, []series{ok, failed}, .8, ""},
		"bool is a number":                      {`value: { promql: 'sum(rate(x{code!~"5.."}[__window])) / sum(rate(x[__window])) > bool 0.99' }`, []series{ok, failed}, 0, ""},
		"good events above some rate":           {`ratio: { good: 'sum(rate(x{code="200"}[__window])) > 100', total: x }`, []series{ok, failed}, .8, ""},
	}
	worlds(t, tests)
	tr := try(t, of(pasted), nil)
	for _, fields := range []string{pasted, share} {
		messages, valid := tr.issues(of(fields))
		if !valid || !strings.Contains(messages, "a comparison without bool") {
			t.Errorf("valid %v: %s", valid, messages)
		}
	}
	if messages, _ := tr.issues(of(pasted)); !strings.Contains(messages, "a default such as vector(1)") {
		t.Error(messages)
	}
}

// TestF9GaugesInRatios has a store whose metadata says what its metrics are.
func TestF9GaugesInRatios(t *testing.T) {
	definition := of("ratio: { bad: failed_requests, total: requests }")
	tr, store := try(t, definition, nil, twoHours("failed_requests", 1), twoHours("requests", 4)).behindProxy(definition, nil)
	describe := func(requests string) {
		store.fault.Store(&fault{
			applies: func(path string, _ url.Values) bool { return strings.HasSuffix(path, "/metadata") },
			answer: func([]byte) []byte {
				return []byte(`{"status":"success","data":{"failed_requests":[{"type":"counter","help":"","unit":""}],"requests":[` + requests + `]}}`)
			},
		})
	}
	describe(`{"type":"gauge","help":"","unit":""}`)
	tr.latest(`"level": "flow"`, noon).is(`flow="shop"`, .75)
	const said = "requests is a gauge by the store's metadata"
	for fields, want := range map[string]bool{
		"ratio: { bad: failed_requests, total: requests }":                                          true,
		"ratio: { bad: failed_requests, total: 'sum(rate(requests[__window]))' }":                   true,
		"ratio: { bad: 'sum(increase(requests[__window]))', total: failed_requests }":               true,
		"ratio: { bad: failed_requests, total: 'sum(avg_over_time(requests[__window]))' }":          false,
		"ratio: { bad: 'failed_requests{code=\"500\"}', total: failed_requests }":                   false,
		"value: { promql: 'sum(rate(failed_requests[__window])) / sum(rate(requests[__window]))' }": false,
	} {
		if messages, valid := tr.issues(of(fields)); !valid || strings.Contains(messages, said) != want {
			t.Errorf("%s: valid %v, %s", fields, valid, messages)
		}
	}
	tr.healthSays(said)
	describe(`{"type":"gauge"},{"type":"counter"}`)
	if messages, _ := tr.issues(definition); strings.Contains(messages, said) {
		t.Errorf("it is a counter somewhere: %s", messages)
	}
}
