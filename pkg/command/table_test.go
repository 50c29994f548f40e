package command

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// table returns the answer of a table with columns of every sort.
func table(t *testing.T) answer {
	t.Helper()
	unit := func(name string) *data.FieldConfig { return &data.FieldConfig{Unit: name} }
	two, share, none, long := 2.0, .123456, (*float64)(nil), 5400.0
	f := data.NewFrame("",
		data.NewField("flow", nil, []string{"checkout", "search"}),
		data.NewField("state", nil, []*float64{&two, none}).SetConfig(unit("none")),
		data.NewField("score", nil, []*float64{&share, none}).SetConfig(unit("percentunit")),
		data.NewField("exhaustion", nil, []*float64{&long, none}).SetConfig(unit("s")),
		data.NewField("time", nil, []time.Time{time.Unix(0, 0), time.Unix(60, 0)}),
		data.NewField("slis", nil, []string{"success 100% of the loss\x1b[31m", "fast 60%, success 40%"}),
	)
	var a answer
	if err := a.add("flow", data.Frames{f}); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTables(t *testing.T) {
	tests := map[string]struct {
		width   int
		columns string
		want    string
	}{
		"no terminal": {0, "", `
FLOW      STATE      SCORE  EXHAUSTION  START              SLIS
checkout  page     0.12346       1h30m  1970-01-01 00:00Z  success 100% of the loss [31m
search    unknown        -           -  1970-01-01 00:01Z  fast 60%, success 40%`},
		"a wide terminal": {95, "flow slis", `
FLOW      SLIS
checkout  success 100% of the loss [31m
search    fast 60%, success 40%`},
		"a narrow terminal": {30, "flow score slis", `
FLOW        SCORE  SLIS
checkout  0.12346  success 10…
search          -  fast 60%, …`},
		"a terminal that is too narrow": {5, "flow score slis", `
FLOW        SCORE  SLIS
checkout  0.12346  success …
search          -  fast 60%…`},
		"columns that are not there": {0, "flow region state", `
FLOW      STATE
checkout  page
search    unknown`},
	}
	for name, test := range tests {
		a := table(t)
		var out strings.Builder
		if err := a.writeTable(&out, test.width, strings.Fields(test.columns)...); err != nil {
			t.Fatal(err)
		}
		if want := strings.TrimPrefix(test.want, "\n") + "\n"; out.String() != want {
			t.Errorf("%s: it prints\n%s\nwant\n%s", name, out.String(), want)
		}
	}
}

// A row that has a status shows it as its state: a maintenance is not ok, though its number is.
func TestTheStatusOfARowIsItsState(t *testing.T) {
	ok := 0.0
	f := data.NewFrame("", data.NewField("flow", nil, []string{"checkout", "search"}), data.NewField("state", nil, []*float64{&ok, nil}),
		data.NewField("status", nil, []string{"maintenance", "unknown"}))
	var a answer
	if err := a.add("flow", data.Frames{f}); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := a.writeTable(&out, 0, "flow", "state"); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "FLOW      STATE\ncheckout  maintenance\nsearch    unknown\n"; got != want {
		t.Errorf("it prints\n%swant\n%s", got, want)
	}
}

func TestTimes(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"0s": now, "24h": now.Add(-24 * time.Hour), "7d": now.Add(-7 * 24 * time.Hour), "2026-03-04T13:00:00+02:00": now.Add(-time.Hour),
		"2026-03-04": now.Add(-12 * time.Hour), "1772625600": now, "1772625600.5": now.Add(time.Second / 2),
	} {
		if got, err := timeOf("at", text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s is %s (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "now", "-1h", "12:00", `"1"`} {
		if got, err := timeOf("at", text, now); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestNumbersAreWrittenByTheirUnits(t *testing.T) {
	for _, test := range []struct {
		name, unit string
		v          float64
		want       string
	}{
		{"score", "percentunit", .999, "0.99900"}, {"budget", "percentunit", -1.5, "-1.50000"}, {"burn", "none", 14.4, "14.4"}, {"burn", "none", 0, "0"},
		{"value", "s", .0425, "0.0425"}, {"exhaustion", "s", 90, "1m30s"}, {"exhaustion", "s", 3 * 86400, "3d"}, {"exhaustion", "s", 3*86400 - 1e-6, "3d"}, {"exhaustion", "s", -90, "-90"},
		{"traffic", "eps", 12345.678, "12346"}, {"state", "none", 0, "ok"}, {"state", "none", 1, "ticket"}, {"cost", "currencyEUR", .25, "0.25"},
		{"exhaustion", "s", math.Inf(1), "+Inf"},
	} {
		if got := (column{name: test.name, unit: test.unit}).numberText(test.v); got != test.want {
			t.Errorf("%s %v is %q, want %q", test.name, test.v, got, test.want)
		}
	}
}

// What is not a number is nothing that JSON could say.
func TestWhatIsNotANumberIsNull(t *testing.T) {
	unknown := math.NaN()
	var a answer
	if err := a.add("flow", data.Frames{data.NewFrame("", data.NewField("flow", nil, []string{"checkout"}), data.NewField("timeToRecover", nil, []*float64{&unknown}))}); err != nil {
		t.Fatal(err)
	}
	var table, raw strings.Builder
	if err := errors.Join(a.writeTable(&table, 0, "flow", "timeToRecover"), a.writeJSON(&raw)); err != nil {
		t.Fatal(err)
	}
	if got := table.String(); got != "FLOW      TTR\ncheckout  -\n" || !strings.Contains(raw.String(), `"timeToRecover": null`) {
		t.Errorf("it prints\n%s\n%s", got, raw.String())
	}
}
