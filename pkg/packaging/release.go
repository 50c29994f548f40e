package packaging

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Release is what is released: a version with what the changelog says of it.
type Release struct {
	// Version is that of package.json and of the tag, without v.
	Version string
	// Day is the date of the version in the changelog, such as 2026-03-04.
	Day string
	// Notes are the section of the changelog without its heading, in Markdown.
	Notes string
}

// Sources is what a release is made of, and checked against.
type Sources struct {
	// Tag is the version that is asked for, with or without v; "" where nobody asked for one.
	Tag string
	// Package is the version of package.json.
	Package string
	// Changelog is CHANGELOG.md.
	Changelog string
	// Changes is what `git status --porcelain` prints.
	Changes string
}

// NewRelease returns the release of the sources. The error says, a sentence each, all that keeps them from being released.
func NewRelease(from Sources) (Release, error) {
	version := strings.TrimPrefix(from.Tag, "v")
	day, notes, ok := section(from.Changelog, version)
	var errs []error
	switch {
	case version == "":
		return Release{}, errors.New("there is no version: tag the commit, such as v1.2.3, or set CER_VERSION=1.2.3")
	case !release.MatchString(version):
		errs = append(errs, fmt.Errorf("the version is %q; it has to be one such as 1.2.3", version))
	case version != from.Package:
		errs = append(errs, fmt.Errorf("the version is %s, but that of package.json is %s", version, from.Package))
	}
	if !ok {
		errs = append(errs, fmt.Errorf("CHANGELOG.md has no section `## [%s] - YYYY-MM-DD`", version))
	} else if notes == "" {
		errs = append(errs, fmt.Errorf("the section of %s in CHANGELOG.md is empty", version))
	}
	if from.Changes != "" {
		errs = append(errs, fmt.Errorf("the work tree has changes that are not committed:\n%s", from.Changes))
	}
	return Release{Version: version, Day: day, Notes: notes}, errors.Join(errs...)
}

// section finds what the changelog says of a version, and the date of it.
func section(changelog, version string) (day, text string, ok bool) {
	heading := regexp.MustCompile(`(?m)^## \[` + regexp.QuoteMeta(version) + `\] - (\d{4}-\d{2}-\d{2})$`)
	found := heading.FindStringSubmatchIndex(changelog)
	if found == nil {
		return "", "", false
	}
	rest, _, _ := strings.Cut(changelog[found[1]:], "\n## ")
	return changelog[found[2]:found[3]], strings.TrimSpace(rest), true
}
