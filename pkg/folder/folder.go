package folder

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultInterval is how often the folder is looked at.
const DefaultInterval = 30 * time.Second

const (
	// patience is how long somebody waits for the folder to be read, which a network may make slow.
	patience = 3 * time.Second
	// pause is how long the folder is left alone at least, however many want it looked at.
	pause = time.Second
)

// Config says which folder is read.
type Config struct {
	// Path is where the folder stands; it is absolute.
	Path string
	// Interval is how often it is looked at; 0 stands for DefaultInterval.
	Interval time.Duration
	// Changed is called after a look that found something new. It may be nil.
	Changed func(Report)
}

// Report is what a look at the folder found to be wrong.
type Report struct {
	// Err says why the folder can't be read; nil where it can.
	Err error
	// Files are those that are wrong as such, whatever their catalogs say.
	Files []Problem
}

// Problem says what is wrong with a file.
type Problem struct {
	File, Message string
}

// Folder is the operator's folder of catalogs. Nothing is read before somebody asks; from then on it is looked at
// until it is closed. It is safe for concurrent use, and nobody who asks waits for the disk but for the first look.
type Folder struct {
	cfg    Config
	start  sync.Once
	closed chan struct{}
	close  sync.Once
	// ready is closed after the first look.
	ready chan struct{}
	// wanted has an entry where somebody wants a look that starts from now on, and waits for it in waiting.
	wanted  chan struct{}
	mu      sync.Mutex
	waiting []chan struct{}

	// changing is held by who puts another state in the place of the one that there is.
	changing sync.Mutex
	state    atomic.Pointer[state]
}

// New returns the folder that cfg speaks of.
func New(cfg Config) *Folder {
	if cfg.Interval <= 0 {
		cfg.Interval = DefaultInterval
	}
	if cfg.Changed == nil {
		cfg.Changed = func(Report) {}
	}
	f := &Folder{cfg: cfg, closed: make(chan struct{}), ready: make(chan struct{}), wanted: make(chan struct{}, 1)}
	f.state.Store(&state{scan: scan{err: errors.New("it has not been read yet")}})
	return f
}

// Close ends the looking.
func (f *Folder) Close() { f.close.Do(func() { close(f.closed) }) }

// Catalog returns what there is of a catalog for an organisation.
func (f *Folder) Catalog(ctx context.Context, name string, org int64) Found {
	f.open(ctx)
	k := key{org: org, name: name}
	now := f.state.Load()
	known, ok := now.shelf[k]
	if !ok {
		now, known = f.shelve(k)
	}
	if known == nil {
		return now.absent(name)
	}
	return known.found.in(now.scan)
}

// Names returns the names of the catalogs that an organisation may use, in their order.
func (f *Folder) Names(ctx context.Context, org int64) []string {
	f.open(ctx)
	return f.state.Load().names(org)
}

// Refresh looks at the folder now, and returns when that is done, or when it takes too long.
func (f *Folder) Refresh(ctx context.Context) {
	f.open(ctx)
	done := make(chan struct{})
	f.mu.Lock()
	f.waiting = append(f.waiting, done)
	f.mu.Unlock()
	select {
	case f.wanted <- struct{}{}:
	default: // Somebody else wants it too.
	}
	f.wait(ctx, done)
}

// open sees to it that the folder is looked at, and waits for the first look.
func (f *Folder) open(ctx context.Context) {
	f.start.Do(func() { go f.watch() })
	f.wait(ctx, f.ready)
}

// wait waits until done or the folder is closed, ctx is done, or for as long as somebody should have to wait.
func (f *Folder) wait(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
		return
	default:
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-done:
	case <-f.closed:
	case <-ctx.Done():
	case <-enough.C:
	}
}

// watch looks at the folder until it is closed.
func (f *Folder) watch() {
	every := time.NewTicker(f.cfg.Interval)
	defer every.Stop()
	for {
		f.look()
		rested := time.NewTimer(pause)
		select {
		case <-rested.C:
		case <-f.closed:
			return
		}
		select {
		case <-every.C:
		case <-f.wanted:
		case <-f.closed:
			return
		}
	}
}

// look looks at the folder, and tells those who want to know.
func (f *Folder) look() {
	defer func() {
		// Nobody stands above who could recover, and the plugin serves others too.
		if cause := recover(); cause != nil {
			f.cfg.Changed(Report{Err: fmt.Errorf("looking at it failed: %v", cause)})
		}
	}()
	f.mu.Lock()
	waiting := f.waiting
	f.waiting = nil
	f.mu.Unlock()
	before, now := f.replace(rescan(f.cfg.Path, f.state.Load().scan))
	select {
	case <-f.ready:
	default:
		close(f.ready)
	}
	if now.differs(before) {
		f.cfg.Changed(now.report())
	}
	for _, done := range waiting {
		close(done)
	}
}

// replace makes a scan the one that is answered by.
func (f *Folder) replace(found scan) (before, now *state) {
	f.changing.Lock()
	defer f.changing.Unlock()
	before = f.state.Load()
	now = before.after(found)
	f.state.Store(now)
	return before, now
}

// shelve notes that a key is asked for. It is nil where there is nothing to be known of it.
func (f *Folder) shelve(k key) (*state, *kept) {
	f.changing.Lock()
	defer f.changing.Unlock()
	now := f.state.Load()
	known, ok := now.shelf[k]
	if ok {
		return now, known
	}
	if known = now.scan.compose(k, nil); known != nil {
		now = now.with(k, known)
		f.state.Store(now)
	}
	return now, known
}
