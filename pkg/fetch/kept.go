package fetch

import (
	"context"
	"crypto/sha256"
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Sized is what is made of points, and can be kept beside them.
type Sized interface {
	// Bytes estimates what it takes.
	Bytes() int
}

// kept is what was made of points, and until when it stands for them.
type kept struct {
	value Sized
	until time.Time
}

func (k kept) weight() uint32 { return uint32(min(k.value.Bytes(), math.MaxUint32)) }

// Keep keeps what was made of answers that late samples change no more, under a key and a number. Who asks under ctx can
// recall it for as long as the answers hold, and so can others whom the store tells the same.
func (s *Store) Keep(ctx context.Context, key string, number int64, value Sized, answers []plan.Answer) {
	until := s.now().Add(emptyAge)
	if slices.ContainsFunc(answers, func(a plan.Answer) bool { return len(a.Series) > 0 }) {
		until = s.now().Add(hardAge)
	}
	for _, answer := range answers {
		until = sooner(until, answer.Until)
	}
	if s.cache != nil && s.now().Before(until) {
		s.cache.entries.Set(entryKey{s.keptID(ctx, key), number}, kept{value, until})
	}
}

// Recall returns what is kept under a key and a number, while it holds; nil where nothing is.
func (s *Store) Recall(ctx context.Context, key string, number int64) Sized {
	if s.cache == nil {
		return nil
	}
	found, ok := s.cache.entries.GetIfPresent(entryKey{s.keptID(ctx, key), number})
	if !ok || !s.now().Before(found.(kept).until) {
		return nil
	}
	return found.(kept).value
}

// keptID identifies what is kept under a key for who asks under ctx.
func (s *Store) keptID(ctx context.Context, key string) [16]byte {
	sum := sha256.Sum256([]byte("kept\x00" + s.scope(ctx) + "\x00" + key))
	return [16]byte(sum[:16])
}
