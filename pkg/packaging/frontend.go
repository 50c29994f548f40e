package packaging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	frontendFile  = "module.js"
	sourceMapFile = "module.js.map"
)

var (
	// angular are what Grafana takes for signs of the AngularJS plugin platform, which it no longer loads.
	angular = []string{"PanelCtrl", "ConfigCtrl", "QueryCtrl", "app/plugins/sdk", "angular.isNumber(", "editor.html", "ctrl.annotation", "getLegacyAngularInjector", "System.register("}
	// address is an address of the web within a script.
	address = regexp.MustCompile("https?://[^\\s\"'`\\\\)<>]+")
	// examples are the hosts of addresses that forms show as examples.
	examples = []string{"localhost", "example.com"}
	// bundled is the package of node_modules that a source of a source map belongs to; of nested ones the innermost.
	bundled = regexp.MustCompile(`^.*node_modules/((?:@[^/]+/)?[^/]+)/`)
)

// sourceMap is what a bundle was made of.
type sourceMap struct {
	Sources        []string `json:"sources"`
	SourcesContent []string `json:"sourcesContent"`
}

// readSourceMap decodes the source map of a plugin's frontend.
func readSourceMap(plugin fs.FS) (sourceMap, error) {
	var m sourceMap
	content, err := fs.ReadFile(plugin, sourceMapFile)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return m, fmt.Errorf("%s can't be read: %w", sourceMapFile, err)
	}
	return m, nil
}

// packages lists the npm packages that the bundle contains code of, without duplicates.
func (m sourceMap) packages() []string {
	var names []string
	for _, source := range m.Sources {
		if found := bundled.FindStringSubmatch(source); found != nil && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// checkFrontend looks for a source map with the sources in it, and for what Grafana refuses in a script: AngularJS, and addresses that users did
// not enter, such as those of trackers.
func checkFrontend(plugin fs.FS) error {
	script, err := fs.ReadFile(plugin, frontendFile)
	if err != nil {
		return nil // The check of files reports it.
	}
	m, err := readSourceMap(plugin)
	var errs []error
	if err == nil && (len(m.Sources) == 0 || len(m.Sources) != len(m.SourcesContent)) {
		errs = append(errs, fmt.Errorf("%s lacks the sources or their content", sourceMapFile))
	}
	for _, sign := range angular {
		if bytes.Contains(script, []byte(sign)) {
			errs = append(errs, fmt.Errorf("%s contains %s, a sign of AngularJS, which Grafana no longer loads", frontendFile, sign))
		}
	}
	for _, found := range address.FindAllString(string(script), -1) {
		if !isExample(found) {
			errs = append(errs, fmt.Errorf("%s contains the address %s; a plugin must not track its users", frontendFile, found))
		}
	}
	return errors.Join(errs...)
}

// isExample reports whether an address leads to this machine or to a host reserved for examples.
func isExample(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && slices.ContainsFunc(examples, func(host string) bool {
		return parsed.Hostname() == host || strings.HasSuffix(parsed.Hostname(), "."+host)
	})
}
