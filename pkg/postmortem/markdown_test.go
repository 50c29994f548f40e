package postmortem

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTextsAreEscaped(t *testing.T) {
	hostile := "a|b\n# x <script>[l](http://e)`*_~!\\\u2028"
	got := escape(hostile)
	for _, raw := range []string{"\n", "\u2028", "<", ">"} {
		if strings.Contains(got, raw) {
			t.Errorf("%q is left in %q", raw, got)
		}
	}
	if want := "a\\|b \\# x &lt;script&gt;\\[l\\](http://e)\\`\\*\\_\\~\\!\\\\ "; got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
}

func TestAddressesAreLinks(t *testing.T) {
	for text, want := range map[string]string{
		"https://runbooks.example/check_out?a=1&b#c": "<https://runbooks.example/check_out?a=1&b#c>",
		"https://x> <script>":                        "https://x&gt; &lt;script&gt;",
		"javascript:alert(1)":                        "javascript:alert(1)",
		"see the wiki":                               "see the wiki",
		"":                                           "",
	} {
		if got := link(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestNumbersAreWrittenInOneStyle(t *testing.T) {
	for v, want := range map[float64]string{1: "100%", .98765: "98.8%", .95: "95%", .9987: "99.87%", .999: "99.9%", 0: "0%", -.5: "-50%", 1.2: "120%", .00001: "0%"} {
		if got := share(&v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
	if got := share(nil); got != "unknown" {
		t.Errorf("none is %q", got)
	}
	for seconds, want := range map[float64]string{0: "0 min", 720: "12 min", 3600: "1 h", 3900: "1 h 5 min", 51 * 3600: "2 d 3 h", 48 * 3600: "2 d", 29: "0 min"} {
		if got := secondsText(&seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
	if got := secondsText(nil); got != "unknown" {
		t.Errorf("no duration is %q", got)
	}
}

func TestStartsAreRead(t *testing.T) {
	at := time.Date(2026, 3, 4, 11, 31, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-04T11:31:00Z": at, "2026-03-04T12:31:00+01:00": at, "1772623860000": at, "1772623860": at, "last": {},
	} {
		r, err := ParseRequest("shop", text, url.Values{"filter": {"region|=|eu", "tier|=|"}, "to": {"1772623860"}})
		if err != nil || !r.Start.Equal(want) || !r.To.Equal(at) || len(r.Filters) != 1 || r.Filters[0].Value != "eu" {
			t.Errorf("%q is %+v (%v), want %s", text, r, err, want)
		}
	}
	for start, filter := range map[string]string{"yesterday": "", "-5": "", "": "", "last": "region=eu", "1772623860": "region|like|eu"} {
		if _, err := ParseRequest("shop", start, url.Values{"filter": strings.Fields(filter)}); err == nil {
			t.Errorf("%q with the filter %q is taken", start, filter)
		}
	}
}

// SLIs that lost next to nothing are left out, and if nothing remains there is a sentence rather than an empty table.
func TestCausesThatStandOutAreListed(t *testing.T) {
	const none = "## Caused by\n\nNo SLI or cohort stands out.\n"
	for name, test := range map[string]struct {
		report Report
		says   string
	}{
		"nothing is known":          {Report{}, none},
		"a share of next to none":   {Report{CausedBy: []Contribution{{Name: "ok", Share: 0.004}}}, none},
		"a share of half a percent": {Report{CausedBy: []Contribution{{Name: "ok", Share: 0.005}}}, "| SLI | ok | 0.5% |  |"},
		"a cohort":                  {Report{MostAffected: []Contribution{{Name: "region=eu", Share: 0.8}}}, "| Most affected | region=eu | 80% |  |"},
	} {
		if text := test.report.Markdown(); !strings.Contains(text, test.says) {
			t.Errorf("%s: it does not say %q:\n%s", name, test.says, text)
		}
	}
}
