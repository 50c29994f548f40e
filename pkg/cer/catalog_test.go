package cer_test

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestObjectiveOf(t *testing.T) {
	c := &cer.Catalog{Objective: .9, Flows: []cer.Flow{{Objective: .95, SLIs: []cer.SLI{{Objective: .99}, {}}}}}
	f := &c.Flows[0]
	tests := map[string]struct {
		flow *cer.Flow
		sli  *cer.SLI
		want float64
	}{
		"overall":                      {nil, nil, .9},
		"a flow, or a component of it": {f, nil, .95},
		"an SLI":                       {f, &f.SLIs[0], .99},
		"an SLI that states none":      {f, &f.SLIs[1], 0},
	}
	for name, test := range tests {
		if got := c.ObjectiveOf(test.flow, test.sli); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
