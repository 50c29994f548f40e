//go:build mage

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// commandDir is where the command cer is built.
const commandDir = "bin/command"

// Command builds the command cer for this machine, as bin/command/cer.
func Command() error {
	_, err := buildCommand(packaging.Platform{OS: runtime.GOOS, Arch: runtime.GOARCH}, commandDir)
	return err
}

// PackageCommand makes an archive of the command cer for each platform, beside dist.
func PackageCommand() error {
	return packageCommand(".", func(_, _ string) error { return nil })
}

// packageCommand makes an archive of the command for each platform in a directory, and hands each with its binary to a function.
func packageCommand(into string, made func(archive, binary string) error) error {
	version, err := releaseVersion()
	if err != nil {
		return err
	}
	licenses := filepath.Join(commandDir, packaging.LicensesFile)
	if err := writeCommandLicenses(licenses); err != nil {
		return err
	}
	for _, platform := range platforms {
		binary, err := buildCommand(platform, filepath.Join(commandDir, platform.OS+"_"+platform.Arch))
		if err != nil {
			return err
		}
		archive, err := packaging.CommandArchive(binary, platform, version, into, "LICENSE", "docs/command.md", licenses)
		if err != nil {
			return err
		}
		if err := made(archive, binary); err != nil {
			return err
		}
		fmt.Println("    made", archive)
	}
	return nil
}

// buildCommand compiles the command for a platform into a directory, and returns the path of the binary.
func buildCommand(platform packaging.Platform, into string) (string, error) {
	version, err := releaseVersion()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(into, packaging.CommandName(platform))
	err = step(fmt.Sprintf("Building the command cer for %s/%s", platform.OS, platform.Arch), func() error {
		cmd := exec.Command("go", "build", "-trimpath", "-tags", "arrow_json_stdlib", "-ldflags", "-w -s -X main.version="+version, "-o", binary, "./pkg/cmd/cer")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+platform.OS, "GOARCH="+platform.Arch)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		return cmd.Run()
	})
	return binary, err
}

// releaseVersion returns the version of package.json, which that of the plugin and of the command is.
func releaseVersion() (string, error) {
	manifest, err := os.ReadFile("package.json")
	if err != nil {
		return "", err
	}
	var pkg struct{ Version string }
	if err := json.Unmarshal(manifest, &pkg); err != nil {
		return "", fmt.Errorf("package.json: %w", err)
	}
	return pkg.Version, nil
}
