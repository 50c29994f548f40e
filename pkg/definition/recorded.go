package definition

import (
	"regexp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// recorded reads a share that another tool records.
func recorded(n node) (cer.Indicator, bool) {
	var i cer.Recorded
	f, ok := fieldsOf(n, schema.Recorded)
	if !ok {
		return nil, false
	}
	read(f, "ratio", &i.Ratio, recordedShare(goodShares, badShares, "bad events, as Sloth and Pyrra record it; write errorRatio"))
	read(f, "errorRatio", &i.ErrorRatio, recordedShare(badShares, goodShares, "good events; write ratio"))
	read(f, "total", &i.Total, promQL(expand.CheckTotal))
	f.end()
	switch {
	case f.has("ratio") && f.has("errorRatio"):
		f.keys["errorRatio"].refuse("a recorded share has either ratio or errorRatio; leave one out")
	case !f.has("ratio") && !f.has("errorRatio"):
		f.lack("a recorded share needs ratio (the share of good events) or errorRatio (the share of bad events); add one, such as errorRatio: slo:sli_error:ratio_rate5m{sloth_slo=\"requests\"}")
	}
	return i, true
}

// What the names of series that tools record say of them: Sloth's slo:sli_error:ratio_rate5m and Pyrra's
// http_requests:burnrate5m are shares of bad events, Grafana's grafana_slo_sli_5m is one of good events.
var (
	badShares  = regexp.MustCompile(`(?:^|[_:])errors?(?:[_:]|$)|:burnrate\d`)
	goodShares = regexp.MustCompile(`^grafana_slo_sli_|(?:^|[_:])(?:availability|success)`)
	noShares   = regexp.MustCompile(`_total$|burn_rate|^slo:(?:.*error_budget|objective|time_period)|^grafana_slo_(?:success_rate|total_rate|objective)`)
)

// recordedShare reads the selector of a recorded share, and warns of a name that belongs to another one.
func recordedShare(own, others *regexp.Regexp, other string) reading[string] {
	return func(n node) (string, bool) {
		s, ok := plain(n)
		if !ok {
			return "", false
		}
		switch name := s.metric; {
		case name == "":
			n.refuse("a recorded series is selected by its name; write one such as slo:sli_error:ratio_rate5m{sloth_slo=\"requests\"}")
			return "", false
		case noShares.MatchString(name):
			n.warn("the name %s does not look like a share; select one such as slo:sli_error:ratio_rate5m, http_requests:burnrate5m or grafana_slo_sli_5m", name)
		case others.MatchString(name) && !own.MatchString(name):
			n.warn("the name %s looks like a share of %s", name, other)
		}
		return s.promQL, true
	}
}

// checkTrust refuses matchers that an indicator would inherit and whose labels recorded series do not carry.
func checkTrust(f *fields, indicator cer.Indicator, inherited []string) {
	if indicator != nil && indicator.Kind() == cer.KindRecorded && !f.has("trust") && len(inherited) > 0 {
		f.keys["recorded"].refuse("recorded series don't have the labels of the trusted jobs, such as %s; add trust for them, such as trust: ['sloth_service=\"shop\"'], or trust: [] for any",
			excerpt(inherited[0], 0))
	}
}
