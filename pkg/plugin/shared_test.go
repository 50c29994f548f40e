package plugin

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
)

// secret is part of the broken files of these tests. Only Admins may see it.
const secret = "merger"

// broken returns a definition of a catalog that is refused with an issue that quotes the secret.
func broken(name string) string {
	return strings.Replace(goodYAML(name), "{scrapeInterval", "{aggregate: "+secret+", scrapeInterval", 1)
}

// withFolder returns the shared state for an operator's folder with files, given by name, and the path of the folder.
func withFolder(t *testing.T, files map[string]string) (shared *sharedState, dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		writeFile(t, dir, name, content)
	}
	shared = newSharedState(dir)
	t.Cleanup(shared.folder.Close)
	return shared, dir
}

// writeFile writes a file of a folder.
func writeFile(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sourceIn returns a data source with settings, in the organisation of a namespace.
func sourceIn(t *testing.T, shared *sharedState, namespace, jsonData string) *DataSource {
	t.Helper()
	ctx := backend.WithPluginContext(t.Context(), backend.PluginContext{Namespace: namespace})
	instance := instanceOf("{}")
	instance.JSONData = []byte(jsonData)
	return newDataSource(ctx, instance, shared)
}

// answerTo returns the response to a query by a user of a role. The query needs no store.
func answerTo(t *testing.T, d *DataSource, role string) backend.DataResponse {
	t.Helper()
	answers, err := d.QueryData(t.Context(), &backend.QueryDataRequest{
		PluginContext: backend.PluginContext{User: &backend.User{Role: role}},
		Queries:       []backend.DataQuery{asking("A", `{"format":"definition"}`, time.Now())},
	})
	if err != nil {
		t.Fatal(err)
	}
	return answers.Responses["A"]
}

func TestOnlyAdminsSeeTheIssuesOfFiles(t *testing.T) {
	const hint = "; an Admin sees why in Save & test"
	shared, _ := withFolder(t, map[string]string{
		"shop.yaml":   goodYAML("shop"),
		"broken.yaml": broken("broken"),
		"theirs.yaml": strings.Replace(goodYAML("theirs"), "{", "{orgs: [2], ", 1),
	})
	tests := map[string]struct {
		json, role string
		// want is the error, or its beginning if it ends in "..."; "" if the query is answered.
		want string
	}{
		"a catalog, to a viewer":                {`{"catalog":"shop"}`, "Viewer", ""},
		"a catalog, beside an empty definition": {`{"catalog":" shop ","definition":" \n"}`, "Viewer", ""},
		"one that is refused, to a viewer":      {`{"catalog":"broken"}`, "Viewer", "the catalog broken was refused" + hint},
		"one that is refused, to an editor":     {`{"catalog":"broken"}`, "Editor", "the catalog broken was refused" + hint},
		"one that is refused, to nobody":        {`{"catalog":"broken"}`, "", "the catalog broken was refused" + hint},
		"one that is refused, to an Admin":      {`{"catalog":"broken"}`, "Admin", "the catalog broken was refused. broken.yaml:1:81: spec.aggregate: this value is not known here; ..."},
		"one that is not there":                 {`{"catalog":"bank"}`, "Admin", "there is no catalog bank in the folder on the server"},
		"one of another organisation":           {`{"catalog":"theirs"}`, "Admin", "there is no catalog theirs in the folder on the server"},
		"steps up":                              {`{"catalog":"../../etc/passwd"}`, "Admin", `the setting catalog is "../../etc/passwd", which can't be the name of a catalog; write the metadata.name of one`},
		"an absolute path":                      {`{"catalog":"/etc/passwd"}`, "Admin", `the setting catalog is "/etc/passwd", which can't be the name of a catalog; ...`},
		"a file":                                {`{"catalog":"shop.yaml"}`, "Admin", `the setting catalog is "shop.yaml", which can't be the name of a catalog; ...`},
		"a definition as well":                  {`{"catalog":"shop","definition":"a: b"}`, "Viewer", "the settings contain a catalog (definition) and also name one of the folder on the server (catalog); remove one of them"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := answerTo(t, sourceIn(t, shared, "default", test.json), test.role)
			got := ""
			if answer.Error != nil {
				got = answer.Error.Error()
			}
			prefix, isPrefix := strings.CutSuffix(test.want, "...")
			if got != test.want && (!isPrefix || !strings.HasPrefix(got, prefix)) {
				t.Errorf("the error is %q, want %q", got, test.want)
			}
			if test.want != "" && (answer.Status != backend.StatusBadRequest || answer.ErrorSource != backend.ErrorSourceDownstream) {
				t.Errorf("the status is %d and the error source %s", answer.Status, answer.ErrorSource)
			}
			if shown := strings.Contains(got, secret); shown != (test.role == "Admin" && strings.Contains(test.json, "broken")) {
				t.Errorf("the error quotes the file: %v", shown)
			}
		})
	}
}

