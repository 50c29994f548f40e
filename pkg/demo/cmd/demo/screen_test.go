package main

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// number is a number in a frame.
func number(x float64) *float64 { return &x }

// answer is what the plugin might say of a shop with one flow, whose SLI is missing.
func answer() *backend.QueryDataResponse {
	frame := func(fields ...*data.Field) backend.DataResponse {
		f := data.NewFrame("", fields...)
		f.Meta = &data.FrameMeta{Notices: []data.Notice{{Text: "checkout/p99: no telemetry"}}}
		return backend.DataResponse{Frames: data.Frames{f}}
	}
	return &backend.QueryDataResponse{Responses: backend.Responses{
		"overall": frame(
			data.NewField("title", nil, []string{"shop"}), data.NewField("score", nil, []*float64{number(.9)}),
			data.NewField("objective", nil, []*float64{number(.95)})),
		"flow": frame(
			data.NewField("flow", nil, []string{"checkout"}), data.NewField("score", nil, []*float64{number(.99)}),
			data.NewField("objective", nil, []*float64{number(.95)}), data.NewField("weight", nil, []*float64{number(1)})),
		"sli": frame(
			data.NewField("flow", nil, []string{"checkout", "search"}), data.NewField("sli", nil, []string{"p99", "fast"}),
			data.NewField("value", nil, []*float64{number(.25), nil}), data.NewField("unit", nil, []string{"s", "s"})),
	}}
}

func TestPage(t *testing.T) {
	ts, err := tablesOf(answer())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local)
	lines := strings.Split(page{tables: ts, at: at}.String(), "\n")
	want := []string{
		"How are our users doing?  12:00:00",
		"SCORE 1H OBJECTIVE COVERAGE VALUE IMPACT WEIGHT EVENTS/S",
		"cer shop 0.9000 - 0.95 - - - - -",
		"checkout 0.9900 - 0.95 - - - 100% -",
		"p99 - - - - 0.25 s - - -",
		"note: checkout/p99: no telemetry",
	}
	var got []string
	for _, line := range lines {
		if words := strings.Fields(line); len(words) > 0 {
			got = append(got, strings.Join(words, " "))
		}
	}
	want[0] = strings.Join(strings.Fields(want[0]), " ")
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the page is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestScoresAreColouredByTheirObjectiveOnATerminal(t *testing.T) {
	ts, err := tablesOf(answer())
	if err != nil {
		t.Fatal(err)
	}
	text := page{tables: ts, colours: true}.String()
	if !strings.Contains(text, "\x1b[31m  0.9000\x1b[0m") || !strings.Contains(text, "\x1b[32m  0.9900\x1b[0m") {
		t.Errorf("the page has other colours:\n%q", text)
	}
}

func TestAnErrorOfThePluginEndsTheDemo(t *testing.T) {
	bad := answer()
	bad.Responses["sli"] = backend.ErrDataResponse(backend.StatusBadGateway, "the store is gone")
	if _, err := tablesOf(bad); err == nil || !strings.Contains(err.Error(), "the store is gone") {
		t.Errorf("the error is %v", err)
	}
}
