package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// noteShort warns of a window that has too few samples, which looks like lost telemetry: of one under twice the spacing of an
// SLI's samples, or of time slices narrower than that, before which rates reach back.
func (b flowBuilder) noteShort(f *cer.Flow, sli *SLI) {
	b.noteUncounted(f, sli)
	spacing := b.newestSpacing(sli.SLI)
	knob, least := "window", 2*spacing
	if b.isOfSlices() {
		knob, least = "timeSliceWindow", spacing
	}
	if sli.Window >= least {
		return
	}
	text := tooShort(spacing, knob, sli.Window)
	if !slices.ContainsFunc(b.plan.Notices, func(n cer.Notice) bool { return n.Text == text }) { // One SLI stands for all of its kind.
		b.plan.Notices.Add(cer.Notice{Severity: cer.Warning, Subject: f.Name + "/" + sli.SLI.Name, Text: text})
	}
}

// noteUncounted warns of time slices whose rates may lose events between them, since the store refused to count samples.
func (b flowBuilder) noteUncounted(f *cer.Flow, sli *SLI) {
	indicator, _ := b.plan.Catalog.IndicatorsOf(sli.SLI)
	for _, metric := range indicator.Spaced() {
		if b.isOfSlices() && b.facts.Uncounted[metric] {
			b.plan.Notices.Add(cer.Notice{Severity: cer.Warning, Subject: f.Name + "/" + sli.SLI.Name,
				Text: fmt.Sprintf("the sample spacing of %s is unknown, because the store refuses to count its samples; %s is assumed, and events may be lost where it is longer: set scrapeInterval", metric, inWords(b.times.Scrape))})
		}
	}
}

// newestSpacing returns how far apart the samples of an SLI are at the end of the period: as is stated or was measured, or where
// neither is known the setting.
func (b flowBuilder) newestSpacing(sli *cer.SLI) time.Duration {
	indicator, _ := b.plan.Catalog.IndicatorsOf(sli)
	if len(indicator.Spaced()) == 0 {
		return 0
	}
	measured := indicator.SpacingIn(b.facts, expand.Period{From: b.period.To - 1, To: b.period.To})
	return cmp.Or(b.plan.Catalog.ScrapeIntervalOf(sli), measured, b.times.Scrape)
}

// tooShort says which window to choose.
func tooShort(spacing time.Duration, knob string, window time.Duration) string {
	return fmt.Sprintf("samples are %s apart; choose %s: %s, because %s has too few of them", inWords(spacing), knob, model.Duration(3*spacing), model.Duration(window))
}

// inWords prints a duration with Grafana's names of units, such as 5 min.
func inWords(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} {
		if n := d / unit.of; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			d -= n * unit.of
		}
	}
	if len(parts) == 0 {
		return d.String()
	}
	return strings.Join(parts, " ")
}

// noteFacts says what was found of the store, for the format definition.
func (b *builder) noteFacts() {
	for _, found := range describeFacts(b.facts, b.sources.period) {
		b.note(cer.Notice{Text: found})
	}
}
