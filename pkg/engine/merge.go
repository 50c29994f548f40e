package engine

import (
	"crypto/sha256"
	"sync"

	"github.com/maypok86/otter/v2"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

const (
	// maxMergedExpressions is the number of expressions whose merging is remembered, some 300 bytes each.
	maxMergedExpressions = 50_000
	// maxRemembered is the number of expressions that are merged together above which merging is not remembered: it is fast beside
	// the requests themselves.
	maxRemembered = 2_000
)

// Merger merges expressions, and remembers how, since panels request the same ones again and again. Several engines may share one. It
// is safe for concurrent use.
type Merger struct {
	once   sync.Once
	merged *otter.Cache[[sha256.Size]byte, []expand.Merged]
}

// merge returns the merged expressions that stand for distinct ones.
func (m *Merger) merge(exprs []*expand.Expr) []expand.Merged {
	if len(exprs) < 2 || len(exprs) > maxRemembered {
		return expand.Merge(exprs)
	}
	m.once.Do(func() {
		m.merged = otter.Must(&otter.Options[[sha256.Size]byte, []expand.Merged]{
			MaximumWeight: maxMergedExpressions,
			Weigher:       func(_ [sha256.Size]byte, merged []expand.Merged) uint32 { return uint32(members(merged)) },
		})
	})
	key := hashOf(exprs)
	if merged, ok := m.merged.GetIfPresent(key); ok {
		return merged
	}
	merged := expand.Merge(exprs)
	m.merged.Set(key, merged)
	return merged
}

// hashOf returns the hash of expressions in their order.
func hashOf(exprs []*expand.Expr) [sha256.Size]byte {
	hash := sha256.New()
	for _, expr := range exprs {
		hash.Write([]byte(expr.String()))
		hash.Write([]byte{0})
	}
	return [sha256.Size]byte(hash.Sum(nil))
}

// members returns the number of expressions that merged ones stand for.
func members(merged []expand.Merged) int {
	n := 0
	for _, m := range merged {
		n += len(m.Members)
	}
	return n
}
