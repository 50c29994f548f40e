package fetch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Request is a query to the store that stands for one or several missing pieces of a claim, all of the range of its leaf.
type Request struct {
	Leaf Leaf
	// Members are the positions of the pieces among those that are missing.
	Members []int
	// Unmerge returns the series of each member, in the order of Members, given those of the request. It must not change
	// them. It may be nil where there is one member, whose expression is that of the request.
	Unmerge func([]series.Series) [][]series.Series
}

// Merge returns requests which together stand for each of the missing pieces of a claim. Nil requests them one by one.
type Merge func(missing []Leaf) []Request

// requests returns the requests for missing pieces.
func (m Merge) requests(missing []Leaf) []Request {
	if m != nil {
		return m(missing)
	}
	requests := make([]Request, len(missing))
	for i, leaf := range missing {
		requests[i] = Request{Leaf: leaf, Members: []int{i}}
	}
	return requests
}

// unmerge returns the series of each member.
func (r Request) unmerge(all []series.Series) [][]series.Series {
	if r.Unmerge == nil {
		return [][]series.Series{all}
	}
	return r.Unmerge(all)
}

// refusedMergeTTL is how long the members of a refused merged request are requested one by one.
const refusedMergeTTL = 10 * time.Minute

// MergeRefused reports whether a merged expression has failed lately, or returned more series than it is worth, so that its
// members are requested one by one.
func (s *Store) MergeRefused(promQL string) bool {
	return s.facts.get(refusedMerge(promQL)) != nil
}

// refusedMerge identifies the fact that a merged expression was refused.
func refusedMerge(promQL string) string { return "refused\x00" + promQL }

// refusedFact is that fact.
type refusedFact struct{}

// Bytes is what the fact takes.
func (refusedFact) Bytes() int { return 0 }

// fetch starts requests that together stand for the fresh pieces of a ticket, within the store's timeout.
func (s *Store) fetch(pieces *ticket[pieceKey, series.Answer], requests []Request) {
	pieces.start(func(ctx context.Context) {
		ctx, cancel := s.bounded(ctx)
		defer cancel()
		s.sendAll(ctx, pieces, requests)
	})
}

// fetchAlone returns the answer to a piece, for which it sends a request of its own unless one is under way.
func (s *Store) fetchAlone(ctx context.Context, key pieceKey) (series.Answer, error) {
	pieces := s.pieces.join(context.WithoutCancel(ctx), []pieceKey{key})
	defer pieces.release()
	s.fetch(pieces, []Request{{Leaf: key.leaf, Members: []int{0}}})
	return pieces.wait(ctx, 0)
}

// sendAll sends requests, each as soon as there is a slot for it, so that there are no more goroutines than slots.
func (s *Store) sendAll(ctx context.Context, pieces *ticket[pieceKey, series.Answer], requests []Request) {
	n := len(requests)
	for _, r := range requests {
		n += len(r.Members)
	}
	done := make(chan []Request, n)
	receive := func(more []Request) { requests = append(requests, more...) }
	for running := 0; len(requests) > 0 || running > 0; {
		if len(requests) == 0 {
			receive(<-done)
			running--
			continue
		}
		r := requests[0]
		requests = requests[1:]
		release, err := s.slot(ctx)
		if err != nil {
			r.fail(pieces, s.errors.translate(ctx, r.Leaf.PromQL, err))
			continue
		}
		running++
		go func() { done <- s.sendOne(ctx, pieces, r, release) }()
		for more := true; more; {
			select {
			case again := <-done:
				receive(again)
				running--
			default:
				more = false
			}
		}
	}
}

// sendOne sends a request within a slot, and resolves its members. If a merged request fails because of what it asks for, it
// returns requests for its members one by one.
func (s *Store) sendOne(ctx context.Context, pieces *ticket[pieceKey, series.Answer], r Request, release func()) (again []Request) {
	defer func() {
		// A panic on this goroutine would end the process.
		if cause := recover(); cause != nil {
			pieces.fail(panicError(cause))
		}
	}()
	defer release()
	isMerged := len(r.Members) > 1
	if isMerged && s.MergeRefused(r.Leaf.PromQL) {
		return r.split(pieces)
	}
	requested, of := s.now(), s.bounds(ctx)
	held := &hold{account: of.account}
	defer held.release()
	limits := limits{series: s.limit(len(r.Members)), held: held}
	if !isMerged {
		limits.cohorts = of.counter(r.Leaf)
	}
	answer, err := s.query(ctx, r.Leaf, limits)
	switch {
	case err == nil:
		s.resolve(ctx, pieces, r, answer, requested)
	case isMerged && IsOfQuery(err):
		s.facts.put(refusedMerge(r.Leaf.PromQL), refusedFact{}, refusedMergeTTL)
		return r.split(pieces)
	default:
		r.fail(pieces, err)
	}
	return nil
}

// fail resolves the members of a request with an error.
func (r Request) fail(pieces *ticket[pieceKey, series.Answer], err error) {
	for _, member := range r.Members {
		pieces.resolve(pieces.fresh[member], series.Answer{}, err)
	}
}

// split returns a request for each of the members.
func (r Request) split(pieces *ticket[pieceKey, series.Answer]) []Request {
	requests := make([]Request, len(r.Members))
	for i, member := range r.Members {
		requests[i] = Request{Leaf: pieces.keys[pieces.fresh[member]].leaf, Members: []int{member}}
	}
	return requests
}

// resolve resolves the members of a request with its answer, and caches their points.
func (s *Store) resolve(ctx context.Context, pieces *ticket[pieceKey, series.Answer], r Request, answer series.Answer, requested time.Time) {
	until := requested.Add(hardAge)
	if len(answer.Warnings) > 0 {
		until = time.Time{}
	}
	for i, unmerged := range r.unmerge(answer.Series) {
		at := pieces.fresh[r.Members[i]]
		own := series.Answer{Series: unmerged, Warnings: answer.Warnings, Infos: answer.Infos, Until: until}
		if key := pieces.keys[at]; !isUncached(ctx) {
			s.cache.insert(blocksID(key.leaf, key.scope), key.leaf.Range, own, requested, s.overlap)
		}
		pieces.resolve(at, own, nil)
	}
}

// seriesPerMember is how many series a merged request may return for each of its members, such as the buckets of a
// histogram, or codes.
const seriesPerMember = 50

// limit is the number of series that a request may return, by its number of members.
func (s *Store) limit(members int) int {
	if members == 1 {
		return s.maxSeries
	}
	return min(s.maxSeries, seriesPerMember*members)
}

// IsOfQuery reports whether an error may be due to what a request asks for rather than to the store.
func IsOfQuery(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && slices.Contains([]Kind{BadData, Execution, TooLarge, TooLong, StoreLimit, TooMany}, failed.Kind)
}
