package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sourcegraph/conc"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// assembly is a leaf that is put together from what the cache has and what the store answers.
type assembly struct {
	leaf  plan.Leaf
	asked time.Time
	// fresh is for how long points are shared that may still change, and limit how many series there may be.
	fresh time.Duration
	limit int
	// parts are the leaf, or its two instants by themselves: their distance is no step that a store would keep to which
	// aligns ranges, as Thanos' query frontend does.
	parts []part
}

// part is an instant or a range of a leaf.
type part struct {
	id   [16]byte
	over series.Range
	have []known
	// pieces are the positions of those that the store is asked for, and their ranges.
	pieces []int
	asked  []series.Range
}

// answers asks for leaves: for each first the cache, and the store for what that does not have. Each is resolved by its
// position.
func (s *Store) answers(ctx context.Context, leaves []plan.Leaf, resolve func(at int, answer plan.Answer, err error)) {
	scope, now := s.scope(ctx), s.now()
	all := make([]assembly, len(leaves))
	var pieces []piece
	for i, leaf := range leaves {
		all[i] = assembly{leaf: leaf, asked: now, fresh: s.fresh, limit: s.maxSeries}
		for _, over := range partsOf(leaf.Range) {
			p := part{id: leafID(scope, plan.Leaf{PromQL: leaf.PromQL, Range: over}), over: over}
			var missing []series.Range
			p.have, missing = s.cache.look(p.id, over, now, s.fresh)
			for _, gap := range missing {
				for _, asked := range piecesOf(gap) {
					p.pieces, p.asked = append(p.pieces, len(pieces)), append(p.asked, asked)
					pieces = append(pieces, piece{id: p.id, leaf: plan.Leaf{PromQL: leaf.PromQL, Range: asked}})
				}
			}
			all[i].parts = append(all[i].parts, p)
		}
	}
	joined := s.pieces.join(context.WithoutCancel(ctx), keysOf(pieces, s.urgent(ctx)), func(ctx context.Context, fresh []int, resolve func(int, plan.Answer, error)) {
		s.perform(ctx, pieces, fresh, resolve)
	})
	defer joined.release()
	var group conc.WaitGroup
	for i := range all {
		group.Go(func() {
			answer, err := all[i].assemble(func(at int) (plan.Answer, error) { return joined.wait(ctx, at) })
			resolve(i, answer, err)
		})
	}
	group.Wait()
}

// partsOf returns the ranges by which r is looked up and asked for.
func partsOf(r series.Range) []series.Range {
	if r.Len() == 2 {
		return []series.Range{series.Instant(r.At(0)), series.Instant(r.At(1))}
	}
	return []series.Range{r}
}

// piecePoints is how many points are asked for at once: far fewer than a store answers.
const piecePoints = 4 * blockPoints

// piecesOf returns the ranges by which r is asked for. Long ones are cut at fixed places on the grid, so that others who ask
// for some of it have pieces in common with it, and so that a store evaluates them side by side.
func piecesOf(r series.Range) []series.Range {
	n := int64(r.Len())
	if n <= piecePoints {
		return []series.Range{r}
	}
	g := gridOf(r)
	first := g.number(r.Start)
	var pieces []series.Range
	for at, end := first, first+n; at < end; {
		next := min((floorDiv(at, piecePoints)+1)*piecePoints, end)
		pieces = append(pieces, g.rangeOf(span{at, next}))
		at = next
	}
	return pieces
}

// assemble puts the leaf together, given the answer to each piece.
func (w *assembly) assemble(answerTo func(at int) (plan.Answer, error)) (plan.Answer, error) {
	if only := w.parts[0]; len(w.parts) == 1 && len(only.asked) == 1 && only.asked[0] == only.over {
		return answerTo(only.pieces[0])
	}
	answer := plan.Answer{Until: w.asked.Add(hardAge)}
	all := newColumns(w.leaf.Range.Len())
	all.limit = seriesOf(w.limit, all.n)
	for i, p := range w.parts {
		g := gridOf(p.over)
		first := g.number(p.over.Start)
		for _, has := range p.have {
			start := has.first + int64(has.block.lo) // of the first number in the block's columns
			all.lay(has.block.series, i+int(start-first), span{has.lo - start, has.hi - start})
			answer.Until = sooner(answer.Until, has.until(w.fresh))
		}
		for k, at := range p.pieces {
			found, err := answerTo(at)
			if err != nil {
				return plan.Answer{}, err
			}
			offset := i + int(g.number(p.asked[k].Start)-first)
			all.lay(found.Series, offset, span{max(0, int64(-offset)), int64(min(p.asked[k].Len(), all.n-offset))})
			answer.Until = sooner(answer.Until, found.Until)
			answer.Warnings, answer.Infos = append(answer.Warnings, found.Warnings...), append(answer.Infos, found.Infos...)
		}
	}
	if all.refused > 0 {
		return plan.Answer{}, tooMany(w.leaf.PromQL, all.limit)
	}
	answer.Series = all.series
	slices.Sort(answer.Warnings)
	answer.Warnings = slices.Compact(answer.Warnings)
	return answer, nil
}

// piece is a leaf, or a part of its range, that the store is asked for.
type piece struct {
	id   [16]byte
	leaf plan.Leaf
}

// pieceKey identifies a piece: of which leaf in which scope, from which instant on and how many. Who is urgent does not
// wait with those who are not.
type pieceKey struct {
	id     [16]byte
	start  int64
	n      int
	urgent bool
}

