package packaging_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quotedMessage is the text of a message as a page quotes it.
var quotedMessage = regexp.MustCompile(`\*([^*]+)\*`)

// digits are those parts of a quoted message that differ from time to time, as is the name shop.
var digits = regexp.MustCompile(`\d+m?|\bshop\b`)

// pluginCode returns the code of the plugin, without its tests and the demo.
func pluginCode(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join(root, "pkg"), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "demo":
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestMessagesThatTroubleshootingQuotesExist(t *testing.T) {
	code, quoted := pluginCode(t), 0
	for line := range strings.Lines(string(read(t, "docs", "troubleshooting.md"))) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.HasPrefix(line, "|---") {
			continue
		}
		for _, found := range quotedMessage.FindAllStringSubmatch(cells[1], -1) {
			quoted++
			pattern := digits.ReplaceAllString(regexp.QuoteMeta(found[1]), `(?:%[.\d]*[a-z]|$0)`)
			if !regexp.MustCompile(pattern).MatchString(code) {
				t.Errorf("no message of the plugin contains %q", found[1])
			}
		}
	}
	if quoted < 25 {
		t.Errorf("docs/troubleshooting.md quotes %d messages", quoted)
	}
}

// endpoint is an address of Prometheus' HTTP API.
var endpoint = regexp.MustCompile(`"/api/v1/([\w:/]+)"`)

func TestPageOfStoresListsTheAddressesThatAreAsked(t *testing.T) {
	page, asked := string(read(t, "docs", "stores.md")), endpoint.FindAllStringSubmatch(pluginCode(t), -1)
	for _, found := range asked {
		if name := strings.ReplaceAll(found[1], ":name", "NAME"); !strings.Contains(page, "`"+name+"`") {
			t.Errorf("docs/stores.md does not list `%s`", name)
		}
	}
	if len(asked) < 7 {
		t.Errorf("only %d addresses were found", len(asked))
	}
}
