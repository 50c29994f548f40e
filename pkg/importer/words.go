package importer

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

// severities are words for severities, by which people are woken up or not.
var severities = map[string]string{
	"page": "page", "critical": "page", "crit": "page", "high": "page", "urgent": "page", "emergency": "page", "fatal": "page",
	"sev0": "page", "sev1": "page", "p0": "page", "p1": "page",
	"ticket": "ticket", "warning": "ticket", "warn": "ticket", "medium": "ticket", "low": "ticket", "minor": "ticket", "info": "ticket",
	"notice": "ticket", "sev2": "ticket", "sev3": "ticket", "sev4": "ticket", "p2": "ticket", "p3": "ticket", "p4": "ticket",
}

// severityOf returns the severity that a word means, or else another one.
func severityOf(n node, unless string) string {
	word := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(n.asText()))
	severity, known := severities[word]
	if !known {
		severity = unless
	}
	if word != severity {
		n.warn("the severity of a policy is page or ticket; %s instead", severity)
	}
	return severity
}

// boundIn returns a histogram's bound, the value of a label in a unit, as a duration, and reports whether it is one of whole
// nanoseconds.
func boundIn(bound string, unit cer.Unit) (string, bool) {
	v, err := strconv.ParseFloat(bound, 64)
	nanoseconds := v * unit.InSeconds() * 1e9
	if err != nil || !(nanoseconds >= 1 && nanoseconds < math.MaxInt64) {
		return "", false
	}
	d := time.Duration(math.Round(nanoseconds))
	if math.Abs(nanoseconds-float64(d)) > 1e-9*nanoseconds {
		return "", false
	}
	return yamlwrite.Duration(d), true
}
