package process

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

func TestTimeseries(t *testing.T) {
	frames := newSource(shop.URL(), shopDefinition).frames(t, over(10*time.Minute, 12*time.Minute, `{"level":"flow"}`))
	checkOrigin(t, frames, data.FrameTypeTimeSeriesMulti, at(12*time.Minute))
	for _, frame := range frames {
		if len(frame.Fields) != 2 || frame.Fields[0].Name != "time" || frame.Fields[1].Name != "score" {
			t.Fatalf("the fields are %v", frame.Fields)
		}
		for i := range 3 {
			if got, want := frame.Fields[0].At(i), at(time.Duration(10+i)*time.Minute); !got.(time.Time).Equal(want) {
				t.Errorf("the instant %d is %v, want %v", i, got, want)
			}
		}
	}
	config := frames[0].Fields[1].Config
	if config.DisplayNameFromDS != "Checkout" || config.Unit != "percentunit" || config.Min != nil || config.Max != nil {
		t.Errorf("the config is %+v", config)
	}
	if steps := config.Thresholds.Steps; len(steps) != 2 || steps[0].Color != "red" || steps[1].Color != "green" || steps[1].Value != 0.99 {
		t.Errorf("the thresholds are %+v, want the objective 0.99", steps)
	}
}

func TestLatestIsWhatAThresholdReads(t *testing.T) {
	frames := newSource(shop.URL(), shopDefinition).frames(t, over(10*time.Minute, 12*time.Minute, `{"level":"sli","format":"latest"}`))
	checkOrigin(t, frames, data.FrameTypeNumericMulti, at(12*time.Minute))
	for _, frame := range frames {
		if len(frame.Fields) != 1 || frame.Fields[0].Len() != 1 {
			t.Errorf("an instant has one field of one number, not %v", frame.Fields)
		}
	}
	want := data.Labels{"flow": "checkout", "component": "availability", "sli": "success"}
	if labels := frames[0].Fields[0].Labels; !labels.Equals(want) {
		t.Errorf("the labels are %s, want %s", labels, want)
	}
}

// cells are the columns of a table by their names.
func cells(t *testing.T, frame *data.Frame) map[string][]any {
	t.Helper()
	columns := map[string][]any{}
	for _, field := range frame.Fields {
		for i := range field.Len() {
			value, ok := field.ConcreteAt(i)
			if !ok {
				value = nil
			}
			columns[field.Name] = append(columns[field.Name], value)
		}
	}
	return columns
}

func TestTable(t *testing.T) {
	// At 10 m the scores are those of before 30 m, at 40 m those from 35 m on.
	tests := map[string]struct {
		json string
		want map[string][]any
	}{
		"of the whole": {`{"format":"table"}`, map[string][]any{
			"title": {"shop"}, "score": {0.73}, "change": {-0.025}, "changePoints": {-2.5}, "objective": {0.95}, "coverage": {1.0}, "traffic": {14.0},
		}},
		"of flows": {`{"format":"table","level":"flow"}`, map[string][]any{
			"flow": {"checkout", "search", "login"}, "title": {"Checkout", "search", "login"},
			"score": {0.725, 0.725, 0.75}, "change": {-0.05, 0.0, 0.0}, "changePoints": {-5.0, 0.0, 0.0}, "objective": {0.99, 0.95, 0.95},
			"impact": {0.1375, 0.0825, 0.05}, "impactPoints": {13.75, 8.25, 5.0}, "coverage": {1.0, 1.0, 1.0}, "weight": {0.5, 0.3, 0.2}, "traffic": {10.0, 4.0, nil},
			"owner": {"payments", "", ""}, "runbook": {"https://runbooks.example/checkout", "", ""},
		}},
		"of the components of a flow": {`{"format":"table","level":"component","flows":["search"]}`, map[string][]any{
			"flow": {"search", "search"}, "title": {"search", "search"}, "component": {"latency", "dependency"},
			"score": {0.75, 0.7}, "change": {0.0, 0.0}, "changePoints": {0.0, 0.0}, "objective": {0.95, 0.95}, "impact": {0.0375, 0.045}, "impactPoints": {3.75, 4.5},
			"coverage": {1.0, 1.0}, "weight": {0.5, 0.5}, "owner": {"", ""}, "runbook": {"", ""},
		}},
		"of SLIs": {`{"format":"table","level":"sli","slis":["success","backlog"]}`, map[string][]any{
			"flow": {"checkout", "search"}, "title": {"Checkout", "search"}, "component": {"availability", "dependency"}, "sli": {"success", "backlog"}, "sliTitle": {"success", "backlog"},
			"score": {0.8, 0.7}, "change": {-0.1, 0.0}, "changePoints": {-10.0, 0.0}, "objective": {nil, nil}, "value": {0.8, 30.0},
			// A perfect success makes checkout (2 + 0.8 + 0.5)/4 = 0.825.
			"impact": {0.05, 0.045}, "impactPoints": {5.0, 4.5}, "coverage": {1.0, 1.0}, "weight": {0.5, 0.5}, "traffic": {10.0, nil}, "lag": {0.0, 0.0},
			"unit": {"percentunit", "none"}, "owner": {"payments", ""}, "runbook": {"https://runbooks.example/checkout", ""},
		}},
	}
	s := newSource(shop.URL(), shopDefinition)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			frames := s.frames(t, over(10*time.Minute, 40*time.Minute, test.json))
			checkOrigin(t, frames, data.FrameTypeTable, at(40*time.Minute))
			found := cells(t, frames[0])
			for column, want := range test.want {
				if !slices.EqualFunc(found[column], want, sameCell) {
					t.Errorf("the column %s is %v, want %v", column, found[column], want)
				}
			}
			for column := range found {
				if test.want[column] == nil {
					t.Errorf("nobody wants the column %s", column)
				}
			}
		})
	}
}

