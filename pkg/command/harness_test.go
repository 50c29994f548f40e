package command_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/command"
)

// noon is the time of all tests.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// shop is a definition without faults.
const shop = `apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  objective: 0.95
  flows:
    - name: checkout
      objective: 0.99
      slis:
        - { name: success, ratio: { bad: 'r_total{code="500"}', total: r_total } }
`

// ran is what became of a run of the command.
type ran struct {
	t              *testing.T
	code           int
	stdout, stderr string
}

// machine is what a test runs the command on.
type machine struct {
	stdin     string
	variables map[string]string
	width     int
}

// run runs the command with arguments, which are separated by spaces.
func (m machine) run(t *testing.T, args string) ran {
	t.Helper()
	return m.with(t, strings.Fields(args)...)
}

// with runs the command with arguments.
func (m machine) with(t *testing.T, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := command.Run(context.Background(), args, command.Environment{
		Stdin: strings.NewReader(m.stdin), Stdout: &stdout, Stderr: &stderr, Width: m.width, Version: "1.2.3",
		Getenv: func(name string) string { return m.variables[name] }, Now: func() time.Time { return noon },
		Sleep: func(context.Context, time.Duration) {},
	})
	return ran{t, code, stdout.String(), stderr.String()}
}

// run runs the command on a machine with nothing of its own.
func run(t *testing.T, args string) ran {
	t.Helper()
	return machine{}.run(t, args)
}

// is fails the test unless the command ended with a code.
func (r ran) is(code int) ran {
	r.t.Helper()
	if r.code != code {
		r.t.Errorf("it ends with %d, want %d\nstdout:\n%s\nstderr:\n%s", r.code, code, r.stdout, r.stderr)
	}
	return r
}

// prints fails the test unless all of the standard output is a text.
func (r ran) prints(text string) ran {
	r.t.Helper()
	if r.stdout != text {
		r.t.Errorf("it prints\n%s\nwant\n%s\nstderr:\n%s", r.stdout, text, r.stderr)
	}
	return r
}

// says fails the test unless standard output or standard error has all texts.
func (r ran) says(texts ...string) ran {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stdout+r.stderr, text) {
			r.t.Errorf("it does not say %q\nstdout:\n%s\nstderr:\n%s", text, r.stdout, r.stderr)
		}
	}
	return r
}

// keeps fails the test if standard output or standard error has a secret.
func (r ran) keeps(secret string) ran {
	r.t.Helper()
	if strings.Contains(r.stdout+r.stderr, secret) {
		r.t.Errorf("it tells the secret %s\nstdout:\n%s\nstderr:\n%s", secret, r.stdout, r.stderr)
	}
	return r
}

// inFolder makes a folder with files the working directory of the test.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
