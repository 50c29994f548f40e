package definition

import (
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// The budget of what sources may take to read: some steps in any case, and some for each of their bytes. A catalog as
// people write it takes about one step in two bytes.
const (
	stepsOfCatalog = 300_000
	stepsOfByte    = 2
)

// The steps of the parts of a definition, as measured. Those of PromQL are counted where it is checked.
const (
	stepsOfMapping       = 5
	stepsOfField         = 1
	stepsOfItem          = 1
	stepsOfIssue         = 5
	stepsOfInterval      = 150
	stepsOfIntervalItem  = 20
	stepsOfCondition     = 200
	stepsOfConditionByte = 3
	stepsOfComparison    = 8
	// stepsOfCompared are those of an SLI that a gate compares, which is compiled once more.
	stepsOfCompared = 3
)

// spendOnTrust takes from the budget what it costs to put trusted matchers on the selectors of n, which are those that were
// read since there were as many as before.
func (n node) spendOnTrust(before int, trust []string) {
	steps := 0
	for _, text := range trust {
		steps += 1 + strings.Count(text, ",") + len(text)/100
	}
	n.file.budget.Spend((1 + n.file.selectors - before) * steps)
	n.stops()
}

// stepsOfChoices returns the steps of looking for a name among known ones.
func stepsOfChoices(known int) int { return stepsOfComparison * min(known, didyoumean.MaxCompared) }

// budgetOf returns the budget for reading sources together.
func budgetOf(sources ...Source) *work.Budget {
	steps := stepsOfCatalog
	for _, source := range sources {
		steps += stepsOfByte * len(source.Content)
	}
	return work.NewBudget(steps)
}
