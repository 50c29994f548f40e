package packaging_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// changelog has a released version, and what comes next.
const changelog = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- More.\n\n## [1.2.3] - 2026-03-04\n\n### Fixed\n\n- A fault.\n\n## [1.2.2] - 2026-02-03\n\n- Older.\n"

func TestReleaseNeedsItsChangelog(t *testing.T) {
	whole := packaging.Sources{Tag: "v1.2.3", Package: "1.2.3", Changelog: changelog}
	for name, test := range map[string]struct {
		change func(*packaging.Sources)
		want   string // in the error; "" where it can be released
	}{
		"as it should be":         {func(*packaging.Sources) {}, ""},
		"no v before the version": {func(s *packaging.Sources) { s.Tag = "1.2.3" }, ""},
		"no tag":                  {func(s *packaging.Sources) { s.Tag = "" }, "there is no version"},
		"two tags":                {func(s *packaging.Sources) { s.Tag = "v1.2.3\nv1.2.4" }, "has to be one such as 1.2.3"},
		"a tag that is none":      {func(s *packaging.Sources) { s.Tag = "v1.2" }, "has to be one such as 1.2.3"},
		"another package.json":    {func(s *packaging.Sources) { s.Package = "1.2.4" }, "the version is 1.2.3, but that of package.json is 1.2.4"},
		"no changelog":            {func(s *packaging.Sources) { s.Changelog = "" }, "no section `## [1.2.3] - YYYY-MM-DD`"},
		"no date": {func(s *packaging.Sources) { s.Changelog = strings.ReplaceAll(changelog, "] - 2026-03-04", "]") },
			"no section `## [1.2.3] - YYYY-MM-DD`"},
		"only another version":   {func(s *packaging.Sources) { s.Changelog = strings.ReplaceAll(changelog, "1.2.3", "1x2.3") }, "no section"},
		"an empty section":       {func(s *packaging.Sources) { s.Changelog = "## [1.2.3] - 2026-03-04\n\n## [1.2.2]\n\n- Older.\n" }, "the section of 1.2.3 in CHANGELOG.md is empty"},
		"changes that are there": {func(s *packaging.Sources) { s.Changes = " M README.md" }, "not committed:\n M README.md"},
	} {
		t.Run(name, func(t *testing.T) {
			from := whole
			test.change(&from)
			release, err := packaging.NewRelease(from)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("the error is %v, want one that says %q", err, test.want)
				}
				return
			}
			if want := (packaging.Release{Version: "1.2.3", Day: "2026-03-04", Notes: "### Fixed\n\n- A fault."}); err != nil || release != want {
				t.Errorf("it is %+v (%v), want %+v", release, err, want)
			}
		})
	}
}

func TestAllThatIsWrongWithAReleaseIsSaidAtOnce(t *testing.T) {
	_, err := packaging.NewRelease(packaging.Sources{Tag: "v9", Package: "1.2.3", Changes: "?? x"})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("the error is %v, want one on the version, the changelog and the work tree", err)
	}
}

func TestAVersionBeforeTheReleaseCanBeReleased(t *testing.T) {
	const version = "1.2.3-rc.1"
	if _, err := packaging.NewRelease(packaging.Sources{Tag: "v" + version, Package: version, Changelog: strings.ReplaceAll(changelog, "1.2.3", version)}); err != nil {
		t.Error(err)
	}
	if err := checked(t, map[string]string{"plugin.json": strings.Replace(smallMetadata, "1.2.3", version, 1)}); err != nil {
		t.Error(err)
	}
}

// The version in package.json is the one that comes next, or the last one that was released.
func TestChangelogAndPackageAgreeOnTheVersion(t *testing.T) {
	version := manifestOf(t, "package.json").Version
	if locked := manifestOf(t, "package-lock.json").Version; version != locked {
		t.Errorf("package.json has the version %s, and package-lock.json %s", version, locked)
	}
	headings := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(string(read(t, "CHANGELOG.md")), -1)
	for i, heading := range headings {
		released := regexp.MustCompile(`^\[(\d+\.\d+\.\d+\S*)] - \d{4}-\d{2}-\d{2}$`).FindStringSubmatch(heading[1])
		switch {
		case i == 0 && heading[1] == "[Unreleased]":
		case released == nil:
			t.Errorf("CHANGELOG.md has the section %q, which is neither [Unreleased] nor [1.2.3] - 2026-03-04", heading[1])
		case i == 0 && released[1] != version:
			t.Errorf("the newest section of CHANGELOG.md is that of %s, and the version of package.json is %s", released[1], version)
		}
	}
}

// exampleInPage is a file of the examples that a page names.
var exampleInPage = regexp.MustCompile("`([\\w.-]+/[\\w.-]+)`")

// Who sets the version finds each file that has it on the page.
func TestThePageOfReleasesNamesTheExamplesWithTheVersion(t *testing.T) {
	_, step, _ := strings.Cut(string(read(t, "docs", "releasing.md")), "`examples`: ")
	step, _, _ = strings.Cut(step, ". ")
	var named, have []string
	for _, found := range exampleInPage.FindAllStringSubmatch(step, -1) {
		named = append(named, found[1])
	}
	paths, err := fs.Glob(os.DirFS(filepath.Join(root, "examples")), "*/*")
	if err != nil {
		t.Fatal(err)
	}
	version := manifestOf(t, "package.json").Version
	ofCer := regexp.MustCompile(`\b(cer|cer-plugin|newTag|default): ?` + regexp.QuoteMeta(version) + `(\s|$)`) // as an image, its tag, or a default
	for _, path := range paths {
		info, err := os.Stat(filepath.Join(root, "examples", path))
		if err == nil && !info.IsDir() && ofCer.Match(read(t, "examples", path)) {
			have = append(have, path)
		}
	}
	slices.Sort(named)
	if !slices.Equal(have, named) {
		t.Errorf("the version %s is in the examples %q, and docs/releasing.md names %q", version, have, named)
	}
}

