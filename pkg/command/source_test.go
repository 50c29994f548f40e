package command_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// emptyStore answers each request as a store without series does.
func emptyStore(w http.ResponseWriter, r *http.Request) {
	result := `[]`
	switch {
	case strings.HasSuffix(r.URL.Path, "/query"):
		result = `{"resultType":"vector","result":[]}`
	case strings.HasSuffix(r.URL.Path, "/query_range"):
		result = `{"resultType":"matrix","result":[]}`
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"status":"success","data":`+result+`}`)
}

// serve starts a server.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// secret is what no output may have.
const secret = "hush-hush-secret"

func TestWhatCanNotBeAsked(t *testing.T) {
	refuses := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a redirect to another host was followed") })
	tests := map[string]struct {
		store http.HandlerFunc
		args  string
		says  string
	}{
		"wrong credentials":      {refuses(401, `{"status":"error","errorType":"x","error":"bad token `+secret+`"}`), "", "Check the authentication in --http.config.file and --header"},
		"no such address":        {refuses(404, "404"), "", "Check --store."},
		"no store":               {refuses(200, "<html>"), "", "Check --store"},
		"it is down":             {refuses(503, "down"), "", "503"},
		"it redirects":           {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) }, "", "nothing was sent there"},
		"an unknown flow":        {emptyStore, "--flow chekout", `chekout`},
		"an unknown measure":     {emptyStore, "--measure scor", `measure is "scor"; it can be `},
		"an unknown level":       {emptyStore, "--level all", `level is "all"; it can be `},
		"an unknown dimension":   {emptyStore, "--by region", "region"},
		"a window that is none":  {emptyStore, "--window 5", `"5"`},
		"half a filter":          {emptyStore, "--where region", `--where is "region"; write a dimension and one of its cohorts`},
		"the future":             {emptyStore, "--at 2026-03-04T12:00:01Z", "--at is in the future"},
		"no time":                {emptyStore, "--at yesterday", `--at is "yesterday"; write how long ago (1h)`},
		"a timeout that is none": {emptyStore, "--timeout soon", `"soon"`},
		"an unknown type":        {emptyStore, "--prometheus-type Influx", `--prometheus-type is "Influx"; it can be Prometheus, Mimir`},
		"a header without value": {emptyStore, "--header " + secret, "write 'Name: value'"},
		"an argument too many":   {emptyStore, "shop.yaml", "`cer score` needs no arguments"},
		"two doors":              {emptyStore, "--grafana http://localhost:3000", "use one of them"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFolder(t, map[string]string{"shop.yaml": shop})
			variables := map[string]string{"CER_HEADER": "Authorization: Bearer " + secret}
			if strings.Contains(test.args, "--header") {
				variables = nil
			}
			machine{variables: variables}.run(t, "score -c shop.yaml --store "+serve(t, test.store)+" "+test.args).is(3).says(test.says).keeps(secret)
		})
	}
}

func TestWhatIsNeededToAsk(t *testing.T) {
	inFolder(t, map[string]string{"shop.yaml": shop, "wrong.yaml": wrong, "d/a.yaml": shop, "d/b.yaml": strings.Replace(shop, "shop", "other", 1), "empty": ""})
	store := serve(t, emptyStore)
	for args, text := range map[string]string{
		"-c shop.yaml":                                                       "name its address with --store, or that of a Grafana with --grafana",
		"--store " + store:                                                   "name it with --catalog",
		"-c shop.yaml --store localhost:9090":                                "--store is not an address; write one that begins with http://",
		"-c nothing.yaml --store " + store:                                   "nothing.yaml can't be read",
		"-c wrong.yaml --store " + store:                                     "wrong.yaml contains no valid catalog:\nwrong.yaml:8:18:",
		"-c d --store " + store:                                              "d has several catalogs; choose one by --name: shop, other",
		"-c d --name third --store " + store:                                 "d has no catalog third; it has shop, other",
		"-c shop.yaml --http.config.file x --store " + store:                 "the HTTP client configuration x can't be used",
		"--grafana http://localhost:1":                                       "name its uid with --datasource",
		"--grafana x --datasource cer":                                       "--grafana is not an address",
		"--grafana http://localhost:1 -c shop.yaml":                          "with --grafana the catalog is that of its data source",
		"--grafana http://localhost:1 --datasource cer --token-file nothing": "the token can't be read",
		"--grafana http://localhost:1 --datasource cer --token-file empty":   "which should hold a token, is empty",
	} {
		run(t, "score "+args).is(3).says(text)
	}
	inFolder(t, map[string]string{"d/a.yaml": shop, "d/b.yaml": "apiVersion: cer/v1\nspec: [\n"})
	run(t, "score -c d --store "+store).is(3).says("d has files that may belong to the catalog, and can't be read", "d/b.yaml:")
	inFolder(t, map[string]string{"shop.yaml": shop, "d/a.yaml": shop, "d/b.yaml": strings.Replace(shop, "shop", "other", 1)})
	run(t, "score -c d --name other --store "+store).is(0).says("(overall)")
	run(t, "incidents -c shop.yaml --from 1h --to 2h --store "+store).is(3).says("--from must be before --to")
	run(t, "incidents -c shop.yaml --to 2027-01-01 --store "+store).is(3).says("--to is in the future")
}

func TestWhatIsSentToTheStore(t *testing.T) {
	var mu sync.Mutex
	headers := http.Header{}
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		headers = r.Header
		mu.Unlock()
		emptyStore(w, r)
	})
	inFolder(t, map[string]string{
		"shop.yaml": shop,
		"http.yaml": "basic_auth: { username: me, password_file: password }\nhttp_headers: { X-More: { values: [b] } }\n", "password": secret + "\n",
	})
	on := machine{variables: map[string]string{
		"CER_CATALOG": "shop.yaml", "CER_STORE": store, "CER_HTTP_CONFIG_FILE": "http.yaml", "CER_HEADER": "X-Scope-OrgID: team\nX-Other: a: b\n",
	}}
	on.run(t, "score").is(0).keeps(secret)
	mu.Lock()
	request := http.Request{Header: headers.Clone()}
	mu.Unlock()
	if user, password, _ := request.BasicAuth(); user != "me" || password != secret {
		t.Errorf("it is asked by %q with %q", user, password)
	}
	for name, want := range map[string]string{"X-Scope-OrgID": "team", "X-Other": "a: b", "X-More": "b"} {
		if got := request.Header.Get(name); got != want {
			t.Errorf("the header %s is %q, want %q", name, got, want)
		}
	}
	echo := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, password, _ := r.BasicAuth()
		io.WriteString(w, `{"status":"error","error":"no `+password+` and no `+r.Header.Get("Authorization")+`"}`)
	})
	on.run(t, "score --store "+echo).is(3).says("Check the authentication").keeps(secret)
	on.run(t, "score --grafana http://127.0.0.1:1 --datasource cer").is(3).says("could not ask Grafana") // What is stated counts.
	on.variables["CER_TIMEOUT"] = "soon"
	on.run(t, "score").is(3).says("the environment variable CER_TIMEOUT can't be used")
	on.run(t, "score --timeout 10s").is(0)
	on.run(t, "score --store http://127.0.0.1:1 --timeout 10s").is(3).says("The connection to the store failed")
}

// grafana is a Grafana with one data source, whose only answer is a frame. It returns its address, and what it was asked so far.
func grafana(t *testing.T) (address string, asked func() []string) {
	var mu sync.Mutex
	var all []string
	at, score := noon, .5
	frame := data.NewFrame("", data.NewField("score", data.Labels{"flow": "checkout"}, []*float64{&score}).SetConfig(&data.FieldConfig{Unit: "percentunit"}))
	frame.Meta = &data.FrameMeta{
		Custom:  map[string]any{"revision": "abc", "evaluatedAt": at.Format(time.RFC3339)},
		Notices: []data.Notice{{Severity: data.NoticeSeverityWarning, Text: "mind the gap"}},
	}
	answer, err := json.Marshal(map[string]any{"results": map[string]any{"A": map[string]any{"status": 200, "frames": data.Frames{frame}}}})
	if err != nil {
		t.Fatal(err)
	}
	address = serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		all = append(all, r.Method+" "+r.URL.Path+" "+string(body))
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Header.Get("Authorization") != "Bearer "+secret:
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, `{"message":"Invalid API key `+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")+`"}`)
		case !strings.Contains(string(body), `"uid":"cer"`):
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"message":"Data source not found"}`)
		case strings.Contains(string(body), `"checkuot"`):
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"results":{"A":{"error":"there is no flow checkuot; there is checkout","status":400}}}`)
		default:
			w.Write(answer)
		}
	})
	return address, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

