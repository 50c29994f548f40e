package shop

import (
	"strings"
	"testing"
	"time"
)

// TestReleases has the versions that instances run, as minutes from noon at which these were deployed.
func TestReleases(t *testing.T) {
	r := &rollouts{}
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	r.add(Release{Service: "checkout", At: at(40), RolledBack: at(52)}, Release{Service: "checkout", At: at(0)}, Release{Service: "search", At: at(45)})
	turn := int(turnAt("checkout", at(0)).Sub(noon).Minutes())
	for name, test := range map[string]struct{ at, delay, want int }{
		"before the releases it has its turn":           {-1, 0, turn},
		"the canary gets a release at once":             {0, 0, 0},
		"the others later":                              {19, 20, turn},
		"and then as well":                              {20, 20, 0},
		"the next release replaces it":                  {40, 0, 40},
		"it is rolled back":                             {52, 0, 0},
		"before the others get it":                      {70, 20, 0},
		"two hours after a release there is no turn":    {119, 0, 0},
		"the turns go on after that":                    {160 + 120, 0, turn + 240},
		"an instance with a delay has its turn as well": {160 + 120 + 25, 25, turn + 240},
	} {
		if got := r.runningAt("checkout", at(test.at), time.Duration(test.delay)*time.Minute); !got.Equal(at(test.want)) {
			t.Errorf("%s: at minute %d it runs the version of minute %v", name, test.at, got.Sub(noon).Minutes())
		}
	}
	if got := r.runningAt("login", at(60), 0); !got.Equal(turnAt("login", at(60))) {
		t.Errorf("login runs the version of %s", got)
	}
}

// TestARolledBackReleaseIsCounted from its start to its end.
func TestARolledBackReleaseIsCounted(t *testing.T) {
	release, incident := badCanary(noon.Add(-15 * time.Minute))
	s := New(Config{Seed: 1, End: noon, History: 20 * time.Minute, Services: []string{"checkout"}, Incidents: []Incident{incident}, Releases: []Release{release}})
	newest := newestOf(t, s)
	const of = `service="checkout"`
	if started, undone := sumOf(newest, "deployments_started_total", of), sumOf(newest, "deployments_total", of, "rolled_back"); started != 1 || undone != 1 {
		t.Errorf("%v releases are started, and %v undone", started, undone)
	}
	const failed, requests = `code="500"`, `__name__="http_requests_total"`
	canary, stable := sumOf(newest, requests, failed, `track="canary"`), sumOf(newest, requests, failed, `track="stable"`)
	if canary < 100 || stable > 20 {
		t.Errorf("%v requests to the canary fail, and %v to the others", canary, stable)
	}
}

func TestABadCanaryStartsNow(t *testing.T) {
	s := New(Config{Seed: 1, End: noon, History: 5 * time.Minute, Services: []string{"checkout"}, Incidents: []Incident{}})
	if started := sumOf(newestOf(t, s), "deployments_started_total"); started != 0 {
		t.Fatalf("%v deployments were started", started)
	}
	incident := s.StartBadCanary(noon.Add(15 * time.Second))
	var r record
	if err := s.Scrape(t.Context(), &r, noon.Add(15*time.Second)); err != nil {
		t.Fatal(err)
	}
	version := `version="` + versionOf(incident.From) + `"`
	var instances int
	for _, line := range r.lines {
		if strings.Contains(line, version) {
			instances++
		}
	}
	if instances != len(regions) || !strings.Contains(strings.Join(r.lines, "\n"), `"deployments_started_total", instance="deployer:8080", job="shop-deployer", service="checkout"}1`) {
		t.Errorf("%d instances run %s, and the deployer says\n%s", instances, version, strings.Join(r.lines, "\n"))
	}
}