func TestChecksumsAreOfTheArchives(t *testing.T) {
	dir := written(t, map[string]string{"a.zip": "a", "b.zip": "b", "b.cdx.json": "{}"})
	for range 2 { // The second time the lists of the first lie there.
		if err := packaging.Checksums(dir); err != nil {
			t.Fatal(err)
		}
	}
	for list, sum := range map[string]func(string) string{
		"SHA256SUMS": func(text string) string { sum := sha256.Sum256([]byte(text)); return hex.EncodeToString(sum[:]) },
		"SHA1SUMS":   func(text string) string { sum := sha1.Sum([]byte(text)); return hex.EncodeToString(sum[:]) },
	} {
		written, err := os.ReadFile(filepath.Join(dir, list))
		want := sum("a") + "  a.zip\n" + sum("{}") + "  b.cdx.json\n" + sum("b") + "  b.zip\n"
		if err != nil || string(written) != want {
			t.Errorf("%s is\n%s(%v), want\n%s", list, written, err, want)
		}
	}
	cmd := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %s (%v)", out, err)
	}
}

// writeSBOM writes a bill of materials of components, and returns its path.
func writeSBOM(t *testing.T, versions map[string]string) string {
	t.Helper()
	type component struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	var components []component
	for name, version := range versions {
		components = append(components, component{name, version})
	}
	content, err := json.Marshal(map[string]any{"bomFormat": "CycloneDX", "components": components})
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(written(t, map[string]string{"sbom.json": string(content)}), "sbom.json")
}

func TestSBOMNamesEveryModuleOfTheBinary(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "cer")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/cer").CombinedOutput(); err != nil {
		t.Fatalf("building the command: %s (%v)", out, err)
	}
	printed, err := exec.Command("go", "version", "-m", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^\tdep\t(\S+)\t(\S+)`).FindAllStringSubmatch(string(printed), -1) {
		modules[found[1]] = found[2]
	}
	if len(modules) < 5 {
		t.Fatalf("`go version -m` names %d modules:\n%s", len(modules), printed)
	}
	if err := packaging.CheckSBOM(writeSBOM(t, modules), binary); err != nil {
		t.Errorf("a bill with all of the modules is refused: %v", err)
	}
	for module, version := range modules {
		for _, wrong := range []string{"", version + "1"} {
			changed := maps.Clone(modules)
			changed[module] = wrong
			if err := packaging.CheckSBOM(writeSBOM(t, changed), binary); err == nil || !strings.Contains(err.Error(), module+" in the version") {
				t.Errorf("a bill with %s in the version %q passes: %v", module, wrong, err)
			}
		}
	}
}

func TestSBOMNamesEveryPackageOfTheFrontend(t *testing.T) {
	dist := written(t, map[string]string{"module.js.map": `{"sources": ["webpack://x/./module.ts", "webpack://x/../node_modules/yaml/dist/a.js", "webpack://x/../node_modules/yaml/node_modules/@scope/y/b.js"]}`})
	if err := packaging.CheckFrontendSBOM(writeSBOM(t, map[string]string{"yaml": "1", "@scope/y": "2", "z": "3"}), dist); err != nil {
		t.Error(err)
	}
	for _, missing := range []string{"yaml", "@scope/y"} {
		listed := map[string]string{"yaml": "1", "@scope/y": "2"}
		delete(listed, missing)
		if err := packaging.CheckFrontendSBOM(writeSBOM(t, listed), dist); err == nil || !strings.Contains(err.Error(), "lacks "+missing+",") {
			t.Errorf("a bill without %s passes: %v", missing, err)
		}
	}
}

func TestSBOMIsCycloneDX(t *testing.T) {
	file := filepath.Join(written(t, map[string]string{"sbom.json": `{"spdxVersion": "SPDX-2.3"}`}), "sbom.json")
	if err := packaging.CheckFrontendSBOM(file, t.TempDir()); err == nil || !strings.Contains(err.Error(), "is no CycloneDX file") {
		t.Errorf("another format passes: %v", err)
	}
}

func TestAnArchiveForAPlatformHasItsBinaryAlone(t *testing.T) {
	for _, platform := range platforms {
		stage := filepath.Join(t.TempDir(), "stage")
		if err := packaging.Stage(dist(t, map[string]string{"gpx_x_plan9_amd64": "x"}), stage, platform); err != nil {
			t.Fatal(err)
		}
		archive, err := packaging.PlatformArchive(stage, t.TempDir(), platform)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := filepath.Base(archive), "acme-x-datasource-1.2.3."+platform.OS+"_amd64.zip"; got != want {
			t.Errorf("the archive is called %s, want %s", got, want)
		}
		if err := packaging.Check(archive, []packaging.Platform{platform}); err != nil {
			t.Error(err)
		}
		if err := packaging.Check(archive, platforms); err == nil {
			t.Error("the archive for one platform passes as that for all")
		}
	}
}

func TestAnotherReleaseLeavesNothingBehind(t *testing.T) {
	stage := t.TempDir()
	for _, platform := range platforms {
		if err := packaging.Stage(dist(t, nil), stage, platform); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(stage, "gpx_x_linux_amd64")); err == nil {
		t.Error("the binary of the first platform is still there")
	}
}
