package plugin

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
)

func TestSLIsAreDescribedWithWhatBecomesOfThemWhileTheyAreMissing(t *testing.T) {
	l := loadDefinition(`apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  flows:
    - name: checkout
      slis:
        - { name: plain, ratio: { good: good_total, total: all_total } }
        - name: psp
          ratio: { good: good_total, total: all_total }
          fallback: { probe: { selector: probe_success } }
          missing: hold
          maxDelay: 10m
`)
	if l.catalog == nil {
		t.Fatal(l.problem(admin))
	}
	answer, err := describe(l.catalog, "")
	if err != nil {
		t.Fatal(err)
	}
	slis := answer.Flows[0].SLIs
	if got := slis[0]; got.Fallback != "" || got.Missing != "ignore" {
		t.Errorf("the plain SLI has the fallback %q and the policy %q", got.Fallback, got.Missing)
	}
	if got := slis[1]; got.Fallback != "probe" || got.Missing != "hold" {
		t.Errorf("the other SLI has the fallback %q and the policy %q", got.Fallback, got.Missing)
	}
}

func TestThePoliciesOfACatalogMustCompile(t *testing.T) {
	catalog := fixture.Shop()
	catalog.Policies = []cer.AlertPolicy{{Name: "low", When: "scor < 1"}} // No definition makes such a catalog: it stands for a bug.
	d := shopWithoutStore(t)
	d.source = staticSource{catalog: catalog, revision: "r"}
	answer, err := d.snapshot(t.Context(), nil).getCatalog(nil)
	if err == nil || !strings.HasPrefix(err.Error(), "the policies of the catalog can't be compiled: the policy low: when: there is no scor") {
		t.Errorf("it is answered by %v, %v", answer, err)
	}
}
