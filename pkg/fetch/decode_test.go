package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// minutes are four of them from noon on.
var minutes = series.New(noon, noon.Add(3*time.Minute), time.Minute)

// decoded reads a body that comes all at once, and again a byte at a time.
func decoded(body []byte, over series.Range) (whole, bytewise series.Answer, err, bytewiseErr error) {
	whole, err = decode(bytes.NewReader(body), over, limits{series: 100, held: unlimited()})
	bytewise, bytewiseErr = decode(iotest.OneByteReader(bytes.NewReader(body)), over, limits{series: 100, held: unlimited()})
	return whole, bytewise, err, bytewiseErr
}

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	none := math.NaN()
	for name, tc := range map[string]struct {
		values string
		want   []float64
	}{
		"in a row":                {`[1772366400,"1"],[1772366460,"0.1"],[1772366520,"2.5"],[1772366580,"1e-9"]`, []float64{1, .1, 2.5, 1e-9}},
		"with spaces":             {` [ 1772366400 , "1" ] , [1772366460,"2"]`, []float64{1, 2, none, none}},
		"with milliseconds":       {`[1772366400.001,"1"],[1772366459.999,"2"]`, []float64{1, 2, none, none}},
		"with microseconds":       {`[1772366400.000100,"1"],[1772366460.0004,"2"]`, []float64{1, 2, none, none}},
		"with times as exponents": {`[1.7723664e9,"1"]`, []float64{1, none, none, none}},
		"infinite and undefined":  {`[1772366400,"+Inf"],[1772366460,"-Inf"],[1772366520,"NaN"]`, []float64{math.Inf(1), math.Inf(-1), none, none}},
		"of many digits":          {`[1772366400,"0.91684093278409621234567890123456789012345678901234567890123456789"],[1772366460,"123456789012345678"]`, []float64{0.9168409327840962, 123456789012345678, none, none}},
		"smallest and largest":    {`[1772366400,"5e-324"],[1772366460,"1.7976931348623157e+308"]`, []float64{5e-324, math.MaxFloat64, none, none}},
	} {
		t.Run(name, func(t *testing.T) {
			body := data("matrix", `[{"metric":{"a":"b"},"values":[`+tc.values+`]}]`)
			whole, bytewise, err, bytewiseErr := decoded([]byte(body), minutes)
			if err != nil || bytewiseErr != nil {
				t.Fatal(err, bytewiseErr)
			}
			want := []series.Series{{Labels: labels.FromMap(map[string]string{"a": "b"}), Values: tc.want}}
			for _, got := range []series.Answer{whole, bytewise} {
				if diff := cmp.Diff(want, got.Series, cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestTextsAreReadAsTheyAreWritten(t *testing.T) {
	for name, text := range map[string]string{
		"plain": "code", "empty": "", "escaped": "a \"quoted\" \\ back\nslash", "of other scripts": "größe 大きさ 🙂",
		"as code points": "\u2028\u0001", "long": strings.Repeat("long", buffered), "that ends with a backslash": `\`,
	} {
		t.Run(name, func(t *testing.T) {
			written, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			body := fmt.Sprintf(`{"status":"success","unknown":{"x":[1,{"y":null}],"z":[true,false,"]"]},"data":{"resultType":"vector","result":[{"metric":{%s:%[1]s},"value":[1772366400,"2"]}]}}`, written)
			whole, bytewise, err, bytewiseErr := decoded([]byte(body), series.InstantOf(noon))
			if err != nil || bytewiseErr != nil {
				t.Fatal(err, bytewiseErr)
			}
			want := []series.Series{{Labels: labels.NewBuilder(labels.EmptyLabels()).Set(text, text).Labels(), Values: []float64{2}}}
			for _, got := range []series.Answer{whole, bytewise} {
				if diff := cmp.Diff(want, got.Series, cmp.Comparer(labels.Equal)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestMalformedAnswers(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"it breaks off in a text":        {`{"data":{"resultType":"mat`, "it is cut off"},
		"it breaks off behind a point":   {`{"data":{"result":[{"values":[[1772366400,"1"]`, "it is cut off"},
		"it breaks off behind a comma":   {`{"data":{"result":[{"values":[[1772366400,"1"],`, "it is cut off"},
		"it breaks off behind a name":    {`{"data"`, "it is cut off"},
		"a number that is none":          {data("matrix", `[{"values":[[1772366400,"one"]]}]`), `"one" is no number`},
		"a number without quotes":        {data("matrix", `[{"values":[[1772366400,1]]}]`), `expects " or n, but found 1`},
		"a time in quotes":               {data("matrix", `[{"values":[["1772366400","1"]]}]`), `invalid number`},
		"a point of three":               {data("matrix", `[{"values":[[1772366400,"1","2"]]}]`), `a time and a number are expected`},
		"labels in a list":               {data("matrix", `[{"metric":["a"]}]`), `expect { or n, but found [`},
		"a label without quotes":         {data("matrix", `[{"metric":{"a":1}}]`), `expects " or n, but found 1`},
		"values as an object":            {data("matrix", `[{"values":{}}]`), `expect [ or n, but found {`},
		"an escape that is none":         {`{"data":{"resultType":"\x"}}`, `invalid escape char`},
		"nothing behind a comma":         {`{"data":{"result":[],}}`, "it is cut off"},
		"no comma":                       {`{"status":"success" "data":{}}`, `object not ended with }`},
		"more depth than a stack can do": {`{"more":` + strings.Repeat("[", 10_000_000), "exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode(strings.NewReader(tc.body), minutes, limits{series: 100, held: unlimited()})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestBodyThatFailsOrStalls(t *testing.T) {
	body := data("matrix", `[{"metric":{},"values":[[1772366400,"1"]]}]`)
	broken := errors.New("broken")
	if _, err := decode(io.MultiReader(strings.NewReader(body[:70]), iotest.ErrReader(broken)), minutes, limits{series: 100, held: unlimited()}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if _, err := decode(stalled{}, minutes, limits{series: 100, held: unlimited()}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v, want %v", err, io.ErrNoProgress)
	}
	if _, err := decode(iotest.DataErrReader(strings.NewReader(body)), minutes, limits{series: 100, held: unlimited()}); err != nil {
		t.Errorf("a stream that ends with its last bytes fails: %v", err)
	}
}

// stalled is a stream that gives nothing.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, nil }

// matrix writes series as Prometheus does.
func matrix(over series.Range, series [][]float64) []byte {
	var out bytes.Buffer
	out.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[`)
	for k, values := range series {
		if k > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"metric":{"handler":"/flow%04d","le":"0.%d"},"values":[`, k/12, k%12)
		for i, v := range values {
			if i > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(&out, `[%s,"%s"]`, inSeconds(over.At(i)), strconv.FormatFloat(v, 'f', -1, 64))
		}
		out.WriteString(`]}`)
	}
	out.WriteString("]}}")
	return out.Bytes()
}

// random returns numbers of so many series, as rates are.
func random(series, n int) [][]float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([][]float64, series)
	for k := range all {
		all[k] = make([]float64, n)
		for i := range all[k] {
			all[k][i] = rng.Float64() * 100
		}
	}
	return all
}

func TestManyNumbersComeBackAsTheyWere(t *testing.T) {
	over := series.New(noon.Add(123*time.Millisecond), noon.Add(123*time.Millisecond+720*30*time.Second), 30*time.Second)
	want := random(30, over.Len())
	whole, bytewise, err, bytewiseErr := decoded(matrix(over, want), over)
	if err != nil || bytewiseErr != nil {
		t.Fatal(err, bytewiseErr)
	}
	for _, got := range []series.Answer{whole, bytewise} {
		for k, series := range got.Series {
			if diff := cmp.Diff(want[k], series.Values); diff != "" {
				t.Fatalf("series %d: %s", k, diff)
			}
		}
	}
}

// TestADecoderLeavesNothingToTheNext has answers that break off or are malformed before one that is whole, whose texts must stay when
// others are decoded.
func TestADecoderLeavesNothingToTheNext(t *testing.T) {
	body := data("matrix", `[{"metric":{"a":"b"},"values":[[1772366400,"1"]]}]`)
	var first series.Answer
	for _, before := range []string{body, body[:len(body)/2], `{"data":{"result":[[`, `{"status":"success","data":7}`, strings.Repeat("x", 2*buffered), body} {
		_, _ = decode(strings.NewReader(before), minutes, limits{series: 10, held: unlimited()})
		got, err := decode(strings.NewReader(body), minutes, limits{series: 10, held: unlimited()})
		if err != nil {
			t.Fatalf("after %.40q: %v", before, err)
		}
		if first.Series == nil {
			first = got
		}
		for _, answer := range []series.Answer{first, got} {
			if len(answer.Series) != 1 || answer.Series[0].Labels.String() != `{a="b"}` || !slices.Contains(answer.Series[0].Values, 1) {
				t.Errorf("after %.40q: %v", before, answer)
			}
		}
	}
}

// FuzzDecode looks for bodies that make decode panic, or that it reads differently when they come in small pieces.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		emptyAnswer, data("matrix", `[{"metric":{"a":"b"},"values":[[1772366400,"1"],[1772366460.5,"NaN"]]}]`),
		data("scalar", `[1772366400,"42"]`), data("string", `[1772366400,"hello"]`), data("matrix", `[{"histograms":[[1,`+histogram+`]]}]`),
		refusal("bad_data", "no"), `{"data":null,"warnings":["PromQL info: \u00e4"]}`, `{"data":{"result":[[`, "",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		whole, bytewise, err, bytewiseErr := decoded(body, minutes)
		if err != nil || bytewiseErr != nil { // One may be stricter with what no store writes.
			return
		}
		if diff := cmp.Diff(whole, bytewise, cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
			t.Error(diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	over := series.New(noon, noon.Add(720*30*time.Second), 30*time.Second)
	body := matrix(over, random(240, over.Len()))
	numbers := 240 * over.Len()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(bytes.NewReader(body), over, limits{series: 1000, held: unlimited()}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*numbers), "ns/number")
}
