package discover

import (
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// A new preset is a flow or a component by its layer and its key SLI; this says which are flows, so that none becomes one unseen.
func TestKindsOfPresets(t *testing.T) {
	var flows []string
	for _, p := range definition.Presets() {
		if p.Label == "" || len(p.Signature) == 0 {
			t.Errorf("%s can't be recognised", p.Name)
		}
		if (&found{Preset: p}).kind() == Flow {
			flows = append(flows, p.Name)
		}
	}
	want := strings.Fields("alb blackbox-http cloudfront envoy fastly grpc haproxy ingress-nginx istio kong linkerd otel-http otel-http-dotted span-metrics spring-boot tempo-span-metrics traefik")
	if !slices.Equal(flows, want) {
		t.Errorf("flows are %q", flows)
	}
}

// A histogram is recognised by its native series, too; another metric only by its name.
func TestPresetsAreRecognisedByAllOfTheirMetrics(t *testing.T) {
	p := definition.Preset{Signature: []string{"r_total", "d_bucket"}}
	for names, want := range map[string]bool{"r_total d_bucket": true, "r_total d": true, "r_total": false, "d_bucket": false, "": false} {
		has := map[string]bool{}
		for _, name := range strings.Fields(names) {
			has[name] = true
		}
		if got := isRecognised(p, has); got != want {
			t.Errorf("by %q: %v", names, got)
		}
	}
}

func TestRounded(t *testing.T) {
	for v, want := range map[float64]float64{0: 0, 12.3456: 12.3, 0.00123456: 0.00123, 98765: 98800, 5: 5} {
		if got := rounded(v); got < want*(1-1e-12) || got > want*(1+1e-12) {
			t.Errorf("%v becomes %v, want %v", v, got, want)
		}
	}
}
