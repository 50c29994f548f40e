package plan

import (
	"sync"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// expansions remembers how indicators are expanded within a query: a plan reads the same ones over several ranges, and
// its pages over many. It is safe for concurrent use.
type expansions struct {
	mu    sync.Mutex
	byKey map[expansionKey]expand.Expansion
}

// expansionKey names what is expanded: what notices call it, what it looks back over, and the labels that it is split by.
type expansionKey struct {
	subject string
	window  time.Duration
	by      string
}

// of returns the expansion of a key, which do returns unless it is known.
func (e *expansions) of(key expansionKey, do func() (expand.Expansion, error)) (expand.Expansion, error) {
	e.mu.Lock()
	known, ok := e.byKey[key]
	e.mu.Unlock()
	if ok {
		return known, nil
	}
	x, err := do()
	if err != nil {
		return x, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byKey == nil {
		e.byKey = map[expansionKey]expand.Expansion{}
	}
	e.byKey[key] = x
	return x, nil
}
