package process

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhatIfIsRefused(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	tests := map[string]struct {
		role, body string
		status     int
		words      string
	}{
		"another definition to viewers": {"Viewer", `{"definition":"x"}`, http.StatusForbidden, "needs the role Editor or Admin"},
		"a definition that is none":     {"Editor", `{"definition":"x"}`, http.StatusBadRequest, "a mapping is needed here"},
		"the weight of no flow":         {"Viewer", `{"weights":{"flows":{"chekout":1}}}`, http.StatusBadRequest, "there is no flow chekout whose weight could be another one"},
		"the weight of no SLI":          {"Viewer", `{"weights":{"slis":{"checkout":1}}}`, http.StatusBadRequest, "there is no SLI checkout whose weight could be another one; write flow/sli"},
		"a weight below 0":              {"Viewer", `{"weights":{"flows":{"checkout":-1}}}`, http.StatusBadRequest, "the weight of checkout is no number from 0 to 1e9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := s.resource(t, test.role, http.MethodPost, "whatif", test.body)
			if answer.Status != test.status || !strings.Contains(string(answer.Body), test.words) {
				t.Errorf("the answer is %d %s, want %d and %q", answer.Status, answer.Body, test.status, test.words)
			}
		})
	}
}

func TestWhatIfIsAskedSoOftenOnly(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	for range 40 {
		answer := s.resource(t, "Viewer", http.MethodPost, "whatif", `{"weights":{"flows":{"nobody":1}}}`)
		if answer.Status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("forty questions at once were let through")
}

func TestWhatIfOfAnotherDefinition(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	body := asJSON(t, map[string]any{"definition": strings.Replace(shopDefinition, "weight: 5", "weight: 0", 1), "at": at(failing).UnixMilli()})
	answer := s.resource(t, "Editor", http.MethodPost, "whatif", body)
	// Without checkout the score is (3 x 0.725 + 2 x 0.75)/5 = 0.735.
	for _, words := range []string{`"score":0.755`, `"score":0.735`} {
		if !strings.Contains(string(answer.Body), words) {
			t.Errorf("the answer does not say %s: %s", words, answer.Body)
		}
	}
}
