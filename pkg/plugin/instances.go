package plugin

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// instances are the current instances of all data sources. It is safe for concurrent use.
type instances struct {
	mu    sync.Mutex
	byKey map[dataSourceKey]*DataSource
}

// add registers an instance, in place of an older one of the same data source.
func (i *instances) add(d *DataSource) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.byKey == nil {
		i.byKey = map[dataSourceKey]*DataSource{}
	}
	i.byKey[d.key] = d
}

// remove removes an instance, unless a newer one of the same data source has replaced it.
func (i *instances) remove(d *DataSource) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.byKey[d.key] == d {
		delete(i.byKey, d.key)
	}
}

// has reports whether a data source has an instance.
func (i *instances) has(key dataSourceKey) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, ok := i.byKey[key]
	return ok
}

// all returns the instances, sorted by UID and organisation.
func (i *instances) all() []*DataSource {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.SortedFunc(maps.Values(i.byKey), func(a, b *DataSource) int {
		return cmp.Or(cmp.Compare(a.key.uid, b.key.uid), cmp.Compare(a.key.org, b.key.org), cmp.Compare(a.key.namespace, b.key.namespace))
	})
}
