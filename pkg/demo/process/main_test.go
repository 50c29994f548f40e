package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// What all tests of the package share: one plugin, which has a data source a test, and one store.
var (
	executable string
	plugin     *pluginhost.Host
	shop       *promstore.Store
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// run runs the tests with a plugin and a store that are gone afterwards.
func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "cer-process")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if executable, err = pluginhost.FindExecutable(dir, filepath.Join("..", "..", "..")); err != nil {
		return 0, err
	}
	if shop, err = openShop(filepath.Join(dir, "shop")); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shop.Close()) }()
	if plugin, err = pluginhost.Start(pluginhost.Config{Executable: executable}); err != nil {
		return 0, err
	}
	defer plugin.Stop()
	return m.Run(), nil
}

// waitUntil waits until there is no problem left, however long that takes on a busy machine; only what never comes
// fails the test.
func waitUntil(t *testing.T, problem func() string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		left := problem()
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(left)
		}
	}
}
