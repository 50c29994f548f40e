package fetch

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMatchesReportsWhichSelectorsHaveSeries(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if r.URL.Path != "/api/v1/label/__name__/values" || query.Get("limit") != "1" || query.Get("start") != "1772362800" || query.Get("end") != "1772366400" {
			t.Errorf("got %s", r.URL)
		}
		if query.Get("match[]") == "there" {
			serving(http.StatusOK, labelled(`"there"`))(w, r)
			return
		}
		serving(http.StatusOK, labelled(""))(w, r)
	})
	store := newStore(t, Config{URL: server.URL})
	got, err := store.Matches(t.Context(), []string{"there", "gone", "there"}, noon.Add(-time.Hour), noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Match{{Found: true}, {}, {Found: true}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMatchesFailsWithTheSelectorThatFailed(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("match[]") == "bad" {
			serving(http.StatusBadRequest, refusal("bad_data", "no"))(w, r)
			return
		}
		<-r.Context().Done()
	})
	_, err := newStore(t, Config{URL: server.URL}).Matches(t.Context(), []string{"slow", "bad"}, noon, noon)
	wantError{BadData, 400, false, "The store refused the PromQL bad: no."}.check(t, err)
}
