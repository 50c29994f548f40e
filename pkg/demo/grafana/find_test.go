package grafana

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// installed writes empty files that make a directory look like an installation.
func installed(t *testing.T, files ...string) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range files {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func TestAGrafanaIsFoundInOrder(t *testing.T) {
	current := installed(t, "bin/grafana", "bin/grafana-server", "conf/defaults.ini")
	old := installed(t, "bin/grafana-server")
	brewed := installed(t, "bin/grafana", "share/grafana/conf/defaults.ini")
	incomplete := installed(t, "bin/grafana")
	tests := map[string]struct {
		home, onPath string
		docker       []string // the commands that answer
		want         Found
		none         bool
	}{
		"at GRAFANA_HOME":                     {home: current, want: Found{filepath.Join(current, "bin/grafana"), current}},
		"at GRAFANA_HOME, of the old kind":    {home: old, want: Found{filepath.Join(old, "bin/grafana-server"), old}},
		"at GRAFANA_HOME before the PATH":     {home: current, onPath: brewed + "/bin/grafana", want: Found{filepath.Join(current, "bin/grafana"), current}},
		"on the PATH, where it was unpacked":  {onPath: current + "/bin/grafana", want: Found{current + "/bin/grafana", current}},
		"on the PATH, with its share":         {onPath: brewed + "/bin/grafana", want: Found{brewed + "/bin/grafana", brewed + "/share/grafana"}},
		"on the PATH before docker":           {onPath: current + "/bin/grafana", docker: []string{"compose", "info"}, want: Found{current + "/bin/grafana", current}},
		"in docker compose":                   {docker: []string{"compose", "info"}},
		"docker without its engine":           {docker: []string{"compose"}, none: true},
		"docker without compose":              {docker: []string{"info"}, none: true},
		"a program on the PATH without files": {onPath: incomplete + "/bin/grafana", none: !exists(packaged)},
		"nothing":                             {none: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := Machine{
				Home: test.home,
				LookPath: func(string) (string, error) {
					if test.onPath == "" {
						return "", errors.New("not found")
					}
					return test.onPath, nil
				},
				Answers: func(_ context.Context, _ string, args ...string) bool {
					return strings.Contains(strings.Join(test.docker, " "), args[0])
				},
			}
			got, found, err := Find(t.Context(), m)
			if err != nil || found == test.none || found && got != test.want {
				t.Errorf("found is %v: %+v (%v), want %+v", found, got, err, test.want)
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestAWrongHomeIsSaid(t *testing.T) {
	_, _, err := Find(t.Context(), Machine{Home: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "neither bin/grafana nor bin/grafana-server") {
		t.Errorf("the error is %v", err)
	}
}

func TestACommandAnswersWhereItSucceeds(t *testing.T) {
	if !answersWithin(t.Context(), 10*time.Minute, os.Args[0], "-test.run=^$") {
		t.Error("this test's own program does not answer")
	}
	if answersWithin(t.Context(), 10*time.Minute, filepath.Join(t.TempDir(), "docker"), "info") {
		t.Error("a program that does not exist answers")
	}
}
