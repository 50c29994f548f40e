package process

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// resource asks for a resource on behalf of a user of a role; "" stands for nobody.
func (s *source) resource(t *testing.T, role, method, path, body string) *backend.CallResourceResponse {
	t.Helper()
	address, _, _ := strings.Cut(path, "?")
	request := &backend.CallResourceRequest{PluginContext: s.context(t), Method: method, Path: address, URL: path, Body: []byte(body),
		Headers: map[string][]string{"Content-Type": {"application/json"}}}
	for name, value := range s.headers {
		request.Headers[name] = []string{value}
	}
	if role != "" {
		request.PluginContext.User = &backend.User{Login: "someone", Role: role}
	}
	answer, err := s.plugin().CallResource(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// asJSON is the body of a request.
func asJSON(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestResources(t *testing.T) {
	good := newSource(shop.URL(), shopDefinition)
	broken := newSource(shop.URL(), "flows: []")
	down := newSource(dead(t), shopDefinition)
	nowhere := newSource("", shopDefinition)
	validate := func(definition string) string { return asJSON(t, map[string]string{"definition": definition}) }
	tests := map[string]struct {
		source                   *source
		role, method, path, body string
		status                   int
		words                    []string
	}{
		"the catalog is for viewers": {good, "Viewer", "GET", "catalog", "", 200, []string{
			`"name":"shop"`, `"revision":"` + revision(t, shopDefinition) + `"`, `"window":"5m"`, `"objective":0.95`,
			`"name":"checkout","title":"Checkout","owner":"payments","runbook":"https://runbooks.example/checkout"`,
			`"weight":5,"share":0.5,"objective":0.99,"traffic":"success"`,
			`{"name":"p60","component":"latency","kind":"quantile","weight":1,"share":0.25,"window":"5m","missing":"ignore"}`,
			`"dependsOn":"index"`, `"key":true`, `"components":["availability","latency","dependency"]`,
		}},
		"and for nobody":              {good, "", "GET", "catalog", "", 200, []string{`"name":"shop"`}},
		"and when the store is down":  {down, "Viewer", "GET", "catalog", "", 200, []string{`"name":"shop"`}},
		"and when the URL is missing": {nowhere, "Viewer", "GET", "catalog", "", 200, []string{`"name":"shop"`}},
		"but a broken definition has none": {broken, "Viewer", "GET", "catalog", "", 400, []string{
			`{"message":"definition:1:1:`,
		}},
		"the catalog is not posted": {good, "Admin", "POST", "catalog", "{}", 405, nil},
		"an editor validates": {good, "Editor", "POST", "validate", validate(shopDefinition), 200, []string{
			`{"valid":true,`, `"revision":"` + revision(t, shopDefinition) + `"`, `"unmatched":[]}`,
		}},
		"an admin validates": {good, "Admin", "POST", "validate", validate(shopDefinition), 200, []string{`"valid":true`}},
		"an issue has a line and a column": {good, "Editor", "POST", "validate", validate(strings.Replace(shopDefinition, "weight: 5", "weight: -5", 1)), 200, []string{
			`"valid":false`, `"line":13,"column":15,"path":"spec.flows[0].weight","text":"-5"`,
		}},
		"a selector that matches nothing is listed": {good, "Editor", "POST", "validate", validate(misspelt), 200, []string{
			`"valid":true`, `{"flow":"checkout","sli":"success","selector":"request_total{code=\"200\",job=\"shop\"}","advice":"nothing matches request_total{job=\"shop\"} either; `,
			`{"flow":"checkout","sli":"stolen","selector":"backlog{job=\"bank\"}","untrusted":true,"advice":"some series match without the trusted matchers; `,
		}},
		"a definition can be validated while the store is down": {down, "Editor", "POST", "validate", validate(shopDefinition), 200, []string{
			`"valid":true`, `"storeError":"The connection to the store failed: `,
		}},
		"and while no store is set":           {nowhere, "Editor", "POST", "validate", validate(shopDefinition), 200, []string{`"valid":true`, `"storeError":"the setting url is empty`}},
		"and while the definition is broken":  {broken, "Editor", "POST", "validate", validate(shopDefinition), 200, []string{`"valid":true`}},
		"an empty definition is none":         {good, "Editor", "POST", "validate", `{}`, 200, []string{`"valid":false`, "no catalog yet"}},
		"a viewer does not validate":          {good, "Viewer", "POST", "validate", validate(shopDefinition), 403, []string{"this needs the role Editor or Admin"}},
		"nobody does not validate":            {good, "", "POST", "validate", validate(shopDefinition), 403, []string{"this needs the role Editor or Admin"}},
		"an unknown role does not validate":   {good, "Superhero", "POST", "validate", validate(shopDefinition), 403, nil},
		"what is no JSON is not validated":    {good, "Editor", "POST", "validate", "definition, please", 400, []string{"the body of the request is not valid JSON"}},
		"what is too long is not validated":   {good, "Editor", "POST", "validate", validate(strings.Repeat("#", 2<<20)), 400, []string{"the body of the request can't be read", "too large"}},
		"a definition over 48 KiB is refused": {good, "Editor", "POST", "validate", validate(shopDefinition + strings.Repeat("#", 48<<10)), 200, []string{`"valid":false`, "the settings hold 49152 at most"}},
		"a viewer sees what is asked of a SLI": {good, "Viewer", "POST", "expand", `{"flow":"checkout","sli":"success","window":"10m"}`, 200, []string{
			`[{"flow":"checkout","sli":"success","window":"10m","formula":"1 - #0/#1","queries":[`,
			`{"name":"#1","promql":"sum(rate(requests_total{job=\"shop\"}[10m]))","request":"sum by (code) (rate(requests_total{job=\"shop\"}[10m]))"}`,
		}},
		"and of a flow":     {good, "Viewer", "POST", "expand", `{"flow":"search"}`, 200, []string{`"sli":"fast"`, `"sli":"backlog"`, "histogram_fraction(-Inf, 1, "}},
		"and of everything": {good, "Viewer", "POST", "expand", `{}`, 200, []string{`"flow":"checkout"`, `"flow":"search"`, `"flow":"login"`}},
		"and as a panel asks": {good, "Viewer", "POST", "expand", `{"flows":["checkout"],"slis":["success"],"format":"timeseries","window":"$__range","from":1000000000000,"to":1000000600000,"intervalMs":60000}`, 200, []string{
			`"window":"10m"`,
		}},
		"an unknown flow is not expanded":        {good, "Viewer", "POST", "expand", `{"flow":"chekout"}`, 400, []string{`there is no flow \"chekout\" in the catalog`}},
		"nothing is not expanded":                {good, "Viewer", "POST", "expand", ``, 400, []string{"the body of the request is not valid JSON"}},
		"nothing is no what-if":                  {good, "Viewer", "POST", "whatif", ``, 400, []string{"the body of the request is not valid JSON"}},
		"nothing is not validated":               {good, "Editor", "POST", "validate", ``, 400, []string{"the body of the request is not valid JSON"}},
		"what is no JSON is not expanded":        {good, "Viewer", "POST", "expand", `flow`, 400, []string{"the body of the request is not valid JSON"}},
		"nor is what needs a store that is down": {down, "Viewer", "POST", "expand", `{"flow":"search"}`, 502, []string{"The connection to the store failed"}},
		"nor anything of a broken definition":    {broken, "Viewer", "POST", "expand", `{}`, 400, []string{"definition:1:1:"}},
		"an editor discovers":                    {good, "Editor", "POST", "discover", `{}`, 200, []string{`"presets":[],"definition":""`, `trusted labels job=\"shop\", but not the metrics of any preset`}},
		"also for a broken definition":           {broken, "Editor", "POST", "discover", `{}`, 200, []string{"the store has series, but not the metrics of any preset"}},
		"a viewer does not discover":             {good, "Viewer", "POST", "discover", `{}`, 403, []string{"this needs the role Editor or Admin"}},
		"nor is a store found that is down":      {down, "Editor", "POST", "discover", `{}`, 502, []string{"The connection to the store failed"}},
		"nor one that is not set":                {nowhere, "Editor", "POST", "discover", `{}`, 400, []string{"the setting url is empty"}},
		"an unknown resource":                    {good, "Admin", "GET", "secrets", "", 404, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := test.source.resource(t, test.role, test.method, test.path, test.body)
			if answer.Status != test.status {
				t.Errorf("the status is %d, want %d", answer.Status, test.status)
			}
			says(t, string(answer.Body), test.words...)
			if len(test.words) > 0 && !strings.HasPrefix(http.Header(answer.Headers).Get("Content-Type"), "application/json") {
				t.Errorf("the headers are %v", answer.Headers)
			}
		})
	}
}
