package fetch

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// data returns an answer with a result.
func data(resultType, result string) string {
	return fmt.Sprintf(`{"status":"success","data":{"resultType":%q,"result":%s}}`, resultType, result)
}

// column returns a series with the label job, which is left out where it is "".
func column(job string, values ...float64) series.Series {
	of := labels.EmptyLabels()
	if job != "" {
		of = labels.FromStrings("job", job)
	}
	return series.Series{Labels: of, Values: values}
}

// histogram is a native histogram in an answer.
const histogram = `{"count":"3","sum":"6","buckets":[[0,"1","2","3"]]}`

func TestAnswersAreOneNumberAnInstant(t *testing.T) {
	none := math.NaN()
	// 1772366400 is noon; four instants follow each other by 15 s.
	ranged := series.New(noon, noon.Add(45*time.Second), 15*time.Second)
	for name, tc := range map[string]struct {
		asked  series.Range
		answer string
		want   []series.Series
	}{
		"a vector at an instant": {
			asked:  series.InstantOf(noon),
			answer: data("vector", `[{"metric":{"job":"a"},"value":[1772366400,"1.5"]},{"metric":{},"value":[1772366400,"NaN"]}]`),
			want:   []series.Series{column("a", 1.5), column("", none)},
		},
		"a scalar at an instant": {
			asked:  series.InstantOf(noon),
			answer: data("scalar", `[1772366400,"42"]`),
			want:   []series.Series{column("", 42)},
		},
		"an empty vector": {asked: series.InstantOf(noon), answer: emptyAnswer, want: nil},
		"a whole range": {
			asked:  ranged,
			answer: data("matrix", `[{"metric":{"job":"a"},"values":[[1772366400,"1"],[1772366415,"2"],[1772366430,"+Inf"],[1772366445,"4"]]}]`),
			want:   []series.Series{column("a", 1, 2, math.Inf(1), 4)},
		},
		"a range with gaps": {
			asked:  ranged,
			answer: data("matrix", `[{"metric":{},"values":[[1772366415,"2"]]},{"metric":{"job":"b"},"values":[[1772366400,"1"],[1772366445,"4"]]}]`),
			want:   []series.Series{column("", none, 2, none, none), column("b", 1, none, none, 4)},
		},
		"times off by a millisecond": {
			asked:  ranged,
			answer: data("matrix", `[{"metric":{},"values":[[1772366399.999,"1"],[1772366415.001,"2"]]}]`),
			want:   []series.Series{column("", 1, 2, none, none)},
		},
		"a range of one instant": {
			asked:  series.New(noon, noon, time.Minute),
			answer: data("matrix", `[{"metric":{},"values":[[1772366400,"1"]]}]`),
			want:   []series.Series{column("", 1)},
		},
		"a range whose start falls between two milliseconds": {
			asked:  series.New(noon.Add(300*time.Microsecond), noon.Add(25*time.Second), 10*time.Second),
			answer: data("matrix", `[{"metric":{},"values":[[1772366400,"1"],[1772366410,"2"]]}]`),
			want:   []series.Series{column("", 1, 2, math.NaN())},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, tc.answer))
			got, err := fetchOne(t, newStore(t, Config{URL: server.URL}), Leaf{PromQL: "x", Range: tc.asked})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.Series, cmpopts.EquateNaNs(), cmpopts.EquateEmpty(), cmp.Comparer(labels.Equal)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSampleThatIsNotANumberIsNoMissingSample(t *testing.T) {
	ranged := series.New(noon, noon.Add(30*time.Second), 15*time.Second)
	for name, tc := range map[string]struct {
		asked  series.Range
		answer string
		want   []bool
	}{
		"in a vector": {series.InstantOf(noon), data("vector", `[{"metric":{},"value":[1772366400,"NaN"]}]`), []bool{true}},
		"in a scalar": {series.InstantOf(noon), data("scalar", `[1772366400,"NaN"]`), []bool{true}},
		"in a matrix": {ranged, data("matrix", `[{"metric":{},"values":[[1772366415,"NaN"]]}]`), []bool{false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, tc.answer))
			answer, err := fetchOne(t, newStore(t, Config{URL: server.URL}), Leaf{PromQL: "x", Range: tc.asked})
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range tc.want {
				if v := answer.Series[0].Values[i]; !math.IsNaN(v) || series.IsUndefined(v) != want {
					t.Errorf("the %d-th number is %v, undefined: %v", i, v, series.IsUndefined(v))
				}
			}
		})
	}
}

