//go:build mage

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/magefile/mage/sh"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// Test runs every test there is against a freshly built plugin: those of packages with goroutines or locks with the race detector, which makes
// computing eight times as long, and the others without. Those of pkg/demo/oracle, findings, soak and stores, of pkg/schema and of very many
// SLIs run without it too, and the walk of pkg/demo/equality is shorter with it; others ask the same code concurrently.
func Test() error {
	if err := errors.Join(buildForTests(), checkArchive()); err != nil {
		return err
	}
	slow := []string{"./oracle", "./soak", "./stores", "./equality", "./findings"} // the slowest first, so that it does not end alone
	demoRaced, demoOthers, err := packages(demoDir, slow...)
	if err != nil {
		return err
	}
	raced, others, err := packages(".", "./schema")
	if err != nil {
		return err
	}
	equality := make(chan error, 1) // It keeps one processor busy, so that others are tested meanwhile.
	go func() { equality <- test(demoDir, "-race", "./equality", "-steps=300") }()
	raceless := errors.Join(test(".", "-run=TestA10", "./pkg/plugin"), test(".", append(others, "./pkg/schema")...), testExamples(), <-equality,
		test(demoDir, append(slow, demoOthers...)...))
	backend := errors.Join(raceless, test(".", append([]string{"-race"}, raced...)...), test(demoDir, append([]string{"-race"}, demoRaced...)...))
	return errors.Join(backend, showTruth(), testFrontend())
}

// testExamples tests the modules of examples.
func testExamples() error {
	var errs []error
	for _, dir := range exampleModules {
		errs = append(errs, test(dir, "./..."))
	}
	return errors.Join(errs...)
}

// concurrent matches what starts goroutines or guards what they share.
var concurrent = regexp.MustCompile(`(?m)^\s*go [\w(]|"sync(/atomic)?"|\.Go\(|\.Parallel\(\)`)

// packages lists those of a module but for some, which are named by the last part of their path: the ones whose files or tests have
// anything concurrent, and the others.
func packages(dir string, without ...string) (raced, others []string, err error) {
	listed, err := sh.Output("go", "-C", dir, "list", "-f", "{{.Dir}}", "./...")
	for _, path := range strings.Fields(listed) {
		if slices.Contains(without, "./"+filepath.Base(path)) {
			continue
		}
		is, failed := isConcurrent(path)
		if err = errors.Join(err, failed); is {
			raced = append(raced, path)
		} else {
			others = append(others, path)
		}
	}
	return raced, others, err
}

// isConcurrent reports whether any Go file of a directory has anything concurrent.
func isConcurrent(dir string) (bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		text, failed := os.ReadFile(file)
		if failed != nil || concurrent.Match(text) {
			return true, failed
		}
	}
	return false, err
}

// test runs tests of a module. With -count=1, since a cached result would not notice that the plugin's binary has changed.
func test(dir string, args ...string) error {
	fmt.Println("==> Testing", dir)
	if err := tool(dir, "gotestsum", append([]string{"--format", "pkgname", "--", "-vet=all", "-count=1", "-timeout=30m"}, args...)...); err != nil {
		return fmt.Errorf("gotestsum in %s: %w", dir, err)
	}
	return nil
}

// showTruth prints on how many points the plugin's scores were held against Prometheus' own, which a test that passes
// keeps to itself.
func showTruth() error {
	report, err := os.ReadFile(truthReport)
	if err != nil {
		return fmt.Errorf("the test of truth left no report: %w", err)
	}
	fmt.Printf("==> Scores and budgets held against PromQL expressions and raw samples\n%s", report)
	return nil
}

// buildForTests builds the plugin and tells the tests, by CER_PLUGIN_DIST, where it lies.
func buildForTests() error {
	if err := Build(); err != nil {
		return err
	}
	dist, err := filepath.Abs(distDir)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(truthReport); err != nil {
		return err
	}
	report, err := filepath.Abs(truthReport)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(report), 0o755), os.Setenv("CER_TRUTH_REPORT", report), os.Setenv("CER_PLUGIN_DIST", dist))
}

// checkArchive checks the archive of what is built as Package does, with the binaries that there are.
func checkArchive() error {
	binaries, err := filepath.Glob(filepath.Join(distDir, "gpx_cer_*"))
	var built []packaging.Platform
	for _, binary := range binaries {
		goos, goarch, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(binary), "gpx_cer_"), ".exe"), "_")
		built = append(built, packaging.Platform{OS: goos, Arch: goarch})
	}
	if err := errors.Join(err, writeLicenses(built)); err != nil {
		return err
	}
	into := filepath.Dir(demoBin)
	return step("Checking the archive as Grafana's validator does", func() error { return archive(into, built) })
}

// testFrontend checks types and style of src and runs its tests, those in a browser too, each also after another failed.
func testFrontend() error {
	if err := installFrontend(); err != nil {
		return err
	}
	var errs []error
	for _, script := range []string{"typecheck", "lint", "test", "test:browser"} {
		errs = append(errs, step("Frontend: "+script, func() error { return inDir(".", "npm", "run", "--silent", script) }))
	}
	return errors.Join(errs...)
}
