package fetch

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// alignment is what is known of how a store treats ranges that begin between the multiples of their step. Thanos' query frontend
// moves them to multiples, and Mimir may: https://thanos.io/tip/components/query-frontend.md,
// https://grafana.com/docs/mimir/latest/references/configuration-parameters (align_queries_with_step). It is safe for concurrent
// use.
type alignment struct {
	// isExact is set once such a range was answered at its own instants, and moves once one was answered at others.
	isExact, moves atomic.Bool
}

// isAligned reports whether all instants of a range are multiples of its step, so that every store answers it at them.
func isAligned(r series.Range) bool { return r.IsInstant() || r.Start%r.Step == 0 }

// queryUnaligned asks for the answer to a leaf whose range begins between the multiples of its step. A store that moves ranges is
// asked, from the first answer on that shows it, in a way in which nothing is moved. The error is an *Error.
func (s *Store) queryUnaligned(ctx context.Context, leaf Leaf, limits limits) (series.Answer, error) {
	if !s.alignment.moves.Load() {
		answer, err := s.queryOnce(ctx, leaf, leaf.Range, limits)
		switch {
		case err == nil && len(answer.Series) > 0:
			s.alignment.isExact.Store(true)
			return answer, nil
		case err == nil && (s.alignment.isExact.Load() || !s.movesRange(ctx, leaf.Range, limits)):
			return answer, nil
		case err != nil && !isOffGrid(err):
			return answer, err
		}
	}
	answer, err := s.queryInParts(ctx, leaf, limits)
	if err == nil {
		s.alignment.moves.Store(true)
	}
	return answer, err
}

// isOffGrid reports whether an answer has points at other times than were asked for.
func isOffGrid(err error) bool {
	var points *offGridError
	return errors.As(err, &points)
}

// movesRange reports whether the store moves a range of which it answered nothing, by an expression that has a point at each of
// its instants.
func (s *Store) movesRange(ctx context.Context, over series.Range, limits limits) bool {
	held := &hold{account: limits.held.account}
	defer held.release()
	answer, err := s.queryOnce(ctx, Leaf{PromQL: "vector(0)", Range: over}, over, limits.heldBy(held))
	if err == nil && len(answer.Series) > 0 {
		s.alignment.isExact.Store(true)
	}
	return err != nil && isOffGrid(err)
}

const (
	// maxSent is the number of points for which a store is asked at once: Prometheus' limit.
	maxSent = 11_000
	// maxFiner is how much finer than wanted a range is asked for.
	maxFiner = 60
	// maxInstants is the number of instants of a range that are asked for one by one.
	maxInstants = 120
)

// queryInParts asks for the answer to a leaf by ranges that no store moves: those of a finer step of which the instants are
// multiples too, or where that would be too fine, the instants one by one.
func (s *Store) queryInParts(ctx context.Context, leaf Leaf, limits limits) (series.Answer, error) {
	wanted := leaf.Range
	step := commonDivisor(wanted.Step, gridOf(wanted).phase)
	size := maxSent / int(wanted.Step/step)
	if wanted.Len() == 1 || wanted.Step/step > maxFiner {
		size = 1
	}
	if size == 1 && wanted.Len() > maxInstants {
		return series.Answer{}, s.errors.translate(ctx, leaf.PromQL, &offGridError{})
	}
	parts := newParts(leaf, limits)
	for at := 0; at < wanted.Len(); at += size {
		over := series.Instant(wanted.At(at))
		sent := over
		if size > 1 {
			over = series.Range{Start: over.Start, End: wanted.At(min(at+size, wanted.Len()) - 1), Step: wanted.Step}
			sent = series.Range{Start: over.Start, End: over.End, Step: step}
		}
		if err := s.queryPart(ctx, parts, leafOver(leaf, over), sent, limits); err != nil {
			return series.Answer{}, err
		}
	}
	return parts.join(), nil
}

// queryPart asks for the answer to a part of a leaf, for the instants of sent. The error is an *Error.
func (s *Store) queryPart(ctx context.Context, parts *parts, part Leaf, sent series.Range, limits limits) error {
	held := &hold{account: limits.held.account}
	defer held.release()
	answer, err := s.queryOnce(ctx, part, sent, limits.heldBy(held))
	if err == nil {
		err = parts.add(part.Range, answer)
	}
	if err != nil {
		return s.errors.translate(ctx, part.PromQL, err)
	}
	return nil
}

// commonDivisor returns the greatest common divisor of two numbers above 0.
func commonDivisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// parts joins the answers to parts of the range of a leaf.
type parts struct {
	over   series.Range
	all    *columns
	answer series.Answer
}

func newParts(leaf Leaf, limits limits) *parts {
	p := &parts{over: leaf.Range, all: newColumns(leaf.Range.Len())}
	n, most := 0, maxSeriesOf(limits.series, p.all.n)
	p.all.add = func(s series.Series) error {
		if n++; n > most {
			return &tooManyError{limit: most}
		}
		return limits.held.take(bytesOf(s))
	}
	return p
}

// add adds the answer to a part of the range.
func (p *parts) add(over series.Range, answer series.Answer) error {
	p.answer.Warnings, p.answer.Infos = append(p.answer.Warnings, answer.Warnings...), append(p.answer.Infos, answer.Infos...)
	at := int((over.Start - p.over.Start) / p.over.Step)
	p.all.insert(answer.Series, at, span{0, int64(over.Len())})
	return p.all.err
}

// join returns the answer to the leaf.
func (p *parts) join() series.Answer {
	p.answer.Series = p.all.series
	for _, texts := range []*[]string{&p.answer.Warnings, &p.answer.Infos} {
		slices.Sort(*texts)
		*texts = slices.Compact(*texts)
	}
	return p.answer
}
