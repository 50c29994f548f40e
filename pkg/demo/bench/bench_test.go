package bench

import (
	"bytes"
	"encoding/xml"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// root is the repository.
var root = filepath.Join("..", "..", "..")

// executable returns the path of the plugin's binary: that of the build which CER_PLUGIN_DIST names, or else one that
// is built for the test.
func executable(t *testing.T) string {
	t.Helper()
	if dist := os.Getenv("CER_PLUGIN_DIST"); dist != "" {
		return pluginhost.Executable(dist)
	}
	built := pluginhost.Executable(t.TempDir())
	build := exec.Command("go", "build", "-o", built, "./pkg")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the plugin can't be built: %v\n%s", err, output)
	}
	return built
}

// Times are not looked at: they say nothing of a run as short as this.
func TestAQuickRunMeasuresEverything(t *testing.T) {
	report, err := Run(t.Context(), Config{Executable: executable(t), Root: root, Quick: true, Say: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"panel, cold", "panel, cold", "panel, cold, with known histograms", "panel, refreshed after 8s",
		"executive dashboard, opened cold", "executive dashboard, refreshed",
		"budget and burn rates, cold", "budget and burn rates, refreshed",
		"40 alert rules, first evaluation", "40 alert rules, every minute",
	}
	var got []string
	for _, c := range report.Cases {
		got = append(got, c.Name)
		checkCase(t, c)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the cases are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(report.Sizes) != 13 {
		t.Errorf("there are %d sizes, want 13: %v", len(report.Sizes), report.Sizes)
	}
	checkGrowth(t, report.Growth)
	checkPages(t, report)
}

// checkCase checks that both sides were measured, and that the plugin does not read more of the store.
func checkCase(t *testing.T, c Case) {
	t.Helper()
	refreshed := strings.Contains(c.Name, "refreshed") // Then nothing may be left to ask for.
	if c.Ours.Runs == 0 || c.Ours.Seconds <= 0 || !refreshed && (c.Ours.Samples == 0 || c.Ours.Requests == 0) {
		t.Errorf("%s: the plugin was not measured: %+v", c.Name, c.Ours)
	}
	if c.Theirs.Runs == 0 || c.Theirs.Seconds <= 0 || c.Theirs.Samples == 0 || c.Theirs.Requests == 0 {
		t.Errorf("%s: %s was not measured: %+v", c.Name, c.Instead, c.Theirs)
	}
	if c.Ours.Samples > c.Theirs.Samples {
		t.Errorf("%s: the plugin has the store read %g samples, and %s only %g", c.Name, c.Ours.Samples, c.Instead, c.Theirs.Samples)
	}
}

// checkGrowth checks that samples grow with the flows, but for the few by which their spacing is measured, which depend on the time.
func checkGrowth(t *testing.T, growth []Growth) {
	t.Helper()
	if len(growth) != len(quick.growth) {
		t.Fatalf("there are %d sizes of growth, want %d", len(growth), len(quick.growth))
	}
	for i, g := range growth {
		if g.Flows != quick.growth[i] || g.Seconds <= 0 || g.Requests == 0 || g.Numbers == 0 {
			t.Errorf("the panel of %d flows was not measured: %+v", quick.growth[i], g)
		}
		if samples := growth[0].Samples * float64(g.Flows) / float64(growth[0].Flows); math.Abs(g.Samples-samples) > .05*samples {
			t.Errorf("%d flows read %g samples, want %g", g.Flows, g.Samples, samples)
		}
	}
}

// checkPages checks that the report can be printed, and that its picture is one.
func checkPages(t *testing.T, report *Report) {
	t.Helper()
	var terminal, page, picture bytes.Buffer
	for _, err := range []error{report.Print(&terminal), report.Markdown(&page, "growth.svg"), report.Plot(&picture)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{terminal.String(), page.String()} {
		for _, want := range []string{"executive dashboard", "at most 0.7x the time", "memory at rest"} {
			if !strings.Contains(text, want) {
				t.Errorf("the report does not speak of %q:\n%s", want, text)
			}
		}
	}
	for _, want := range []string{"growth.svg", "`sum by (code, handler) (rate(http_requests_total{"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page does not have %q:\n%s", want, page.String())
		}
	}
	if err := xml.Unmarshal(picture.Bytes(), new(struct{})); err != nil {
		t.Errorf("the picture is no SVG: %v\n%s", err, picture.String())
	}
}

// TestPagesAreThoseOfTheReport compares the texts of docs/benchmarks.md, which a run writes, with those that a run writes now: all but the
// figures, and what another store says.
func TestPagesAreThoseOfTheReport(t *testing.T) {
	b := &bench{size: full, store: &store{}, panel: &subject{}, dashboard: &subject{}, budget: &subject{}, alerts: &subject{},
		growth: []grown{{flows: full.growth[0]}, {flows: full.growth[len(full.growth)-1]}}}
	want := []string{full.String(), reading, decoding}
	for _, c := range b.cases() {
		want = append(want, "| "+c.Name+" |", "| "+c.Instead+" | "+texts(c.Goals)+" |")
	}
	for _, table := range (&Report{}).tables() {
		want = append(want, "| "+strings.Join(table[0], " | ")+" |")
	}
	for _, name := range []string{"benchmarks.md", "benchmarks-elsewhere.md"} {
		page, err := os.ReadFile(filepath.Join(root, "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(string(page), text) {
				t.Errorf("docs/%s does not have what a report says:\n%s", name, text)
			}
		}
	}
}
