package replay

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestTextsNameEachSLIOfTheFlowOnce(t *testing.T) {
	flow := &cer.Flow{Name: "shop", SLIs: []cer.SLI{{Name: "success"}, {Name: "success-rate"}, {Name: "other"}}}
	candidates := &catalog.Catalog{Catalog: &cer.Catalog{Flows: []cer.Flow{{Name: "shop@0.9"}, {Name: "shop@0.99"}}}}
	for text, want := range map[string]string{
		"shop@0.9/success, shop@0.9/success-rate: refused":                                             "shop/success, shop/success-rate: refused",
		"shop@0.9/success, shop@0.9/other, shop@0.99/success, shop@0.99/other: refused: shop, shop: 5": "shop/success, shop/other: refused: shop, shop: 5",
		"shop@0.9/success, shop@0.99/success":                                                          "shop/success",
		"no score, no traffic, no score: of shop@0.99":                                                 "no score, no traffic, no score: of shop",
	} {
		if got := namesOf(candidates, flow).in(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
