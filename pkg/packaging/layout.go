package packaging

import (
	"archive/zip"
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// manifestFile lists the Go files that the binaries were built from, with their SHA-256, as the SDK writes it.
const manifestFile = "go_plugin_build_manifest"

// Platform is an operating system and an architecture, as Go calls them.
type Platform struct{ OS, Arch string }

// binary is what the backend of a plugin is called on the platform.
func (p Platform) binary(executable string) string {
	name := executable + "_" + p.OS + "_" + p.Arch
	if p.OS == "windows" {
		name += ".exe"
	}
	return name
}

var (
	// required are the files of every plugin, beside its binaries and those that plugin.json names.
	required = []string{metadataFile, frontendFile, sourceMapFile, "README.md", "CHANGELOG.md", "LICENSE", LicensesFile, manifestFile}
	// strays are files and folders of the development: sources, the folder that Grafana would load instead of the one it lies in, and what a debugger
	// leaves, with which Grafana would wait for it.
	strays = []string{"node_modules", "package.json", "go.mod", "dist", "standalone.txt", "pid.txt"}
	// release is a version as plugin.json wants it.
	release = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)
	// day is a date as plugin.json wants it.
	day = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// Check says, a sentence each, what is wrong with an archive that is to hold binaries for the platforms.
func Check(archive string, platforms []Platform) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer reader.Close()
	id, err := folder(reader)
	if err != nil {
		return err
	}
	plugin, err := fs.Sub(reader, id)
	if err != nil {
		return err
	}
	meta, err := readMetadata(plugin)
	if err != nil {
		return err
	}
	return errors.Join(checkNames(meta, id, archive, platforms), checkMetadata(meta), checkFiles(plugin, meta), checkPictures(plugin, meta), checkFrontend(plugin),
		checkBinaries(plugin, meta, platforms), checkStrays(plugin), checkTexts(plugin), checkLinks(plugin), checkLicenses(plugin, meta))
}

// folder returns the name of the one folder that all files lie in.
func folder(archive *zip.ReadCloser) (string, error) {
	var folders []string
	for _, file := range archive.File {
		first, _, nested := strings.Cut(file.Name, "/")
		if !nested || !fs.ValidPath(strings.TrimSuffix(file.Name, "/")) {
			return "", fmt.Errorf("%q does not lie in the plugin's folder", file.Name)
		}
		if !slices.Contains(folders, first) {
			folders = append(folders, first)
		}
	}
	if len(folders) != 1 {
		return "", fmt.Errorf("the archive has the folders %q; Grafana wants one, named by the plugin's id", folders)
	}
	return folders[0], nil
}

// checkNames compares the names of folder and archive with plugin.json, in which no placeholder may be left.
func checkNames(meta Metadata, id, archive string, platforms []Platform) error {
	var errs []error
	if meta.ID != id {
		errs = append(errs, fmt.Errorf("the folder is called %s, but the plugin %s", id, meta.ID))
	}
	if !release.MatchString(meta.Info.Version) {
		errs = append(errs, fmt.Errorf("the version is %q, which is none", meta.Info.Version))
	}
	if !day.MatchString(meta.Info.Updated) {
		errs = append(errs, fmt.Errorf("the plugin was updated on %q, which is no date", meta.Info.Updated))
	}
	if name, want := filepath.Base(archive), meta.archiveName(nil); name != want && name != meta.archiveName(platforms) {
		errs = append(errs, fmt.Errorf("the archive is called %s, not %s", name, want))
	}
	return errors.Join(errs...)
}

// checkFiles looks for what every plugin has and for what plugin.json names.
func checkFiles(plugin fs.FS, meta Metadata) error {
	var errs []error
	for _, name := range slices.Concat(required, meta.files()) {
		if info, err := fs.Stat(plugin, name); err != nil || info.Size() == 0 {
			errs = append(errs, fmt.Errorf("the file %q is missing or empty", name))
		}
	}
	return errors.Join(errs...)
}

// checkBinaries looks for the backend of each platform, which must be executable and built for it, and for no other.
func checkBinaries(plugin fs.FS, meta Metadata, platforms []Platform) error {
	var errs []error
	var want []string
	for _, platform := range platforms {
		name := platform.binary(meta.Executable)
		want = append(want, name)
		info, err := fs.Stat(plugin, name)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("the binary %s is missing", name))
		case info.Mode().Perm() != 0o755:
			errs = append(errs, fmt.Errorf("the binary %s has the mode %s; everyone must be able to execute it", name, info.Mode().Perm()))
		default:
			errs = append(errs, checkBuild(plugin, name, platform))
		}
	}
	found, err := fs.Glob(plugin, meta.Executable+"*")
	for _, name := range found {
		if !slices.Contains(want, name) {
			errs = append(errs, fmt.Errorf("the binary %s is for a platform that is not released", name))
		}
	}
	return errors.Join(append(errs, err)...)
}

// checkBuild compares the platform that a binary was built for with the one that its name says.
func checkBuild(plugin fs.FS, name string, want Platform) error {
	content, err := fs.ReadFile(plugin, name)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("the binary %s was not built by Go: %w", name, err)
	}
	var got Platform
	for _, setting := range info.Settings {
		switch setting.Key {
		case "GOOS":
			got.OS = setting.Value
		case "GOARCH":
			got.Arch = setting.Value
		}
	}
	if got != want {
		return fmt.Errorf("the binary %s is built for %s/%s", name, got.OS, got.Arch)
	}
	return nil
}

// checkStrays looks for files that nobody wants to unpack.
func checkStrays(plugin fs.FS) error {
	var errs []error
	err := fs.WalkDir(plugin, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if name != "." && strings.HasPrefix(base, ".") || slices.Contains(strays, base) || base == metadataFile && name != base {
			errs = append(errs, fmt.Errorf("%s has no business in a plugin", name))
		}
		if !entry.IsDir() && !entry.Type().IsRegular() {
			errs = append(errs, fmt.Errorf("%s is no regular file", name))
		}
		return nil
	})
	return errors.Join(append(errs, err)...)
}
