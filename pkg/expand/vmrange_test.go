package expand_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// TestNumbersUpToABound compares the regular expression for numbers up to a bound with the numbers.
func TestNumbersUpToABound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	number := func() float64 { return math.Pow(10, -9+15*random.Float64()) }
	matched := 0
	for range 300 {
		bound := number()
		switch random.IntN(4) {
		case 0: // A number that people write.
			bound, _ = parse(fmt.Sprintf("%.1e", bound))
		case 1: // An end of VictoriaMetrics' ranges.
			bound, _ = parse(fmt.Sprintf("%.3e", math.Pow(10, float64(random.IntN(200)-100)/18)))
		}
		upTo := regexp.MustCompile("^(?:" + expand.AtMost(bound) + ")$")
		for range 100 {
			value, text := parse(fmt.Sprintf("%.3e", bound*(.9+.2*random.Float64())))
			if random.IntN(2) == 0 {
				value, text = parse(fmt.Sprintf("%.3e", number()))
			}
			want := value <= bound*(1+1e-9)
			if upTo.MatchString(text) != want {
				t.Fatalf("%s is at most %g: %t, want %t: %s", text, bound, !want, want, upTo)
			}
			if want {
				matched++
			}
		}
	}
	if matched < 5_000 || matched > 25_000 {
		t.Errorf("%d of 30,000 numbers are at most the bound, so that little was compared", matched)
	}
}

// parse returns the number that a text says, and the text.
func parse(text string) (float64, string) {
	var v float64
	if _, err := fmt.Sscan(text, &v); err != nil {
		panic(err)
	}
	return v, text
}
