package plugin

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// sharedState is shared by all data sources of the process.
type sharedState struct {
	lastGood  lastGood
	changeLog changeLog
	instances instances
	caches    caches
	// merger remembers how expressions are merged, whichever data source they are for.
	merger engine.Merger
	// connections are those of all data sources to their stores.
	connections connections
	// limiter bounds the points that all data sources process at the same time.
	limiter *fetch.Limiter
	// memory counts what the answers to the queries of all data sources take.
	memory *fetch.Memory
	// checks bounds the definitions that are checked at the same time.
	checks *checks
	// folder is the operator's folder of catalogs; nil if there is none.
	folder *folder.Folder
	now    func() time.Time
}

// maxPoints is the number of points processed at the same time: two of the largest queries, or dozens of usual ones.
const maxPoints = 2 * plan.MaxPoints

// newSharedState returns the state for an operator's folder at a path; "" means that there is none.
func newSharedState(path string) *sharedState {
	s := &sharedState{
		now: time.Now, limiter: fetch.NewLimiter(maxPoints), checks: newChecks(),
		memory: fetch.NewMemory(bytesOf(memoryLimit, os.Getenv(memoryLimit), fetch.DefaultMemory)),
		caches: caches{limit: fetch.NewCacheLimit(bytesOf(cacheLimit, os.Getenv(cacheLimit), fetch.DefaultCacheLimit))},
	}
	if path != "" {
		s.folder = folder.New(folder.Config{Path: path, OnChange: s.folderChanged})
	}
	return s
}

// folderChanged logs a change of the folder on the server, and of the catalogs that data sources use of it.
func (s *sharedState) folderChanged(report folder.Report) {
	defer func() {
		if cause := recover(); cause != nil { // It is called on a goroutine of the folder, where a panic ends the process.
			backend.Logger.Error("Change of the folder of catalogs panicked", "cause", cause, "stack", string(debug.Stack()))
		}
	}()
	logReport(backend.Logger, report)
	for _, d := range s.instances.all() {
		s.changeLog.record(context.Background(), d)
	}
}

// maxLoggedFiles is the number of refused files that are logged per change of the folder on the server.
const maxLoggedFiles = 20

// logReport logs what is wrong with the operator's folder, one line each.
func logReport(logger log.Logger, report folder.Report) {
	if report.Err != nil {
		logger.Error("Folder of catalogs can't be read", "setting", definitionsPath, "error", report.Err.Error())
	}
	for i, file := range report.Files {
		if i == maxLoggedFiles {
			logger.Warn("More files of the folder of catalogs refused", "files", len(report.Files)-maxLoggedFiles)
			return
		}
		logger.Warn("File of the folder of catalogs refused", "file", file.File, "problem", file.Message)
	}
}
