package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// pointsAt are the points of a series at four minutes from noon on, the first a number of seconds after noon.
func pointsAt(first int64) string {
	var points []string
	for i := range int64(4) {
		points = append(points, fmt.Sprintf(`[%d,"1"]`, noon.Unix()+first+60*i))
	}
	return "[" + strings.Join(points, ",") + "]"
}

// formed returns the text of an answer with series.
func formed(series ...string) string { return data("matrix", "["+strings.Join(series, ",")+"]") }

// An answer that is not exactly what was asked for is an error, since what it lacks would be taken for missing telemetry, or
// for a counter that is 0.
func TestA6AnswersOfAnotherFormAreErrors(t *testing.T) {
	whole := `{"metric":{"a":"b"},"values":` + pointsAt(0) + `}`
	result := `{"resultType":"matrix","result":[` + whole + `]}`
	for name, body := range map[string]string{
		"a result that is null":                 data("matrix", "null"),
		"a result that is text":                 data("matrix", `"none"`),
		"a result that is a number":             data("matrix", "0"),
		"a result that is an object":            data("matrix", "{}"),
		"a result that is false":                data("matrix", "false"),
		"a result of nulls":                     data("matrix", "[null]"),
		"a result of lists":                     data("matrix", "[[]]"),
		"no result":                             `{"status":"success","data":{"resultType":"matrix"}}`,
		"no type of result":                     `{"status":"success","data":{"result":[]}}`,
		"a type that is null":                   `{"status":"success","data":{"resultType":null,"result":[]}}`,
		"data that is null":                     `{"status":"success","data":null}`,
		"data that is a list":                   `{"status":"success","data":[]}`,
		"no data":                               `{"status":"success"}`,
		"status error without words":            `{"status":"error","data":{"resultType":"matrix","result":[]}}`,
		"status error with empty words":         `{"status":"error","errorType":"","error":"","data":` + result + `}`,
		"status fail":                           `{"status":"fail","data":` + result + `}`,
		"no status":                             `{"data":` + result + `}`,
		"a status that is null":                 `{"status":null,"data":` + result + `}`,
		"an empty status":                       `{"status":"","data":` + result + `}`,
		"a status in capitals":                  `{"status":"SUCCESS","data":` + result + `}`,
		"status twice":                          `{"status":"error","status":"success","data":` + result + `}`,
		"data twice":                            `{"status":"success","data":` + result + `,"data":{"resultType":"matrix","result":[]}}`,
		"a result twice":                        `{"status":"success","data":{"resultType":"matrix","result":[` + whole + `],"result":[]}}`,
		"a type twice":                          `{"status":"success","data":{"resultType":"vector","resultType":"matrix","result":[]}}`,
		"two answers":                           formed(whole) + formed(),
		"text behind the answer":                formed() + "ok",
		"a series without values":               formed(`{"metric":{"a":"b"}}`),
		"a series with no values":               formed(`{"metric":{"a":"b"},"values":[]}`),
		"a series whose values are null":        formed(`{"metric":{"a":"b"},"values":null}`),
		"a series without values beside others": formed(whole, `{"metric":{"a":"c"}}`),
		"a series without labels":               formed(`{"values":` + pointsAt(0) + `}`),
		"a series whose labels are null":        formed(`{"metric":null,"values":` + pointsAt(0) + `}`),
		"a series with values twice":            formed(`{"metric":{},"values":` + pointsAt(0) + `,"values":` + pointsAt(0) + `}`),
		"a series with a label twice":           formed(`{"metric":{"a":"b","a":"c"},"values":` + pointsAt(0) + `}`),
		"a series with one value":               formed(`{"metric":{},"value":[1772366400,"1"]}`),
		"the same series twice":                 formed(whole, whole),
		"the same series in other words":        formed(`{"metric":{"a":"b","c":"d"},"values":`+pointsAt(0)+`}`, `{"metric":{"c":"d","a":"b"},"values":`+pointsAt(0)+`}`),
		"a vector":                              data("vector", `[{"metric":{},"value":[1772366400,"1"]}]`),
		"an empty vector":                       data("vector", "[]"),
		"a scalar":                              data("scalar", `[1772366400,"1"]`),
		"a scalar that is called a matrix":      data("matrix", `[1772366400,"1"]`),
		"all points off the grid":               formed(`{"metric":{},"values":` + pointsAt(30) + `}`),
		"one point off the grid":                formed(`{"metric":{},"values":[[1772366400,"1"],[1772366430,"1"]]}`),
		"points before the range":               formed(`{"metric":{},"values":` + pointsAt(-60) + `}`),
		"points behind the range":               formed(`{"metric":{},"values":` + pointsAt(120) + `}`),
		"points of another day":                 formed(`{"metric":{},"values":` + pointsAt(-86400) + `}`),
		"a time that no year has":               formed(`{"metric":{},"values":[[99999999999999999999,"1"]]}`),
		"a point twice":                         formed(`{"metric":{},"values":[[1772366400,"1"],[1772366400,"2"]]}`),
		"points in another order":               formed(`{"metric":{},"values":[[1772366460,"1"],[1772366400,"2"]]}`),
	} {
		t.Run(name, func(t *testing.T) {
			isRefusedAsForm(t, Leaf{PromQL: "x", Range: minutes}, body)
		})
	}
}

