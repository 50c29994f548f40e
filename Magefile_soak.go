//go:build mage

package main

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
)

// Soak asks the built plugin at random for an hour, while the store before it fails in all ways, and prints what was done; CER_SOAK_FOR=10m ends it earlier, CER_SOAK_SEED=2 does other things.
func Soak() error {
	if err := buildBinary(runtime.GOOS, runtime.GOARCH); err != nil {
		return err
	}
	dist, err := filepath.Abs(distDir)
	if err != nil {
		return err
	}
	if err := os.Setenv("CER_PLUGIN_DIST", dist); err != nil {
		return err
	}
	return inDir(demoDir, "go", "test", "./soak", "-v", "-count=1", "-timeout=0",
		"-for="+cmp.Or(os.Getenv("CER_SOAK_FOR"), "1h"), "-seed="+cmp.Or(os.Getenv("CER_SOAK_SEED"), "1"))
}
