package command_test

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	for _, command := range []string{"check", "expand", "score", "status", "incidents", "incident", "gate", "discover", "calibrate", "backtest", "diff", "import", "preset list", "preset show", "version"} {
		r := run(t, command+" --help").is(0).says("Usage:\n  cer "+command, "Examples:\n  ")
		if strings.Contains(r.stdout, "\t") {
			t.Errorf("the help of %s has tabs", command)
		}
		for line := range strings.Lines(r.stdout) {
			if len(line) > 170 {
				t.Errorf("the help of %s has a long line: %s", command, line)
			}
		}
	}
	run(t, "").is(0).says("Available Commands:")
	run(t, "score --help").says("[$CER_STORE]", "$CER_GRAFANA_TOKEN")
	run(t, "version").is(0).prints("cer 1.2.3\n")
	run(t, "chekc").is(3).says(`unknown command "chekc"`)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		run(t, "completion "+shell).is(0).says("cer")
	}
	machine{}.with(t, "__complete", "check", "--output", "").is(0).says("human\njson\nsarif\ngithub\n")
	machine{}.with(t, "__complete", "score", "--measure", "bu").is(0).says("budget\nburn\n")
}

func TestTablesFitTheTerminal(t *testing.T) {
	address, _ := grafana(t)
	with := machine{variables: map[string]string{"CER_GRAFANA_TOKEN": secret, "CER_GRAFANA": address, "CER_DATASOURCE": "cer"}}
	with.run(t, "score --flow checkout").prints("FLOW        SCORE\ncheckout  0.50000\n")
	with.width = 16
	with.run(t, "score --flow checkout").prints("FLOW        SCORE\ncheckout  0.50000\n") // Numbers and short names are kept.
}