// sameCell reports whether cells are equal, numbers to 1e-9.
func sameCell(a, b any) bool {
	x, ok := a.(float64)
	y, too := b.(float64)
	if ok && too {
		return math.Abs(x-y) <= 1e-9
	}
	return a == b
}

func TestDefinitionShowsWhatIsAsked(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	frames := s.frames(t, over(10*time.Minute, 12*time.Minute, `{"format":"definition","flows":["checkout"]}`))
	checkOrigin(t, frames, data.FrameTypeTable, at(12*time.Minute))
	found := cells(t, frames[0])
	want := map[string][]any{
		"sli":     {"checkout/success", "checkout/success", "checkout/fast", "checkout/fast", "checkout/p60", "checkout/p60"},
		"formula": {"1 - #1/#0", "1 - #1/#0", "#3/#2", "#3/#2", "#4 of #2", "#4 of #2"},
		"leaf":    {int64(1), int64(0), int64(3), int64(2), int64(4), int64(2)},
		"window":  {"5m", "5m", "5m", "5m", "5m", "5m"},
	}
	for column, cells := range want {
		if !slices.Equal(found[column], cells) {
			t.Errorf("the column %s is %v, want %v", column, found[column], cells)
		}
	}
	if asked, want := found["promql"][0], `sum(rate(requests_total{code=~"5..",job="shop"}[5m]))`; asked != want {
		t.Errorf("the first expression is %s, want %s", asked, want)
	}
}

func TestExecutedQueryIsThePromQLThatIsSent(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	frames := s.frames(t, over(10*time.Minute, 12*time.Minute, `{"level":"sli","flows":["checkout","search"]}`))
	want := []string{
		`sum by (code) (rate(requests_total{job="shop"}[5m]))`,
		`sum by (le) (rate(request_duration_seconds_bucket{job="shop"}[5m]))`,
		`histogram_count(sum(rate(search_duration_seconds{job="shop"}[5m])))`,
		`histogram_fraction(-Inf, 1, sum(rate(search_duration_seconds{job="shop"}[5m])))`,
		`max(backlog{job="shop"})`,
	}
	if asked := executed(t, frames); !slices.Equal(asked, want) {
		t.Errorf("asked was\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
	for _, frame := range frames[1:] {
		if frame.Meta.ExecutedQueryString != "" || len(frame.Meta.Notices) > 0 {
			t.Error("what is said once is said again on another frame")
		}
	}
}

func TestLegend(t *testing.T) {
	tests := map[string]struct {
		json string
		want []string
	}{
		"of the whole":              {`{}`, []string{"cer shop"}},
		"of flows":                  {`{"level":"flow","flows":["search","login"]}`, []string{"search", "login"}},
		"of components":             {`{"level":"component","flows":["search"]}`, []string{"search / latency", "search / dependency"}},
		"of SLIs":                   {`{"level":"sli","flows":["search"]}`, []string{"search / fast", "search / backlog"}},
		"by a template":             {`{"level":"sli","flows":["search"],"legend":"{{sli}} of {{ flow }}"}`, []string{"fast of search", "backlog of search"}},
		"by a label that is absent": {`{"level":"flow","flows":["search"],"legend":"{{flow}}{{region}}!"}`, []string{"search!"}},
		"by a template left open":   {`{"legend":"cer {{"}`, []string{"cer {{"}},
	}
	s := newSource(shop.URL(), shopDefinition)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var names []string
			for _, frame := range s.frames(t, over(10*time.Minute, 12*time.Minute, test.json)) {
				names = append(names, frame.Fields[1].Config.DisplayNameFromDS)
			}
			if !slices.Equal(names, test.want) {
				t.Errorf("the names are %q, want %q", names, test.want)
			}
		})
	}
}

func TestNoDataIsATypedFrameWithoutFields(t *testing.T) {
	tests := map[string]struct {
		json string
		kind data.FrameType
	}{
		"over time":  {`{"components":["security"]}`, data.FrameTypeTimeSeriesMulti},
		"now":        {`{"components":["security"],"format":"latest"}`, data.FrameTypeNumericMulti},
		"as a table": {`{"level":"sli","components":["security"],"format":"table"}`, data.FrameTypeTable},
	}
	s := newSource(shop.URL(), shopDefinition)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			frames := s.frames(t, over(10*time.Minute, 12*time.Minute, test.json))
			checkOrigin(t, frames, test.kind, at(12*time.Minute))
			if len(frames) != 1 || len(frames[0].Fields) != 0 {
				t.Errorf("the frames are %v", frames)
			}
		})
	}
}
