package expand

import (
	"regexp"
	"regexp/syntax"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// MaxRepetition is the maximum of Repetition for a regular expression.
const MaxRepetition = 1000

// Repetition returns the number of instructions that repetition such as {1000} adds to the program of a regular expression;
// 0 if the pattern is not RE2.
func Repetition(pattern string) int {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return repetition(parsed)
}

// repetition is Repetition of an expression that was parsed.
func repetition(expr *syntax.Regexp) int {
	written, repeated := instructions(expr)
	return repeated - written
}

// instructions returns the size of a regular expression as it is written, and with repetitions written out.
func instructions(expr *syntax.Regexp) (written, repeated int) {
	for _, sub := range expr.Sub {
		w, r := instructions(sub)
		written, repeated = written+w, repeated+r
	}
	if expr.Op == syntax.OpRepeat {
		repeated *= max(1, expr.Min, expr.Max)
	}
	own := max(1, len(expr.Rune))
	return written + own, repeated + own
}

// The steps of the parts of a regular expression, as measured.
const (
	stepsOfRegexp  = 10
	stepsOfUnicode = 80   // a class such as \pL, which has up to 1400 bounds
	stepsOfFolding = 3000 // a range of characters of both cases
)

var (
	unicodeClass = regexp.MustCompile(`\\[pP]`)
	// foldsCase matches a flag that ignores case, wideRange the end of a range of characters beyond ASCII.
	foldsCase = regexp.MustCompile(`\(\?[a-zA-Z]*i`)
	wideRange = regexp.MustCompile(`-[\\\x{80}-\x{10ffff}]`)
)

// parseRegexp parses a pattern, and takes what that costs from a budget. It returns nil if the pattern is not RE2 or the
// budget is exhausted.
func parseRegexp(pattern string, b *work.Budget) *syntax.Regexp {
	steps := stepsOfRegexp + len(pattern)/2 + stepsOfUnicode*len(unicodeClass.FindAllStringIndex(pattern, -1))
	if foldsCase.MatchString(pattern) {
		steps += stepsOfFolding * len(wideRange.FindAllStringIndex(pattern, -1))
	}
	if !b.Spend(steps) {
		return nil
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return parsed
}

// checkRegexp returns why a pattern is not RE2; nil if it is.
func checkRegexp(pattern string) error {
	_, err := syntax.Parse(pattern, syntax.Perl)
	return err
}

// matchesEmpty reports whether a regular expression matches the empty string.
func matchesEmpty(expr *syntax.Regexp) bool {
	switch expr.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpNoWordBoundary, syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpRepeat:
		return expr.Min == 0 || matchesEmpty(expr.Sub[0])
	case syntax.OpLiteral:
		return len(expr.Rune) == 0
	case syntax.OpCapture, syntax.OpPlus:
		return matchesEmpty(expr.Sub[0])
	case syntax.OpConcat:
		for _, sub := range expr.Sub {
			if !matchesEmpty(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range expr.Sub {
			if matchesEmpty(sub) {
				return true
			}
		}
	}
	return false
}