func TestWithoutAFolderACatalogCantBeNamed(t *testing.T) {
	answer := answerTo(t, sourceIn(t, newSharedState(""), "default", `{"catalog":"shop"}`), "Viewer")
	want := "the settings name the catalog shop, but there is no folder of catalogs on the server; an administrator can set definitions_path under [plugin.cer-reliability-datasource] in Grafana's configuration"
	if answer.Error == nil || answer.Error.Error() != want {
		t.Errorf("the error is %v", answer.Error)
	}
}

func TestDataSourcesUseTheCurrentFilesOfTheFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared, dir := withFolder(t, map[string]string{"shop.yaml": goodYAML("shop")})
		one, two := sourceIn(t, shared, "default", `{"catalog":"shop"}`), sourceIn(t, shared, "org-2", `{"catalog":"shop"}`)
		before := one.snapshot(t.Context(), nil)
		next := func(content string) {
			writeFile(t, dir, "shop.yaml", content)
			time.Sleep(folder.DefaultInterval)
			synctest.Wait()
		}

		next(strings.Replace(goodYAML("shop"), "home", "start", 1))
		for _, d := range []*DataSource{one, two} {
			if now := d.snapshot(t.Context(), nil); now.catalog.Flows[0].Name != "start" || now.stale {
				t.Errorf("the catalog is %v, stale %v", now.catalog, now.stale)
			}
		}
		if before.catalog.Flows[0].Name != "home" || before.revision() == one.snapshot(t.Context(), nil).revision() {
			t.Error("the catalog of a snapshot has changed")
		}

		next(broken("shop"))
		for _, role := range []string{"Viewer", "Admin"} {
			answer := answerTo(t, one, role)
			if answer.Error != nil {
				t.Fatal(answer.Error)
			}
			notices := answer.Frames[0].Meta.Notices
			want := "the catalog shop was refused, and its last valid version is used instead; an Admin sees why in Save & test"
			if len(notices) == 0 || notices[len(notices)-1].Text != want {
				t.Errorf("the notices are %+v", notices)
			}
		}
	})
}

func TestSaveAndTestQuotesFilesToAdminsOnly(t *testing.T) {
	shared, _ := withFolder(t, map[string]string{"broken.yaml": broken("broken")})
	d := sourceIn(t, shared, "default", `{"catalog":"broken"}`)
	d.store = storeOf(t, http.StatusOK, `{"status":"success","data":{"application":"Prometheus","version":"3.0.0"}}`)
	for role, shown := range map[string]bool{"Admin": true, "Editor": false} {
		result, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: backend.PluginContext{User: &backend.User{Role: role}}})
		if err != nil || result.Status != backend.HealthStatusError {
			t.Fatalf("the result is %v, %v", result, err)
		}
		if strings.Contains(result.Message, secret) != shown || strings.Contains(string(result.JSONDetails), secret) != shown {
			t.Errorf("an %s sees %s, %s", role, result.Message, result.JSONDetails)
		}
		if !strings.Contains(result.Message, "was reached, but the catalog broken was refused") {
			t.Errorf("an %s sees %s", role, result.Message)
		}
	}
}

// storeOf returns a store that gives the same answer to every request.
func storeOf(t *testing.T, status int, body string) *fetch.Store {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	store, err := fetch.New(fetch.Config{URL: server.URL, ObserveRequest: countFetch})
	if err != nil {
		t.Fatal(err)
	}
	return store
}
