package packaging_test

import (
	"regexp"
	"strings"
	"testing"
)

// Where the files of the repository can be read: pictures by themselves, texts as pages.
const (
	pictures = "https://raw.githubusercontent.com/cer-reliability/cer-datasource/main/"
	texts    = "https://github.com/cer-reliability/cer-datasource/blob/main/"
)

// link is a link or a picture of Markdown, with its target.
var link = regexp.MustCompile(`(!?)\[[^\]]*\]\(([^)]+)\)`)

// Grafana shows both on the plugin's page, far from the repository.
func TestPagesLinkToFilesOfTheRepositoryByTheirWholeAddress(t *testing.T) {
	for _, page := range []string{"README.md", "CHANGELOG.md"} {
		for _, found := range link.FindAllStringSubmatch(string(read(t, page)), -1) {
			picture, target := found[1] != "", found[2]
			if strings.HasPrefix(target, "#") {
				checkTarget(t, page, page+target)
				continue
			}
			if !strings.HasPrefix(target, "https://") {
				t.Errorf("%s links to %s, which leads nowhere from Grafana", page, target)
			}
			base := texts
			if picture {
				base = pictures
			}
			path, ours := strings.CutPrefix(target, base)
			if !ours && picture {
				t.Errorf("%s shows %s, which is no picture of the repository", page, target)
			}
			if ours {
				checkTarget(t, page, path)
			}
		}
	}
}
