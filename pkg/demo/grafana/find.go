package grafana

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Hint says in one line how to get a Grafana that is found.
const Hint = "No Grafana was found. Set GRAFANA_HOME to an unpacked Grafana 10.1 or later (https://grafana.com/grafana/download), " +
	"put a grafana on the PATH, or start docker; the demo does the rest."

// Found is a Grafana that can be started.
type Found struct {
	// Executable is the program; "" where it runs in docker compose.
	Executable string
	// Home is the directory of its conf and public.
	Home string
}

// String says where it was found.
func (f Found) String() string {
	if f.inDocker() {
		return "Grafana in docker compose"
	}
	return "Grafana of " + f.Home
}

func (f Found) inDocker() bool { return f.Executable == "" }

// Machine is what is looked at to find a Grafana.
type Machine struct {
	// Home is the value of GRAFANA_HOME.
	Home string
	// LookPath finds a program on the PATH.
	LookPath func(string) (string, error)
	// Answers says whether a command succeeds soon.
	Answers func(ctx context.Context, name string, args ...string) bool
}

// ThisMachine is the machine that the demo runs on.
func ThisMachine() Machine {
	return Machine{Home: os.Getenv("GRAFANA_HOME"), LookPath: exec.LookPath, Answers: answers}
}

// Find looks for a Grafana at GRAFANA_HOME, then on the PATH, then for docker compose with an engine that answers. It
// fails where GRAFANA_HOME is set to a place that has none, and returns false where there is nothing.
func Find(ctx context.Context, m Machine) (Found, bool, error) {
	if m.Home != "" {
		return atHome(m.Home)
	}
	if executable, err := m.LookPath("grafana"); err == nil {
		if home, ok := homeOf(executable); ok {
			return Found{Executable: executable, Home: home}, true, nil
		}
	}
	if m.Answers(ctx, "docker", "compose", "version") && m.Answers(ctx, "docker", "info") {
		return Found{}, true, nil
	}
	return Found{}, false, nil
}

// atHome finds the program of an unpacked Grafana.
func atHome(home string) (Found, bool, error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return Found{}, false, err
	}
	for _, name := range []string{"grafana", "grafana.exe", "grafana-server", "grafana-server.exe"} {
		executable := filepath.Join(home, "bin", name)
		if info, err := os.Stat(executable); err == nil && !info.IsDir() {
			return Found{Executable: executable, Home: home}, true, nil
		}
	}
	return Found{}, false, fmt.Errorf("GRAFANA_HOME is %s, which has neither bin/grafana nor bin/grafana-server", home)
}

// packaged is where packages for Linux put Grafana's home.
const packaged = "/usr/share/grafana"

// homeOf finds the home of a program on the PATH: where it was unpacked, or where packages put it.
func homeOf(executable string) (string, bool) {
	if target, err := filepath.EvalSymlinks(executable); err == nil {
		executable = target
	}
	unpacked := filepath.Dir(filepath.Dir(executable))
	for _, home := range []string{unpacked, filepath.Join(unpacked, "share", "grafana"), packaged} {
		if _, err := os.Stat(filepath.Join(home, "conf", "defaults.ini")); err == nil {
			return home, true
		}
	}
	return "", false
}

// answerTimeout is how long a command may take to say that it is there.
const answerTimeout = 5 * time.Second

// answers runs a command and reports whether it succeeds soon.
func answers(ctx context.Context, name string, args ...string) bool {
	return answersWithin(ctx, answerTimeout, name, args...)
}

// answersWithin runs a command and reports whether it succeeds before the timeout.
func answersWithin(ctx context.Context, timeout time.Duration, name string, args ...string) bool {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	return cmd.Run() == nil
}
