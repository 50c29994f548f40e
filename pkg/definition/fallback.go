package definition

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// fallbackOf reads what stands in for s, whose indicator, curve, objective and trust are known, while it is missing. It may be that of
// a preset.
func (r *reader) fallbackOf(s *cer.SLI, inherited inheritance) reading[*cer.Fallback] {
	return func(n node) (*cer.Fallback, bool) {
		f, ok := fieldsOf(n, schema.Fallback)
		if !ok {
			return nil, false
		}
		stand, selectors := cer.SLI{Objective: s.Objective}, n.file.selectors
		own := r.inheritKind(f)
		readIndicator(f, &stand)
		stand.Indicator = own.restricted(n, stand.Indicator)
		if inherited.fallback {
			stand.Indicator = inherited.restricted(n, stand.Indicator)
		}
		readCurve(f, &stand)
		read(f, "trust", &stand.Trust, matchers)
		if key, nested := f.keys["fallback"]; nested {
			key.refuse("a fallback can't have a fallback; if it is missing too, the field missing decides; leave this one out")
			f.remove("fallback")
		}
		f.end()
		checkTrust(f, stand.Indicator, r.catalog.TrustOf(s))
		checkFallback(f, &stand, s)
		n.spendOnTrust(selectors, slices.Concat(stand.Trust, own.matchers))
		return &cer.Fallback{Indicator: stand.Indicator, Curve: stand.Curve, Trust: stand.Trust}, true
	}
}

// checkFallback warns of a fallback that is likely not what was meant for s.
func checkFallback(f *fields, stand, s *cer.SLI) {
	if stand.Indicator == nil || s.Indicator == nil {
		return
	}
	same := stand.Trust == nil || s.Trust != nil && slices.Equal(stand.Trust, s.Trust)
	if same && stand.Indicator == s.Indicator {
		f.at.warn("the fallback measures the same as the SLI, so both are missing at the same time; measure something else")
	}
	if _, plain := s.Curve.(cer.Identity); !plain && !f.has("curve") && stand.Indicator.Kind() == cer.KindValue {
		f.at.warn("the SLI's curve does not apply to the fallback, whose value is its score; give it a curve of its own, or curve: identity")
	}
}
