//go:build mage

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/magefile/mage/sh"
)

// Test runs every test there is, with the race detector, against a freshly built plugin. Those of pkg/demo/oracle, findings, soak and
// stores, of pkg/schema and importer, of very many SLIs, and of the examples for Argo run without it, which would make minutes of computing eight times as long, and
// the walk of pkg/demo/equality is shorter with it; others ask the same code concurrently.
func Test() error {
	if err := buildForTests(); err != nil {
		return err
	}
	raceless := []string{"./oracle", "./soak", "./stores", "./equality", "./findings"}
	raced, err := packagesBut(demoDir, raceless...)
	if err != nil {
		return err
	}
	main, err := packagesBut(".", "./schema", "./importer")
	if err != nil {
		return err
	}
	equality := make(chan error, 1) // It keeps one processor busy, so that others are tested meanwhile.
	go func() { equality <- test(demoDir, "-race", "./equality", "-steps=300") }()
	slow := errors.Join(test(".", "-run=TestA10", "./pkg/plugin"), test(".", "./pkg/schema", "./pkg/importer"), test(argoDir, "./..."), <-equality,
		test(demoDir, raceless...))
	backend := errors.Join(test(".", append([]string{"-race"}, main...)...), test(demoDir, append([]string{"-race"}, raced...)...), slow)
	return errors.Join(backend, showTruth(), testFrontend())
}

// packagesBut returns the packages of a module but for some, which are named by the last part of their path.
func packagesBut(dir string, without ...string) ([]string, error) {
	listed, err := sh.Output("go", "-C", dir, "list", "./...")
	return slices.DeleteFunc(strings.Fields(listed), func(path string) bool { return slices.Contains(without, "./"+filepath.Base(path)) }), err
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
