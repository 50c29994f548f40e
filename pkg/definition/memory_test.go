package definition

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestACatalogKeepsNothingOfItsText holds a large catalog, and what it was read from no longer: the tree of a YAML file is
// a dozen times as large as the file.
func TestACatalogKeepsNothingOfItsText(t *testing.T) {
	var text strings.Builder
	text.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: large }\nspec:\n  flows:\n")
	for flow := range 500 {
		fmt.Fprintf(&text, "    - name: f%d\n      slis:\n", flow)
		for sli := range 5 {
			fmt.Fprintf(&text, "        - { name: s%d, component: availability, ratio: { good: 'a{f=\"%d\"}', total: 'b{f=\"%d\"}' } }\n", sli, flow, flow)
		}
	}
	held := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := held()
	catalog, issues := Load(Source{Content: []byte(text.String())})
	if catalog == nil || len(issues) > 0 {
		t.Fatal(issues)
	}
	if n, most := int64(held())-int64(before), int64(8*text.Len()); n > most {
		t.Errorf("a catalog of %d bytes holds %d, want %d at most", text.Len(), n, most)
	}
	runtime.KeepAlive(catalog)
}
