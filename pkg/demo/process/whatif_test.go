package process

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
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
		"the weight of no flow":         {"Viewer", `{"weights":{"flows":{"chekout":1}}}`, http.StatusBadRequest, "there is no flow chekout to change the weight of"},
		"the weight of no SLI":          {"Viewer", `{"weights":{"slis":{"checkout":1}}}`, http.StatusBadRequest, "there is no SLI checkout to change the weight of; write flow/sli"},
		"a weight below 0":              {"Viewer", `{"weights":{"flows":{"checkout":-1}}}`, http.StatusBadRequest, "the weight of checkout must be a number from 0 to 1e9"},
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

// With the aggregate min, and ties, no SLI alone can raise the score.
func TestWhatIfRanksByTheLossWhereImpactsDoNotTell(t *testing.T) {
	tied := strings.Replace(shopDefinition, "  objective: 0.95\n", "  objective: 0.95\n  aggregate: min\n", 1)
	tied = strings.Replace(tied, "linear: { zero: 500ms, one: 100ms }", "linear: { zero: 500ms, one: 0ms }", 1) // p60 scores 0.4
	tied = strings.Replace(tied, "zero: 100, one: 0", "zero: 50, one: 0", 1)                                    // backlog does too
	s := newSource(shop.URL(), tied)
	answer := s.resource(t, "Viewer", http.MethodPost, "whatif", asJSON(t, map[string]any{"at": at(failing).UnixMilli(), "weights": map[string]any{}}))
	var compared struct {
		Now struct {
			SLIs []struct {
				SLI          string
				Impact, Lost float64
			}
		}
	}
	if err := json.Unmarshal(answer.Body, &compared); err != nil || answer.Status != http.StatusOK {
		t.Fatalf("what-if answers %d: %s", answer.Status, answer.Body)
	}
	// By weight and loss: backlog 0.3/2 x 0.6, p60 0.5/4 x 0.6, up 0.2 x 0.25, search/fast 0.3/2 x 0.25.
	for i, want := range []struct {
		sli  string
		lost float64
	}{{"backlog", .09}, {"p60", .075}, {"up", .05}, {"fast", .0375}, {"success", .025}, {"fast", .025}} {
		if got := compared.Now.SLIs[i]; got.SLI != want.sli || !same([]float64{got.Impact, got.Lost}, []float64{0, want.lost}) {
			t.Errorf("the %d-th to fix is %+v, want %+v", i, got, want)
		}
	}
}

func TestWhatIfSaysWhichInstantItJudged(t *testing.T) {
	s := newSource(shop.URL(), strings.Replace(shopDefinition, "  objective: 0.95\n", "  objective: 0.95\n  delay: 10m\n", 1))
	tests := map[string]struct {
		asked int64
		says  func(at, before, after time.Time) bool
	}{
		"one that is over": {at(failing).UnixMilli(), func(judged, _, _ time.Time) bool { return judged.Equal(at(failing)) }},
		"now, which is not over yet": {0, func(judged, before, after time.Time) bool {
			return after.Sub(judged) >= 10*time.Minute && before.Sub(judged) < 11*time.Minute
		}},
		"one that is yet to come": {time.Now().Add(time.Hour).UnixMilli(), func(judged, _, after time.Time) bool { return after.Sub(judged) >= 10*time.Minute }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := time.Now()
			answer := s.resource(t, "Viewer", http.MethodPost, "whatif", asJSON(t, map[string]any{"at": test.asked}))
			var compared struct{ At time.Time }
			if err := json.Unmarshal(answer.Body, &compared); err != nil || !test.says(compared.At, before, time.Now()) {
				t.Errorf("it judged %s, %v: %s", compared.At, err, answer.Body)
			}
		})
	}
}
