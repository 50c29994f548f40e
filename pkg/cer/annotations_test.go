package cer_test

import (
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestAnnotationsHoldEachNoticeOnce(t *testing.T) {
	first := cer.Notice{Severity: cer.Warning, Subject: "checkout", Text: "no score"}
	second := cer.Notice{Text: "no score"}
	third := cer.Notice{Subject: "checkout", Text: "no score"} // Differs from the first in its severity only.
	var a, b cer.Annotations
	a.Add(first)
	a.Add(second)
	a.Add(first)
	b.Add(second)
	b.Add(third)
	b.Merge(a)
	if want := (cer.Annotations{first, second}); !slices.Equal(a, want) {
		t.Errorf("got %v, want %v", a, want)
	}
	if want := (cer.Annotations{second, third, first}); !slices.Equal(b, want) {
		t.Errorf("after the merge got %v, want %v", b, want)
	}
}
