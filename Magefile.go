//go:build mage

// Everything a developer or CI does with cer, run as `go tool mage TARGET`.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/mg"
	"github.com/magefile/mage/sh"
	"github.com/magefile/mage/target"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// Default is what `go tool mage` does without a target.
var Default = Build

const (
	distDir     = "dist"     // what Grafana loads
	demoDir     = "pkg/demo" // a Go module of its own
	demoBin     = "bin/demo"
	benchBin    = "bin/bench"
	truthReport = "bin/truth.txt"
)

// modules are the directories of the Go modules that are linted, tested and measured.
var modules = []string{".", demoDir}

// exampleModules are the directories of the Go modules that check examples by the types of Argo and Kubernetes. They are linted and tested.
var exampleModules = []string{"examples/argo-rollouts", "examples/kubernetes"}

// platforms are the operating systems and architectures the plugin is released for.
var platforms = []packaging.Platform{
	{OS: "linux", Arch: "amd64"},
	{OS: "linux", Arch: "arm64"},
	{OS: "darwin", Arch: "amd64"},
	{OS: "darwin", Arch: "arm64"},
	{OS: "windows", Arch: "amd64"},
}

func init() {
	// The SDK looks for plugin.json in src; ours lies at the top.
	_ = build.SetBeforeBuildCallback(func(cfg build.Config) (build.Config, error) {
		cfg.PluginJSONPath = "."
		return cfg, nil
	})
}

// Build makes dist, the plugin for this machine as Grafana loads it.
func Build() error {
	if err := buildBinary(runtime.GOOS, runtime.GOARCH); err != nil {
		return err
	}
	return assemble()
}

// BuildAll makes dist with the binaries of every platform the plugin is released for.
func BuildAll() error {
	for _, platform := range platforms {
		if err := buildBinary(platform.OS, platform.Arch); err != nil {
			return err
		}
	}
	return assemble()
}

// Package makes the archive that is unpacked in Grafana's plugins folder, for every platform, beside dist; and checks it.
func Package() error {
	if err := os.RemoveAll(distDir); err != nil { // so that nothing old gets into the archive
		return err
	}
	if err := BuildAll(); err != nil {
		return err
	}
	if err := writeLicenses(platforms); err != nil {
		return err
	}
	return step("Packaging", func() error { return archive(".", platforms) })
}

// archive writes the archive of dist, which holds the binaries of platforms, into a directory; and checks it.
func archive(into string, platforms []packaging.Platform) error {
	path, err := packaging.Archive(distDir, into)
	if err != nil {
		return err
	}
	if err := packaging.Check(path, platforms); err != nil {
		return errors.Join(fmt.Errorf("%s is not as Grafana wants it:\n%w", path, err), os.Remove(path))
	}
	fmt.Println("    made", path)
	return nil
}

// Demo builds the plugin and shows it at work on a simulated shop, in Grafana too if there is one; CER_DEMO_FOR=30s ends it, CER_DEMO_INCIDENT=now breaks the shop, canary its next release.
func Demo() error {
	if err := Build(); err != nil {
		return err
	}
	bin, err := filepath.Abs(demoBin)
	if err != nil {
		return err
	}
	err = step("Building the demo, with Prometheus in it", func() error {
		return inDir(demoDir, "go", "build", "-o", bin, "./cmd/demo")
	})
	if err != nil {
		return err
	}
	return become(bin, "-plugin", distDir, "-root", ".")
}

// E2e runs the browser's specs in e2e against the Grafana at GRAFANA_URL, which the demo starts.
func E2e() error { return playwright("specs") }

// Screenshots takes the pictures of img and docs/img in the Grafana at GRAFANA_URL, which the demo starts.
func Screenshots() error { return playwright("screenshots") }

// playwright runs a project of e2e/playwright.config.ts.
func playwright(project string) error {
	if os.Getenv("GRAFANA_URL") == "" {
		return errors.New("GRAFANA_URL is needed: the address of a Grafana with the shop's data source, dashboard and alert rules; " +
			"`go tool mage demo` starts one where GRAFANA_HOME is an unpacked Grafana, and prints its address")
	}
	if err := installFrontend(); err != nil {
		return err
	}
	return inDir(".", "npm", "run", "--silent", "e2e", "--", "--project="+project)
}

// Bench measures the built plugin beside PromQL that says the same, and writes docs/benchmarks.md; then it runs the benchmarks in Go. CER_BENCH_STORE=URL measures against an empty store elsewhere, CER_BENCH_QUICK=1 only shows that it works.
func Bench() error {
	if err := buildBinary(runtime.GOOS, runtime.GOARCH); err != nil {
		return err
	}
	bin, err := filepath.Abs(benchBin)
	if err != nil {
		return err
	}
	err = step("Building the benchmark, with Prometheus in it", func() error {
		return inDir(demoDir, "go", "build", "-o", bin, "./cmd/bench")
	})
	if err != nil {
		return err
	}
	if err := inDir(".", bin, "-plugin", distDir, "-root", "."); err != nil {
		return err
	}
	flags := []string{"test", "-run", "^$", "-bench", ".", "-benchmem"}
	if os.Getenv("CER_BENCH_QUICK") != "" {
		flags = append(flags, "-benchtime", "1x")
	}
	for _, dir := range modules {
		fmt.Println("==> Measuring functions of", dir)
		if err := inDir(dir, "go", append(flags, "./...")...); err != nil {
			return err
		}
	}
	return nil
}