func TestTwoInstantsAreRequestedOneByOne(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		series := `{"metric":{},"value":[` + r.FormValue("time") + `,"` + r.FormValue("time") + `"]}`
		if r.FormValue("time") == "1772370000" {
			series += `,{"metric":{"job":"new"},"value":[1772370000,"7"]}`
		}
		serving(http.StatusOK, data("vector", "["+series+"]"))(w, r)
	})
	got, err := fetchOne(t, newStore(t, Config{URL: server.URL}),
		Leaf{PromQL: "x", Range: series.New(noon, noon.Add(time.Hour), time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	want := []series.Series{column("", 1772366400, 1772370000), column("new", math.NaN(), 7)}
	if diff := cmp.Diff(want, got.Series, cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
		t.Error(diff)
	}
}

// minutesOf answers with a series of the first and the last instant of a range, by its own number of the minute.
func minutesOf(t *testing.T, asked *[]string) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		start, end := r.FormValue("start"), r.FormValue("end")
		mu.Lock()
		*asked = append(*asked, start+".."+end)
		mu.Unlock()
		minute := func(text string) string {
			seconds, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				t.Error(err)
			}
			return fmt.Sprintf(`[%s,"%d"]`, text, (seconds-noon.Unix())/60)
		}
		serving(http.StatusOK, data("matrix", `[{"metric":{"job":"a"},"values":[`+minute(start)+","+minute(end)+`]}]`))(w, r)
	}
}

func TestLongRangesAreRequestedInPieces(t *testing.T) {
	var asked []string
	server := newServer(t, minutesOf(t, &asked))
	over := series.New(noon, noon.Add(24_999*time.Minute), time.Minute)
	got, err := fetchOne(t, newStore(t, Config{URL: server.URL}), Leaf{PromQL: "x", Range: over})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(asked)
	// Noon is 240 points before a multiple of 480 minutes since 1970.
	if want := []string{"1772366400..1772380740", "1772380800..1772409540"}; len(asked) != 53 || !slices.Equal(asked[:2], want) {
		t.Errorf("asked %d: %q, want 53 that begin with %q", len(asked), asked, want)
	}
	if len(got.Series) != 1 || len(got.Series[0].Values) != 25_000 {
		t.Fatalf("there are %d series", len(got.Series))
	}
	for _, at := range []int{0, 239, 240, 719, 720, 24_239, 24_240, 24_999} {
		if v := got.Series[0].Values[at]; v != float64(at) {
			t.Errorf("the %d-th number is %v", at, v)
		}
	}
}

func TestOverlappingRangesSharePieces(t *testing.T) {
	var asked []string
	server := newServer(t, minutesOf(t, &asked))
	store := newStore(t, Config{URL: server.URL, Cache: NewCache(1<<20, nil), Now: func() time.Time { return noon.Add(time.Hour * 24 * 30) }})
	batch := store.Batch(t.Context())
	defer batch.Close()
	end := noon.Add(3000 * time.Minute)
	_, err := batch.Fetch(t.Context(), []Leaf{
		{PromQL: "x", Range: series.New(noon, end, time.Minute)},
		{PromQL: "x", Range: series.New(noon.Add(1000*time.Minute), end, time.Minute)},
		{PromQL: "x", Range: series.New(end.Add(-10*time.Minute), end, time.Minute)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// 7 pieces of the first, the rest of one of the second, and the short one, which is asked as it is.
	if len(asked) != 9 {
		t.Errorf("asked %d: %q", len(asked), asked)
	}
}

func TestAnswersWithoutNumbersAreErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		answer, want string
	}{
		"a vector of histograms": {
			answer: data("vector", `[{"metric":{},"histogram":[1772366400,`+histogram+`]}]`),
			want:   "The expression rate(x[5m]) yields histograms where numbers are needed. Wrap it in a function such as histogram_quantile, histogram_fraction or histogram_count.",
		},
		"a matrix of histograms": {
			answer: data("matrix", `[{"metric":{},"histograms":[[1772366400,`+histogram+`]]}]`),
			want:   "The expression rate(x[5m]) yields histograms where numbers are needed. Wrap it in a function such as histogram_quantile, histogram_fraction or histogram_count.",
		},
		"a string": {
			answer: data("string", `[1772366400,"hello"]`),
			want:   "The expression rate(x[5m]) yields a string where numbers are needed.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, tc.answer))
			_, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("rate(x[5m])"))
			e := errorOf(t, err)
			if e.Kind != NotNumbers || e.Status != http.StatusBadRequest || !e.Downstream || e.PromQL != "rate(x[5m])" {
				t.Errorf("got %s %d, downstream %t, PromQL %q", e.Kind, e.Status, e.Downstream, e.PromQL)
			}
			if e.Message != tc.want {
				t.Errorf("got %q\nwant %q", e.Message, tc.want)
			}
		})
	}
}

func TestWarningsAndInfosAreSeparate(t *testing.T) {
	for name, tc := range map[string]struct {
		annotations     string
		warnings, infos []string
	}{
		"a complete answer":  {``, nil, nil},
		"Prometheus 3 does":  {`,"warnings":["PromQL warning: x"],"infos":["PromQL info: y"]`, []string{"PromQL warning: x"}, []string{"PromQL info: y"}},
		"Prometheus 2 mixes": {`,"warnings":["PromQL info: y","PromQL warning: x"]`, []string{"PromQL warning: x"}, []string{"PromQL info: y"}},
		"Thanos is partial":  {`,"warnings":["no store matched"]`, []string{"no store matched"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"status":"success","data":{"resultType":"vector","result":[]}` + tc.annotations + `}`
			server := newServer(t, serving(http.StatusOK, body))
			got, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("x"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.warnings, got.Warnings); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tc.infos, got.Infos); diff != "" {
				t.Error(diff)
			}
		})
	}
}
