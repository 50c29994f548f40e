package findings

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/command"
)

// fenced is a fenced block of Markdown: its language and its text.
var fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// fileName is the first line of a file in the page.
var fileName = regexp.MustCompile(`^# (\w+\.yaml)\n`)

// TestStepsOfMigrating runs the commands of docs/migrating.md on a day of requests.
func TestStepsOfMigrating(t *testing.T) {
	try(t, catalog("flows: [{ name: x, slis: [{ name: x, probe: { selector: up } }] }]"), nil, migratingSeries()...).follows("migrating.md", 12)
}

// follows runs the commands of a page of docs one after the other, of which there are some at least, on the files that the page shows,
// and compares what they print with the blocks behind them: YAML is standard output, and other text is the rest, or all of it.
func (tr *trial) follows(name string, least int) {
	t := tr.t.(*testing.T)
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var stdout, all string
	shown := false
	steps := 0
	for _, block := range fenced.FindAllStringSubmatch(string(page), -1) {
		language, text := block[1], block[2]
		file := fileName.FindStringSubmatch(text)
		switch {
		case file != nil:
			if err := os.WriteFile(file[1], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		case language == "sh":
			stdout, all, shown = "", "", false
			for line := range strings.Lines(text) {
				out, both := tr.step(t, strings.TrimSpace(line))
				stdout, all = stdout+out, all+both
				steps++
			}
		case language == "yaml":
			if shown = text == stdout; !shown {
				t.Errorf("it prints\n%s\nand the page says\n%s", stdout, text)
			}
		default:
			want := text
			if shown {
				want = stdout + text
			}
			if want != all {
				t.Errorf("it prints\n%s\nand the page says\n%s", all, text)
			}
		}
	}
	if steps < least {
		t.Errorf("the page has %d commands", steps)
	}
}

// step runs a command of the page, which has to succeed, and returns its standard output, and all that it prints.
func (tr *trial) step(t *testing.T, line string) (stdout, all string) {
	t.Helper()
	arguments, isCer := strings.CutPrefix(strings.ReplaceAll(line, "http://localhost:9090", tr.store.URL()), "cer ")
	if !isCer {
		t.Fatalf("%s is no command of cer", line)
	}
	var out, both bytes.Buffer
	code := command.Run(context.Background(), strings.Fields(arguments), command.Environment{
		Stdin: strings.NewReader(""), Stdout: &tee{&out, &both}, Stderr: &both, Getenv: func(name string) string {
			return map[string]string{"CER_TIMEOUT": "10m"}[name] // However busy the machine is.
		}, Now: func() time.Time { return noon },
	})
	if code != 0 {
		t.Errorf("%s ends with %d:\n%s", line, code, both.String())
	}
	return out.String(), both.String()
}

// tee writes into two buffers.
type tee struct{ a, b *bytes.Buffer }

// Write writes into both.
func (w *tee) Write(p []byte) (int, error) {
	w.a.Write(p)
	return w.b.Write(p)
}

// migratingSeries are the requests of a day of the services on the page.
func migratingSeries() []series {
	from := noon.Add(-25 * time.Hour)
	at := func(metric string, perSecond float64) series {
		return series{metric, from, noon, 30 * time.Second, counter(from, perSecond)}
	}
	record := func(metric string, share float64) series {
		return series{metric, from, noon, 30 * time.Second, constant(share)}
	}
	return []series{
		at(`orders_total{code="200"}`, 49.9), at(`orders_total{code="500"}`, .1),
		at(`search_seconds_bucket{region="eu",le="0.25"}`, 19.8), at(`search_seconds_bucket{region="eu",le="+Inf"}`, 20), at(`search_seconds_count{region="eu"}`, 20),
		at(`search_seconds_bucket{region="us",le="0.25"}`, 4), at(`search_seconds_bucket{region="us",le="+Inf"}`, 5), at(`search_seconds_count{region="us"}`, 5),
		at(`logins_total{outcome="ok"}`, 9.95), at(`logins_total{outcome="failed"}`, .05),
		at(`payments_total{outcome="ok"}`, 1.99), at(`payments_total{outcome="failed"}`, .01),
		record(`slo:sli_error:ratio_rate5m{sloth_id="checkout-orders",sloth_service="checkout",sloth_slo="orders",sloth_window="5m"}`, .002),
		record(`grafana_slo_sli_5m{grafana_slo_uuid="p4ym3nt5"}`, .995),
	}
}
