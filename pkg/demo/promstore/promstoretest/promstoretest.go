// Package promstoretest opens stores for tests.
package promstoretest

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// Open returns an empty store, which is closed with the test.
func Open(t testing.TB) *promstore.Store {
	t.Helper()
	store, err := promstore.Open(promstore.Config{Dir: t.TempDir(), Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}
