package packaging_test

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// githubWorkflow is a workflow of the repository, as far as these tests look at it. `mage lint` checks the rest.
type githubWorkflow struct {
	Permissions map[string]string
	Concurrency struct{ Group string }
	Jobs        map[string]struct {
		Uses           string
		TimeoutMinutes int `yaml:"timeout-minutes"`
		Permissions    map[string]string
		Env            map[string]string
		Steps          []step
	}
}

// workflows returns the workflows of the repository by the names of their files.
func workflows(t *testing.T) map[string]githubWorkflow {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no workflows: %v", err)
	}
	all := map[string]githubWorkflow{}
	for _, file := range files {
		var w githubWorkflow
		name := filepath.Base(file)
		if err := yaml.Unmarshal(read(t, ".github", "workflows", name), &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = w
	}
	return all
}

// setUp are the commands of workflows that are no targets of mage, and why.
var setUp = map[string]string{
	`bash .ci/run`: "which calls the targets that every change has to pass",
	`git config --global --add safe.directory "$GITHUB_WORKSPACE"`:                                 "git refuses the work tree of another user, which it is in a container",
	`jq --raw-output '"range=" + .dependencies.grafanaDependency' plugin.json >> "$GITHUB_OUTPUT"`: "the action reads plugin.json only in src",
	`docker compose pull --quiet`: "so that the time it takes does not count as Grafana's start",
	`gh release create "$GITHUB_REF_NAME" --verify-tag --title "$GITHUB_REF_NAME" --notes-file bin/release-notes.md --prerelease="$PRERELEASE" bin/release/*`: "the job that may write to the repository runs no code of it",
}

// mageCommand matches a command that calls a target of mage, in the background or not.
var mageCommand = regexp.MustCompile(`^go tool mage (\w+)( > \S+ 2>&1 &)?$`)

func TestWorkflowsCallMageTargets(t *testing.T) {
	known, used := targets(t), map[string]bool{}
	check := func(where, command string) {
		found := mageCommand.FindStringSubmatch(command)
		switch {
		case setUp[command] != "":
			used[command] = true
		case found == nil:
			t.Errorf("%s runs %q, which is no target of mage; make it one, or list it in setUp with the reason", where, command)
		case !known[found[1]]:
			t.Errorf("%s calls the target %s, which does not exist", where, found[1])
		}
	}
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				for command := range strings.Lines(s.Run) {
					check(name, strings.TrimSpace(command))
				}
			}
		}
	}
	for command := range setUp {
		if !used[command] {
			t.Errorf("setUp has %q, which no workflow runs", command)
		}
	}
	called := regexp.MustCompile(`go tool mage \w+`).FindAllString(string(read(t, ".ci", "run")), -1)
	for _, command := range called {
		check(".ci/run", command)
	}
	if len(called) == 0 {
		t.Error(".ci/run calls no target")
	}
}

func TestScriptsOfWorkflowsHaveNoExpressions(t *testing.T) {
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s puts an expression into the script %q, where its text would be run; hand it over as a variable", name, s.Run)
				}
				checkShell(t, name, s.Run)
			}
		}
	}
}

func TestWorkflowsPinActionsByCommit(t *testing.T) {
	pinned := regexp.MustCompile(`^uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # (\S+/)?v\d+\.\d+\.\d+$`)
	versions := map[string]string{}
	for name := range workflows(t) {
		for line := range bytes.Lines(read(t, ".github", "workflows", name)) {
			line := strings.TrimPrefix(strings.TrimSpace(string(line)), "- ")
			if !strings.HasPrefix(line, "uses: ") || strings.HasPrefix(line, "uses: ./") {
				continue
			}
			if !pinned.MatchString(line) {
				t.Errorf("%s has `%s`; write the commit, and its version as a comment, which Dependabot keeps up to date", name, line)
			}
			action, version, _ := strings.Cut(line, "@")
			if other := versions[action]; other != "" && other != version {
				t.Errorf("%s is pinned to %s and to %s", action, other, version)
			}
			versions[action] = version
		}
	}
	if len(versions) == 0 {
		t.Error("no workflow uses an action")
	}
}

func TestWorkflowsMayDoLittle(t *testing.T) {
	for name, w := range workflows(t) {
		if want := map[string]string{"contents": "read"}; !maps.Equal(w.Permissions, want) {
			t.Errorf("%s has the permissions %v, want %v; a job that needs more states it", name, w.Permissions, want)
		}
		if w.Concurrency.Group == "" {
			t.Errorf("%s does not say which of its runs exclude each other", name)
		}
		for id, job := range w.Jobs {
			if job.TimeoutMinutes == 0 && job.Uses == "" {
				t.Errorf("the job %s of %s may take six hours; set timeout-minutes", id, name)
			}
			for _, s := range job.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
					t.Errorf("the job %s of %s leaves the token in the work tree", id, name)
				}
			}
		}
	}
}

