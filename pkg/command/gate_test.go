package command_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestGateWaitsAfterAnAnswer has a Grafana that refuses to answer for a while, as one that starts does.
func TestGateWaitsAfterAnAnswer(t *testing.T) {
	answers := []struct {
		status int
		body   string
	}{
		{200, `{"gate":"canary","verdict":"inconclusive","reasons":["too early"],"from":"2026-03-04T11:30:00Z","to":"2026-03-04T12:00:00Z"}`},
		{404, `{"message":"Plugin not found"}`},
		{200, `{"gate":"canary","verdict":"fail","reasons":["worse"],"from":"2026-03-04T11:30:00Z","to":"2026-03-04T12:00:00Z"}`},
	}
	asked := 0
	grafana := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if from := r.URL.Query().Get("from"); asked > 0 && from != "2026-03-04T11:30:00Z" {
			t.Errorf("later it is asked from %q", from)
		}
		w.WriteHeader(answers[asked].status)
		io.WriteString(w, answers[asked].body)
		asked++
	})
	run(t, "gate canary --from now --wait --grafana "+grafana+" --datasource cer").is(1).says("canary: FAIL")
	if asked != len(answers) {
		t.Errorf("it was asked %d times, want %d", asked, len(answers))
	}
}

// TestGateWaitsWhileItCanNotBeAsked has a Grafana that fails at first, for a while or for good, or refuses the question.
func TestGateWaitsWhileItCanNotBeAsked(t *testing.T) {
	const passed = `{"gate":"canary","verdict":"pass","reasons":["fine"],"from":"2026-03-04T11:30:00Z","to":"2026-03-04T12:00:00Z"}`
	for name, test := range map[string]struct {
		failures, status int
		args             string
		code, asked      int
		says             string
	}{
		"it is down twice":                {2, 502, "--wait", 0, 3, "canary: PASS"},
		"it is down for good":             {1000, 502, "--wait", 3, 21, "the answer of Grafana is an error (502)"},
		"it is down, and nobody waits":    {1000, 502, "", 3, 1, "the answer of Grafana is an error (502)"},
		"the question can't be answered":  {1000, 400, "--wait", 3, 1, "cer: no such"},
		"the token is refused":            {1000, 403, "--wait", 3, 1, "check the token"},
		"there is no token":               {1000, 401, "--wait", 3, 1, "check the token"},
		"there is no such data source":    {1000, 404, "--wait", 3, 1, "check --datasource"},
		"it has too much to do at first":  {3, 429, "--wait", 0, 4, "canary: PASS"},
		"both ends of the time are fixed": {0, 200, "--wait --to now", 3, 0, "remove --to"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			grafana := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if asked++; asked <= test.failures {
					w.WriteHeader(test.status)
					io.WriteString(w, `{"message":"no such"}`)
					return
				}
				io.WriteString(w, passed)
			})
			r := run(t, "gate canary --from now --grafana "+grafana+" --datasource cer "+test.args).is(test.code).says(test.says)
			if asked != test.asked {
				t.Errorf("it was asked %d times, want %d", asked, test.asked)
			}
			if retries := strings.Count(r.stderr, "could not be asked, retrying"); test.args == "--wait" && test.status == 502 && retries != asked-1 {
				t.Errorf("%d failures are told of %d requests", retries, asked)
			}
		})
	}
}
