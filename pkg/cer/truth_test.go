package cer_test

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestTruthIsKleenes(t *testing.T) {
	const u, f, y = cer.Unknown, cer.False, cer.True
	tests := []struct{ a, b, and, or cer.Truth }{
		{u, u, u, u}, {u, f, f, u}, {u, y, u, y},
		{f, u, f, u}, {f, f, f, f}, {f, y, f, y},
		{y, u, u, y}, {y, f, f, y}, {y, y, y, y},
	}
	for _, test := range tests {
		if got := test.a.And(test.b); got != test.and {
			t.Errorf("%s and %s is %s, want %s", test.a, test.b, got, test.and)
		}
		if got := test.a.Or(test.b); got != test.or {
			t.Errorf("%s or %s is %s, want %s", test.a, test.b, got, test.or)
		}
	}
	if u.Not() != u || f.Not() != y || y.Not() != f || cer.TruthOf(true) != y || cer.TruthOf(false) != f {
		t.Error("not, or the truth of what is known, is wrong")
	}
}
