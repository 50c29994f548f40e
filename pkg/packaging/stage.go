package packaging

import (
	"os"
	"path/filepath"
)

// Stage copies a built plugin into a directory, with the binary of one platform alone, so that it can be signed and
// packed for that platform.
func Stage(dist, into string, platform Platform) error {
	plugin := os.DirFS(dist)
	meta, err := readMetadata(plugin)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(into); err != nil {
		return err
	}
	if err := os.CopyFS(into, plugin); err != nil {
		return err
	}
	return removeOthers(into, meta.Executable, platform)
}

// removeOthers removes the binaries of other platforms.
func removeOthers(dir, executable string, platform Platform) error {
	binaries, err := filepath.Glob(filepath.Join(dir, executable+"_*"))
	if err != nil {
		return err
	}
	for _, path := range binaries {
		if filepath.Base(path) == platform.binary(executable) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
