package findings

import (
	"net/http"
	"strings"
	"testing"
)

// whatIfSays returns the notices of POST /whatif at a time, as severity and text, a line each.
func (tr *trial) whatIfSays(body map[string]any) string {
	tr.t.Helper()
	body["at"] = noon.UnixMilli()
	var answer struct {
		Notices []struct{ Severity, Text string }
		Message string
	}
	if status := tr.post(noon, "Admin", "whatif", body, &answer); status != http.StatusOK {
		tr.t.Fatal(status, answer.Message)
	}
	var all []string
	for _, n := range answer.Notices {
		all = append(all, n.Severity+" "+n.Text)
	}
	return strings.Join(all, "\n")
}

// What-if says what the store warns of, of the catalog and of what is asked about, and nothing once it warns no more.
func TestA2WhatIfSaysWhatTheStoreWarnsOf(t *testing.T) {
	other := catalog(strings.ReplaceAll(failingShop, "bad: errors_total", "bad: 'errors_total{job=\"a\"}'"))
	for name, test := range map[string]struct {
		answer func([]byte) []byte
		body   map[string]any
		says   string
	}{
		"a partial answer of VictoriaMetrics": {changed(t, func(a map[string]any) { a["isPartial"] = true }),
			map[string]any{"weights": map[string]any{"flows": map[string]any{"shop": 2}}}, "the answer is partial"},
		"a warning of Thanos": {changed(t, func(a map[string]any) { a["warnings"] = []string{"store b: timeout"} }), map[string]any{}, "store b: timeout"},
		"of another definition": {changed(t, func(a map[string]any) { a["warnings"] = []string{"store b: timeout"} }),
			map[string]any{"definition": other}, "store b: timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, p := tryFailingShop(t)
			p.fault.Store(&fault{errorsOnly, test.answer})
			if got := tr.whatIfSays(test.body); !strings.Contains(got, "warning ") || !strings.Contains(got, test.says) || strings.Count(got, test.says) != 1 {
				t.Errorf("it says %q, want a warning of %q once", got, test.says)
			}
			p.end(tr)
			if got := tr.whatIfSays(test.body); strings.Contains(got, test.says) {
				t.Errorf("it still says %q", got)
			}
		})
	}
}
