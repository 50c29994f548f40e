package definition

import (
	"runtime"
	"testing"
	"unsafe"
	"weak"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// A catalog keeps nothing of what it was read from: the tree of a YAML file is a dozen times as large as the file.
func TestACatalogKeepsNothingOfItsText(t *testing.T) {
	catalog, tree, text := readAndForget(t)
	runtime.GC()
	if tree.Value() != nil {
		t.Error("the tree of the file is held")
	}
	if text.Value() != nil {
		t.Error("the text of the file is held")
	}
	runtime.KeepAlive(catalog)
}

// readAndForget reads a catalog, and returns it with weak pointers to the root of its tree and to its text.
func readAndForget(t *testing.T) (*cer.Catalog, weak.Pointer[yaml.Node], weak.Pointer[byte]) {
	source := Source{Content: []byte(large(nastyLength))}
	f := open(source, budgetOf(source))
	catalog := readCatalog(f.documents, &library{}, true)
	if catalog == nil || len(f.issues) > 0 {
		t.Fatal(f.issues)
	}
	return catalog, weak.Make(f.documents[0].Node), weak.Make(unsafe.StringData(f.text))
}
