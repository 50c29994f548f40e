package packaging

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// LicensesFile holds, in every archive, the licenses of the libraries that the archive contains code of.
const LicensesFile = "THIRD-PARTY-LICENSES.txt"

// allowedLicenses are the SPDX identifiers of licenses that allow distribution together with software under Apache-2.0. All of them but 0BSD and
// Unlicense ask for their text to be passed on; MPL-2.0 also asks to say where the library's source code is.
var allowedLicenses = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense"}

const (
	licensesIntroduction = `cer is distributed under the Apache License 2.0, see LICENSE. Its binaries and its frontend contain code of the libraries below, unchanged, each under
its own license. The source code of each library is at the address given.
`
	licensesRule = "\n================================================================================\n"
)

// licenseEntry is the head of a library in LicensesFile.
var licenseEntry = regexp.MustCompile(`(?m)^={80}\n(\S+) (\S+)\nLicense: (.+)\nSource: (\S+)\n={80}$`)

// WriteLicenses writes the licenses of libraries, sorted by name and without duplicates. It refuses a license that is not allowed.
func WriteLicenses(out io.Writer, dependencies []Dependency) error {
	sorted := slices.Clone(dependencies)
	slices.SortFunc(sorted, func(a, b Dependency) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.License, b.License))
	})
	sorted = slices.Compact(sorted)
	var text strings.Builder
	text.WriteString(licensesIntroduction)
	for _, d := range sorted {
		if !slices.Contains(allowedLicenses, d.License) {
			return fmt.Errorf("%s %s has the license %q, which is not one of %s", d.Name, d.Version, d.License, strings.Join(allowedLicenses, ", "))
		}
		fmt.Fprintf(&text, "%s%s %s\nLicense: %s\nSource: %s%s\n%s\n", licensesRule, d.Name, d.Version, d.License, d.Source, licensesRule, d.Text)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// checkLicenses looks for the license of each Go module in the binaries, of Go itself, and of each npm package in the frontend; and for licenses that
// are not allowed.
func checkLicenses(plugin fs.FS, meta Metadata) error {
	content, err := fs.ReadFile(plugin, LicensesFile)
	if err != nil {
		return nil // The check of files reports it.
	}
	var listed []Dependency
	var errs []error
	for _, found := range licenseEntry.FindAllStringSubmatch(string(content), -1) {
		listed = append(listed, Dependency{Name: found[1], Version: found[2]})
		if !slices.Contains(allowedLicenses, found[3]) {
			errs = append(errs, fmt.Errorf("%s: the license %s of %s is not allowed", LicensesFile, found[3], found[1]))
		}
	}
	contained, err := contents(plugin, meta)
	for _, d := range contained {
		covers := func(l Dependency) bool {
			return holder(contained, l.Name) == d.Name && (d.Version == "" || d.Version == l.Version)
		}
		if !slices.ContainsFunc(listed, covers) {
			errs = append(errs, fmt.Errorf("%s lacks %s %s", LicensesFile, d.Name, d.Version))
		}
	}
	return errors.Join(append(errs, err)...)
}

// contents lists the libraries that binaries and frontend of a plugin contain by their own account, with name and, for Go modules, version.
func contents(plugin fs.FS, meta Metadata) ([]Dependency, error) {
	var contained []Dependency
	add := func(d Dependency) {
		if !slices.Contains(contained, d) {
			contained = append(contained, d)
		}
	}
	binaries, err := fs.Glob(plugin, meta.Executable+"_*")
	errs := []error{err}
	for _, name := range binaries {
		content, err := fs.ReadFile(plugin, name)
		if err != nil {
			return nil, err
		}
		info, err := buildinfo.Read(bytes.NewReader(content))
		if err != nil {
			continue // The check of binaries reports it.
		}
		add(Dependency{Name: "go", Version: info.GoVersion})
		for _, module := range info.Deps {
			add(Dependency{Name: module.Path, Version: module.Version})
		}
	}
	m, err := readSourceMap(plugin)
	for _, name := range m.packages() {
		add(Dependency{Name: name})
	}
	return contained, errors.Join(append(errs, err)...)
}

// holder returns the library that a license belongs to: the one of its name, or the innermost module that its folder lies in.
func holder(contained []Dependency, name string) string {
	var innermost string
	for _, d := range contained {
		if (d.Name == name || strings.HasPrefix(name, d.Name+"/")) && len(d.Name) > len(innermost) {
			innermost = d.Name
		}
	}
	return innermost
}
