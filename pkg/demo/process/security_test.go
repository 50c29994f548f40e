package process

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// roles are those of Grafana's users, from the one who may do least on; "" stands for nobody.
var roles = []string{"", "Viewer", "Editor", "Admin"}

// documented are the rows of the table of resources in docs/http-api.md.
var documented = regexp.MustCompile("(?m)^\\| `(?:GET` or `)?(GET|POST) (/[^`]+)` \\|.*\\| (Viewer|Editor|Admin)\\b[^|]* \\|$")

// TestResourcesAreForTheRolesThatAreDocumented asks each resource as each role. What else may be wrong with the question does not matter.
func TestResourcesAreForTheRolesThatAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/http-api.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newSource(dead(t), shopDefinition)
	rows := documented.FindAllStringSubmatch(string(page), -1)
	if len(rows) < 18 {
		t.Fatalf("%d resources are documented", len(rows))
	}
	for _, row := range rows {
		method, least := row[1], row[3]
		path := regexp.MustCompile(`\{\w+}`).ReplaceAllString(strings.TrimPrefix(row[2], "/"), "checkout")
		for i, role := range roles {
			may := i >= slices.Index(roles, least) || least == "Viewer" // Grafana has checked that somebody may query.
			if answer := s.resource(t, role, method, path, "{}"); (answer.Status != http.StatusForbidden) != may {
				t.Errorf("%s %s is for %s, and answers %q with %d %s", method, path, least, role, answer.Status, answer.Body)
			}
		}
	}
}

// asking is a store that remembers what it was asked.
type asking struct {
	mu     sync.Mutex
	promQL []string // queries, and the selectors of questions about series
}

// listening returns the URL of a store that remembers what it is asked.
func listening(t *testing.T) (string, *asking) {
	t.Helper()
	a := &asking{}
	target := proxyTo(shop.URL())
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		a.listen(r)
		target.ServeHTTP(w, r)
	}), a
}

// listen remembers what a request asks, and leaves its body to be read again.
func (a *asking) listen(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body) + "&" + r.URL.RawQuery)
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.promQL = append(append(a.promQL, form["query"]...), form["match[]"]...)
}

// all returns what was asked so far.
func (a *asking) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.promQL)
}

// TestViewersSendNoPromQL tries to have PromQL of a viewer's sent to the store, in every field of queries and resources that a text can
// stand in. Whatever is asked then is about metrics of the catalog, with its trusted matchers.
func TestViewersSendNoPromQL(t *testing.T) {
	store, asked := listening(t)
	s := newSource(store, strings.Replace(shopDefinition, "  flows:", "  dimensions: [{ name: region, label: region, values: [eu] }]\n  flows:", 1)).as("Viewer")
	for _, evil := range []string{`secret_total`, `eu"} or secret_total{x="`, `5m]) or sum(secret_total[5m`, `region) (secret_total) or sum by (region`, "eu\n} or secret_total{x=~`.*"} {
		for _, fields := range []map[string]any{
			{"expr": evil, "query": evil, "promql": evil}, {"flows": evil}, {"slis": evil}, {"components": evil}, {"by": evil}, {"labels": evil},
			{"where": map[string]string{"region": evil}}, {"where": map[string]string{evil: "eu"}}, {"window": evil}, {"legend": evil}, {"gate": evil, "measure": "verdict"},
			{"adhocFilters": []any{map[string]string{"key": "region", "operator": "=~", "value": evil}}},
			{"adhocFilters": []any{map[string]string{"key": evil, "operator": "=", "value": "eu"}}},
			{"adhocFilters": []any{map[string]string{"key": "region", "operator": evil, "value": "eu"}}},
		} {
			s.ask(t, over(10*time.Minute, 11*time.Minute, asJSON(t, fields)))
			s.resource(t, "Viewer", "POST", "expand", asJSON(t, fields))
		}
		other := strings.Replace(shopDefinition, "total: requests_total", "total: secret_total", 1)
		if answer := s.resource(t, "Viewer", "POST", "whatif", asJSON(t, map[string]string{"definition": other})); answer.Status != http.StatusForbidden {
			t.Errorf("a viewer's definition is answered with %d %s", answer.Status, answer.Body)
		}
	}
	metrics := []string{"requests_total", "request_duration_seconds", "search_duration_seconds", "backlog", "probe_success"}
	texts := asked.all()
	if len(texts) < 20 {
		t.Fatalf("the store was asked %d times", len(texts))
	}
	for _, text := range texts {
		for _, selector := range selectorsIn(t, text) {
			if !names(selector, metrics) || !trusts(selector) {
				t.Errorf("the store was asked for %s in %s", selector, text)
			}
		}
	}
}

// selectorsIn returns the selectors of an expression.
func selectorsIn(t *testing.T, text string) []*parser.VectorSelector {
	t.Helper()
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		t.Fatalf("the store was asked %q: %v", text, err)
	}
	var found []*parser.VectorSelector
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if selector, is := node.(*parser.VectorSelector); is {
			found = append(found, selector)
		}
		return nil
	})
	return found
}

// names reports whether a selector names one of the metrics, or a series of a histogram that is called so.
func names(selector *parser.VectorSelector, metrics []string) bool {
	return slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name == model.MetricNameLabel && slices.ContainsFunc(metrics, func(metric string) bool { return strings.HasPrefix(m.Value, metric) })
	})
}

// trusts reports whether a selector has the matcher that the shop's catalog trusts.
func trusts(selector *parser.VectorSelector) bool {
	return slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool { return m.String() == `job="shop"` })
}

// TestLogsHoldNoSecrets has a store that repeats what it was sent in errors that are logged, if any are.
func TestLogsHoldNoSecrets(t *testing.T) {
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusInternalServerError, `{"status":"error","errorType":"internal","error":"`+r.Header.Get("Authorization")+" "+r.Header.Get("X-Key")+" "+r.Header.Get("X-Id-Token")+`"}`)
	})
	o := operated(t, nil)
	s := newSource(store, shopDefinition, "httpHeaderName1", "X-Key")
	s.host, s.secure = o.host, map[string]string{"httpHeaderValue1": "s3cret-key"}
	s.headers = map[string]string{"Authorization": "Bearer t0ken-of-the-user", "X-Id-Token": "1d-token-of-the-user"}
	s.ask(t, minute)
	s.health(t)
	s.resource(t, "Editor", "POST", "validate", asJSON(t, map[string]string{"definition": shopDefinition}))
	s.save("flows: []")
	s.ask(t, minute)
	o.log.lines(t, 1, "Catalog refused")
	for _, secret := range []string{"s3cret-key", "t0ken-of-the-user", "1d-token-of-the-user"} {
		if lines := o.log.linesNow(secret); len(lines) > 0 {
			t.Errorf("the log has %q", lines)
		}
	}
}
