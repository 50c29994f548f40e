package fetch

import (
	"crypto/sha256"
	"sync"

	"github.com/maypok86/otter/v2"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// mergings remembers how expressions are merged, since panels ask for the same ones again and again. It is safe for
// concurrent use.
type mergings struct {
	once  sync.Once
	known *otter.Cache[[sha256.Size]byte, []expand.Merged]
}

const (
	// maxMerged is how many expressions are remembered, and maxMergedAtOnce how many of those that are asked for together:
	// where there are more, merging is little beside asking for them.
	maxMerged       = 10_000
	maxMergedAtOnce = 2_000
)

// of returns the requests for expressions.
func (m *mergings) of(promQLs []string) []expand.Merged {
	if len(promQLs) < 2 || len(promQLs) > maxMergedAtOnce {
		return expand.MergeTexts(promQLs)
	}
	m.once.Do(func() {
		m.known = otter.Must(&otter.Options[[sha256.Size]byte, []expand.Merged]{
			MaximumWeight: maxMerged,
			Weigher:       func(_ [sha256.Size]byte, merged []expand.Merged) uint32 { return members(merged) },
		})
	})
	hash := sha256.New()
	for _, promQL := range promQLs {
		hash.Write([]byte(promQL))
		hash.Write([]byte{0})
	}
	key := [sha256.Size]byte(hash.Sum(nil))
	if known, ok := m.known.GetIfPresent(key); ok {
		return known
	}
	merged := expand.MergeTexts(promQLs)
	m.known.Set(key, merged)
	return merged
}

// members is how many expressions requests stand for.
func members(merged []expand.Merged) uint32 {
	n := 0
	for _, m := range merged {
		n += len(m.Members)
	}
	return uint32(n)
}
