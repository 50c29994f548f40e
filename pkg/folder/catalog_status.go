package folder

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// State is the state of a catalog.
type State int

// The states of a catalog.
const (
	// Absent: the organisation may use no file of the catalog, and could not before.
	Absent State = iota
	// Good: the files make the catalog.
	Good
	// Refused: there are files, and they make no catalog.
	Refused
	// Gone: the files were deleted.
	Gone
	// Unreadable: the folder can't be read.
	Unreadable
)

// CatalogStatus is a catalog as an organisation may see it.
type CatalogStatus struct {
	Name  string
	State State
	// Catalog is made of the current files if they are good, and else the last good one; nil if there was none. It must
	// not be changed.
	Catalog *catalog.Catalog
	// Changed are the files of Catalog that are new or changed since the version before; none where files were only deleted.
	Changed []Changed
	// Issues are those of the current files. They quote the files.
	Issues definition.Issues
	// Broken is the number of files in the folder that can't be assigned to any catalog.
	Broken int
}

// Changed is a file that is new or changed.
type Changed struct {
	// Path is relative to the folder, with slashes.
	Path string
	// Modified is when the content was last written, as the file system says.
	Modified time.Time
}

// Problem returns why the catalog is not made of the current files; "" if it is. It does not quote the files, so that
// every user may see it.
func (s CatalogStatus) Problem() string {
	what := ""
	switch s.State {
	case Good:
		return ""
	case Absent:
		return fmt.Sprintf("there is no catalog %s in the folder on the server%s", s.Name, s.brokenFiles())
	case Refused:
		what = fmt.Sprintf("the catalog %s was refused", s.Name)
	case Gone:
		what = fmt.Sprintf("the catalog %s is no longer in the folder on the server", s.Name)
	case Unreadable:
		what = "the folder of catalogs on the server can't be read (see Grafana's log)"
	}
	if s.Catalog != nil {
		what += ", and its last valid version is used instead"
	}
	return what
}

// during returns the status at the time of a scan: Good becomes Unreadable if the scan failed.
func (s CatalogStatus) during(current scan) CatalogStatus {
	if current.err != nil && s.State == Good {
		s.State = Unreadable
	}
	return s
}

// brokenFiles is the clause of Problem about the files that an absent catalog may be in; "" if there are none.
func (s CatalogStatus) brokenFiles() string {
	switch s.Broken {
	case 0:
		return ""
	case 1:
		return "; one of its files is refused (see Grafana's log)"
	default:
		return fmt.Sprintf("; %d of its files are refused (see Grafana's log)", s.Broken)
	}
}
