package annotate

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// MaxChanges is how many changes of the catalog a notice names.
const MaxChanges = 3

// CatalogChanged is the notice that the catalog changed some times within a range, the last time at a time, with what changed then.
func CatalogChanged(times int, last time.Time, changes string) cer.Notice {
	when := "at " + Time(last)
	if times > 1 {
		when = fmt.Sprintf("%d times within the range, the last time %s", times, when)
	}
	return cer.Notice{Text: fmt.Sprintf("the catalog changed %s: %s. All numbers, those before the change too, are computed by the catalog as it is now, "+
		"so they may differ from what was shown before", when, changes)}
}
