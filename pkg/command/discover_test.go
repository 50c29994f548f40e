package command_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestDiscoverEndsWithWhatItFound(t *testing.T) {
	store := serve(t, emptyStore)
	for name, test := range map[string]struct {
		args, says string
		code       int
	}{
		"an empty store":            {"--store " + store, "error: the store has had no series in the last hour; check its address", 1},
		"and its summary":           {"--store " + store, "0 presets recognised by 3 questions; 0 flows with 0 SLIs proposed\n", 1},
		"no store":                  {"", "name its address with --store", 3},
		"an odd address":            {"--store localhost", "--store is not an address", 3},
		"an odd type":               {"--store " + store + " --prometheus-type Graphite", "--prometheus-type is \"Graphite\"", 3},
		"a store that is not there": {"--store http://127.0.0.1:1", "refused", 3},
		"a service without preset":  {"--store " + store + " --service cart", `--service is "cart"; write PRESET/SERVICE`, 3},
		"an unknown preset":         {"--store " + store + " --service isto/cart", "there is no preset isto; did you mean istio", 3},
		"a flow and a preset":       {"--store " + store + " --service cart=isto/a=b/c", "there is no preset isto", 3},
		"an odd objective":          {"--store " + store + " --objective 99", "the objective is 99", 3},
		"odd weights":               {"--store " + store + " --weights money", "it can be traffic or equal", 3},
		"an argument":               {"x", "`cer discover` needs no arguments, and has 1", 3},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, "discover "+test.args).is(test.code).says(test.says)
		})
	}
}

// What the store can't answer of one preset is said of that one.
func TestDiscoverSaysWhatTheStoreRefuses(t *testing.T) {
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/values") {
			_, _ = io.WriteString(w, `{"status":"success","data":["up"]}`)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	run(t, "discover --store "+store).is(1).says("warning: scrape: the preset can't be checked: The store answered 503", "error: the store could not be asked about scrape")
}

func TestDiscoverPrintsJSON(t *testing.T) {
	m := machine{variables: map[string]string{"CER_STORE": serve(t, emptyStore)}}
	var got struct {
		Presets    []any
		Definition *string
		Issues     []struct{ Severity, Message string }
		Questions  int
	}
	if err := json.Unmarshal([]byte(m.run(t, "discover --json").is(1).stdout), &got); err != nil {
		t.Fatal(err)
	}
	if got.Presets == nil || got.Definition == nil || *got.Definition != "" || len(got.Issues) != 1 || got.Issues[0].Severity != "error" || got.Questions != 3 {
		t.Errorf("got %+v", got)
	}
}
