package packaging_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// examples returns the files of examples whose names end in one of the endings, from the root of the repository.
func examples(t *testing.T, endings ...string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(root, "examples"), func(file string, entry fs.DirEntry, err error) error {
		for _, ending := range endings {
			if err == nil && !entry.IsDir() && strings.HasSuffix(file, ending) {
				relative, _ := filepath.Rel(root, file)
				files = append(files, filepath.ToSlash(relative))
			}
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples end in %v: %v", endings, err)
	}
	return files
}

// checkShell reports a script that bash can't parse.
func checkShell(t *testing.T, name, script string) {
	t.Helper()
	cmd := exec.Command("bash", "-n")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s is no script of bash: %s (%v)", name, out, err)
	}
}

func TestScriptsOfExamplesCanBeParsed(t *testing.T) {
	for _, file := range examples(t, ".sh") {
		checkShell(t, file, string(read(t, file)))
	}
}

func TestYAMLOfExamplesCanBeParsed(t *testing.T) {
	for _, file := range examples(t, ".yaml", ".yml") {
		decoder := yaml.NewDecoder(bytes.NewReader(read(t, file)))
		for {
			var document map[string]any // Keys that stand twice are errors.
			err := decoder.Decode(&document)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(document) == 0 {
				t.Fatalf("%s: %v", file, err)
			}
			if document["apiVersion"] == "cer/v1" {
				checkDefinition(t, string(read(t, file)))
			}
		}
	}
}

// longestExample is the number of lines that the page of an example may have.
const longestExample = 45

func TestPagesOfExamplesAreShortAndTheirLinksResolve(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root, "examples", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	list := string(read(t, "examples", "README.md"))
	for _, folder := range folders {
		name := filepath.Base(folder)
		if strings.Contains(name, ".") || name == "answers" {
			continue
		}
		if !strings.Contains(list, "]("+name+"/README.md)") {
			t.Errorf("examples/README.md does not link to %s", name)
		}
		if lines := bytes.Count(read(t, "examples", name, "README.md"), []byte("\n")); lines > longestExample {
			t.Errorf("the page of %s has %d lines, more than %d", name, lines, longestExample)
		}
	}
	for _, page := range examples(t, ".md") {
		prose, _ := splitMarkdown(t, page)
		for _, found := range link.FindAllStringSubmatch(prose, -1) {
			if target := found[2]; !strings.HasPrefix(target, "https://") {
				checkTarget(t, page, path.Join(path.Dir(page), target))
			}
		}
	}
}
