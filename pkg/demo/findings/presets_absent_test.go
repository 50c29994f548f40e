package findings

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// What counts errors is often not there before the first one.
func TestPresetsTakeErrorsThatNeverHappenedForNone(t *testing.T) {
	for name, errors := range map[string]string{
		"fastly":              `status_group="5xx"`,
		"alb":                 "_5_xx_count",
		"ingress-nginx":       `status="503"`,
		"traefik":             `code="502"`,
		"kong":                `code="500"`,
		"envoy":               `envoy_response_code_class="5"`,
		"haproxy":             `code="5xx"`,
		"istio":               `response_code="503"`,
		"linkerd":             `classification="failure"`,
		"otel-http":           `http_response_status_code="500"`,
		"otel-http-dotted":    `"http.response.status_code"="500"`,
		"spring-boot":         `status="500"`,
		"grpc":                `grpc_code="Unavailable"`,
		"span-metrics":        `STATUS_CODE_ERROR`,
		"tempo-span-metrics":  `STATUS_CODE_ERROR`,
		"redis":               `failed_calls`,
		"service-graph":       `request_failed_total`,
		"envoy-cluster":       `envoy_response_code_class="5"`,
		"span-metrics-client": `STATUS_CODE_ERROR`,
		"lambda":              "_errors_sum",
		"kube-apiserver":      `code="504"`,
		"argocd":              `phase="Failed"`,
		"flagger":             `failures_total`,
		"github-runners":      `job_result="failed"`,
		"otel-collector":      `send_failed`,
	} {
		t.Run(name, func(t *testing.T) {
			test := exporters[name]
			var all []series
			for _, pair := range test.series {
				if !strings.Contains(pair.metric, errors) {
					all = append(all, pair.of("shop", pair.shop))
				}
			}
			s := ofPreset(t, name)
			tr := try(t, catalog(fmt.Sprintf("flows:\n  - name: shop\n    preset: { use: %s, match: '%s' }", name, test.match)), nil, distinct(all)...)
			answer := tr.latest(`"level": "sli", "measure": "value"`, noon)
			answer.is(fmt.Sprintf(`component="%s",flow="shop",sli="%s"`, s.Component, s.Name), 1)
			for _, notice := range answer.notices() {
				t.Errorf("a notice: %s", notice)
			}
		})
	}
}

// ofPreset returns the first SLI of a preset.
func ofPreset(t *testing.T, name string) struct{ Name, Component string } {
	t.Helper()
	for _, p := range definition.Presets() {
		if p.Name == name {
			return struct{ Name, Component string }{p.SLIs[0].Name, string(p.SLIs[0].Component)}
		}
	}
	t.Fatalf("there is no preset %s", name)
	return struct{ Name, Component string }{}
}