// keysOf returns the keys of pieces.
func keysOf(pieces []piece, urgent bool) []pieceKey {
	keys := make([]pieceKey, len(pieces))
	for i, p := range pieces {
		keys[i] = pieceKey{p.id, p.leaf.Range.Start, p.leaf.Range.Len(), urgent}
	}
	return keys
}

// perform asks the store for pieces, as few requests as they can be merged into, and resolves each by its position.
func (s *Store) perform(ctx context.Context, pieces []piece, fresh []int, resolve func(at int, answer plan.Answer, err error)) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	byRange := map[series.Range][]int{}
	for _, at := range fresh {
		over := pieces[at].leaf.Range
		byRange[over] = append(byRange[over], at)
	}
	var group conc.WaitGroup
	for _, together := range byRange {
		promQLs := make([]string, len(together))
		for i, at := range together {
			promQLs[i] = pieces[at].leaf.PromQL
		}
		for _, m := range s.merge(promQLs) {
			group.Go(func() {
				s.performMerged(ctx, m, pieces, together, resolve)
			})
		}
	}
	group.Wait()
}

// performMerged asks for one request's worth of pieces, which are those of its members among together. Where a merged
// request fails for what it asks, or has more series than it is worth, its members are asked one by one.
func (s *Store) performMerged(ctx context.Context, m expand.Merged, pieces []piece, together []int, resolve func(at int, answer plan.Answer, err error)) {
	asked := s.now()
	over := pieces[together[0]].leaf.Range
	answer, err := s.answer(ctx, plan.Leaf{PromQL: m.PromQL, Range: over}, s.limit(len(m.Members)))
	if err != nil && len(m.Members) > 1 && isOfTheQuery(err) {
		s.refusedMerges.Set(m.PromQL, struct{}{})
		var group conc.WaitGroup
		for _, member := range m.Members {
			alone := expand.Alone(pieces[together[member]].leaf.PromQL, member)
			group.Go(func() { s.performMerged(ctx, alone, pieces, together, resolve) })
		}
		group.Wait()
		return
	}
	if err != nil {
		for _, member := range m.Members {
			resolve(together[member], plan.Answer{}, err)
		}
		return
	}
	for i, derived := range m.Derive(answer.Series) {
		at := together[m.Members[i]]
		own := plan.Answer{Series: derived, Warnings: answer.Warnings, Infos: answer.Infos, Until: untilOf(asked, answer)}
		if !isUncached(ctx) {
			s.cache.put(pieces[at].id, over, own, asked, s.overlap)
		}
		resolve(at, own, nil)
	}
}

// untilOf is when the store is to be asked again for an answer to what it was asked at a time; zero, for at once, where it
// did not look everywhere.
func untilOf(asked time.Time, answer plan.Answer) time.Time {
	if len(answer.Warnings) > 0 {
		return time.Time{}
	}
	return asked.Add(hardAge)
}

// sooner returns the earlier of two times.
func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// refusedMergeTTL is how long the members of a refused merged request are requested one by one.
const refusedMergeTTL = 10 * time.Minute

// merge returns the requests for expressions. Merged ones that were refused before are taken apart.
func (s *Store) merge(promQLs []string) []expand.Merged {
	var all []expand.Merged
	for _, m := range s.merged.of(promQLs) {
		if _, refused := s.refusedMerges.GetIfPresent(m.PromQL); !refused || len(m.Members) == 1 {
			all = append(all, m)
			continue
		}
		for _, member := range m.Members {
			all = append(all, expand.Alone(promQLs[member], member))
		}
	}
	return all
}

// worth is how many series a merged request may bring for each expression that it stands for: buckets of a histogram, or
// codes.
const worth = 50

// limit is how many series may come back to a request that stands for some expressions.
func (s *Store) limit(members int) int {
	if members == 1 {
		return s.maxSeries
	}
	return min(s.maxSeries, worth*members)
}

// isOfTheQuery reports whether an error may come of what a request asks rather than of the store.
func isOfTheQuery(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && slices.Contains([]Kind{BadData, Execution, TooLarge, TooMany}, failed.Kind)
}

// answer asks one request.
func (s *Store) answer(ctx context.Context, leaf plan.Leaf, limit int) (answer plan.Answer, err error) {
	err = s.send(ctx, leaf.PromQL, func(ctx context.Context) error {
		return s.query(ctx, leaf, func(body io.Reader) (err error) {
			answer, err = decode(body, leaf.Range, limit)
			return err
		})
	})
	return answer, err
}

// query has the store evaluate the leaf, at an instant or over a range, and its answer read.
func (s *Store) query(ctx context.Context, leaf plan.Leaf, read func(io.Reader) error) error {
	path, form := "/api/v1/query", url.Values{"query": {leaf.PromQL}}
	if leaf.Range.IsInstant() {
		form.Set("time", inSeconds(leaf.Range.End))
	} else {
		path = "/api/v1/query_range"
		form.Set("start", inSeconds(leaf.Range.Start))
		form.Set("end", inSeconds(leaf.Range.Last()))
		form.Set("step", strconv.FormatFloat(float64(leaf.Range.Step)/1e3, 'f', -1, 64))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.client.URL(path, nil).String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	err = s.client.stream(ctx, req, read)
	var refused *statusError
	if !errors.As(err, &refused) || refused.status != http.StatusMethodNotAllowed || s.client.method != http.MethodPost {
		return err
	}
	address := s.client.URL(path, nil)
	address.RawQuery = form.Encode()
	if req, err = http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil); err != nil {
		return err
	}
	return s.client.stream(ctx, req, read)
}

// inSeconds prints an instant, in Unix milliseconds, as stores read it.
func inSeconds(t int64) string { return strconv.FormatFloat(float64(t)/1e3, 'f', -1, 64) }
