package packaging_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Where the files of the repository can be read: pictures by themselves, texts as pages.
const (
	pictures = "https://raw.githubusercontent.com/cer-reliability/cer-datasource/main/"
	texts    = "https://github.com/cer-reliability/cer-datasource/blob/main/"
)

// Grafana shows both on the plugin's page, far from the repository.
func TestPagesLinkToFilesOfTheRepositoryByTheirWholeAddress(t *testing.T) {
	link := regexp.MustCompile(`(!?)\[[^\]]*\]\(([^)]+)\)`)
	for _, page := range []string{"README.md", "CHANGELOG.md"} {
		for _, found := range link.FindAllStringSubmatch(string(read(t, page)), -1) {
			picture, target := found[1] != "", found[2]
			if !strings.HasPrefix(target, "https://") && !strings.HasPrefix(target, "#") {
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
			if !ours {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path))); err != nil {
				t.Errorf("%s links to %s: %v", page, target, err)
			}
		}
	}
}
