//go:build mage

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/magefile/mage/sh"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// writeLicenses writes the licenses of the libraries in dist's frontend and in its binaries for the platforms into dist.
func writeLicenses(platforms []packaging.Platform) error {
	return step("Collecting the licenses of libraries", func() error {
		backend, err := goLicenses("./pkg", platforms)
		if err != nil {
			return err
		}
		frontend, err := packaging.FrontendDependencies(os.DirFS(distDir), "node_modules")
		if err != nil {
			return err
		}
		return writeLicensesFile(filepath.Join(distDir, packaging.LicensesFile), append(backend, frontend...))
	})
}

// writeCommandLicenses writes the licenses of the libraries in the binaries of the command cer into a file.
func writeCommandLicenses(name string) error {
	return step("Collecting the licenses of libraries", func() error {
		libraries, err := goLicenses("./pkg/cmd/cer", platforms)
		if err != nil {
			return err
		}
		return writeLicensesFile(name, libraries)
	})
}

// writeLicensesFile writes the licenses of libraries into a file.
func writeLicensesFile(name string, libraries []packaging.Dependency) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(packaging.WriteLicenses(file, libraries), file.Close())
}

// goLicenses returns Go and the libraries that the binaries of a package for the platforms are built from.
func goLicenses(pkg string, platforms []packaging.Platform) ([]packaging.Dependency, error) {
	env, err := sh.Output("go", "env", "GOVERSION", "GOROOT", "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	values := strings.Split(env, "\n")
	version, goroot, modcache := values[0], values[1], values[2]
	language, err := packaging.Go(version, goroot)
	libraries := []packaging.Dependency{language}
	if err != nil {
		return nil, err
	}
	own, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for _, platform := range platforms {
		report, err := licenseReport(pkg, goroot, platform)
		if err != nil {
			return nil, err
		}
		found, err := packaging.GoDependencies(report, modcache, own)
		if err != nil {
			return nil, err
		}
		libraries = append(libraries, found...)
	}
	return libraries, nil
}

// licenseReport runs go-licenses on what a package is built from for a platform, with the tags of the SDK's builds.
func licenseReport(pkg, goroot string, platform packaging.Platform) (string, error) {
	program, err := sh.Output("go", "tool", "-modfile=tools/go.mod", "-n", "go-licenses") // built for this machine
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program, "report", pkg, "--template", "tools/licenses.tpl")
	cmd.Env = append(os.Environ(), "GOROOT="+goroot, "GOOS="+platform.OS, "GOARCH="+platform.Arch, "CGO_ENABLED=0", "GOFLAGS=-tags=arrow_json_stdlib")
	var problems strings.Builder
	cmd.Stderr = &problems
	report, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go-licenses: %w\n%s", err, problems.String())
	}
	return string(report), nil
}
