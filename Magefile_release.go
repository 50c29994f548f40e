//go:build mage

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/magefile/mage/sh"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

const (
	releaseDir   = "bin/release"          // the files of a release
	stageDir     = "bin/release-stage"    // the plugin for one platform
	releaseNotes = "bin/release-notes.md" // what the changelog says of it
)

// Release makes bin/release of a tagged commit: the archives of the plugin and of the command, bills of materials, and checksums; and bin/release-notes.md. CER_VERSION=1.2.3 stands for the tag. The plugin is signed where GRAFANA_ACCESS_POLICY_TOKEN is set.
func Release() error {
	release, err := newRelease()
	if err != nil {
		return fmt.Errorf("nothing is released:\n%w", err)
	}
	updated = release.Day
	for _, dir := range []string{distDir, releaseDir} { // so that nothing old gets into it
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	if err := errors.Join(os.MkdirAll(releaseDir, 0o755), os.WriteFile(releaseNotes, []byte(release.Notes+"\n"), 0o644)); err != nil {
		return err
	}
	for _, part := range []func() error{BuildAll, releaseLicenses, releasePlugin, releaseCommand, frontendSBOM} {
		if err := part(); err != nil {
			return err
		}
	}
	return packaging.Checksums(releaseDir)
}

// releaseLicenses writes the licenses of the libraries of all platforms into dist.
func releaseLicenses() error { return writeLicenses(platforms) }

// newRelease checks that the work tree can be released.
func newRelease() (packaging.Release, error) {
	version, err := releaseVersion()
	if err != nil {
		return packaging.Release{}, err
	}
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return packaging.Release{}, err
	}
	changes, err := sh.Output("git", "status", "--porcelain")
	if err != nil {
		return packaging.Release{}, err
	}
	tag, err := sh.Output("git", "tag", "--points-at", "HEAD", "--list", "v*")
	if err != nil {
		return packaging.Release{}, err
	}
	return packaging.NewRelease(packaging.Sources{
		Tag: cmp.Or(os.Getenv("CER_VERSION"), tag), Package: version, Changelog: string(changelog), Changes: changes,
	})
}

// releasePlugin makes the archive of the plugin for all platforms, and one for each, with the bill of materials of its backend.
func releasePlugin() error {
	if err := sign(distDir); err != nil {
		return err
	}
	archive, err := packaging.Archive(distDir, releaseDir)
	if err != nil {
		return err
	}
	if err := packaging.Check(archive, platforms); err != nil {
		return err
	}
	fmt.Println("    made", archive)
	for _, platform := range platforms {
		if err := releasePluginFor(platform); err != nil {
			return err
		}
	}
	return os.RemoveAll(stageDir)
}

// releasePluginFor makes the archive of the plugin for one platform.
func releasePluginFor(platform packaging.Platform) error {
	if err := packaging.Stage(distDir, stageDir, platform); err != nil {
		return err
	}
	if err := sign(stageDir); err != nil {
		return err
	}
	archive, err := packaging.PlatformArchive(stageDir, releaseDir, platform)
	if err != nil {
		return err
	}
	if err := packaging.Check(archive, []packaging.Platform{platform}); err != nil {
		return err
	}
	binaries, err := filepath.Glob(filepath.Join(stageDir, "gpx_*"))
	if err != nil {
		return err
	}
	fmt.Println("    made", archive)
	return backendSBOM(archive, binaries[0])
}

// releaseCommand makes the archives of the command, with the bill of materials of each.
func releaseCommand() error {
	return packageCommand(releaseDir, backendSBOM)
}

// signingToken is Grafana's, and "" where nothing is signed.
var signingToken = os.Getenv(tokenVariable)

const tokenVariable = "GRAFANA_ACCESS_POLICY_TOKEN"

func init() { _ = os.Unsetenv(tokenVariable) } // so that no command gets it but the one that signs

// sign writes the signature of the plugin in a directory into it, where there is a token.
func sign(dir string) error {
	if signingToken == "" {
		return nil
	}
	return step("Signing "+dir, func() error {
		return sh.RunWithV(map[string]string{tokenVariable: signingToken}, "npm", "run", "--silent", "sign", "--", "--distDir", dir)
	})
}

// backendSBOM writes the bill of materials of the binary in an archive beside the archive.
func backendSBOM(archive, binary string) error {
	version, err := releaseVersion()
	if err != nil {
		return err
	}
	sbom := strings.TrimSuffix(archive, ".zip") + ".cdx.json"
	if err := releaseTool("cyclonedx-gomod", "bin", "-json", "-std", "-version", "v"+version, "-output", sbom, binary); err != nil {
		return err
	}
	return packaging.CheckSBOM(sbom, binary)
}

// frontendSBOM writes the bill of materials of what is bundled into the frontend: the dependencies of package.json, without those
// that only the build needs. `npm sbom --omit=dev` would leave out what both need.
func frontendSBOM() error {
	var manifest map[string]any
	content, err := os.ReadFile("package.json")
	if err := errors.Join(err, json.Unmarshal(content, &manifest)); err != nil {
		return err
	}
	delete(manifest, "devDependencies")
	name, version := fmt.Sprint(manifest["name"]), fmt.Sprint(manifest["version"])
	dir := filepath.Join("bin/sbom", name) // npm names the component after the directory.
	if content, err = json.Marshal(manifest); err != nil {
		return err
	}
	err = errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "package.json"), content, 0o644),
		copyFile("package-lock.json", filepath.Join(dir, "package-lock.json")),
		inDir(dir, "npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"))
	if err != nil {
		return err
	}
	list, err := sh.Output("npm", "--prefix", dir, "sbom", "--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application")
	if err != nil {
		return err
	}
	sbom := filepath.Join(releaseDir, name+"-"+version+".frontend.cdx.json")
	return errors.Join(os.WriteFile(sbom, []byte(list+"\n"), 0o644), packaging.CheckFrontendSBOM(sbom, distDir))
}
