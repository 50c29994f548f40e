package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// weightOf is a change of the weight of a flow.
func weightOf(flow string) audit.Change {
	return audit.Change{Kind: "flow", Name: flow, Field: "weight", Before: "1", After: "2"}
}

func TestSentencesOfFlows(t *testing.T) {
	r := audit.NewRevision(noon, "r1", "r2", []audit.Change{
		weightOf("checkout"),
		{Kind: "SLI", Name: "checkout/fast", Field: "latency.under", Before: "800ms", After: "500ms"},
		{Kind: "flow", Name: "checkout", Field: "revenue.perHour", Before: "1000", After: "2000"},
		{Kind: "flow", Name: "search", Field: "weight", Before: "1", After: "none", Gone: true},
		{Kind: "policy", Name: "fast", Field: "severity", Before: "ticket", After: "page"},
	})
	const weight, under, revenue = "flow checkout: weight 1 → 2", "SLI checkout/fast: latency.under 800ms → 500ms", "flow checkout: revenue changed"
	const gone, policy = "flow search is gone, which had the weight 1", "policy fast: severity ticket → page"
	tests := map[string]struct {
		flows []string
		most  int
		want  []string
	}{
		"all flows":             {nil, 9, []string{weight, under, revenue, gone, policy}},
		"a flow that changed":   {[]string{"checkout"}, 9, []string{weight, under, revenue, gone, policy}},
		"a flow that did not":   {[]string{"login"}, 9, []string{gone, policy}},
		"the first ones":        {nil, 2, []string{weight, under, "and 3 more"}},
		"the first of a flow":   {[]string{"login"}, 1, []string{gone, "and 1 more"}},
		"several flows at once": {[]string{"login", "checkout"}, 1, []string{weight, "and 4 more"}},
	}
	for name, test := range tests {
		if got := r.Sentences(test.flows, test.most); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if got := audit.NewRevision(noon, "r1", "r2", nil).Sentences(nil, 9); len(got) > 0 {
		t.Errorf("a revision of another order says %q", got)
	}
}

// What a definition's author wrote is one line that can be printed, without markup, and of long texts the part that differs.
func TestSentencesOfForeignText(t *testing.T) {
	long := strings.Repeat(`job=~"shop-.*",`, 1000)
	tests := map[string]struct{ before, after, want string }{
		"several lines":         {"a\nb", "a\r\n\x00b", `flow f: title a\nb → a\r\n\x00b`},
		"another direction":     {"abc", "a\u202eb\u2066c", `flow f: title abc → a\u202eb\u2066c`},
		"no text":               {"a", "\xff\xfe", `flow f: title a → \xff\xfe`},
		"markup":                {"a", `<img src=x onerror=alert(1)></p>`, `flow f: title a → < img src=x onerror=alert(1)>< /p>`},
		"a comparison":          {"a", "score < 0.9 && burn<1", "flow f: title a → score < 0.9 && burn<1"},
		"a difference far back": {long + `code="200"`, long + `code="500"`, `flow f: title …shop-.*",code="200" → …shop-.*",code="500"`},
		"long from the start":   {"none", long, `flow f: title none → ` + long[:60] + "…"},
	}
	for name, test := range tests {
		c := audit.Change{Kind: "flow", Name: "f", Field: "title", Before: test.before, After: test.after}
		if got := c.Sentence(); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestAHistoryIsBounded(t *testing.T) {
	var many []audit.Change
	for i := range 500 {
		c := weightOf(fmt.Sprintf("flow-%d", i))
		c.After = strings.Repeat("x", 1000)
		many = append(many, c)
	}
	var large, small audit.History
	for i := range 200 {
		at := noon.Add(time.Duration(i) * time.Minute)
		large = large.With(audit.NewRevision(at, fmt.Sprint("r", i), fmt.Sprint("r", i+1), many))
		small = small.With(audit.NewRevision(at, fmt.Sprint("r", i), fmt.Sprint("r", i+1), many[:1]))
	}
	bytes := 0
	for _, r := range large {
		bytes += len(strings.Join(r.Sentences(nil, 9999), ""))
	}
	if bytes > 70_000 || len(large) < 3 {
		t.Errorf("%d revisions are kept, in %d bytes", len(large), bytes)
	}
	if texts := large[0].Sentences(nil, 9999); texts[len(texts)-1] != "and 450 more" || len(texts) != 51 {
		t.Errorf("of 500 changes %d sentences are kept, the last one %s", len(texts), texts[len(texts)-1])
	}
	if len(small) != 50 {
		t.Errorf("%d revisions are kept", len(small))
	}
	for _, h := range []audit.History{large, small} {
		if newest := h[len(h)-1]; newest.After != "r200" {
			t.Errorf("the newest revision is %s", newest.After)
		}
	}
	if kept := small.With(audit.NewRevision(noon, "r200", "r201", nil)); len(kept) != 50 || small[49].After != "r200" {
		t.Error("a history has changed")
	}
}

func TestRevisionsBetweenTimes(t *testing.T) {
	var h audit.History
	for i := range 4 {
		h = h.With(audit.NewRevision(noon.Add(time.Duration(i)*time.Minute), "", fmt.Sprint(i), nil))
	}
	found := h.Between(noon.Add(time.Minute), noon.Add(3*time.Minute))
	if len(found) != 2 || found[0].After != "1" || found[1].After != "2" {
		t.Errorf("the revisions are %v", found)
	}
}
