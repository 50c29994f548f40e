package annotate

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// MoneyOfAllUsers says that a fixed amount can't be that of a cohort. instants is how many there are.
func MoneyOfAllUsers(subject string, money *cer.Money, instants int) Finding {
	text := fmt.Sprintf("its %g %s / h is the amount of all users; use promql instead, which can be split and filtered", money.PerHour, money.Currency)
	return Finding{Notice: cer.Notice{Severity: cer.Warning, Subject: subject, Text: text}, Points: instants, Now: true}
}

// MoneyMissing says that the expression of an amount yields nothing.
func MoneyMissing(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("its money is unknown at %s: the expression has no number there", p))
}
