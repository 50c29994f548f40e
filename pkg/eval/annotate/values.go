package annotate

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Unusable says that an SLI yields numbers that it can't have.
func Unusable(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("infinite or negative at %s; counted as missing there", p))
}

// NotANumber says that counters of an SLI have samples that are NaN.
func NotANumber(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("a counter has samples that are not a number (NaN) at %s; counted as missing there, not as 0", p))
}

// OutOfRange says that the value of an SLI without a curve is not in [0,1].
func OutOfRange(subject string, p Points, sli *cer.SLI) Finding {
	advice := "Check the catalog: there are more good or bad events than events in total"
	if _, ok := sli.Indicator.(cer.Value); ok {
		advice = "Give it a curve, such as curve: { linear: { zero: 1000, one: 0 } }, or divide it by its total"
	}
	return warning(subject, p, fmt.Sprintf("outside of 0..1 at %s, and limited to it. %s", p, advice))
}

// MixedHistograms says that native and classic histograms of an SLI count different events.
func MixedHistograms(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("native and classic histograms count different events at %s; only the native ones are used", p))
}

// Saturated says that a quantile lies in the highest bucket of its histogram.
func Saturated(subject string, p Points) Finding {
	return info(subject, p, fmt.Sprintf("in or above the highest bucket at %s; the true value may be higher", p))
}

// NoTelemetry says that there are no quantiles without telemetry.
func NoTelemetry(subject string, p Points) Finding {
	return warning(subject, p, fmt.Sprintf("no telemetry at %s, and so no quantiles", p))
}

// NoEvents says that there are no quantiles of no events.
func NoEvents(subject string, p Points) Finding {
	return info(subject, p, fmt.Sprintf("no events at %s, and so no quantiles", p))
}

// AboveEdges says that a quantile is above the highest bucket edge, in seconds, as the share above of all events is at the newest of
// some instants.
func AboveEdges(subject string, p Points, edge, above float64) Finding {
	when := ""
	if p.Count > 1 {
		when = " at the newest of them"
	}
	return info(subject, p, fmt.Sprintf("above the last bucket edge, %.6g s, at %s, and shown as that edge; %s of the events were above it%s", edge, p, Percent(above), when))
}

// Born says that series of an SLI's counters began in its window before the last of all instants at a value over 0.
func Born(subject string, all, series int, metric string, window time.Duration) Finding {
	return info(subject, Points{Count: 1, Last: all - 1, All: all}, fmt.Sprintf(
		"%d series of %s began in the last %s at a value above 0; what they counted before their first sample is not included, because it is no increase",
		series, metric, model.Duration(window)))
}
