package packaging

import (
	"bytes"
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

var (
	// comment is a comment of Markdown, which the catalog shows as text.
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	// template is the title of the README that Grafana's tools make for a new plugin.
	template = regexp.MustCompile(`(?i)Grafana (Panel|Data ?Source|App|Data Source Backend) Plugin Template`)
	// placeholder is what a license leaves for its owner to fill in.
	placeholder = regexp.MustCompile(`\{(name of copyright owner|yyyy)\}`)
)

// checkTexts looks for what the catalog refuses in README and license: comments, a README that is the template's, words of JavaScript's
// tools, and a license that is not filled in.
func checkTexts(plugin fs.FS) error {
	var errs []error
	refuse := func(page string, pattern *regexp.Regexp, what string) {
		content, err := fs.ReadFile(plugin, page)
		if found := pattern.Find(content); err == nil && found != nil {
			errs = append(errs, fmt.Errorf("%s contains %s: %q", page, what, found))
		}
	}
	for _, page := range pages {
		if content, err := fs.ReadFile(plugin, page); err == nil && len(bytes.TrimSpace(content)) == 0 {
			errs = append(errs, fmt.Errorf("%s is empty", page))
		}
	}
	refuse("README.md", comment, "a comment")
	refuse("README.md", template, "the template's title")
	refuse("README.md", regexp.MustCompile(`yarn|nodejs`), "a word for developers of frontends")
	refuse("LICENSE", placeholder, "a placeholder")
	return errors.Join(errs...)
}

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
