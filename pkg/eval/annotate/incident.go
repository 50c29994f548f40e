package annotate

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Contribution is the share of an SLI or a cohort in a loss, in (0,1].
type Contribution struct {
	Name  string
	Share float64
	// Events is the share of a cohort in the events of its dimension; 0 for an SLI.
	Events float64
}

// NotInMean says which incidents a mean time leaves out, given how many there are, how many count, and how many of the rest are open.
// The onset of the others is unknown.
func NotInMean(subject string, all, known, open int) Finding {
	text := fmt.Sprintf("the mean of %d of %d incidents", known, all)
	if open > 0 {
		text += fmt.Sprintf("; %d had not recovered by the end of the range", open)
	}
	if rest := all - known - open; rest > 0 {
		text += fmt.Sprintf("; the onset of %d is unknown", rest)
	}
	return Finding{Notice: cer.Notice{Severity: cer.Info, Subject: subject, Text: text}, Points: all - known, Now: true}
}

// maxContributions is how many contributions are named.
const maxContributions = 3

// Contributions lists the first of some contributions, such as success 80.0%, p99 20.0%, or region=eu 95.0% with
// 33.3% of the events.
func Contributions(all []Contribution) string {
	var named []string
	for _, c := range all[:min(len(all), maxContributions)] {
		text := c.Name + " " + Percent(c.Share)
		if c.Events > 0 {
			text += " with " + Percent(c.Events) + " of the events"
		}
		named = append(named, text)
	}
	return strings.Join(named, ", ")
}

// Incident says in a line how bad an incident was and what contributed to it. before is a time before which it began, and
// zero where it is known when. budgetSpent is NaN where it is unknown.
func Incident(before time.Time, lowestScore, budgetSpent float64, slis, cohorts []Contribution) string {
	text, least := "lowest score "+Percent(lowestScore), ""
	if !before.IsZero() {
		text, least = "began before "+Time(before)+", "+text, "at least "
	}
	if !math.IsNaN(budgetSpent) {
		text += ", " + least + Percent(budgetSpent) + " of the error budget spent"
	}
	if len(slis) > 0 {
		text += "; caused by " + Contributions(slis)
	}
	if len(cohorts) > 0 {
		text += "; most affected: " + Contributions(cohorts)
	}
	return text
}
