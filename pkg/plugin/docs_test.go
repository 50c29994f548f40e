package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// page returns the text of a page of docs.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documentedResource is a row of the table of resources: its pattern and the role it needs.
var documentedResource = regexp.MustCompile("(?m)^\\| `((?:GET|POST) /[^?`]+)[^|]*\\|[^|]*\\| (Viewer|Editor|Admin)")

func TestPageOfTheHTTPAPIListsEveryResourceWithItsRole(t *testing.T) {
	documented := map[string]string{}
	for _, row := range documentedResource.FindAllStringSubmatch(page(t, "http-api.md"), -1) {
		documented[row[1]] = row[2]
	}
	for _, r := range resources {
		if want := map[role]string{viewer: "Viewer", editor: "Editor", admin: "Admin"}[r.least]; documented[r.pattern] != want {
			t.Errorf("%s needs the role %s, and docs/http-api.md says %q", r.pattern, want, documented[r.pattern])
		}
		delete(documented, r.pattern)
	}
	for pattern := range documented {
		t.Errorf("docs/http-api.md has %s, which is no resource", pattern)
	}
}

func TestPageOfTheHTTPAPIStatesTheLimits(t *testing.T) {
	text := page(t, "http-api.md")
	allowed := func(burst int, every time.Duration) string {
		return fmt.Sprintf("%d at once, then %d per second |", burst, int(time.Second/every))
	}
	for _, claim := range []string{
		"| `/gates/{name}` | " + allowed(gateBurst, gateEvery),
		"| `/whatif` and `/preview` together | " + allowed(whatIfBurst, whatIfEvery),
		"| `/incidents/{flow}/{start}` | " + allowed(reportBurst, reportEvery),
		fmt.Sprintf("| `/calibrate`, `/backtest` and `/discover` together | %d at a time", maxReplays),
		fmt.Sprintf("`hours` is at most %d, which is the default", maxPreview),
		fmt.Sprintf("at most 1,000 names from the last %.0f hours, within ten seconds", namesSpan.Hours()),
		fmt.Sprintf("28; %d for `/backtest`", backtestDays),
	} {
		if !strings.Contains(text, claim) {
			t.Errorf("docs/http-api.md does not say %q", claim)
		}
	}
	if maxNames != 1000 || namesTimeout != 10*time.Second || replayTimeout != time.Minute {
		t.Error("docs/http-api.md states other limits")
	}
}