// What writes to the repository must not run what the repository or its dependencies contain, nor see the token that signs.
func TestOnlyTheJobThatPublishesMayWrite(t *testing.T) {
	for name, w := range workflows(t) {
		for id, job := range w.Jobs {
			writes := slices.Contains(slices.Collect(maps.Values(job.Permissions)), "write")
			if publishes := name == "release.yml" && id == "publish"; writes != publishes {
				t.Errorf("the job %s of %s may write: %t, want %t", id, name, writes, publishes)
			}
			for _, s := range job.Steps {
				if writes && (strings.HasPrefix(s.Uses, "actions/checkout@") || mageCommand.MatchString(s.Run)) {
					t.Errorf("the job %s of %s may write, and runs code of the repository", id, name)
				}
				signs := strings.HasPrefix(s.Env["GRAFANA_ACCESS_POLICY_TOKEN"], "${{ secrets.")
				if strings.Contains(strings.Join(slices.Collect(maps.Values(s.Env)), " "), "secrets.") != signs || signs && s.Run != "go tool mage release" {
					t.Errorf("the step %q of %s gets a secret that it does not need", s.Name, name)
				}
			}
		}
	}
}

// The versions of Go and Node stand in the files that people's own tools read, too.
func TestWorkflowsReadTheVersionsOfGoAndNode(t *testing.T) {
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				for action, want := range map[string][2]string{"setup-go": {"go-version-file", "go.mod"}, "setup-node": {"node-version-file", ".nvmrc"}} {
					if strings.HasPrefix(s.Uses, "actions/"+action+"@") && s.With[want[0]] != want[1] {
						t.Errorf("%s in %s has %v, want %s: %s", action, name, s.With, want[0], want[1])
					}
				}
			}
		}
	}
	if node := strings.TrimSpace(string(read(t, ".nvmrc"))); !strings.Contains(string(read(t, "package.json")), `"node": ">=`+node+`"`) {
		t.Errorf(".nvmrc has Node %s, which is not the oldest one that package.json allows", node)
	}
}

func TestSpecsRunInTheGrafanaOfTheirVersion(t *testing.T) {
	job := workflows(t)["e2e.yml"].Jobs["specs"]
	compose := string(read(t, "docker-compose.yaml"))
	for name, value := range job.Env {
		if !strings.Contains(compose, "${"+name+":-") || !strings.HasPrefix(value, "${{ matrix.grafana.") {
			t.Errorf("the variable %s=%s does not choose the image in docker-compose.yaml", name, value)
		}
	}
	if len(job.Env) != 2 {
		t.Errorf("the variables %v choose the image, want its name and its version", job.Env)
	}
}

// dependabot is .github/dependabot.yml.
type dependabot struct {
	Version int
	Updates []struct {
		Ecosystem   string `yaml:"package-ecosystem"`
		Directory   string
		Directories []string
		Schedule    struct{ Interval string }
		Cooldown    struct {
			DefaultDays int `yaml:"default-days"`
		}
		Groups map[string]struct {
			Patterns    []string
			UpdateTypes []string `yaml:"update-types"`
		}
		Ignore []struct {
			Name string `yaml:"dependency-name"`
		}
	}
}

func TestEveryManifestIsKeptUpToDate(t *testing.T) {
	updated := map[string]bool{}
	for _, update := range strictly[dependabot](t, ".github", "dependabot.yml").Updates {
		directories := update.Directories
		if update.Directory != "" {
			directories = append(directories, update.Directory)
		}
		for _, directory := range directories {
			updated[update.Ecosystem+" "+directory] = false
		}
	}
	for ecosystem, manifest := range map[string]string{"gomod": "go.mod", "npm": "package-lock.json", "docker": "Dockerfile", "github-actions": "workflow.yml"} {
		directories := directoriesOf(t, manifest)
		if ecosystem == "github-actions" {
			directories = append(directories, "/") // which stands for .github/workflows
		}
		for _, directory := range directories {
			if _, ok := updated[ecosystem+" "+directory]; !ok {
				t.Errorf(".github/dependabot.yml does not update %s in %s", ecosystem, directory)
			}
			updated[ecosystem+" "+directory] = true
		}
	}
	for entry, exists := range updated {
		if !exists {
			t.Errorf(".github/dependabot.yml updates %s, which does not exist", entry)
		}
	}
}

// directoriesOf returns the directories of the repository that have a file of that name, as Dependabot writes them. What is installed
// or built is left out.
func directoriesOf(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "bin", "dist", "node_modules"}, entry.Name()):
			return fs.SkipDir
		case entry.Name() == name:
			directory, err := filepath.Rel(root, filepath.Dir(file))
			found = append(found, path.Join("/", filepath.ToSlash(directory)))
			return err
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("no directory has a file %s: %v", name, err)
	}
	return found
}
