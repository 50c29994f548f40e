package definition

import (
	"regexp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// money reads an amount an hour: a number, or an expression that yields it.
func money(of *schema.Mapping) reading[*cer.Money] {
	return func(n node) (*cer.Money, bool) {
		var m cer.Money
		selectors := n.file.selectors
		f, ok := fieldsOf(n, of)
		if !ok {
			return nil, false
		}
		read(f, "perHour", &m.PerHour, within(number, func(v float64) bool { return v >= 0 }, "an amount per hour is 0 or more"))
		read(f, "promql", &m.PromQL, expression)
		read(f, "currency", &m.Currency, currency)
		read(f, "trust", &m.Trust, matchers)
		f.end()
		n.spendOnTrust(selectors, m.Trust)
		switch perHour, promql := f.has("perHour"), f.has("promql"); {
		case perHour && promql:
			f.keys["promql"].refuse("%s has either perHour or promql; leave one out", of.What)
		case !perHour && !promql:
			f.lack("%s needs an amount per hour; add perHour: 1000, or promql", of.What)
		case perHour && f.has("trust"):
			f.keys["trust"].refuse("trust is for PromQL, and this is a fixed amount; leave trust out")
		}
		return &m, true
	}
}

// currency reads the code of a currency.
func currency(n node) (string, bool) {
	s, ok := text(n)
	if ok && !currencyCode.MatchString(s) {
		n.refuse("a currency is written by its three capital letters, such as EUR or USD")
		return "", false
	}
	return s, ok
}