func TestAGrafanaIsAsked(t *testing.T) {
	address, all := grafana(t)
	inFolder(t, map[string]string{"token": secret + "\n"})
	with := machine{variables: map[string]string{"CER_GRAFANA_TOKEN": secret}}
	r := with.run(t, "score --flow checkout --where region=eu --datasource cer --grafana "+address+"/").is(0).keeps(secret)
	r.prints("FLOW        SCORE\ncheckout  0.50000\n").says("warning: mind the gap")
	asked := all()
	if len(asked) != 1 || !strings.HasPrefix(asked[0], "POST /api/ds/query ") {
		t.Fatalf("it asks %q", asked)
	}
	for _, part := range []string{`"from":"1772622000000"`, `"to":"1772625600000"`, `"type":"cer-reliability-datasource"`, `"format":"latest"`, `"level":"flow"`, `"flows":["checkout"]`, `"where":{"region":["eu"]}`, `"refId":"A"`} {
		if !strings.Contains(asked[0], part) {
			t.Errorf("it asks %s without %s", asked[0], part)
		}
	}
	run(t, "score --flow checkout --json --token-file token --datasource cer --grafana "+address).is(0).keeps(secret).
		says(`"revision": "abc"`, `"evaluatedAt": "2026-03-04T12:00:00Z"`, `"score": 0.5`, `"text": "mind the gap"`)
	run(t, "score --datasource cer --grafana "+address).is(3).says("refused by Grafana (401)", "check the token in --token-file or $CER_GRAFANA_TOKEN")
	with.run(t, "score --datasource other --grafana "+address).is(3).says("no data source with the uid other in Grafana (404): Data source not found")
	with.run(t, "score --flow checkuot --datasource cer --grafana "+address).is(3).says("cer: there is no flow checkuot; there is checkout")
	for body, text := range map[string]string{
		`{"message":"Plugin unavailable"}`: "the answer of Grafana is an error (503): Plugin unavailable",
		`<html>`:                           "the answer is not that of a Grafana (503): Service Unavailable; check the address",
	} {
		down := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, body)
		})
		with.run(t, "score --datasource cer --grafana "+down).is(3).says(text)
	}
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
	login := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+"/login", http.StatusFound)
	})
	with.run(t, "score --datasource cer --grafana "+login).is(3).says("it redirects to " + elsewhere + "/login, and nothing was sent there").keeps(secret)
	echo := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"message":"no rights with `+r.Header.Get("Authorization")+`"}`)
	})
	with.run(t, "status --datasource cer --grafana "+echo).is(3).says("no rights with").keeps(secret)
}

func TestExpandNeedsNoStore(t *testing.T) {
	inFolder(t, map[string]string{"shop.yaml": strings.Replace(shop, "slis:\n", "slis:\n        - { name: fast, latency: { histogram: d_seconds, under: 800ms } }\n", 1)})
	r := run(t, "expand shop.yaml").is(0).says("checkout/success (window 5m) = ", `r_total{code="500"}[5m]`, "checkout/fast (window 5m) = ", "d_seconds_")
	if strings.Contains(r.stdout, "nowhere") || strings.Contains(r.stderr, "nowhere") {
		t.Errorf("it speaks of a store that there is not:\n%s%s", r.stdout, r.stderr)
	}
	if r := run(t, "expand shop.yaml --sli success --window 1h").is(0).says("r_total[1h]"); strings.Contains(r.stdout, "d_seconds") {
		t.Errorf("it prints another SLI:\n%s", r.stdout)
	}
	run(t, "expand --json shop.yaml").is(0).says(`"promql": "`)
	run(t, "expand").is(3).says("there is no store to ask")
	run(t, "expand a b").is(3).says("`cer expand` needs at most one catalog")
}
