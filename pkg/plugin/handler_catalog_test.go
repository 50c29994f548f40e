package plugin

import (
	"testing"
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
	answer := describe(l.catalog)
	slis := answer.Flows[0].SLIs
	if got := slis[0]; got.Fallback != "" || got.Missing != "ignore" {
		t.Errorf("the plain SLI has the fallback %q and the policy %q", got.Fallback, got.Missing)
	}
	if got := slis[1]; got.Fallback != "probe" || got.Missing != "hold" {
		t.Errorf("the other SLI has the fallback %q and the policy %q", got.Fallback, got.Missing)
	}
}
