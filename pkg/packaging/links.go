package packaging

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// pages are what Grafana shows of a plugin as pages of its own. A relative link in them leads into Grafana.
var pages = []string{"README.md", "CHANGELOG.md"}

// link is a link or a picture of Markdown, with its target.
var link = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)`)

// checkLinks looks for links that lead nowhere once the plugin is installed.
func checkLinks(plugin fs.FS) error {
	var errs []error
	for _, page := range pages {
		content, err := fs.ReadFile(plugin, page)
		if err != nil {
			continue // The check of files reports it.
		}
		for _, found := range link.FindAllSubmatch(content, -1) {
			if target := string(found[1]); !strings.HasPrefix(target, "https://") && !strings.HasPrefix(target, "#") {
				errs = append(errs, fmt.Errorf("%s links to %s, which leads nowhere from Grafana; write the whole address", page, target))
			}
		}
	}
	return errors.Join(errs...)
}
