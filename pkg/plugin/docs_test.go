package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/discover"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// page returns the text of a page of docs.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// says fails the test unless a page of docs has these words.
func says(t *testing.T, name string, claims ...string) {
	t.Helper()
	text := page(t, name)
	for _, claim := range claims {
		if !strings.Contains(text, claim) {
			t.Errorf("docs/%s does not say %q", name, claim)
		}
	}
}

// sources returns the files of the package, without its tests.
func sources(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	var texts []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// documentedResource is a row of the table of resources: its pattern and the role it needs.
var documentedResource = regexp.MustCompile("(?m)^\\| `((?:GET|POST) /[^?`]+)[^|]*\\|[^|]*\\| (Viewer|Editor|Admin)")

func TestPageOfTheHTTPAPIListsEveryResourceWithItsRole(t *testing.T) {
	documented := map[string]string{}
	for _, row := range documentedResource.FindAllStringSubmatch(page(t, "http-api.md"), -1) {
		documented[row[1]] = row[2]
	}
	for _, r := range resources {
		if want := map[role]string{viewer: "Viewer", editor: "Editor", admin: "Admin"}[r.least]; documented[r.pattern] != want {
			t.Errorf("%s needs the role %s, and docs/http-api.md says %q", r.pattern, want, documented[r.pattern])
		}
		delete(documented, r.pattern)
	}
	for pattern := range documented {
		t.Errorf("docs/http-api.md has %s, which is no resource", pattern)
	}
}

func TestPageOfTheHTTPAPIStatesTheLimits(t *testing.T) {
	allowed := func(burst int, every time.Duration) string {
		return fmt.Sprintf("%d at once, then %d per second |", burst, int(time.Second/every))
	}
	says(t, "http-api.md",
		"| `/gates/{name}` | "+allowed(gateBurst, gateEvery),
		"| `/whatif` and `/preview` together | "+allowed(whatIfBurst, whatIfEvery),
		"| `/incidents/{flow}/{start}` | "+allowed(reportBurst, reportEvery),
		fmt.Sprintf("| `/calibrate`, `/backtest` and `/discover` together | %d at a time", maxReplays),
		fmt.Sprintf("`hours` is at most %d, which is the default", maxPreview),
		fmt.Sprintf("at most 1,000 names from the last %.0f hours, within ten seconds", namesSpan.Hours()),
		fmt.Sprintf("28; %d for `/backtest`", backtestDays),
	)
	if maxNames != 1000 || namesTimeout != 10*time.Second || replayTimeout != time.Minute {
		t.Error("docs/http-api.md states other limits")
	}
}

func TestPageOfOperatingListsEverySettingWithItsDefault(t *testing.T) {
	defaults := map[string]string{
		"timeInterval": engine.DefaultScrapeInterval.String(), "httpMethod": http.MethodPost, "queryTimeout": model.Duration(fetch.DefaultTimeout).String(),
		"concurrency": fmt.Sprintf("Grafana's, else %d", fetch.DefaultConcurrency), "cacheBytes": inMiB(defaultCacheBytes),
		"cacheOverlap": model.Duration(fetch.DefaultOverlap).String(), "maxSeries": strconv.Itoa(fetch.DefaultMaxSeries), "queryBytes": inMiB(fetch.DefaultQueryBytes),
	}
	text := page(t, "operating.md")
	for field := range reflect.TypeFor[settings]().Fields() {
		name := field.Tag.Get("json")
		row := regexp.MustCompile("(?m)^\\| `jsonData\\." + name + "` \\|.*\\| (.*?) ?\\|$").FindStringSubmatch(text)
		if row == nil {
			t.Errorf("docs/operating.md does not list the setting %s", name)
			continue
		}
		if want, has := defaults[name]; has && strings.Trim(row[1], "`") != want {
			t.Errorf("the default of %s is %s, and docs/operating.md says %s", name, want, row[1])
		}
	}
}

// inMiB prints a number of bytes as the documentation does.
func inMiB(bytes int64) string { return fmt.Sprintf("%d MiB", bytes>>20) }

// metricOf is a metric in the source: its name without the prefix of all.
var metricOf = regexp.MustCompile(`(?:metricPrefix ?\+ ?|\.gauge\()"(\w+)"`)

func TestPageOfOperatingListsEveryMetric(t *testing.T) {
	text, metrics := page(t, "operating.md"), 0
	for _, source := range sources(t) {
		for _, found := range metricOf.FindAllStringSubmatch(source, -1) {
			metrics++
			if !regexp.MustCompile(`(grafana_plugin_cer|\.\.\.)_` + found[1] + `\b`).MatchString(text) {
				t.Errorf("docs/operating.md does not list the metric %s%s", metricPrefix, found[1])
			}
		}
	}
	if metrics < 10 {
		t.Errorf("only %d metrics were found", metrics)
	}
}

func TestPageOfOperatingStatesTheLimits(t *testing.T) {
	says(t, "operating.md",
		fmt.Sprintf("at most %d KiB", maxDefinition>>10),
		"may take "+inMiB(fetch.DefaultMemory),
		fmt.Sprintf("%d KiB are checked at a time; up to %d requests wait", checkedBytes>>10, maxWaitingChecks),
		fmt.Sprintf("sums over blocks of %d time slices are cached", plan.BlockSlices),
		strings.ToLower(strings.TrimPrefix(definitionsPath, "GF_PLUGIN_"))+" = /", strings.ToLower(strings.TrimPrefix(memoryLimit, "GF_PLUGIN_"))+" = ",
		"`"+strings.ToLower(strings.TrimPrefix(cacheLimit, "GF_PLUGIN_"))+"`",
		fmt.Sprintf("The folder is read every %.0f seconds", folder.DefaultInterval.Seconds()),
	)
}

func TestPageOfStoresStatesTheLimits(t *testing.T) {
	says(t, "stores.md",
		fmt.Sprintf("read in blocks of %d", plan.BlockSlices),
		fmt.Sprintf("about %d idle connections", maxConnections),
		fmt.Sprintf("its first %d SLIs", maxRemarked),
		fmt.Sprintf("for the first %d selectors", maxCounted),
	)
}

// documentedCall is a call of a resource by curl: its flags and body before the address, and the resource.
var documentedCall = regexp.MustCompile(`curl ([^\n]*(?:\\\n[^\n]*)*?)/resources(/[^\s"]+)`)

// documentedBody is the body of a resource in the list of bodies.
var documentedBody = regexp.MustCompile("(?m)^- `(/[a-z]+)`:.*?`(\\{.+?\\})`")

// emptyBody returns what the body of a resource is decoded into.
func emptyBody(t *testing.T, resource string) any {
	t.Helper()
	bodies := map[string]any{"/whatif": &whatIfRequest{}, "/expand": &expandRequest{}, "/validate": &validateRequest{}, "/preview": &previewRequest{},
		"/import": &importRequest{}, "/discover": &discover.Request{}, "/calibrate": &replayRequest{}, "/backtest": &replayRequest{}}
	body, has := bodies[resource]
	if !has {
		t.Fatalf("the resource %s has no body", resource)
	}
	return body
}

// checkBody decodes a body strictly.
func checkBody(t *testing.T, resource, body string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(emptyBody(t, resource)); err != nil {
		t.Errorf("%s: %s: %v", resource, body, err)
	}
}

func TestCallsAndBodiesOfTheDocumentationAreThoseOfResources(t *testing.T) {
	mux, calls := (&DataSource{}).routes().(*http.ServeMux), 0
	for _, name := range []string{"http-api.md", "gates.md"} {
		for _, found := range documentedCall.FindAllStringSubmatch(page(t, name), -1) {
			calls++
			method, body := http.MethodGet, regexp.MustCompile(`-d '([^']*)'`).FindStringSubmatch(found[1])
			if body != nil {
				method = http.MethodPost
				checkBody(t, found[2], body[1])
			}
			if _, pattern := mux.Handler(httptest.NewRequest(method, found[2], nil)); pattern == "" {
				t.Errorf("docs/%s calls %s %s, which is no resource", name, method, found[2])
			}
		}
	}
	if calls < 5 {
		t.Errorf("only %d calls were found", calls)
	}
	bodies := documentedBody.FindAllStringSubmatch(page(t, "http-api.md"), -1)
	for _, found := range bodies {
		checkBody(t, found[1], found[2])
	}
	if len(bodies) < 5 {
		t.Errorf("only %d bodies were found", len(bodies))
	}
}

func TestPageOfSecuritySaysWhoseRoleCountsAndWhereMetricsAre(t *testing.T) {
	says(t, "security.md", "A service account has the role that it was given", "\n| Viewer, viewers of public dashboards |", "`/metrics/plugins/"+ID+"`")
}

func TestPageOfChangesStatesWhatIsLogged(t *testing.T) {
	says(t, "changes.md",
		"`Catalog changed`", "`Catalog loaded`", "`oldRevision`, `newRevision`", "`firstUsedBy`, `role`", "`files`", "`datasourceUid`, `org`, `catalog`",
		fmt.Sprintf("`count`, `kinds`, `changes` | how many changes there are, how many of each [kind](#as-metrics), and the first %d in words", maxLoggedChanges),
		"`"+metricPrefix+"catalog_changes_total{datasource_uid,kind}`", "`"+metricPrefix+"catalog_last_change_timestamp_seconds{datasource_uid}`",
	)
}

// logLine is a line of the log that reports no fault.
var logLine = regexp.MustCompile(`\.Info\("([^"]+)"`)

func TestPageOfSecurityListsWhatIsLogged(t *testing.T) {
	text, lines := page(t, "security.md"), 0
	for _, source := range sources(t) {
		for _, found := range logLine.FindAllStringSubmatch(source, -1) {
			lines++
			if !strings.Contains(text, "`"+found[1]+"`") {
				t.Errorf("docs/security.md does not say that %q is logged", found[1])
			}
		}
	}
	if lines < 4 {
		t.Errorf("only %d lines were found", lines)
	}
}
