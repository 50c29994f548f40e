package definition

import (
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// part is a field of a ratio: events, and the share of them that is counted.
type part struct {
	promQL string
	// rate is the sampling rate in (0,1), or 0 for all events.
	rate float64
	// untold says that some of its selectors may be absent without its being so.
	untold bool
}

// sampled is the sampling rate in (0,1].
func (p part) sampled() float64 {
	if p.rate == 0 {
		return 1
	}
	return p.rate
}

// ratio reads a share of good events.
func ratio(n node) (cer.Indicator, bool) {
	var good, bad, total part
	absent := ""
	f, ok := fieldsOf(n, schema.Ratio)
	if !ok {
		return nil, false
	}
	read(f, "good", &good, ratioPart(expand.CheckCounter))
	read(f, "bad", &bad, ratioPart(expand.CheckCounter))
	read(f, "total", &total, ratioPart(expand.CheckTotal))
	readWord(f, "absent", &absent)
	f.end()
	switch {
	case f.has("good") && f.has("bad") && f.has("total"):
		f.keys["bad"].refuse("a ratio has only two of good, bad and total; leave one out")
	case !f.has("good") && !f.has("bad"):
		f.lack("a ratio needs good or bad; add one, such as good: http_requests_total{code!~\"5..\"}")
	case !f.has("total") && f.has("good") != f.has("bad"):
		f.lack("a ratio needs the field total, or both good and bad; add total: http_requests_total")
	}
	if f.has("good") && f.has("bad") && good.rate != bad.rate {
		f.keys["bad"].refuse("good and bad add up to the total, so they must have the same samplingRate; write one for both, or add total")
	}
	if absent != "" && (good.untold || bad.untold) {
		f.keys["absent"].withhold("this expression does not show which of its selectors is absent, so none can count as 0; write a sum of terms with one selector each, or leave absent out")
	}
	checkParts(f, "good", good, total, "1")
	checkParts(f, "bad", bad, total, "0")
	return cer.Ratio{
		Good: good.promQL, Bad: bad.promQL, Total: total.promQL, AbsentZero: absent != "",
		PartRate: max(good.rate, bad.rate), TotalRate: total.rate,
	}, true
}

// ratioPart reads PromQL, or a mapping of a selector and the rate at which it was sampled.
func ratioPart(as check) reading[part] {
	return func(n node) (part, bool) {
		if n.Kind == yaml.MappingNode {
			return sampledPart(n)
		}
		s, checked, ok := n.promQL(as)
		return part{promQL: s, untold: checked.Untold}, ok
	}
}

// sampledPart reads a mapping of a selector and the rate at which it was sampled.
func sampledPart(n node) (part, bool) {
	var p part
	f, _ := fieldsOf(n, schema.Sampled)
	read(f, "selector", &p.promQL, sampledCounter)
	read(f, "samplingRate", &p.rate, samplingRate)
	f.end()
	known := p.promQL != "" && p.rate > 0
	if p.rate == 1 {
		p.rate = 0
	}
	return p, known
}

// checkParts warns of a ratio that always has the same value, or whose parts do not go together.
func checkParts(f *fields, name string, p, total part, always string) {
	if p.promQL == "" || total.promQL == "" {
		return
	}
	switch at := f.values[name]; {
	case p.rate != total.rate:
		at.warn("%s is sampled at %s and total at %s, so their ratio is an estimate, and may be above 1; sample both at the same rate if you can",
			name, decimal(p.sampled()), decimal(total.sampled()))
	case p.promQL == total.promQL:
		at.warn("%s and total are the same, so the ratio is always %s; select the %s events", name, always, name)
	}
}

// samplingRate reads the share of events that a counter counts.
func samplingRate(n node) (float64, bool) {
	if percent, ok := percentage(n); ok && n.is(textTag) {
		n.refuse("a number is needed here: the share of events that are counted; write %s for %s%%", decimal(percent/100), decimal(percent))
		return 0, false
	}
	return within(number, func(v float64) bool { return v > 0 && v <= 1 },
		"a sampling rate is the share of events that are counted, above 0 and up to 1; write 0.1 for one in ten")(n)
}
