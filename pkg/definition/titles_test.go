package definition_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// A title that another SLI takes as well is no change of what is stated.
func TestASharedTitleIsNoChangeOfTheTitle(t *testing.T) {
	const head = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  flows:\n  - name: pay\n    slis:\n"
	const one = "      - { name: a, title: Fast, component: availability, value: { promql: 'max(up)' } }\n"
	load := func(text string) *cer.Catalog {
		catalog, issues := definition.Load(definition.Source{Name: "x.yaml", Content: []byte(head + text)})
		if catalog == nil {
			t.Fatal(issues)
		}
		return catalog
	}
	both := load(one + strings.Replace(one, "name: a", "name: b", 1))
	for i, want := range []string{"Fast (a)", "Fast (b)"} {
		if sli := &both.Flows[0].SLIs[i]; sli.Title != "Fast" || sli.ShownTitle() != want {
			t.Errorf("the title %q is shown as %q, want Fast shown as %q", sli.Title, sli.ShownTitle(), want)
		}
	}
	for _, change := range audit.Compare(load(one), both) {
		if change.Field == "title" {
			t.Errorf("the title is said to change: %+v", change)
		}
	}
}

// What people read tells flows apart, and the SLIs of each.
func TestTitlesThatRepeatHaveNames(t *testing.T) {
	const head = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  flows:\n"
	sli := func(name, title string) string {
		return "      - { name: " + name + ", " + title + "component: availability, value: { promql: 'max(up)' } }\n"
	}
	tests := map[string]struct {
		yaml string
		want []string
	}{
		"titles of their own": {"  - name: pay\n    title: Paying\n    slis:\n" + sli("a", "title: Fast, ") + sli("b", "title: Right, ") + sli("c", ""),
			[]string{"Paying", "Fast", "Right", "c"}},
		"the same title": {"  - name: pay\n    slis:\n" + sli("a", "title: Fast, ") + sli("b", "title: Fast, ") + sli("c", "title: Right, "),
			[]string{"pay", "Fast (a)", "Fast (b)", "Right"}},
		"the name of another one": {"  - name: pay\n    slis:\n" + sli("a", "title: b, ") + sli("b", ""),
			[]string{"pay", "b (a)", "b"}},
		"a title that looks like one with a name": {"  - name: pay\n    slis:\n" + sli("a", "title: Fast, ") + sli("b", "title: Fast, ") + sli("c", "title: Fast (a), "),
			[]string{"pay", "Fast (a) (a)", "Fast (b)", "Fast (a) (c)"}},
		"the same title in another flow": {
			"  - name: pay\n    title: Shop\n    slis:\n" + sli("a", "title: Fast, ") + "  - name: search\n    title: Shop\n    slis:\n" + sli("a", "title: Fast, "),
			[]string{"Shop (pay)", "Fast", "Shop (search)", "Fast"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			catalog, issues := definition.Load(definition.Source{Name: "x.yaml", Content: []byte(head + test.yaml)})
			if catalog == nil {
				t.Fatal(issues)
			}
			var got []string
			for i := range catalog.Flows {
				f := &catalog.Flows[i]
				got = append(got, f.DisplayName())
				for j := range f.SLIs {
					got = append(got, f.SLIs[j].DisplayName())
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