func TestA6AnswersToAnInstantOfAnotherFormAreErrors(t *testing.T) {
	for name, body := range map[string]string{
		"a matrix":                data("matrix", `[{"metric":{},"values":[[1772366400,"1"]]}]`),
		"an empty matrix":         data("matrix", "[]"),
		"values of a range":       data("vector", `[{"metric":{},"values":[[1772366400,"1"]]}]`),
		"no value":                data("vector", `[{"metric":{}}]`),
		"a value that is null":    data("vector", `[{"metric":{},"value":null}]`),
		"the same series twice":   data("vector", `[{"metric":{},"value":[1772366400,"1"]},{"metric":{},"value":[1772366400,"1"]}]`),
		"an instant an hour ago":  data("vector", `[{"metric":{},"value":[1772362800,"1"]}]`),
		"an instant of 1970":      data("vector", `[{"metric":{},"value":[0,"1"]}]`),
		"a scalar of one":         data("scalar", `[1772366400]`),
		"a scalar of three":       data("scalar", `[1772366400,"1","2"]`),
		"a scalar with series":    data("scalar", `[{"metric":{},"value":[1772366400,"1"]}]`),
		"an empty scalar":         data("scalar", `[]`),
		"a result that is null":   data("vector", "null"),
		"a status that is wanted": `{"status":"fail","data":{"resultType":"vector","result":[]}}`,
	} {
		t.Run(name, func(t *testing.T) { isRefusedAsForm(t, atNoon("x"), body) })
	}
}

// valuesForms are answers that hold no values of a label as they should be.
var valuesForms = map[string]string{
	"null":                      `{"status":"success","data":null}`,
	"text":                      `{"status":"success","data":"a"}`,
	"an object":                 `{"status":"success","data":{}}`,
	"none":                      `{"status":"success"}`,
	"a number among them":       `{"status":"success","data":[1]}`,
	"data twice":                `{"status":"success","data":[],"data":["a"]}`,
	"status fail":               `{"status":"fail","data":[]}`,
	"no status":                 `{"data":[]}`,
	"status error, no words":    `{"status":"error","data":[]}`,
	"two answers":               `{"status":"success","data":[]}{"status":"success","data":["a"]}`,
	"an answer to another call": formed(),
}

func TestA6ValuesOfLabelsOfAnotherFormAreErrors(t *testing.T) {
	for name, body := range valuesForms {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, body))
			store := newStore(t, Config{URL: server.URL})
			_, _, ofValues := store.LabelValues(t.Context(), "job", []string{"x"}, noon, noon, 10)
			for call, err := range map[string]error{
				"Matches":     second(store.Matches(t.Context(), []string{"x"}, noon, noon)),
				"LabelValues": ofValues,
			} {
				if err == nil {
					t.Errorf("%s takes it for an answer", call)
				} else if e := errorOf(t, err); e.Kind != NotPrometheus {
					t.Errorf("%s: got %s: %s", call, e.Kind, e.Message)
				}
			}
		})
	}
}

// second returns the error of a call.
func second[T any](_ T, err error) error { return err }

// isRefusedAsForm fails unless an answer is refused each time that a leaf is requested.
func isRefusedAsForm(t *testing.T, leaf Leaf, body string) {
	t.Helper()
	server := newServer(t, serving(http.StatusOK, body))
	store := newStore(t, Config{URL: server.URL, Cache: NewCache(1<<20, nil), Now: func() time.Time { return noon.Add(time.Hour) }})
	for range 2 {
		answer, err := fetchOne(t, store, leaf)
		if err == nil {
			t.Fatalf("it is taken for %+v", answer)
		}
		e := errorOf(t, err)
		if e.Kind != NotPrometheus || !e.Downstream || e.Status != http.StatusBadGateway {
			t.Errorf("got %s %d, downstream %t: %s", e.Kind, e.Status, e.Downstream, e.Message)
		}
	}
}

func TestA6AnswersThatAreNotSuccessesAreErrors(t *testing.T) {
	for _, status := range []int{http.StatusCreated, http.StatusAccepted, http.StatusNonAuthoritativeInfo, http.StatusPartialContent} {
		server := newServer(t, serving(status, emptyAnswer))
		_, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("x"))
		if e := errorOf(t, err); e.Kind != NotPrometheus {
			t.Errorf("%d: got %s: %s", status, e.Kind, e.Message)
		}
	}
}

// What stores do write is no error.
func TestA6AnswersOfRealStores(t *testing.T) {
	for name, tc := range map[string]struct {
		over series.Range
		body string
	}{
		"times as exponents": {minutes, formed(`{"metric":{},"values":[[1.7723664e9,"1"]]}`)},
		"fields that are unknown": {minutes, `{"status":"success","isPartial":false,"data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":` + pointsAt(0) + `}],"analysis":null},
			"stats":{"seriesFetched":"1","executionTimeMsec":2}}` + "\n"},
		"an instant that VictoriaMetrics moved back": {series.InstantOf(noon), data("vector", `[{"metric":{},"value":[1772366370,"1"]}]`)},
		"the type behind the result":                 {series.InstantOf(noon), `{"data":{"result":[1772366400,"1"],"resultType":"scalar"},"status":"success"}`},
		"annotations that are null":                  {minutes, `{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":null,"infos":null,"errorType":"","error":""}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, tc.body))
			if _, err := fetchOne(t, newStore(t, Config{URL: server.URL}), Leaf{PromQL: "x", Range: tc.over}); err != nil {
				t.Error(err)
			}
		})
	}
}
