package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// TestFileIsUpToDate holds the file that editors read against the tables. The flag -update writes it.
func TestFileIsUpToDate(t *testing.T) {
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden.CompareFile(t, "../../schema/cer-v1.json", string(text))
}

func TestWordsAreThoseOfTheDomain(t *testing.T) {
	policies := []cer.Policy{cer.Ignore, cer.Bad, cer.Good, cer.Hold, cer.Fail}
	for field, test := range map[string]struct {
		of   *schema.Mapping
		want []string
	}{
		"aggregate":       {schema.Spec, texts(cer.Aggregates())},
		"budgetPeriod":    {schema.Spec, texts(cer.CalendarPeriods())},
		"budgetingMethod": {schema.Flow, texts(cer.BudgetingMethods())},
		"component":       {schema.SLI, texts(cer.Components())},
		"unit":            {schema.Fallback, texts(cer.Units())},
		"missing":         {schema.SLI, texts(policies)},
		"severity":        {schema.Policy, texts(cer.AlertSeverities())},
		"effect":          {schema.Maintenance, texts(cer.MaintenanceEffects())},
		"onTimeout":       {schema.Gate, texts(cer.Verdicts())},
	} {
		if got := test.of.Field(field).Words(); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", field, got, test.want)
		}
	}
}

// texts returns words as texts.
func texts[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = string(word)
	}
	return all
}

func TestEveryFieldIsDocumented(t *testing.T) {
	names := map[string]bool{}
	for _, m := range schema.Mappings() {
		if names[m.Name] || m.What == "" || !isSentence(m.Doc) {
			t.Errorf("the mapping %s needs a name of its own, and sentences", m.Name)
		}
		names[m.Name] = true
		fields := map[string]bool{}
		for _, f := range m.Fields {
			if fields[f.Name] || !isSentence(f.Doc) {
				t.Errorf("%s.%s stands twice, or needs a sentence", m.Name, f.Name)
			}
			fields[f.Name] = true
		}
	}
}

// isSentence reports whether a text begins and ends as sentences do.
func isSentence(text string) bool {
	return strings.HasSuffix(text, ".") && strings.TrimSpace(text) == text && len(text) > 10
}
