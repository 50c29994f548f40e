package annotate

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// UnknownTimeSlices says that known of all time slices of a window, each so wide, have telemetry.
func UnknownTimeSlices(subject string, known, all int, width time.Duration) Finding {
	text := fmt.Sprintf("there is telemetry for %d of the window's %d slices of %s; the others are excluded", known, all, model.Duration(width))
	return Finding{Notice: cer.Notice{Severity: cer.Info, Subject: subject, Text: text}, Points: all - known, Now: true}
}
