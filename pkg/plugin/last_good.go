package plugin

import "sync"

// lastGood holds the last good catalog of each data source until the process ends, so that a definition that is
// refused leaves dashboards and alert rules working. It is safe for concurrent use.
type lastGood struct {
	mu    sync.Mutex
	byKey map[dataSourceKey]catalogState
}

// update stores a state that has a catalog and returns it. For one without, it returns the last good catalog of the
// data source with the issues of the new state, or the new state if there is no such catalog. An empty definition
// drops the last good catalog.
func (l *lastGood) update(key dataSourceKey, latest catalogState) catalogState {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKey == nil {
		l.byKey = map[dataSourceKey]catalogState{}
	}
	if latest.catalog != nil {
		l.byKey[key] = latest
		return latest
	}
	if latest.empty {
		delete(l.byKey, key)
	}
	good, ok := l.byKey[key]
	if !ok {
		return latest
	}
	good.issues, good.stale = latest.issues, true
	return good
}
