package fetch

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// partialForms are how stores say that an answer may lack something.
var partialForms = map[string]string{
	"VictoriaMetrics":              `,"isPartial":true`,
	"a flag that is text":          `,"isPartial":"true"`,
	"Thanos":                       `,"warnings":["No StoreAPIs matched for this query"]`,
	"a warning that is no list":    `,"warnings":"one store did not answer"`,
	"a warning without words":      `,"warnings":[""]`,
	"both":                         `,"isPartial":true,"warnings":["store b: timeout"]`,
	"a warning beside an info":     `,"warnings":["PromQL info: metric might not be a counter","store b: timeout"]`,
	"a warning beside other infos": `,"infos":["PromQL info: no counter"],"warnings":["store b: timeout"]`,
}

func TestA2APartialAnswerIsWarnedAndNotKept(t *testing.T) {
	for name, says := range partialForms {
		for _, over := range []series.Range{minutes, series.InstantOf(noon)} {
			t.Run(name+" "+over.String(), func(t *testing.T) {
				var requests atomic.Int32
				server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
					requests.Add(1)
					kind := "matrix"
					if over.IsInstant() {
						kind = "vector"
					}
					serving(http.StatusOK, `{"status":"success"`+says+`,"data":{"resultType":"`+kind+`","result":[]}}`)(w, r)
				})
				store := newStore(t, Config{URL: server.URL, Cache: NewCache(1<<20, nil), Now: func() time.Time { return noon.Add(time.Hour) }})
				for n := range 2 {
					answer, err := fetchOne(t, store, Leaf{PromQL: "x", Range: over})
					if err != nil {
						t.Fatal(err)
					}
					if !answer.IsPartial() || !answer.Until.IsZero() {
						t.Errorf("it is taken for whole: %+v", answer)
					}
					if got := int(requests.Load()); got != n+1 {
						t.Errorf("it is kept: %d requests", got)
					}
				}
			})
		}
	}
}

func TestA2AnInfoIsNoPartialAnswer(t *testing.T) {
	for name, says := range map[string]string{
		"infos":                 `,"infos":["PromQL info: metric might not be a counter"]`,
		"infos among warnings":  `,"warnings":["PromQL info: metric might not be a counter"]`,
		"a flag that is not up": `,"isPartial":false,"warnings":[]`,
		"a flag that is null":   `,"isPartial":null,"warnings":null`,
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, `{"status":"success"`+says+`,"data":{"resultType":"vector","result":[]}}`))
			answer, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("x"))
			if err != nil || answer.IsPartial() {
				t.Errorf("%+v, %v", answer, err)
			}
		})
	}
}
