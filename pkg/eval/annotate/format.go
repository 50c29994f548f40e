package annotate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Percent prints a share as a percentage, with more digits where it is close to 1.
func Percent(share float64) string {
	switch {
	case math.IsNaN(share):
		return "unknown"
	case share > 0.99 && share < 1:
		return fmt.Sprintf("%.2f%%", 100*share)
	default:
		return fmt.Sprintf("%.1f%%", 100*share)
	}
}

// Objective prints an objective with as many digits as it has, up to six, such as 95% or 99.95%.
func Objective(share float64) string { return fmt.Sprintf("%.6g%%", 100*share) }

// percent prints a share with four digits, such as 99.12%, so that the arms of a gate can be compared.
func percent(share float64) string { return rounded(100*share) + "%" }

// points prints a difference of shares in percentage points, such as 1.5 pp.
func points(share float64) string { return rounded(100*share) + " pp" }

// rounded prints a number with four digits; one of a million or more as that.
func rounded(v float64) string {
	if v >= 1e6 {
		return "over 1,000,000"
	}
	if v >= 1000 {
		return grouped(v)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// grouped prints a whole number with commas, such as 12,400.
func grouped(v float64) string {
	digits := strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ",")
}

// about prints an amount of money by its first two digits, such as 1,200.
func about(amount float64) string {
	scale := math.Pow(10, math.Max(0, math.Floor(math.Log10(amount))-1))
	return grouped(math.Round(amount/scale) * scale)
}

// Time prints a time, such as 4 Mar 07:42 UTC.
func Time(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") }

// Lasted prints how long an incident has lasted, such as 24 min, 3 h 20 min or 2 d 4 h.
func Lasted(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	hours, days := minutes/60, minutes/(24*60)
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case days == 0 && minutes%60 == 0:
		return fmt.Sprintf("%d h", hours)
	case days == 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours%24 == 0:
		return fmt.Sprintf("%d d", days)
	default:
		return fmt.Sprintf("%d d %d h", days, hours%24)
	}
}

// duration prints a duration of a summary as Lasted does, but in minutes below two hours, and in hours below two days if they are
// whole, as time ranges are named: 90 min, 24 h.
func duration(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 2*day && d%time.Hour == 0:
		return fmt.Sprintf("%.0f h", d.Hours())
	default:
		return Lasted(d)
	}
}

const day = 24 * time.Hour
