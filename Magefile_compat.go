//go:build mage

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/magefile/mage/target"
)

const (
	compatPins = "compat"     // the newest Grafana's packages, pinned, and how src is checked against them
	compatDir  = "bin/compat" // where they are installed, beside a copy of src
)

// Compat checks types and tests of src against the newest Grafana, in a copy of it, and what it uses of Grafana's packages.
func Compat() error {
	if err := errors.Join(installFrontend(), installCompat()); err != nil {
		return err
	}
	used, err := grafanaPackages()
	if err != nil {
		return err
	}
	if err := copySrc(); err != nil {
		return err
	}
	check := func(args ...string) error {
		return step("Against the newest Grafana: "+args[0], func() error {
			return inDir(".", "npm", append([]string{"run", "--silent"}, args...)...)
		})
	}
	return errors.Join(
		check("compat:typecheck"),
		check("compat:test"),
		check("compat:api", "--", "--target", strings.Join(used, ",")),
	)
}

// installCompat fetches what compat/package-lock.json pins, unless that has been done since it changed.
func installCompat() error {
	lock := filepath.Join(compatPins, "package-lock.json")
	stale, err := target.Path(filepath.Join(compatDir, "node_modules", ".package-lock.json"), lock)
	if err != nil || !stale {
		return err
	}
	if err := os.MkdirAll(compatDir, 0o755); err != nil {
		return err
	}
	for _, file := range []string{"package.json", "package-lock.json"} {
		if err := copyFile(filepath.Join(compatPins, file), filepath.Join(compatDir, file)); err != nil {
			return err
		}
	}
	return step("Installing the newest Grafana's packages", func() error { return npmCI(compatDir) })
}

// copySrc puts src, and the schema that it imports, where its imports find the newest Grafana's packages first, and the tools of the
// frontend above.
func copySrc() error {
	if err := replaceDir("schema", filepath.Join(compatDir, "schema")); err != nil {
		return err
	}
	return replaceDir("src", filepath.Join(compatDir, "src"))
}

// grafanaPackages returns Grafana's packages that plugins are offered, as npm writes them: name@version.
func grafanaPackages() ([]string, error) {
	manifest, err := os.ReadFile(filepath.Join(compatPins, "package.json"))
	if err != nil {
		return nil, err
	}
	var pins struct{ Dependencies map[string]string }
	if err := json.Unmarshal(manifest, &pins); err != nil {
		return nil, fmt.Errorf("%s: %w", compatPins, err)
	}
	var packages []string
	for _, name := range slices.Sorted(maps.Keys(pins.Dependencies)) {
		if strings.HasPrefix(name, "@grafana/") && name != "@grafana/levitate" {
			packages = append(packages, name+"@"+pins.Dependencies[name])
		}
	}
	return packages, nil
}
