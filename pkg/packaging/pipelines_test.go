package packaging_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/command"
)

// job is one of GitLab, as far as examples use it.
type job struct {
	Stage, Image, Environment, Timeout, When string
	Script                                   []string
	AfterScript                              []string `yaml:"after_script"`
	Needs                                    []string
	AllowFailure                             struct {
		ExitCodes []int `yaml:"exit_codes"`
	} `yaml:"allow_failure"`
	Artifacts struct {
		When    string
		Paths   []string
		Reports struct{ Dotenv string }
	}
}

func TestThePipelineOfGitLabTellsInconclusiveFromFailed(t *testing.T) {
	all := strictly[map[string]yaml.Node](t, "examples", "gitlab", ".gitlab-ci.yml")
	var stages []string
	node := all["stages"]
	if err := node.Decode(&stages); err != nil {
		t.Fatal(err)
	}
	delete(all, "stages")
	delete(all, "variables")
	jobs := map[string]job{}
	for name, node := range all {
		text, err := yaml.Marshal(&node)
		if err != nil {
			t.Fatal(err)
		}
		var j job
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err := decoder.Decode(&j); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		jobs[name] = j
		if !slices.Contains(stages, j.Stage) || len(j.Script) == 0 {
			t.Errorf("%s is in the stage %q, and has %d commands", name, j.Stage, len(j.Script))
		}
		for _, line := range slices.Concat(j.Script, j.AfterScript) {
			checkShell(t, name, line)
		}
	}
	for name, j := range jobs {
		for _, needed := range j.Needs {
			if _, ok := jobs[needed]; !ok {
				t.Errorf("%s needs %q, which is no job", name, needed)
			}
		}
	}
	if codes := jobs["gate"].AllowFailure.ExitCodes; !slices.Equal(codes, []int{2}) || jobs["rollback"].When != "on_failure" {
		t.Errorf("the gate may end with %v, and the rollback runs %s", codes, jobs["rollback"].When)
	}
}

func TestScriptsOfJenkinsCanBeParsed(t *testing.T) {
	text := string(read(t, "examples", "jenkins", "Jenkinsfile"))
	scripts := regexp.MustCompile(`sh(?:\(script: | )'([^'\n]*)'`).FindAllStringSubmatch(text, -1)
	if len(scripts) != strings.Count(text, "sh '")+strings.Count(text, "sh(") || len(scripts) < 4 {
		t.Errorf("of the scripts %d are in single quotes, in which Groovy puts nothing in", len(scripts))
	}
	for _, script := range scripts {
		checkShell(t, "Jenkinsfile", script[1])
	}
	for _, pair := range []string{"{}", "()", "[]"} {
		if strings.Count(text, pair[:1]) != strings.Count(text, pair[1:]) {
			t.Errorf("%s are not balanced", pair)
		}
	}
}

// TestTheCommandKnowsWhatPipelinesAsk parses the arguments of each example as the command does.
func TestTheCommandKnowsWhatPipelinesAsk(t *testing.T) {
	for _, file := range []string{"examples/gitlab/.gitlab-ci.yml", "examples/jenkins/Jenkinsfile"} {
		found := regexp.MustCompile(`cer (gate [^'\n]*)`).FindStringSubmatch(string(read(t, file)))
		if found == nil {
			t.Fatalf("%s asks no gate", file)
		}
		parses(t, file, strings.Fields(found[1]))
	}
	var template struct {
		Spec struct {
			Metrics []struct {
				Provider struct {
					Job struct {
						Spec struct {
							Template struct {
								Spec struct{ Containers []struct{ Args []string } }
							}
						}
					}
				}
			}
		}
	}
	const file = "examples/argo-rollouts/analysis-job.yaml"
	if err := yaml.Unmarshal(read(t, file), &template); err != nil {
		t.Fatal(err)
	}
	parses(t, file, template.Spec.Metrics[0].Provider.Job.Spec.Template.Spec.Containers[0].Args)
}

// parses reports arguments that the command does not know.
func parses(t *testing.T, name string, arguments []string) {
	t.Helper()
	var said bytes.Buffer
	// Help is printed once all arguments before it were understood.
	at := slices.Index(append(slices.Clone(arguments), "--"), "--")
	code := command.Run(context.Background(), slices.Insert(slices.Clone(arguments), at, "--help"), command.Environment{
		Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said, Getenv: func(string) string { return "" }, Now: time.Now,
		Sleep: func(context.Context, time.Duration) {},
	})
	if code != 0 {
		t.Errorf("%s: the command can't read %q: %s", name, arguments, said.String())
	}
}