// Lint checks all Go modules and GitHub's workflows with the pinned linters; the first run builds them, which takes minutes.
func Lint() error {
	return errors.Join(eachModule("Linting", "golangci-lint", "run", "./..."), lintWorkflows())
}

// lintWorkflows checks the workflows of GitHub, those of examples too.
func lintWorkflows() error {
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil {
		return err
	}
	fmt.Println("==> Linting", strings.Join(files, ", "))
	return releaseTool("actionlint", append(files, "examples/github-action/workflow.yml")...)
}

// Format rewrites the Go files as Lint wants them.
func Format() error {
	return tool(".", "golangci-lint", "fmt")
}

// Clean removes what the other targets made.
func Clean() error {
	for _, dir := range []string{distDir, filepath.Dir(demoBin)} {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// buildBinary compiles the plugin's backend into dist.
func buildBinary(goos, goarch string) error {
	return step(fmt.Sprintf("Building the plugin for %s/%s", goos, goarch), func() error {
		return build.Build{}.Custom(goos, goarch)
	})
}

// buildFrontend compiles src into dist, unless what lies there is newer.
func buildFrontend() error {
	module := filepath.Join(distDir, "module.js")
	stale, err := target.Dir(module, "src", "schema", "package-lock.json", ".config")
	if err != nil || !stale {
		return err
	}
	if err := installFrontend(); err != nil {
		return err
	}
	return step("Building the frontend", func() error { return inDir(".", "npm", "run", "--silent", "build") })
}

// installFrontend fetches what package-lock.json pins, unless that has been done since it changed.
func installFrontend() error {
	stale, err := target.Path("node_modules/.package-lock.json", "package-lock.json")
	if err != nil || !stale {
		return err
	}
	return step("Installing what the frontend is built with", func() error { return npmCI(".") })
}

// npmCI fetches exactly what the package-lock.json of a directory pins.
func npmCI(dir string) error {
	return inDir(dir, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")
}

// assemble puts into dist what Grafana expects beside the binary.
func assemble() error {
	if err := buildFrontend(); err != nil {
		return err
	}
	for _, file := range []string{"README.md", "CHANGELOG.md", "LICENSE"} {
		if err := copyFile(file, filepath.Join(distDir, file)); err != nil {
			return err
		}
	}
	for _, dir := range []string{"img", "dashboards"} {
		if err := replaceDir(dir, filepath.Join(distDir, dir)); err != nil {
			return err
		}
	}
	return writePluginJSON()
}

// updated is the date in plugin.json: today, but for a release that of the changelog.
var updated = time.Now().UTC().Format(time.DateOnly)

// writePluginJSON copies plugin.json into dist with the version of package.json and the date.
func writePluginJSON() error {
	version, err := releaseVersion()
	if err != nil {
		return err
	}
	plugin, err := os.ReadFile("plugin.json")
	if err != nil {
		return err
	}
	plugin = bytes.ReplaceAll(plugin, []byte("%VERSION%"), []byte(version))
	plugin = bytes.ReplaceAll(plugin, []byte("%TODAY%"), []byte(updated))
	return os.WriteFile(filepath.Join(distDir, "plugin.json"), plugin, 0o644)
}

// replaceDir copies a directory, so that nothing is left of what was there before.
func replaceDir(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// step says what it is about to do, that it is still at it every ten seconds, and how long it took.
func step(what string, do func() error) error {
	fmt.Println("==>", what)
	start := time.Now()
	done := make(chan error, 1)
	go func() { done <- do() }()
	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			if err == nil {
				fmt.Printf("    took %.1f s\n", time.Since(start).Seconds())
			}
			return err
		case <-ticker.C:
			fmt.Printf("    still at it after %.0f s\n", time.Since(start).Seconds())
		}
	}
}

// eachModule runs a tool in every module, also after it failed in one, so that one run tells everything.
func eachModule(doing, name string, args ...string) error {
	var errs []error
	for _, dir := range slices.Concat(modules, exampleModules) {
		fmt.Println("==>", doing, dir)
		if err := tool(dir, name, args...); err != nil {
			errs = append(errs, fmt.Errorf("%s in %s: %w", name, dir, err))
		}
	}
	return errors.Join(errs...)
}

// tool runs a program pinned in tools/go.mod.
func tool(dir, name string, args ...string) error {
	return pinned("tools/go.mod", dir, name, args...)
}

// releaseTool runs a program pinned in tools/release/go.mod, whose dependencies are not those of the linters.
func releaseTool(name string, args ...string) error {
	return pinned("tools/release/go.mod", ".", name, args...)
}

// pinned runs a program that a Go module pins.
func pinned(module, dir, name string, args ...string) error {
	pins, err := filepath.Abs(module)
	if err != nil {
		return err
	}
	return inDir(dir, "go", append([]string{"tool", "-modfile=" + pins, name}, args...)...)
}

// inDir runs a command in a directory, with its output shown.
func inDir(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// become replaces this process by the command, so that Ctrl-C reaches it directly and its exit code is ours. Under
// mage's own handling of Ctrl-C the command would have five seconds and then be left behind.
func become(name string, args ...string) error {
	err := syscall.Exec(name, append([]string{name}, args...), os.Environ())
	if runtime.GOOS == "windows" { // It can't replace a process.
		return sh.RunV(name, args...)
	}
	return mg.Fatalf(1, "starting %s: %v", name, err)
}
