package packaging

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// checksumFiles are the files that Checksums writes, with the hash that each is made of. Grafana's catalog asks for SHA-1.
var checksumFiles = map[string]func() hash.Hash{"SHA256SUMS": sha256.New, "SHA1SUMS": sha1.New}

// Checksums writes SHA256SUMS and SHA1SUMS into a directory, with a line for each of its files, sorted by name, which
// `sha256sum --check` and `sha1sum --check` read.
func Checksums(dir string) error {
	for name := range checksumFiles { // so that neither is listed in the other
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for name, algorithm := range checksumFiles {
		var list strings.Builder
		for _, entry := range entries {
			sum, err := checksum(filepath.Join(dir, entry.Name()), algorithm())
			if err != nil {
				return err
			}
			fmt.Fprintf(&list, "%s  %s\n", sum, entry.Name())
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(list.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// checksum returns the hash of a file in hexadecimal digits.
func checksum(path string, of hash.Hash) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if _, err := io.Copy(of, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(of.Sum(nil)), nil
}
