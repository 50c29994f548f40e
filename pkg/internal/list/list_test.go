package list_test

import (
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

func TestUnion(t *testing.T) {
	a := []string{"x", "y"}
	if got := list.Union(a, "y", "z", "z"); !slices.Equal(got, []string{"x", "y", "z"}) {
		t.Errorf("got %q", got)
	}
	if !slices.Equal(a, []string{"x", "y"}) {
		t.Errorf("the first list has changed to %q", a)
	}
}

func TestTexts(t *testing.T) {
	for want, got := range map[string]string{
		"":                list.Or([]string{}),
		"a":               list.Or([]string{"a"}),
		"a or b":          list.Or([]string{"a", "b"}),
		"a, b or c":       list.OrFirst([]string{"a", "b", "c"}, 3),
		"a or b and more": list.OrFirst([]string{"a", "b", "c"}, 2),
		"a, b":            list.First([]string{"a", "b"}, 2),
		"a, b and 1 more": list.First([]string{"a", "b", "c"}, 2),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
