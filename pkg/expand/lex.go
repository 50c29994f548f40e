package expand

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// maxOperators is the maximum number of operators and parentheses of a piece of PromQL, since parsing takes the square of
// their number.
const maxOperators = 1000

// lexed is a piece of PromQL that has been lexed.
type lexed struct {
	text string
	// plain is text with a literal of the same length for each regular expression of a matcher, and patterns are those
	// expressions in the order in which they stand.
	plain    string
	patterns []pattern
}

// pattern is the regular expression of a matcher.
type pattern struct {
	text string
	// literal stands for it in plain text, behind a quote at an offset.
	literal string
	offset  int
	// ofName says that it is matched with the name of the metric.
	ofName bool
}

// lex lexes a piece of PromQL.
func lex(text string) lexed {
	l := lexer{plain: []byte(text), budget: work.Unlimited()}
	l.scan(text)
	return lexed{text: text, plain: string(l.plain), patterns: l.patterns}
}

// lexWithin is lex within a budget, from which it also takes the cost of parsing. It returns a problem if the text takes too
// long to parse. What it returns once the budget is exhausted is meaningless.
func lexWithin(text string, b *work.Budget) (lexed, *Problem) {
	l := lexer{plain: []byte(text), budget: b, strict: true}
	problem := l.scan(text)
	b.Spend(len(text)/8 + l.tokens/2 + l.operators*(1+l.operators/200))
	return lexed{text: text, plain: string(l.plain), patterns: l.patterns}, problem
}

// lexer goes through the tokens of a piece of PromQL.
type lexer struct {
	plain    []byte
	patterns []pattern
	budget   *work.Budget
	// strict says that too many operators, or too much repetition, are a problem.
	strict            bool
	tokens, operators int
	// last are the last two tokens, the latest first.
	last [2]parser.Item
}

// scan goes through all tokens, or up to a problem.
func (l *lexer) scan(text string) *Problem {
	scanner, item := parser.Lex(text), parser.Item{}
	for !l.budget.Exhausted() {
		scanner.NextItem(&item)
		if item.Typ == parser.EOF || item.Typ == parser.ERROR {
			break
		}
		if problem := l.token(item); problem != nil && l.strict {
			return problem
		}
		l.last = [2]parser.Item{item, l.last[0]}
	}
	return nil
}

// token counts a token, and returns a problem if that takes too long to parse.
func (l *lexer) token(item parser.Item) *Problem {
	l.tokens++
	switch {
	case item.Typ.IsOperator() || item.Typ == parser.LEFT_PAREN:
		l.operators++
	case item.Typ == parser.STRING:
		return l.string(item)
	}
	if l.operators > maxOperators {
		return &Problem{Message: fmt.Sprintf("the PromQL has more than %d operators and parentheses; compute a part of it in a recording rule", maxOperators)}
	}
	return nil
}

// string looks at a string, which is a regular expression in a matcher and may be one in a call such as label_replace.
func (l *lexer) string(item parser.Item) *Problem {
	text, err := strutil.Unquote(item.Val)
	inMatcher := l.last[0].Typ == parser.EQL_REGEX || l.last[0].Typ == parser.NEQ_REGEX
	if err != nil || !inMatcher && !l.strict {
		return nil // The parser says what is wrong.
	}
	parsed := parseRegexp(text, l.budget)
	if parsed == nil {
		return nil
	}
	if l.strict && repetition(parsed) > MaxRepetition {
		return &Problem{Offset: int(item.Pos), Message: "this regular expression repeats too much, as by {1000}; write a smaller one"}
	}
	if inMatcher {
		p := pattern{text: text, literal: literalFor(item.Val[1:len(item.Val)-1], parsed), offset: int(item.Pos)}
		p.ofName = strings.Trim(l.last[1].Val, "\"'`") == model.MetricNameLabel
		copy(l.plain[p.offset+1:], p.literal)
		l.patterns = append(l.patterns, p)
	}
	return nil
}

// literalFor returns what stands for a regular expression as it is written: characters that are not written, and if the
// expression matches the empty string an alternative to that, since a selector needs a matcher that does not.
func literalFor(written string, parsed *syntax.Regexp) string {
	text := strings.Repeat("\x01", len(written))
	switch {
	case !matchesEmpty(parsed):
		return text
	case len(written) < 2:
		return written
	default:
		return "|" + text[1:]
	}
}
