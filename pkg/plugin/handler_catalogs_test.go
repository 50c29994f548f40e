package plugin

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestCatalogs(t *testing.T) {
	shared, _ := withFolder(t, map[string]string{
		"b.yaml": goodYAML("shop"), "a.yaml": goodYAML("bank"), "c.yaml": strings.Replace(goodYAML("theirs"), "{", "{orgs: [2], ", 1),
	})
	tests := map[string]struct {
		shared    *sharedState
		namespace string
		want      string
	}{
		"of the first organisation":       {shared, "default", `{"folder":true,"catalogs":["bank","shop"]}`},
		"of another":                      {shared, "org-2", `{"folder":true,"catalogs":["bank","shop","theirs"]}`},
		"of one that is not known":        {shared, "", `{"folder":true,"catalogs":["bank","shop"]}`},
		"of a Grafana without the folder": {newSharedState(""), "default", `{"folder":false,"catalogs":[]}`},
	}
	for name, test := range tests {
		answer, err := sourceIn(t, test.shared, test.namespace, `{}`).snapshot(t.Context(), nil).getCatalogs((&http.Request{}).WithContext(t.Context()))
		raw, failed := json.Marshal(answer)
		if err != nil || failed != nil || string(raw) != test.want {
			t.Errorf("%s: the answer is %s, %v, want %s", name, raw, err, test.want)
		}
	}
}
