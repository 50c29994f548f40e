package annotate

import (
	"fmt"
	"strings"
)

// Label is the value of a dimension.
type Label struct{ Name, Value string }

// Selector prints the cohort behind the name of a subject, such as {region="eu"}; "" where there is no label.
func Selector(cohort ...Label) string {
	if len(cohort) == 0 {
		return ""
	}
	pairs := make([]string, len(cohort))
	for i, l := range cohort {
		pairs[i] = fmt.Sprintf("%s=%q", l.Name, l.Value)
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// forCohort prints a cohort within a sentence, such as " for region eu"; "" where there is no label.
func forCohort(cohort []Label) string {
	if len(cohort) == 0 {
		return ""
	}
	pairs := make([]string, len(cohort))
	for i, l := range cohort {
		pairs[i] = l.Name + " " + l.Value
	}
	return " for " + strings.Join(pairs, " and ")
}
