package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// Errors of a store name settings of the data source, which the command does not have: each has to become a flag, or to be left out.
func TestErrorsOfAStoreSpeakOfFlags(t *testing.T) {
	files, err := filepath.Glob("../fetch/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no files of fetch", err)
	}
	literal := regexp.MustCompile(`"(?:[^"\\\n]|\\.)*(?:data source|in Grafana's configuration|plugin failed)(?:[^"\\\n]|\\.)*"`)
	// What can't happen: the address is checked before, the method is POST, and answers have no limit.
	never := regexp.MustCompile(`httpMethod in|no usable URL|response_limit`)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range literal.FindAllString(string(content), -1) {
			found++
			said := inFlags(&fetch.Error{Message: text}).Error()
			if !never.MatchString(text) && (strings.Contains(said, "data source") || strings.Contains(said, "Grafana") || strings.Contains(said, "plugin")) {
				t.Errorf("%s: an error says %s", file, said)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d texts of errors are found", found)
	}
}
