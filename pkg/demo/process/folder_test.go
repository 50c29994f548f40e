package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// operator is a plugin whose operator allows a folder of catalogs.
type operator struct {
	host *pluginhost.Host
	dir  string
	log  *record
	// scanned says that the plugin has scanned the folder.
	scanned bool
}

// record is a log that can be read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

// lines waits until so many lines of the log have a text, and returns all that have it.
func (r *record) lines(t *testing.T, n int, text string) []string {
	t.Helper()
	var found []string
	waitUntil(t, func() string {
		if found = r.linesNow(text); len(found) < n {
			return fmt.Sprintf("%d lines of the log say %q, want %d: %v", len(found), text, n, found)
		}
		return ""
	})
	return found
}

// linesNow returns the lines of the log that have a text.
func (r *record) linesNow(text string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []string
	for line := range strings.Lines(r.text.String()) {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// operated starts a plugin with a folder that holds files, by their names.
func operated(t *testing.T, files map[string]string) *operator {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		(&operator{dir: dir}).write(t, name, content)
	}
	return startOperated(t, dir)
}

// startOperated starts a plugin that reads a folder.
func startOperated(t *testing.T, dir string) *operator {
	t.Helper()
	o := &operator{dir: dir, log: &record{}}
	host, err := pluginhost.Start(pluginhost.Config{Executable: executable, Env: []string{"GF_PLUGIN_DEFINITIONS_PATH=" + o.dir}, Log: o.log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(host.Stop)
	o.host = host
	return o
}

// write writes a file of the folder.
func (o *operator) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// source returns a data source that names a catalog of the folder, which has been scanned once: a query waits for that,
// but not forever.
func (o *operator) source(t *testing.T, catalog string) *source {
	t.Helper()
	s := newSource(shop.URL(), "", "catalog", catalog)
	s.host = o.host
	if !o.scanned {
		waitUntil(t, func() string {
			if answer := s.resource(t, "Admin", "GET", "catalogs", ""); strings.Contains(string(answer.Body), `"catalogs":[]`) {
				return "no catalog of the folder has been read"
			}
			return ""
		})
		o.scanned = true
	}
	return s
}

// healthThatSays waits until Save & test says something, and returns it. It has the folder scanned, and waits for that, but
// not forever.
func (s *source) healthThatSays(t *testing.T, words string) *backend.CheckHealthResult {
	t.Helper()
	var health *backend.CheckHealthResult
	waitUntil(t, func() string {
		if health = s.health(t); !strings.Contains(health.Message, words) {
			return fmt.Sprintf("Save & test does not say %q: %s", words, health.Message)
		}
		return ""
	})
	return health
}

// metrics returns the plugin's own metrics, a line each.
func (o *operator) metrics(t *testing.T) []string {
	t.Helper()
	text, err := o.host.CollectMetrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "grafana_plugin_cer_") {
			own = append(own, strings.TrimSpace(line))
		}
	}
	return own
}

// as returns the data source as it is used by a user of a role.
func (s *source) as(role string) *source {
	used := *s
	used.user = &backend.User{Login: "someone", Role: role}
	return &used
}

// usedRevision is the revision that all frames of an answer have.
func usedRevision(t *testing.T, frames data.Frames) string {
	t.Helper()
	used := ""
	for i, frame := range frames {
		custom, _ := frame.Meta.Custom.(map[string]any)
		is, _ := custom["revision"].(string)
		if is == "" || i > 0 && is != used {
			t.Errorf("the frame %d is of the revision %q, those before of %q", i, is, used)
		}
		used = is
	}
	return used
}

// heavier is the shop's definition with other weights: its first flow weighs 3 rather than 5.
var heavier = strings.Replace(shopDefinition, "weight: 5", "weight: 3", 1)

// minute is a query about a minute of the telemetry.
var minute = over(10*time.Minute, 11*time.Minute, `{"level":"flow"}`)

func TestACatalogOfTheOperatorsFolderIsServedAsItStands(t *testing.T) {
	o := operated(t, map[string]string{"shop.yaml": shopDefinition})
	one, two := o.source(t, "shop"), o.source(t, "shop")
	for _, s := range []*source{one, two} {
		if used := usedRevision(t, s.frames(t, minute)); used != revision(t, shopDefinition) {
			t.Errorf("the revision is %s", used)
		}
	}
	o.write(t, "shop.yaml", heavier)
	one.as("Admin").healthThatSays(t, "Catalog shop, revision "+revision(t, heavier)[:12]) // It scans for all data sources.
	for _, s := range []*source{one, two} {
		if used := usedRevision(t, s.frames(t, minute)); used != revision(t, heavier) {
			t.Errorf("after the edit the revision is %s", used)
		}
	}
	says(t, string(one.resource(t, "Viewer", "GET", "catalog", "").Body), `"weight":3`, revision(t, heavier))
	changes := o.log.lines(t, 2, "Catalog changed")
	if len(changes) != 2 {
		t.Errorf("there are %d lines for the change of 2 data sources: %v", len(changes), changes)
	}
	for _, line := range changes {
		says(t, line, "oldRevision="+revision(t, shopDefinition), "newRevision="+revision(t, heavier), "flow checkout: weight 5 → 3", "org=1")
	}
}

func TestTheFolderIsLookedAtAgainByItself(t *testing.T) {
	t.Parallel() // It waits for half a minute.
	o := operated(t, map[string]string{"shop.yaml": shopDefinition})
	s := o.source(t, "shop")
	s.frames(t, minute)
	o.write(t, "shop.yaml", heavier)
	waitUntil(t, func() string {
		if usedRevision(t, s.frames(t, minute)) != revision(t, heavier) {
			return "the edit is not served"
		}
		return ""
	})
}

func TestWhatBecomesOfFilesThatBreak(t *testing.T) {
	const instead = "its last valid version is used instead"
	o := operated(t, map[string]string{"shop.yaml": shopDefinition})
	s := o.source(t, "shop")
	want := seriesOf(t, s.frames(t, minute), "score")

	o.write(t, "shop.yaml", strings.Replace(shopDefinition, "title: Checkout", "titel: Checkout", 1))
	s.healthThatSays(t, "but the catalog shop was refused, and "+instead)
	for role, told := range map[string]bool{"Admin": true, "Viewer": false} {
		health := s.as(role).health(t)
		says(t, health.Message, "but the catalog shop was refused, and "+instead)
		if strings.Contains(health.Message, "titel") != told || strings.Contains(string(health.JSONDetails), "titel") != told {
			t.Errorf("Save & test tells %s: %s %s", role, health.Message, health.JSONDetails)
		}
		frames := s.as(role).frames(t, minute)
		seriesOf(t, frames, "score").check(t, want)
		hasNotice(t, frames, data.NoticeSeverityWarning, "the catalog shop was refused, and "+instead+"; an Admin sees why in Save & test")
	}
	if lines := o.log.lines(t, 1, "Catalog refused, its last valid version is used"); len(lines) != 1 || !strings.Contains(lines[0], "titel") {
		t.Errorf("the log says %v", lines)
	}
	if err := os.Remove(filepath.Join(o.dir, "shop.yaml")); err != nil {
		t.Fatal(err)
	}
	s.as("Admin").healthThatSays(t, "but the catalog shop is no longer in the folder on the server, and "+instead)
	hasNotice(t, s.frames(t, minute), data.NoticeSeverityWarning, "the catalog shop is no longer in the folder on the server")
	if other := o.source(t, "shop").frames(t, minute); usedRevision(t, other) != revision(t, shopDefinition) {
		t.Error("a data source that is new does not have the last good one")
	}
}

func TestWhoMayUseACatalogOfTheFolder(t *testing.T) {
	o := operated(t, map[string]string{
		"shop.yaml": shopDefinition + "orgs: [1]\n",
		"bank.yaml": strings.Replace(shopDefinition, "name: shop", "name: bank", 1),
	})
	ours, theirs, nobodys := o.source(t, "shop"), o.source(t, "shop"), o.source(t, "nothing")
	theirs.namespace, nobodys.namespace = "org-2", "org-2"
	if used := usedRevision(t, ours.frames(t, minute)); used != revision(t, shopDefinition) {
		t.Errorf("the revision is %s", used)
	}
	refused("there is no catalog shop in the folder on the server").check(t, theirs.as("Admin").ask(t, minute)["A"])
	refused("there is no catalog nothing in the folder on the server").check(t, nobodys.as("Admin").ask(t, minute)["A"])
	for _, test := range []struct {
		source *source
		role   string
		status int
		want   string
	}{
		{ours, "Editor", 200, `{"folder":true,"catalogs":["bank","shop"]}`},
		{theirs, "Admin", 200, `{"folder":true,"catalogs":["bank"]}`},
		{ours, "Viewer", 403, `{"message":"this needs the role Editor or Admin"}`},
	} {
		if answer := test.source.resource(t, test.role, "GET", "catalogs", ""); string(answer.Body) != test.want || answer.Status != test.status {
			t.Errorf("to %s there are %d %s, want %s", test.role, answer.Status, answer.Body, test.want)
		}
	}
}

// Grafana 10.1 names the organisation of an alert rule in a header only.
func TestAlertRulesOfGrafana10AreThoseOfTheirOrganisation(t *testing.T) {
	o := operated(t, map[string]string{"shop.yaml": shopDefinition + "orgs: [1]\n"})
	s := o.source(t, "shop")
	s.is10_1, s.headers = true, map[string]string{"FromAlert": "true", "X-Grafana-Org-Id": "1"}
	if used := usedRevision(t, s.frames(t, minute)); used != revision(t, shopDefinition) {
		t.Errorf("the first request, of an alert rule, uses the revision %s", used)
	}
	others := o.source(t, "shop")
	others.is10_1, others.headers = true, map[string]string{"FromAlert": "true", "X-Grafana-Org-Id": "2"}
	refused("there is no catalog shop in the folder on the server").check(t, others.ask(t, minute)["A"])

	users := o.source(t, "shop")
	users.is10_1, users.org, users.headers = true, 2, map[string]string{"X-Grafana-Org-Id": "1"}
	refused("there is no catalog shop in the folder on the server").check(t, users.ask(t, minute)["A"])
}

func TestAHostileFolderHarmsNobody(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.yaml"), []byte(strings.Replace(shopDefinition, "name: shop", "name: secret", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	o := operated(t, map[string]string{"shop.yaml": shopDefinition, "large.yaml": strings.Repeat("#", 1<<20+1)})
	if err := os.Symlink(filepath.Join(outside, "secret.yaml"), filepath.Join(o.dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(o.dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.source(t, "shop").frames(t, minute)
	refused("there is no catalog secret in the folder on the server; 3 of its files are refused").check(t, o.source(t, "secret").as("Admin").ask(t, minute)["A"])
	for _, path := range []string{"../secret", "/etc/passwd", "shop.yaml", filepath.Join(outside, "secret.yaml")} {
		refused("can't be the name of a catalog").check(t, o.source(t, path).as("Admin").ask(t, minute)["A"])
	}
	refusedFiles := o.log.lines(t, 3, "File of the folder of catalogs refused")
	if len(refusedFiles) != 3 {
		t.Fatalf("the log says %v", refusedFiles)
	}
	says(t, refusedFiles[0], "large.yaml", "it is larger than 1 MiB")
	says(t, refusedFiles[1], "link.yaml", "it is a link that leads out of the folder")
	says(t, refusedFiles[2], "pipe.yaml", "it is not a regular file")
}

func TestTheMetricsOfThePluginKeepTheHistoryOfWeights(t *testing.T) {
	o := operated(t, map[string]string{"shop.yaml": shopDefinition})
	s := o.source(t, "shop")
	s.frames(t, minute)
	uid := s.context(t).DataSourceInstanceSettings.UID
	info := func(yaml string) string {
		return `grafana_plugin_cer_definition_info{datasource_uid="` + uid + `",org="1",revision="` + revision(t, yaml) + `"} 1`
	}
	weight := `grafana_plugin_cer_flow_weight{datasource_uid="` + uid + `",flow="checkout"} `
	text := strings.Join(o.metrics(t), "\n")
	says(t, text, info(shopDefinition), weight+"5",
		`grafana_plugin_cer_sli_weight{datasource_uid="`+uid+`",flow="checkout",sli="success"} `,
		`grafana_plugin_cer_fetches_total{result="ok"} `, "grafana_plugin_cer_evaluation_seconds_count 1", "grafana_plugin_cer_samples_total ")

	o.write(t, "shop.yaml", heavier)
	s.healthThatSays(t, revision(t, heavier)[:12])
	text = strings.Join(o.metrics(t), "\n")
	says(t, text, info(heavier), weight+"3")
	if strings.Contains(text, revision(t, shopDefinition)) || strings.Contains(text, weight+"5") {
		t.Errorf("the catalog of before is still there:\n%s", text)
	}

	s.url = dead(t)
	s.updated = s.updated.Add(time.Second)
	s.ask(t, minute)
	text = strings.Join(o.metrics(t), "\n")
	says(t, text, `grafana_plugin_cer_fetches_total{result="unreachable"} `)
	if n := strings.Count(text, weight); n != 1 {
		t.Errorf("after a change of settings the weight is there %d times", n)
	}
}

func TestADefinitionInTheSettingsLeavesTheSameRecord(t *testing.T) {
	o := operated(t, nil)
	s := newSource(shop.URL(), shopDefinition)
	s.host = o.host
	s.frames(t, minute)
	s.save(heavier)
	s.frames(t, minute)
	changes := o.log.lines(t, 1, "Catalog changed")
	if len(changes) != 1 {
		t.Fatalf("the log says %v", changes)
	}
	says(t, changes[0], "flow checkout: weight 5 → 3", "oldRevision="+revision(t, shopDefinition), "newRevision="+revision(t, heavier))
	if text := strings.Join(o.metrics(t), "\n"); strings.Count(text, "definition_info{") != 1 || !strings.Contains(text, revision(t, heavier)) {
		t.Errorf("the metrics are\n%s", text)
	}
}
