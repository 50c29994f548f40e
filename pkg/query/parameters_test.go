package query

import (
	"net/url"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	at := time.Date(2026, 3, 4, 11, 31, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-04T11:31:00Z": at, "2026-03-04T12:31:00+01:00": at, "1772623860": at, "1772623860000": at,
		"0": time.Unix(0, 0), "99999999999": time.Unix(99999999999, 0), "100000000000": time.UnixMilli(1e11),
	} {
		if got, ok := ParseTime(text); !ok || !got.Equal(want) {
			t.Errorf("%q is %s (%v), want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "yesterday", "-5", "1.5", "2026-03-04", "99999999999999999999"} {
		if got, ok := ParseTime(text); ok {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestCheckParameters(t *testing.T) {
	known := []string{"from", "to"}
	if err := CheckParameters(url.Values{"to": {"x"}}, known); err != nil {
		t.Errorf("a known parameter: %v", err)
	}
	err := CheckParameters(url.Values{"until": {"x"}}, known)
	if want := `there is no parameter "until"; there are from, to`; err == nil || err.Error() != want {
		t.Errorf("an unknown one: %v, want %s", err, want)
	}
}
