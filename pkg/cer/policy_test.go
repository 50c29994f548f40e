package cer_test

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestPicks(t *testing.T) {
	c := &cer.Catalog{Flows: []cer.Flow{
		{Name: "checkout", Weight: 2, Labels: map[string]string{"team": "payments", "tier": "1"}}, {Name: "search", Weight: 1}, {Name: "help"},
	}}
	tests := map[string]struct {
		selection cer.FlowSelection
		want      [4]bool // The whole, checkout, search, help.
	}{
		"everything":         {cer.FlowSelection{}, [4]bool{true, true, true, true}},
		"a share":            {cer.FlowSelection{MinShare: 1. / 3}, [4]bool{false, true, true, false}},
		"names":              {cer.FlowSelection{Names: []string{"help", "search"}}, [4]bool{false, false, true, true}},
		"labels":             {cer.FlowSelection{Labels: map[string]string{"team": "payments", "tier": "1"}}, [4]bool{false, true, false, false}},
		"other labels":       {cer.FlowSelection{Labels: map[string]string{"team": "payments", "tier": "2"}}, [4]bool{}},
		"all that is stated": {cer.FlowSelection{MinShare: 0.1, Names: []string{"help", "search"}}, [4]bool{false, false, true, false}},
	}
	for name, test := range tests {
		got := [4]bool{test.selection.Picks(c, nil)}
		for i := range c.Flows {
			got[i+1] = test.selection.Picks(c, &c.Flows[i])
		}
		if got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	c.Flows[0].Weight, c.Flows[1].Weight = 0, 0
	if (cer.FlowSelection{MinShare: 0.1}).Picks(c, &c.Flows[0]) {
		t.Error("a flow without weight has a share")
	}
}

func TestBurnConditions(t *testing.T) {
	budget := cer.Budgeting{Window: 30 * 24 * time.Hour, Slice: 5 * time.Minute}
	tests := []struct {
		burn   cer.BurnCondition
		factor float64
		short  time.Duration
	}{
		{cer.BurnCondition{Share: 0.02, Long: time.Hour}, 14.4, 5 * time.Minute},
		{cer.BurnCondition{Share: 0.05, Long: 6 * time.Hour}, 6, 30 * time.Minute},
		{cer.BurnCondition{Share: 0.1, Long: 24 * time.Hour}, 3, 2 * time.Hour},
		{cer.BurnCondition{Share: 0.1, Long: 72 * time.Hour}, 1, 6 * time.Hour},
		{cer.BurnCondition{Share: 0.01, Long: 30 * time.Minute}, 14.4, 5 * time.Minute},
	}
	for _, test := range tests {
		if got := test.burn.Factor(budget); !cer.Meets(got, test.factor) || !cer.Meets(test.factor, got) {
			t.Errorf("%+v: the factor is %g", test.burn, got)
		}
		if got := test.burn.Short(budget); got != test.short {
			t.Errorf("%+v: the short window is %s", test.burn, got)
		}
	}
}
