package board_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
)

// panelOf returns a panel by its JSON.
func panelOf(t *testing.T, text string) board.Panel {
	t.Helper()
	var p board.Panel
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// numbers is a frame of one number a row, null for NaN.
func numbers(config *data.FieldConfig, values ...float64) *data.Frame {
	nullable := make([]*float64, len(values))
	for i := range values {
		if values[i] == values[i] {
			nullable[i] = &values[i]
		}
	}
	return data.NewFrame("", data.NewField("score", nil, nullable).SetConfig(config))
}

// objective colours numbers red below 0.95 and green from there on.
var objective = &data.FieldConfig{Thresholds: &data.ThresholdsConfig{Mode: data.ThresholdsModeAbsolute,
	Steps: []data.Threshold{data.NewThreshold(math.Inf(-1), "red", ""), data.NewThreshold(.95, "green", "")}}}

// What Grafana 10.1.5 shows was looked up in its sources: getDisplayProcessor, getValueMappingResult, setFieldConfigDefaults.
func TestPanelsShowWhatGrafanaShows(t *testing.T) {
	unknown := `"mappings":[{"type":"special","options":{"match":"null+nan","result":{"text":"unknown","color":"text"}}}]`
	tests := map[string]struct {
		panel  string
		frames data.Frames
		want   []board.Cell
	}{
		"a stat that states nothing is green": {`{"type":"stat"}`, nil, []board.Cell{{Text: "No data", Colour: "green"}}},
		"a text for no value": {`{"type":"stat","fieldConfig":{"defaults":{"noValue":"unknown","thresholds":{"steps":[{"color":"text","value":null}]}}}}`, nil,
			[]board.Cell{{Text: "unknown", Colour: "text"}}},
		"the thresholds of the field go before those of the panel": {`{"type":"stat","fieldConfig":{"defaults":{"thresholds":{"steps":[{"color":"blue","value":null}]}}}}`,
			data.Frames{numbers(objective, .94), numbers(objective, .95)}, []board.Cell{{Of: "score", Value: .94, Text: "0.94", Colour: "red"}, {Of: "score", Value: .95, Text: "0.95", Colour: "green"}}},
		"a null has the colour below all thresholds": {`{"type":"gauge"}`, data.Frames{numbers(objective, math.NaN())}, []board.Cell{{Of: "score", Colour: "red"}}},
		"unless a mapping has another": {`{"type":"gauge","fieldConfig":{"defaults":{` + unknown + `}}}`, data.Frames{numbers(objective, math.NaN())},
			[]board.Cell{{Of: "score", Text: "unknown", Colour: "text"}}},
		"overrides go before all": {`{"type":"bargauge","fieldConfig":{"overrides":[{"matcher":{"id":"byName","options":"score"},"properties":[{"id":"displayName","value":"Score"},{"id":"color","value":{"mode":"fixed","fixedColor":"blue"}}]}]}}`,
			data.Frames{numbers(objective, 1)}, []board.Cell{{Of: "Score", Value: 1.0, Text: "1", Colour: "blue"}}},
		"the newest number, or the newest that is one": {`{"type":"stat","options":{"reduceOptions":{"calcs":["lastNotNull"]},"colorMode":"none"}}`,
			data.Frames{numbers(nil, .5, math.NaN())}, []board.Cell{{Of: "score", Value: .5, Text: "0.5"}}},
		"cells of tables have a colour where the panel says so": {`{"type":"table","fieldConfig":{"overrides":[{"matcher":{"id":"byRegexp","options":"/sco.*/"},"properties":[{"id":"custom.cellOptions","value":{"type":"color-text"}}]}]}}`,
			data.Frames{numbers(objective, .1), data.NewFrame("", data.NewField("title", nil, []string{"", "b"}))},
			[]board.Cell{{Of: "score", Value: .1, Text: "0.1", Colour: "red"}, {Of: "title", Value: ""}, {Of: "title", Value: "b", Text: "b"}}},
		"columns that are hidden": {`{"type":"table","fieldConfig":{"defaults":{"custom":{"hidden":true},"noValue":"nothing"}}}`, data.Frames{numbers(nil, 1)}, []board.Cell{{Text: "nothing"}}},
		"gaps are not drawn": {`{"type":"state-timeline","fieldConfig":{"defaults":{"color":{"mode":"thresholds"}}}}`,
			data.Frames{data.NewFrame("", data.NewField("time", nil, []time.Time{{}, {}}), numbers(objective, math.NaN(), 1).Fields[0])},
			[]board.Cell{{Of: "score", Value: 1.0, Text: "1", Colour: "green"}}},
		"but for a text that JavaScript reads as a number": {`{"type":"timeseries","fieldConfig":{"defaults":{"noValue":"Choose a flow"},"overrides":[{"matcher":{"id":"byRegexp","options":"/.*/"},"properties":[{"id":"noValue","value":""}]}]}}`,
			data.Frames{numbers(objective, math.NaN(), 1)}, []board.Cell{{Of: "score", Value: board.Filler(0), Text: "0"}, {Of: "score", Value: 1.0, Text: "1"}}},
		"infinity is a number": {`{"type":"stat"}`, data.Frames{numbers(objective, math.Inf(1))}, []board.Cell{{Of: "score", Value: math.Inf(1), Text: "+Inf", Colour: "green"}}},
		"fields that are chosen": {`{"type":"bargauge","options":{"reduceOptions":{"values":true},"valueMode":"text"},"transformations":[{"id":"filterFieldsByName","options":{"include":{"names":["impact"]}}}]}`,
			data.Frames{data.NewFrame("", data.NewField("score", nil, []float64{1}), data.NewField("impact", nil, []float64{2, 3}[:1]))}, []board.Cell{{Of: "impact", Value: 2.0, Text: "2"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := panelOf(t, test.panel).Show(test.frames)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("it shows %v, want %v (%v)", got, test.want, err)
			}
		})
	}
}

func TestMappingsGiveTextsAndColours(t *testing.T) {
	panel := panelOf(t, `{"type":"table","fieldConfig":{"defaults":{"mappings":[
		{"type":"value","options":{"2":{"text":"page","color":"red"},"open":{"text":"opened"}}},
		{"type":"range","options":{"from":10,"to":20,"result":{"text":"ten"}}},
		{"type":"regex","options":{"pattern":"http.+","result":{"text":"link"}}},
		{"type":"special","options":{"match":"empty","result":{"text":"ongoing"}}}]}}}`)
	frame := data.NewFrame("", data.NewField("n", nil, []float64{2, 15, 30}), data.NewField("s", nil, []string{"open", "https://x", ""}))
	cells, err := panel.Show(data.Frames{frame})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, cell := range cells {
		texts = append(texts, cell.Text)
	}
	if want := []string{"page", "ten", "30", "opened", "link", "ongoing"}; !slices.Equal(texts, want) {
		t.Errorf("the texts are %q, want %q", texts, want)
	}
}

func TestVariablesAreFilledInAsGrafanaDoes(t *testing.T) {
	variables := board.Variables{"flow": nil, "sli": {"a", "b"}, "split": {"region"}, "gate": {""}}
	for target, want := range map[string]string{
		`{"flows":["$flow"],"slis":["$sli"],"q":[0.5],"datasource":{"uid":"x"}}`: `{"q":[0.5],"slis":["a","b"]}`,
		`{"by":["$split"],"legend":"{{$split}}"}`:                                `{"by":["region"],"legend":"{{region}}"}`,
		`{"slis":[],"by":[],"window":"$__interval"}`:                             `{"window":"$__interval"}`,
		`{"gate":"$gate"}`:   "not asked",
		`{"by":["$gate"]}`:   "not asked",
		`{"by":["$other"]}`:  "there is no value of the variable $other",
		`{"since":"$other"}`: "there is no value of the variable $other",
	} {
		var fields map[string]any
		if err := json.Unmarshal([]byte(target), &fields); err != nil {
			t.Fatal(err)
		}
		got, asked, err := variables.Fill(fields)
		if err != nil {
			got = fmt.Sprint(err)
		} else if !asked {
			got = "not asked"
		}
		if got != want {
			t.Errorf("%s is filled in as %s, want %s", target, got, want)
		}
	}
}

func TestWhatIsNotSupportedIsAnError(t *testing.T) {
	frames := data.Frames{data.NewFrame("", data.NewField("s", nil, []string{"x"}))}
	mapping := func(text string) string {
		return `{"type":"table","fieldConfig":{"defaults":{"mappings":[` + text + `]}}}`
	}
	override := func(text string) string {
		return `{"type":"table","fieldConfig":{"overrides":[{"matcher":` + text + `}]}}`
	}
	for panel, want := range map[string]string{
		`{"title":"a","type":"piechart"}`:                     "a: panels of the type piechart are not supported",
		override(`{"id":"byFrameRefID","options":"A"}`):       "overrides by byFrameRefID are not supported",
		override(`{"id":"byRegexp","options":"/(/"}`):         "missing closing )",
		mapping(`{"type":"colour"}`):                          `mappings of the type "colour" are not supported`,
		mapping(`{"type":"value","options":7}`):               "cannot unmarshal number",
		mapping(`{"type":"range","options":7}`):               "cannot unmarshal number",
		mapping(`{"type":"regex","options":{"pattern":"("}}`): "missing closing )",
	} {
		if cells, err := panelOf(t, panel).Show(frames); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s shows %v and the error %v, want %q", panel, cells, err, want)
		}
	}
}

func TestDashboardsThatCannotBeReadAreAnError(t *testing.T) {
	dir := t.TempDir()
	if _, err := board.Load(dir); err == nil || !strings.Contains(err.Error(), "there are no dashboards in "+dir) {
		t.Errorf("an empty directory is the error %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := board.Load(dir); err == nil || !strings.Contains(err.Error(), "x.json: ") {
		t.Errorf("a file that is not JSON is the error %v", err)
	}
}
