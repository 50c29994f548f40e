//go:build mage

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/magefile/mage/sh"
)

const (
	debianDir     = "bin/stores" // where Debian's packages of stores are unpacked
	thanosVersion = "v0.42.4"
)

// debianStores are Debian's packages with stores, and the program of each.
var debianStores = map[string]string{"prometheus": "prometheus", "victoria-metrics": "victoria-metrics"}

// Stores asks the same of each real store: the embedded Prometheus, Debian's Prometheus and VictoriaMetrics, a stand-in for Mimir, and Thanos where it was built; CER_STORES=prometheus,thanos asks those alone, CER_STORE_WORLDS=40 compares so many worlds.
func Stores() error {
	if os.Getenv("CER_STORES") == "" {
		names := "embedded,prometheus,victoriametrics,mimir"
		if _, err := os.Stat("bin/thanos"); err == nil || os.Getenv("CER_THANOS") != "" {
			names += ",thanos"
		}
		if err := os.Setenv("CER_STORES", names); err != nil {
			return err
		}
	}
	worlds := os.Getenv("CER_STORE_WORLDS")
	if worlds == "" {
		worlds = "200"
	}
	run := func(args ...string) error {
		return inDir(demoDir, "go", append([]string{"test", "-v", "-count=1", "-timeout=0"}, args...)...)
	}
	return errors.Join(run("./stores"), run("./oracle", "-run=TestWorldsOnStores", "-store-worlds="+worlds))
}

// DebianStores unpacks Debian's Prometheus and VictoriaMetrics into bin/stores, where the tests find them. Nothing is installed or started.
func DebianStores() error {
	if err := os.MkdirAll(debianDir, 0o755); err != nil {
		return err
	}
	for name, program := range debianStores {
		if _, err := os.Stat(filepath.Join(debianDir, "usr/bin", program)); err == nil {
			continue
		}
		err := step("Unpacking Debian's "+name, func() error {
			if err := inDir(debianDir, "apt-get", "download", "-q", name); err != nil {
				return fmt.Errorf("the package %s of Debian can't be downloaded: %w; it needs Debian 12 or Ubuntu, and `apt-get update` as root before", name, err)
			}
			packages, err := filepath.Glob(filepath.Join(debianDir, name+"_*.deb"))
			if err != nil || len(packages) == 0 {
				return errors.Join(fmt.Errorf("apt-get left no package %s in %s", name, debianDir), err)
			}
			return inDir(".", "dpkg-deb", "-x", packages[0], debianDir)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Thanos builds Thanos into bin/thanos from the Go module proxy, which takes 5 to 20 minutes, so that `stores` asks it too.
func Thanos() error {
	bin, err := filepath.Abs("bin/thanos")
	if err != nil {
		return err
	}
	listed, err := sh.Output("go", "mod", "download", "-json", "github.com/thanos-io/thanos@"+thanosVersion)
	if err != nil {
		return err
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(listed), &module); err != nil {
		return err
	}
	return step("Building Thanos "+thanosVersion, func() error {
		// Its go.mod replaces modules, which holds for the main module alone; without a version it calls itself Prometheus.
		build := exec.Command("go", "build", "-trimpath", "-tags", "slicelabels", "-o", bin,
			"-ldflags", "-X github.com/prometheus/common/version.Version="+thanosVersion[1:], "./cmd/thanos")
		build.Dir, build.Stdout, build.Stderr = module.Dir, os.Stdout, os.Stderr
		return build.Run()
	})
}
