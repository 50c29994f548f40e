package annotate

import "fmt"

// Unusable says that an SLI yields numbers that it can't have.
func Unusable(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("infinite or negative at %s; counted as missing there", p))
}

// NotANumber says that counters of an SLI have samples that are NaN.
func NotANumber(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("a counter has samples that are not a number (NaN) at %s; counted as missing there, and not as 0", p))
}

// OutOfRange says that a share is not in [0,1].
func OutOfRange(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("outside of 0..1 at %s; limited to that. Check the definition", p))
}

// MixedHistograms says that native and classic histograms of an SLI count different events.
func MixedHistograms(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("native and classic histograms count different events at %s; the native ones alone are used", p))
}

// Saturated says that a quantile lies in the highest bucket of its histogram.
func Saturated(subject string, p Points) Finding {
	return info(subject, p, fmt.Sprintf("in or above the highest bucket at %s, so that the true value may be higher", p))
}
