package packaging_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// action is what GitHub knows of the metadata of a composite action.
type action struct {
	Name, Description, Author string
	Inputs                    map[string]struct {
		Description, Default, DeprecationMessage string
		Required                                 bool
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []step
	}
	Branding struct{ Icon, Color string }
}

// step is one of an action or of a job.
type step struct {
	ID, Name, If, Run, Shell, Uses string
	WorkingDirectory               string `yaml:"working-directory"`
	ContinueOnError                string `yaml:"continue-on-error"`
	TimeoutMinutes                 int    `yaml:"timeout-minutes"`
	With, Env                      map[string]string
}

// workflow is what GitHub knows of a workflow, as far as examples use it.
type workflow struct {
	Name string
	On   struct {
		Dispatch struct {
			Inputs map[string]struct {
				Description string
				Required    bool
			}
		} `yaml:"workflow_dispatch"`
	}
	Permissions map[string]string
	Concurrency string
	Jobs        map[string]struct {
		RunsOn         string `yaml:"runs-on"`
		TimeoutMinutes int    `yaml:"timeout-minutes"`
		Environment    string
		Env            map[string]string
		Steps          []step
	}
}

func TestTheActionIsAsGitHubWantsIt(t *testing.T) {
	a := strictly[action](t, "examples", "github-action", "action.yml")
	if a.Name == "" || a.Description == "" || a.Runs.Using != "composite" {
		t.Errorf("the action has the name %q, the description %q, and uses %q", a.Name, a.Description, a.Runs.Using)
	}
	used := map[string]bool{}
	for _, s := range a.Runs.Steps {
		if s.Run == "" || s.Shell == "" || strings.Contains(s.Run, "${{") {
			t.Errorf("the step %q needs a shell and a script without expressions", s.Name)
		}
		for _, value := range s.Env {
			for _, found := range regexp.MustCompile(`\$\{\{ inputs\.(\w+) }}`).FindAllStringSubmatch(value, -1) {
				used[found[1]] = true
			}
		}
	}
	for name, input := range a.Inputs {
		if input.Description == "" || !used[name] {
			t.Errorf("the input %s has the description %q, and is used: %t", name, input.Description, used[name])
		}
		delete(used, name)
	}
	if len(used) > 0 {
		t.Errorf("steps use inputs that are not declared: %v", used)
	}
}

func TestTheWorkflowGivesTheActionWhatItKnows(t *testing.T) {
	known := strictly[action](t, "examples", "github-action", "action.yml").Inputs
	asked := false
	for _, job := range strictly[workflow](t, "examples", "github-action", "workflow.yml").Jobs {
		for _, s := range job.Steps {
			if strings.Contains(s.Run, "${{") {
				t.Errorf("the step %q has an expression in its script", s.Name)
			}
			checkShell(t, "workflow.yml, "+s.Name, s.Run)
			if !strings.Contains(s.Uses, "/examples/github-action@") {
				continue
			}
			asked = true
			for name := range s.With {
				if _, ok := known[name]; !ok {
					t.Errorf("the workflow gives the action %q, which it does not know", name)
				}
			}
		}
	}
	if !asked {
		t.Error("no job uses the action")
	}
}

// runScript runs a script of the action with programs that only print their arguments, of which the last one ends with a code; and
// returns what was printed, and the code of the script.
func runScript(t *testing.T, script, code string, programs []string, environment ...string) (output string, ended int) {
	t.Helper()
	bin := t.TempDir()
	for _, name := range programs {
		fake := "#!/bin/sh\nprintf '[%s]\\n' " + name + " \"$@\"\nexit " + code + "\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(fake), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", filepath.Join(root, "examples", "github-action", script))
	cmd.Env = append([]string{"PATH=" + bin + ":/usr/bin:/bin"}, environment...)
	out, err := cmd.CombinedOutput()
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		return string(out), ended.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out), 0
}

func TestTheActionAsksTheGate(t *testing.T) {
	for code, verdict := range map[string]string{"0": "pass", "1": "fail", "2": "inconclusive", "3": "unknown"} {
		dir := t.TempDir()
		evil := filepath.Join(dir, "evil")
		said := filepath.Join(dir, "output")
		out, ended := runScript(t, "ask.sh", code, []string{"cer"}, "GATE=$(touch "+evil+")", "FROM=2026-03-04T12:00:00Z", "CANDIDATE=--help; touch "+evil,
			"BASELINE=", "GITHUB_STEP_SUMMARY=/summary", "GITHUB_OUTPUT="+said)
		want := "[cer]\n[gate]\n[--wait]\n[--from=2026-03-04T12:00:00Z]\n[--every=15s]\n[--markdown=/summary]\n[--candidate=--help; touch " + evil + "]\n[--]\n[$(touch " + evil + ")]\n"
		if out != want {
			t.Errorf("it prints\n%s\nwant\n%s", out, want)
		}
		if _, err := os.Stat(evil); err == nil {
			t.Error("an input was run as a command")
		}
		if written, err := os.ReadFile(said); err != nil || string(written) != "verdict="+verdict+"\n" || string(rune('0'+ended)) != code {
			t.Errorf("with the code %s it says %q (%v) and ends with %d", code, written, err, ended)
		}
	}
}

func TestTheActionDownloadsAnArchiveOfTheCommand(t *testing.T) {
	for runner, platform := range map[[2]string]packaging.Platform{
		{"Linux", "X64"}: {OS: "linux", Arch: "amd64"}, {"Linux", "ARM64"}: {OS: "linux", Arch: "arm64"}, {"macOS", "ARM64"}: {OS: "darwin", Arch: "arm64"},
		{"Windows", "X64"}: {OS: "windows", Arch: "amd64"},
	} {
		dir := t.TempDir()
		archive, err := packaging.CommandArchive(filepath.Join(root, "LICENSE"), platform, "1.2.3", dir)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "path")
		out, ended := runScript(t, "install.sh", "0", []string{"curl", "unzip"}, "RUNNER_OS="+runner[0], "RUNNER_ARCH="+runner[1], "RUNNER_TEMP="+dir, "GITHUB_PATH="+path,
			"CER_VERSION=1.2.3", "CER_ARCHIVES=https://archives.example", "CER_SHA256=")
		name := filepath.Base(archive)
		if lines := strings.Split(out, "\n"); ended != 0 || !slices.Contains(lines, "[https://archives.example/v1.2.3/"+name+"]") || !slices.Contains(lines, "["+name+"]") {
			t.Errorf("%v: it ends with %d: %s", runner, ended, out)
		}
		if added, err := os.ReadFile(path); err != nil || string(added) != strings.TrimSuffix(archive, ".zip")+"\n" {
			t.Errorf("%v: it adds %q to the path (%v)", runner, added, err)
		}
		if out, ended := runScript(t, "install.sh", "0", []string{"curl", "unzip"}, "RUNNER_OS="+runner[0], "RUNNER_ARCH="+runner[1], "RUNNER_TEMP="+dir, "GITHUB_PATH="+path,
			"CER_VERSION=1.2.3", "CER_ARCHIVES=https://archives.example", "CER_SHA256=00"); ended == 0 || strings.Contains(out, "[unzip]") {
			t.Errorf("%v: an archive with another checksum is unpacked: %s", runner, out)
		}
	}
}
