package plugin

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// common is what the data sources of a process share.
type common struct {
	shelf  shelf
	ledger ledger
	live   live
	caches caches
	// limiter bounds the points that all data sources process at the same time.
	limiter *fetch.Limiter
	// folder is the operator's; nil where there is none.
	folder *folder.Folder
	now    func() time.Time
}

// maxPoints is how many points are processed at the same time: those of two of the largest queries, or of dozens of usual ones.
const maxPoints = 2 * plan.MaxPoints

// newCommon returns what data sources share, with the operator's folder at a path; "" stands for none.
func newCommon(path string) *common {
	c := &common{now: time.Now, limiter: fetch.NewLimiter(maxPoints)}
	if path != "" {
		c.folder = folder.New(folder.Config{Path: path, Changed: c.changed})
	}
	return c
}

// changed tells of a change in the operator's folder.
func (c *common) changed(report folder.Report) {
	logReport(backend.Logger, report)
	for _, d := range c.live.all() {
		c.ledger.note(context.Background(), d)
	}
}

// shownFiles is how many files of the operator's folder one look leaves a line about in the log.
const shownFiles = 20

// logReport leaves a line on each thing that is wrong with the operator's folder.
func logReport(logger log.Logger, report folder.Report) {
	if report.Err != nil {
		logger.Error("Folder of catalogs can't be read", "setting", definitionsPath, "error", report.Err.Error())
	}
	for i, file := range report.Files {
		if i == shownFiles {
			logger.Warn("More files of the folder of catalogs refused", "files", len(report.Files)-shownFiles)
			return
		}
		logger.Warn("File of the folder of catalogs refused", "file", file.File, "problem", file.Message)
	}
}

// supply is where a data source has its catalog from.
type supply interface {
	// current returns the catalog as it stands now.
	current(context.Context) loaded
	// refresh sees to it that current returns what there is at this moment.
	refresh(context.Context)
}

// fixed is a catalog that does not change while the data source lives.
type fixed loaded

func (f fixed) current(context.Context) loaded { return loaded(f) }
func (f fixed) refresh(context.Context)        {}

// named is a catalog of the operator's folder.
type named struct {
	folder *folder.Folder
	name   string
	org    int64
}

func (n named) current(ctx context.Context) loaded {
	found := n.folder.Catalog(ctx, n.name, n.org)
	return loaded{
		catalog: found.Catalog, revision: found.Revision, issues: found.Issues,
		stale: found.Catalog != nil && found.State != folder.Good, operators: true, told: found.Problem(),
	}
}

func (n named) refresh(ctx context.Context) { n.folder.Refresh(ctx) }

// catalogName matches what can be the name of a catalog, in definitions and so in the settings.
var catalogName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,62}$`)

// supplyOf returns where a data source has its catalog from, by its settings.
func (c *common) supplyOf(s settings, key shelfKey) supply {
	name := strings.TrimSpace(s.Catalog)
	switch {
	case name == "":
		return fixed(c.shelf.keep(key, load(s.Definition)))
	case strings.TrimSpace(s.Definition) != "":
		return fixed(c.shelf.keep(key, refuse("the settings hold a definition and name a catalog of the operator's folder too; leave one of them out")))
	case !catalogName.MatchString(name):
		return fixed(refuse("the setting catalog is %.70q, which can't be the name of a catalog; write what stands at metadata.name of one", name))
	case c.folder == nil:
		return fixed(refuse("the settings name the catalog %s, but there is no folder of catalogs; an operator allows one by definitions_path under [plugin.%s] in Grafana's configuration", name, ID))
	default:
		return named{folder: c.folder, name: name, org: key.number()}
	}
}

// refuse returns what is loaded of settings that are refused.
func refuse(format string, args ...any) loaded {
	return loaded{issues: definition.Issues{{Message: fmt.Sprintf(format, args...)}}}
}

// What the namespaces of organisations start with: that of another than the first one with its number, and that of a
// hosted Grafana, which has only one, with the number of the Grafana.
const (
	orgPrefix   = "org-"
	stackPrefix = "stacks-"
)

// number is the organisation's, and 0 where it can't be told. Grafana names it by the namespace where it sends none.
func (k shelfKey) number() int64 {
	if k.org > 0 {
		return k.org
	}
	if k.namespace == "default" || strings.HasPrefix(k.namespace, stackPrefix) {
		return 1
	}
	text, named := strings.CutPrefix(k.namespace, orgPrefix)
	number, err := strconv.ParseInt(text, 10, 64)
	if !named || err != nil || number < 1 {
		return 0
	}
	return number
}
