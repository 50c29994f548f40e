package shop

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestIncidentsHitWhereTheyHappen(t *testing.T) {
	canary := Incident{Service: "checkout", Track: "canary"}
	premium := Incident{Service: "checkout", Region: "eu", Tier: "premium"}
	tests := map[string]struct {
		incident Incident
		at       place
		want     bool
	}{
		"everywhere":              {Incident{Service: "checkout"}, place{"checkout", "us", "stable", "standard"}, true},
		"another service":         {Incident{Service: "checkout"}, place{"search", "us", "stable", "standard"}, false},
		"the canary":              {canary, place{"checkout", "us", "canary", "standard"}, true},
		"not the canary":          {canary, place{"checkout", "us", "stable", "standard"}, false},
		"what has no track":       {canary, place{service: "checkout"}, false},
		"customers of a region":   {premium, place{"checkout", "eu", "stable", "premium"}, true},
		"those of another region": {premium, place{"checkout", "us", "stable", "premium"}, false},
		"other customers":         {premium, place{"checkout", "eu", "stable", "standard"}, false},
	}
	for name, test := range tests {
		if got := test.incident.hits(test.at); got != test.want {
			t.Errorf("%s: it hits: %v", name, got)
		}
	}
}

// after scrapes a shop of one service for minutes in which incidents go on: see newestOf.
func after(t *testing.T, minutes time.Duration, service string, incidents ...Incident) map[string]float64 {
	t.Helper()
	return newestOf(t, New(Config{Seed: 1, End: noon, History: minutes * time.Minute, Services: []string{service}, Incidents: incidents}))
}

// newestOf scrapes the history of a shop, and returns the number of each series at the end by its text.
func newestOf(t *testing.T, s *Simulator) map[string]float64 {
	t.Helper()
	var r record
	if err := s.Backfill(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	newest := map[string]float64{}
	for _, line := range r.lines {
		_, rest, _ := strings.Cut(line, "{")
		name, value, _ := strings.Cut(rest, "}")
		value, _, _ = strings.Cut(value, "[")
		if v, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
			newest[name] = v
		}
	}
	return newest
}

// sumOf adds up the numbers of those series that have all of some labels.
func sumOf(of map[string]float64, labels ...string) float64 {
	sum := 0.0
	for name, v := range of {
		has := true
		for _, label := range labels {
			has = has && strings.Contains(name, label)
		}
		if has {
			sum += v
		}
	}
	return sum
}

func TestWhatIncidentsDo(t *testing.T) {
	during := func(i Incident) Incident {
		i.From, i.To = noon.Add(-time.Hour), noon.Add(time.Hour)
		return i
	}
	down := during(Incident{Service: idp, Errors: 1})
	const requests, failed, cached = `__name__="http_requests_total"`, `code="502"`, `__name__="auth_fallback_total"`
	sound, broken := after(t, 5, "login"), after(t, 5, "login", down)
	saved := after(t, 5, "login", down, during(Incident{Service: "login", Fallback: true}))
	if got := sumOf(sound, requests, failed); got != 0 || sumOf(sound, `outcome="ok"`, "idp_calls") == 0 || sumOf(sound, cached) != 0 {
		t.Errorf("%v logins fail with a sound identity provider", got)
	}
	logins := sumOf(broken, requests)
	if got := sumOf(broken, requests, failed); got < .9*logins || got != sumOf(broken, `outcome="error"`, "idp_calls") {
		t.Errorf("%v of %v logins fail without the identity provider", got, logins)
	}
	if got := sumOf(saved, cached); got < .9*logins || sumOf(saved, requests, failed) != 0 || sumOf(saved, "auth_fallback_active") != 18 {
		t.Errorf("the cache answers %v of %v logins", got, logins)
	}

	calm := after(t, 5, "search")
	spike := after(t, 5, "search", during(Incident{Service: "search", Load: 4, ColdStarts: .1}))
	if got := sumOf(spike, requests) / sumOf(calm, requests); got < 3.8 || got > 4.2 {
		t.Errorf("there are %v times as many requests, want 4", got)
	}
	if got := sumOf(spike, "cold_starts_total") / sumOf(spike, requests); got < .08 || got > .12 || sumOf(calm, "cold_starts_total") != 0 {
		t.Errorf("%v of the requests meet a function that has to start", got)
	}

	tail := after(t, 5, "checkout", during(Incident{Service: "checkout", Region: "eu", Saving: .25, Slowdown: 20, Tail: .1}))
	if got := sumOf(tail, "cloud_cost_per_hour", `region="eu"`); got != 9 || sumOf(tail, "cloud_cost_per_hour", `region="us"`) != 12 {
		t.Errorf("checkout costs %v an hour in eu", got)
	}
	const all, quick = `__name__="http_request_duration_seconds_count"`, `le="1.0"`
	for region, want := range map[string]float64{"eu": .9, "us": 1} {
		in := `region="` + region + `"`
		share := sumOf(tail, `__name__="http_request_duration_seconds_bucket"`, quick, in, `handler="/cart"`) / sumOf(tail, all, in, `handler="/cart"`)
		if share < want-.03 || share > want+.03 {
			t.Errorf("%v of the requests in %s are quick, want %v", share, region, want)
		}
	}
}

func TestABatchReachesTheStoreAtOnce(t *testing.T) {
	late := Incident{Service: "psp-exporter", From: noon.Add(-2 * time.Minute), To: noon.Add(-30 * time.Second), Batch: time.Minute}
	s := New(Config{Seed: 1, End: noon, History: 5 * time.Minute, Services: []string{"checkout"}, Incidents: []Incident{late}})
	const series = `__name__="up", cloud_region="eu"`
	arrived := map[time.Duration]int{}
	for at := noon.Add(-3 * time.Minute); !at.After(noon); at = at.Add(15 * time.Second) {
		var r record
		if err := s.Scrape(t.Context(), &r, at); err != nil {
			t.Fatal(err)
		}
		for _, line := range r.lines {
			if strings.Contains(line, series) {
				arrived[noon.Sub(at)]++
			}
		}
	}
	// The batches of a minute arrive as it ends, and what is left when the incident does.
	want := map[time.Duration]int{2 * time.Minute: 1, time.Minute: 4, 30 * time.Second: 2, 15 * time.Second: 1, 0: 1}
	for _, before := range []time.Duration{45 * time.Second, 75 * time.Second, 105 * time.Second} {
		want[before] = 0
	}
	for before, n := range want {
		if arrived[before] != n {
			t.Errorf("%s before noon %d samples arrive, want %d", before, arrived[before], n)
		}
	}
}
