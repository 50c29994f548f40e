package command_test

import (
	"os"
	"strings"
	"testing"
)

// compared is a definition of which docs/command.md shows the changes, before and after them.
const (
	compared = `apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  flows:
    - name: checkout
      weight: 5
      slis:
        - { name: fast, latency: { histogram: d_seconds, under: 800ms } }
`
	added = "        - { name: psp, weight: 2, latency: { histogram: psp_seconds, under: 1s } }\n"
)

func TestPageOfTheCommandShowsWhatIsPrinted(t *testing.T) {
	page, err := os.ReadFile("../../docs/command.md")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("weight: 5", "weight: 3", "800ms", "500ms").Replace(compared) + added
	inFolder(t, map[string]string{"shop.yaml": wrong, "old.yaml": compared, "new.yaml": changed})
	for args, code := range map[string]int{"check shop.yaml": 1, "diff old.yaml new.yaml": 0} {
		if printed := run(t, args).is(code).stdout; printed == "" || !strings.Contains(string(page), "```text\n"+printed+"```\n") {
			t.Errorf("docs/command.md does not show what `cer %s` prints:\n%s", args, printed)
		}
	}
}
