package definition

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// TestEarlier loads what versions before took for valid, as they had it in their tests, examples, docs and provisioning; some are named
// after the commit that had it first. What was found wrong with it since withholds a flow at most, and every flow and SLI is still
// there: earlier.txt lists them, and -update rewrites it.
func TestEarlier(t *testing.T) {
	var all strings.Builder
	for _, path := range glob(t, "earlier/*.yaml") {
		catalog, issues := Load(Source{Content: readFile(t, path)})
		if catalog == nil {
			t.Fatalf("%s is refused: %v", path, issues)
		}
		fmt.Fprintf(&all, "%s: %s\n", filepath.Base(path), outline(catalog, issues))
	}
	golden := filepath.Join("testdata", "earlier.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(readFile(t, golden)), all.String()); diff != "" {
		t.Error(diff)
	}
}

// outline returns the flows and SLIs of a catalog in a line, and how many issues it has.
func outline(catalog *cer.Catalog, issues Issues) string {
	warnings, withheld := 0, 0
	for _, issue := range issues {
		if issue.Withholds {
			withheld++
		} else {
			warnings++
		}
	}
	flows := make([]string, len(catalog.Flows))
	for i, flow := range catalog.Flows {
		slis := make([]string, len(flow.SLIs))
		for j, sli := range flow.SLIs {
			slis[j] = sli.Name
		}
		flows[i] = fmt.Sprintf("%s (%s)", flow.Name, strings.Join(slis, ", "))
	}
	return fmt.Sprintf("%s; %d warnings, %d withheld", strings.Join(flows, ", "), warnings, withheld)
}
