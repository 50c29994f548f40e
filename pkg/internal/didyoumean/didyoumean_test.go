package didyoumean_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
)

func TestNearest(t *testing.T) {
	known := []string{"name", "weight", "objective", "dependsOn", "slis"}
	for name, want := range map[string]string{
		"wieght":                "weight",
		"Weight":                "weight",
		"dependson":             "dependsOn",
		"objektiv":              "objective",
		"sli":                   "slis",
		"nam":                   "name",
		"dimensions":            "",
		"revenue":               "",
		"":                      "",
		strings.Repeat("w", 50): "",
	} {
		if got, _ := didyoumean.Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
