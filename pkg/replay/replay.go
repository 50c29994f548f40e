package replay

import (
	"context"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

const (
	day = 24 * time.Hour
	// MaxDays is how many days are replayed at most.
	MaxDays = 28
	// piece is how much time is replayed at once. Progress is reported after each piece, which also reads the lookback of states before it.
	piece = 2 * day
)

// Replayer replays states by the telemetry of an engine's store.
type Replayer struct {
	Engine *engine.Engine
	// Now is the current time. The newest minute that is replayed is the last whole one whose telemetry is complete.
	Now time.Time
	// Progress is called with the share of the work that is done, from 0 to 1; nil is not.
	Progress func(done float64)
}

// window is a time that is replayed: the minutes after From, up to and including To.
type window struct{ from, to time.Time }

// windowOf returns the window of a number of days, up to the newest minute of which the telemetry is complete in all of some catalogs.
func (r *Replayer) windowOf(days int, catalogs ...*catalog.Catalog) window {
	delay := time.Duration(0)
	for _, c := range catalogs {
		delay = max(delay, c.Delay)
	}
	to := series.FloorTime(r.Now.Add(-delay), cer.Grid)
	return window{to.Add(-time.Duration(days) * day).UTC(), to.UTC()}
}

// asked is a part of a replay: some flows of a catalog, all where none is named.
type asked struct {
	catalog *catalog.Catalog
	flows   []string
	// filters keep cohorts.
	filters []query.AdhocFilter
}

// run replays the flows of some catalogs over a window, piece by piece, each in a session of its own, and returns the courses of
// those of each catalog. Notices are those that cast doubt on what was found.
func (r *Replayer) run(ctx context.Context, w window, parts ...asked) ([][]*course, cer.Annotations, error) {
	courses := make([][]*course, len(parts))
	var notices cer.Annotations
	for from := w.from; from.Before(w.to); from = from.Add(piece) {
		to := from.Add(piece)
		if to.After(w.to) {
			to = w.to
		}
		for i, part := range parts {
			if ctx.Err() != nil { // What the store need not be asked for is not cancelled otherwise.
				return nil, nil, context.Cause(ctx)
			}
			result, err := r.exec(ctx, part, from.Add(cer.Grid), to)
			if err != nil {
				return nil, nil, err
			}
			courses[i] = follow(courses[i], result.Members)
			notices.Merge(doubts(result))
			done := float64(from.Sub(w.from))*float64(len(parts)) + float64(to.Sub(from))*float64(i+1)
			r.report(done / float64(w.to.Sub(w.from)) / float64(len(parts)))
		}
	}
	return courses, notices, nil
}

// report reports progress, if anybody wants to know.
func (r *Replayer) report(done float64) {
	if r.Progress != nil {
		r.Progress(done)
	}
}

// exec replays the minutes from one to another.
func (r *Replayer) exec(ctx context.Context, part asked, from, to time.Time) (*engine.Result, error) {
	session := r.Engine.Session(ctx)
	defer session.Close()
	return r.Engine.Exec(ctx, session, engine.Request{
		Catalog: part.catalog, RefID: "replay",
		Query: query.Query{Measure: query.State, Level: query.LevelFlow, Format: query.Replay, Window: query.WindowAuto, Flows: part.flows, AdhocFilters: part.filters},
		Times: plan.Times{From: from, To: to, Now: r.Now, Interval: cer.Grid},
	})
}

// doubts returns the notices of a result that cast doubt on it.
func doubts(result *engine.Result) cer.Annotations {
	var all cer.Annotations
	for _, notices := range []cer.Annotations{result.Plan.Notices, result.Notices} {
		for _, n := range notices {
			if n.Severity != cer.Info {
				all.Add(n)
			}
		}
	}
	return all
}

// follow adds what the members of a piece went through to their courses, in the order of the members.
func follow(courses []*course, members []eval.Member) []*course {
	for _, m := range members {
		at := slices.IndexFunc(courses, func(c *course) bool { return c.flow == m.Flow })
		if at < 0 {
			at = len(courses)
			courses = append(courses, &course{flow: m.Flow})
		}
		courses[at].add(m.Replay)
	}
	return courses
}
