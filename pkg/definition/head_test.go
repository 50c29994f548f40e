package definition

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inShop is a document of the catalog shop, with more lines at its top level.
func inShop(more ...string) string {
	return "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec: { flows: [{ name: home, slis: [{ name: up, probe: { selector: up } }] }] }\n" +
		strings.Join(more, "\n") + "\n"
}

func TestHeadOf(t *testing.T) {
	store := strings.NewReplacer("shop", "store", "home", "till").Replace(inShop())
	tests := map[string]struct {
		content string
		want    Head
	}{
		"one document":        {inShop(), Head{Names: []string{"shop"}, Whole: true}},
		"two of one catalog":  {inShop() + "---\n" + inShop(), Head{Names: []string{"shop"}, Whole: true}},
		"two of two catalogs": {inShop() + "---\n" + store, Head{Names: []string{"shop", "store"}, Whole: true}},
		"organisations":       {inShop("orgs: [1, 2]"), Head{Names: []string{"shop"}, Orgs: []int64{1, 2}, Whole: true}},
		"organisations of one document count for all": {inShop("orgs: [1]") + "---\n" + store, Head{Names: []string{"shop", "store"}, Orgs: []int64{1}, Whole: true}},
		"organisations that not all list":             {inShop("orgs: [1, 2]") + "---\n" + inShop("orgs: [2, 3]"), Head{Names: []string{"shop"}, Orgs: []int64{2}, Whole: true}},
		"organisations that differ":                   {inShop("orgs: [1]") + "---\n" + inShop("orgs: [2]"), Head{Names: []string{"shop"}, Orgs: []int64{}, Whole: true}},
		"organisations in words are none":             {inShop("orgs: [1, main]"), Head{Names: []string{"shop"}, Orgs: []int64{}, Whole: true}},
		"an empty list is none":                       {inShop("orgs: []"), Head{Names: []string{"shop"}, Orgs: []int64{}, Whole: true}},
		"a merge key may hide a list":                 {"x: &x { orgs: [1] }\n<<: *x\n" + inShop(), Head{Names: []string{"shop"}, Orgs: []int64{}, Whole: true}},
		"a document without a name":                   {inShop() + "---\na: b\n", Head{Names: []string{"shop"}}},
		"a name that can't be one":                    {strings.ReplaceAll(inShop(), "shop", "../shop"), Head{}},
		"a document that is broken after another":     {inShop() + "---\na: [\n", Head{Names: []string{"shop"}}},
		"nothing": {"", Head{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, HeadOf(Source{Content: []byte(test.content)})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadNamed(t *testing.T) {
	both := inShop() + "---\n" + strings.NewReplacer("shop", "store", "home", "till").Replace(inShop())
	tests := map[string]struct {
		name, content string
		// flow is the only one of the catalog, "" where there is none.
		flow, issue string
	}{
		"the first":                            {"shop", both, "home", ""},
		"the second":                           {"store", both, "till", ""},
		"another":                              {"bank", both, "", ""},
		"all of them are not one catalog":      {"", both, "", "all documents belong to one catalog"},
		"what can't be told may be meant":      {"shop", both + "---\na: b\n", "", "a document needs the field apiVersion"},
		"a list of organisations is no matter": {"shop", inShop("orgs: [1]"), "home", ""},
		"a list that is empty":                 {"shop", inShop("orgs: []"), "", "at least one organisation"},
		"organisations in words":               {"shop", inShop("orgs: [main]"), "", "orgs[0]: the number of an organisation is needed here"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			catalog, issues := LoadNamed(test.name, Source{Content: []byte(test.content)})
			flow := ""
			if catalog != nil {
				flow = catalog.Flows[0].Name
			}
			if flow != test.flow || catalog != nil && len(catalog.Flows) != 1 {
				t.Errorf("the flow is %q, want %q: %v", flow, test.flow, issues)
			}
			if !strings.Contains(issues.Error(), test.issue) {
				t.Errorf("it says %v, want %q", issues, test.issue)
			}
		})
	}
}
