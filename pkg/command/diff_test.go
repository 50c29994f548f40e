package command_test

import (
	"strings"
	"testing"
)

func TestDiffSaysWhatChanges(t *testing.T) {
	const search = "    - { name: search, weight: 2, slis: [{ name: up, probe: { selector: up } }] }\n"
	reordered := strings.Replace(shop+search, "  flows:\n", "  flows:\n"+search, 1)
	reordered = strings.TrimSuffix(reordered, search)
	tests := map[string]struct {
		old, new, flags string
		code            int
		says            string
	}{
		"nothing":         {shop, "# the same\n" + shop, "--exit-code", 0, "nothing changes\n"},
		"the order":       {shop + search, reordered, "--exit-code", 0, "nothing changes, except the order\n"},
		"an objective":    {shop, strings.Replace(shop, "0.99", "0.999", 1), "", 0, "flow checkout: objective 99% → 99.9%\n"},
		"a flow":          {shop, shop + search, "--exit-code", 1, "flow search is new, with the weight 2\n"},
		"JSON":            {shop, shop + search, "--json", 0, `"text": "flow search is new, with the weight 2"`},
		"JSON of nothing": {shop, shop, "--json", 0, "[]\n"},
		"one is wrong":    {shop, wrong, "", 3, "new.yaml contains no valid catalog:\nnew.yaml:8:18:"},
		"one is empty":    {"", shop, "", 3, "old.yaml contains no valid catalog"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFolder(t, map[string]string{"old.yaml": test.old, "new.yaml": test.new})
			run(t, "diff "+test.flags+" old.yaml new.yaml").is(test.code).says(test.says)
		})
	}
	inFolder(t, map[string]string{"new.yaml": shop + search})
	machine{stdin: shop}.run(t, "diff - new.yaml").is(0).prints("flow search is new, with the weight 2\nSLI search/up is new, with the weight 1\n" +
		defaultsOfTwo)
	run(t, "diff new.yaml").is(3).says("`cer diff` needs two catalogs")
	run(t, "diff - -").is(3).says("standard input can be one of them")
	run(t, "diff nothing.yaml new.yaml").is(3).says("nothing.yaml can't be read: no such file or directory")
}

// defaultsOfTwo is what changes of the default policies with a second flow: of which share the flows are that page.
const defaultsOfTwo = `policy fast-burn: flows.minShare 100% → 50%
policy steady-burn: flows.minShare 100% → 50%
policy half-spent: flows.minShare 100% → 50%
`
