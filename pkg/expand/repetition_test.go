package expand

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// TestA11RepetitionIsSeenHoweverItIsWritten checks regular expressions that repeat too much, with their braces escaped in any of the
// ways that PromQL has.
func TestA11RepetitionIsSeenHoweverItIsWritten(t *testing.T) {
	for name, brace := range map[string]string{"plain": `{`, "by two digits": `\x7b`, "by four digits": `\u007b`, "by eight digits": `\U0000007B`, "octal": `\173`} {
		t.Run(name, func(t *testing.T) {
			pattern := "." + brace + "1000}." + brace + "1000}"
			for text, check := range map[string]func(string, *work.Budget) Checked{
				`x{a=~"` + pattern + `"}`:                         CheckSelector,
				`x{b="c",a!~'` + pattern + `'}`:                   CheckHistogram,
				`x_total{"a"=~"` + pattern + `"}`:                 CheckCounter,
				`job=~"shop", a=~"` + pattern + `"`:               CheckMatchers,
				`sum(rate(x{a=~"` + pattern + `"}[5m])) / 2`:      CheckExpression,
				`label_replace(a,"b","$1","c","` + pattern + `")`: CheckValue,
				`{__name__=~"` + pattern + `"}`:                   CheckExpression,
			} {
				if got := shown(check(text, work.NewBudget(100_000)).Problems); !strings.Contains(got, "this regular expression repeats too much") {
					t.Errorf("%s: %q", text, got)
				}
			}
		})
	}
}
