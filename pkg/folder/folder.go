package folder

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultInterval is the interval between scans.
const DefaultInterval = 30 * time.Second

const (
	// waitTimeout is how long a call waits for a scan, which may take long on a network.
	waitTimeout = 3 * time.Second
	// minInterval is the least time between two scans, however often Refresh is called.
	minInterval = time.Second
)

// Config configures a Folder.
type Config struct {
	// Path is the absolute path of the folder.
	Path string
	// Interval is the interval between scans; 0 stands for DefaultInterval.
	Interval time.Duration
	// OnChange, which may be nil, is called after each scan that found something new. It must not panic.
	OnChange func(Report)
}

// Report says what a scan found to be wrong with the folder.
type Report struct {
	// Err says why the folder could not be read; nil if it was.
	Err error
	// Files are the problems of files as a whole, whatever the catalogs in them say.
	Files []FileProblem
}

// FileProblem says what is wrong with a file.
type FileProblem struct {
	File, Message string
}

// Folder is the operator's folder of catalogs. It is first scanned when one of its methods is called, and then at an
// interval until Close. Only Refresh and calls during the first scan wait for the disk, a few seconds at most. It is
// safe for concurrent use.
type Folder struct {
	cfg Config
	// scan is scanFolder, unless a test replaces it.
	scan func(path string, before scan) scan

	start, firstScan, closing sync.Once
	// scanned is closed after the first scan, and closed by Close.
	scanned, closed chan struct{}
	// requested holds an entry if Refresh wants another scan. Its callers wait for their channel in waiters.
	requested chan struct{}
	mu        sync.Mutex
	waiters   []chan struct{}

	// updating is held while the state is replaced.
	updating sync.Mutex
	state    atomic.Pointer[state]
}

// New returns the folder of cfg. It reads nothing yet.
func New(cfg Config) *Folder {
	if cfg.Interval <= 0 {
		cfg.Interval = DefaultInterval
	}
	if cfg.OnChange == nil {
		cfg.OnChange = func(Report) {}
	}
	f := &Folder{cfg: cfg, scan: scanFolder, scanned: make(chan struct{}), closed: make(chan struct{}), requested: make(chan struct{}, 1)}
	f.state.Store(&state{scan: scan{err: errors.New("it has not been read yet")}})
	return f
}

// Close ends the scans.
func (f *Folder) Close() { f.closing.Do(func() { close(f.closed) }) }

// Catalog returns the catalog of a name as an organisation may see it.
func (f *Folder) Catalog(ctx context.Context, name string, org int64) CatalogStatus {
	f.open(ctx)
	k := key{org: org, name: name}
	now := f.state.Load()
	stored, ok := now.catalogs[k]
	if !ok {
		now, stored = f.track(k)
	}
	if stored == nil {
		return now.absent(name)
	}
	return stored.status.during(now.scan)
}

// Names returns the names of the catalogs that an organisation may use, sorted.
func (f *Folder) Names(ctx context.Context, org int64) []string {
	f.open(ctx)
	return f.state.Load().names(org)
}

// Refresh scans the folder, and returns when that is done or takes too long.
func (f *Folder) Refresh(ctx context.Context) {
	f.open(ctx)
	done := make(chan struct{})
	f.mu.Lock()
	f.waiters = append(f.waiters, done)
	f.mu.Unlock()
	select {
	case f.requested <- struct{}{}:
	default: // It is requested already.
	}
	f.wait(ctx, done)
}

// open starts the scans, and waits for the first one.
func (f *Folder) open(ctx context.Context) {
	f.start.Do(func() { go f.run() })
	f.wait(ctx, f.scanned)
}

// wait returns when done or the folder is closed, when ctx is done, or after waitTimeout.
func (f *Folder) wait(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
		return
	default:
	}
	timeout := time.NewTimer(waitTimeout)
	defer timeout.Stop()
	select {
	case <-done:
	case <-f.closed:
	case <-ctx.Done():
	case <-timeout.C:
	}
}

// run scans the folder until it is closed.
func (f *Folder) run() {
	interval := time.NewTicker(f.cfg.Interval)
	defer interval.Stop()
	for {
		f.rescan()
		pause := time.NewTimer(minInterval)
		select {
		case <-pause.C:
		case <-f.closed:
			return
		}
		select {
		case <-interval.C:
		case <-f.requested:
		case <-f.closed:
			return
		}
	}
}

// rescan scans the folder, reports what is new, and ends the calls that wait for it. Those that wait for the first scan
// end before the report, since OnChange may make such calls.
func (f *Folder) rescan() {
	waiters := f.takeWaiters()
	report, changed := f.update()
	f.firstScan.Do(func() { close(f.scanned) })
	if changed {
		f.cfg.OnChange(report)
	}
	for _, done := range waiters {
		close(done)
	}
}

// takeWaiters returns the calls that wait for a scan which begins now or later.
func (f *Folder) takeWaiters() []chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	waiters := f.waiters
	f.waiters = nil
	return waiters
}

// update scans the folder and replaces the state. A panic is the error of the scan, so that the last good catalogs are
// used until a later scan succeeds: it would end the process otherwise.
func (f *Folder) update() (report Report, changed bool) {
	defer func() {
		if cause := recover(); cause != nil {
			report, changed = f.replace(func(s *state) *state { return s.failed(fmt.Errorf("reading it panicked: %v", cause)) })
		}
	}()
	found := f.scan(f.cfg.Path, f.state.Load().scan)
	return f.replace(func(s *state) *state { return s.after(found) })
}

// replace replaces the state. It returns the report of the new one, and whether that or a catalog has changed.
func (f *Folder) replace(next func(*state) *state) (report Report, changed bool) {
	f.updating.Lock()
	defer f.updating.Unlock()
	before := f.state.Load()
	now := next(before)
	report, changed = now.report(), now.differs(before)
	f.state.Store(now)
	return report, changed
}

// track adds a catalog to the state, which scans then keep up to date, and returns both. The catalog is nil if the
// organisation may not know of it.
func (f *Folder) track(k key) (*state, *storedCatalog) {
	f.updating.Lock()
	defer f.updating.Unlock()
	now := f.state.Load()
	stored, ok := now.catalogs[k]
	if ok {
		return now, stored
	}
	if stored = now.scan.catalog(k, nil); stored != nil {
		now = &state{scan: now.scan, catalogs: now.catalogs.with(k, stored)}
		f.state.Store(now)
	}
	return now, stored
}
