package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/importer"
)

// slothFile is a file of Sloth, a field of which has no counterpart.
const slothFile = `version: prometheus/v1
service: shop
slos:
  - name: requests
    objective: 99.9
    labels: { a: b }
    sli: { events: { error_query: 'sum(rate(r_total{code="500"}[{{.window}}]))', total_query: 'sum(rate(r_total[{{.window}}]))' } }
    alerting: { name: ShopFails }
`

// postImport sends a body to POST /import as a user of a role, and returns the status and the answer.
func postImport(t *testing.T, role, body string) (int, string) {
	t.Helper()
	source := newHarness(t).open(t, "u", map[string]any{})
	r := httptest.NewRequest(http.MethodPost, "/import", strings.NewReader(body))
	r = r.WithContext(backend.WithUser(r.Context(), &backend.User{Role: role}))
	w := httptest.NewRecorder()
	source.routes().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// bodyOf returns the body of a request about a file, with further fields.
func bodyOf(t *testing.T, content string, more map[string]any) string {
	t.Helper()
	body := map[string]any{"sources": []any{map[string]string{"name": "slos.yaml", "content": content}}}
	for name, value := range more {
		body[name] = value
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The answer is that of the command, which prints importer.Answer too.
func TestImportAnswersWithADefinition(t *testing.T) {
	status, raw := postImport(t, "Editor", bodyOf(t, slothFile, map[string]any{"name": "mine", "recorded": true, "slothPeriod": "28d"}))
	var got importer.Answer
	if err := json.Unmarshal([]byte(raw), &got); err != nil || status != http.StatusOK {
		t.Fatalf("the status is %d: %s (%v)", status, raw, err)
	}
	catalog, issues := definition.Load(definition.Source{Name: "x", Content: []byte(got.Definition)})
	if catalog == nil || len(issues) > 0 || catalog.Name != "mine" || catalog.Budget.Window.Hours() != 28*24 {
		t.Errorf("the definition has issues %v:\n%s", issues, got.Definition)
	}
	if !strings.Contains(got.Definition, "slo:sli_error:ratio_rate5m{") || got.Flows != 1 || got.SLIs != 1 {
		t.Errorf("the answer is %+v", got)
	}
	if len(got.Issues) != 1 || got.Issues[0].File != "slos.yaml" || got.Issues[0].Line != 6 || got.Issues[0].Severity != "warning" || got.Issues[0].Path != "slos[0].labels" {
		t.Errorf("the issues are %+v", got.Issues)
	}
}

func TestImportRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		role, body, says string
		status           int
	}{
		"a viewer":          {"Viewer", bodyOf(t, slothFile, nil), "this needs the role Editor or Admin", http.StatusForbidden},
		"no JSON":           {"Editor", "x", "not valid JSON", http.StatusBadRequest},
		"no files":          {"Editor", "{}", "sources is empty", http.StatusBadRequest},
		"an odd period":     {"Editor", bodyOf(t, slothFile, map[string]any{"slothPeriod": "month"}), `slothPeriod is \"month\"`, http.StatusBadRequest},
		"nothing to import": {"Admin", bodyOf(t, "a: b", nil), `"definition":""`, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			if status, raw := postImport(t, test.role, test.body); status != test.status || !strings.Contains(raw, test.says) {
				t.Errorf("the status is %d, and the answer %s", status, raw)
			}
		})
	}
}
