package packaging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Dependency is a library that an archive contains code of.
type Dependency struct {
	Name    string // a Go module or a folder of one with a license of its own, an npm package, or go
	Version string
	License string // SPDX identifier
	Source  string // the address of the source code
	Text    string // the license, and the notices that have to be passed on with it
}

// GoDependencies returns the libraries in a report of go-licenses, which has a line for each license: its identifier, a tab and the path of
// its file. Modules lie in the folder modcache; the license in the folder own is that of cer itself and left out.
func GoDependencies(report, modcache, own string) ([]Dependency, error) {
	var dependencies []Dependency
	var errs []error
	for line := range strings.Lines(report) {
		license, file, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found || filepath.Dir(file) == own {
			continue
		}
		d, err := goDependency(license, file, modcache)
		dependencies, errs = append(dependencies, d), append(errs, err)
	}
	return dependencies, errors.Join(errs...)
}

// goDependency reads a license in the module cache, and the notices beside it.
func goDependency(license, file, modcache string) (Dependency, error) {
	relative, err := filepath.Rel(modcache, file)
	if err != nil || !filepath.IsLocal(relative) {
		return Dependency{}, fmt.Errorf("the license %s, %q, is not in the module cache", license, file)
	}
	module, below, _ := strings.Cut(filepath.ToSlash(relative), "@")
	version, folder, _ := strings.Cut(path.Dir(below), "/")
	name := unescape(path.Join(module, folder))
	text, err := licenseText(filepath.Dir(file), regexp.QuoteMeta(filepath.Base(file)))
	return Dependency{Name: name, Version: version, License: license, Source: "https://pkg.go.dev/" + name + "@" + version, Text: text}, err
}

// unescape returns a module's path as it is imported: in the module cache an upper-case letter is an exclamation mark and the lower-case one.
func unescape(path string) string {
	return regexp.MustCompile(`![a-z]`).ReplaceAllStringFunc(path, func(s string) string { return strings.ToUpper(s[1:]) })
}

// Go returns Go itself, whose standard library is in every binary. Its license lies in the folder goroot.
func Go(version, goroot string) (Dependency, error) {
	text, err := licenseText(goroot, "LICENSE")
	return Dependency{Name: "go", Version: version, License: "BSD-3-Clause", Source: "https://go.dev/dl/", Text: text}, err
}

// FrontendDependencies returns the npm packages, installed in the folder modules, that are bundled in the frontend of a built plugin.
func FrontendDependencies(plugin fs.FS, modules string) ([]Dependency, error) {
	m, err := readSourceMap(plugin)
	if err != nil {
		return nil, err
	}
	var dependencies []Dependency
	var errs []error
	for _, name := range m.packages() {
		d, err := npmDependency(name, filepath.Join(modules, filepath.FromSlash(name)))
		dependencies, errs = append(dependencies, d), append(errs, err)
	}
	return dependencies, errors.Join(errs...)
}

// npmDependency reads the license of an installed npm package.
func npmDependency(name, dir string) (Dependency, error) {
	content, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return Dependency{}, err
	}
	var manifest struct{ Version, License string }
	if err := json.Unmarshal(content, &manifest); err != nil {
		return Dependency{}, fmt.Errorf("package.json of %s: %w", name, err)
	}
	text, err := licenseText(dir, `licen[cs]e`)
	return Dependency{Name: name, Version: manifest.Version, License: manifest.License, Source: "https://www.npmjs.com/package/" + name, Text: text}, err
}

// licenseText joins the license files of a folder, whose names match a pattern, and its notices.
func licenseText(dir, pattern string) (string, error) {
	names := regexp.MustCompile(`(?i)^(` + pattern + `|notice)(\.md|\.txt)?$`)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, entry := range entries {
		if !names.MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(string(content)))
	}
	if len(texts) == 0 {
		return "", fmt.Errorf("%s has no license", dir)
	}
	return strings.Join(slices.Compact(texts), "\n\n"), nil
}
