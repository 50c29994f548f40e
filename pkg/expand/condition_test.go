package expand_test

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

func TestConditions(t *testing.T) {
	for promQL, want := range map[string]struct {
		all  bool
		text string
	}{
		`works`:                               {false, `works`},
		`max(works{team="a"})`:                {false, `max(works{team="a"})`},
		`hour() >bool 7`:                      {false, `hour() > bool 7`},
		`count(up == 0)`:                      {false, `count(up == 0)`},
		`absent(up == 1)`:                     {false, `absent(up == 1)`},
		`changes(x[__window]) + 1`:            {false, `changes(x[5m]) + 1`},
		`works and hour() < 7`:                {false, `works and hour() < 7`},
		`max_over_time(works[__window])`:      {false, `max_over_time(works[5m])`},
		`day_of_week() == 0`:                  {true, `day_of_week() == 0`},
		`(hour() < 7)`:                        {true, `(hour() < 7)`},
		`hour() >= 2 < 4`:                     {true, `hour() >= 2 < 4`},
		`hour() < 7 and day_of_week() == 0`:   {true, `hour() < 7 and day_of_week() == 0`},
		`hour() < 7 unless works`:             {true, `hour() < 7 unless works`},
		`max by (zone) (x == 0)`:              {true, `max by (zone) (x == 0)`},
		`-(x == 0)`:                           {true, `-(x == 0)`},
		`max_over_time((x == 0)[10m:1m])`:     {true, `max_over_time((x == 0)[10m:1m])`},
		`hour() < 7 or vector(0)`:             {true, `hour() < 7 or vector(0) != 0`},
		`works or (day_of_week() == 0)`:       {true, `works != 0 or (day_of_week() == 0)`},
		`max(works or on () (x - 1 == 0))`:    {true, `max(works != 0 or on () (x - 1 == 0))`},
		`(hour() <bool 7) or hour() > 22`:     {true, `(hour() < bool 7 != 0) or hour() > 22`},
		`label_replace(x == 0,"a","b","","")`: {true, `label_replace(x == 0, "a", "b", "", "")`},
	} {
		condition, err := expand.CompileCondition(promQL, nil)
		if err != nil {
			t.Fatal(err)
		}
		x, err := condition.Expand(expand.Config{Window: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		if text := x.Forms[0].Parts[0].Expr.String(); condition.CountsAllSamples() != want.all || text != want.text {
			t.Errorf("%s: all samples count: %v, as %s; want %v, %s", promQL, condition.CountsAllSamples(), text, want.all, want.text)
		}
	}
}
