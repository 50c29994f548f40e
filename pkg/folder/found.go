package folder

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// State says what there is of a catalog.
type State int

// The states of a catalog.
const (
	// Absent: no file that the organisation may use belongs to it, nor did one before.
	Absent State = iota
	// Good: the files make the catalog.
	Good
	// Refused: the files make no catalog.
	Refused
	// Gone: there are no files any more.
	Gone
	// Unreadable: the folder can't be read.
	Unreadable
)

// Found is what an organisation is given of a catalog.
type Found struct {
	Name  string
	State State
	// Catalog is the one that the files make, else the last one that they made; nil where they never did. It must not be
	// changed.
	Catalog  *cer.Catalog
	Revision string
	// Issues are those of the files as they stand. They show what the files hold.
	Issues definition.Issues
	// Broken is how many files of the folder can't be told to be of any catalog.
	Broken int
}

// Problem says what everybody may know of why the catalog is not that of the files as they stand; "" where it is.
func (f Found) Problem() string {
	what := ""
	switch f.State {
	case Good:
		return ""
	case Absent:
		return fmt.Sprintf("there is no catalog %s in the operator's folder%s", f.Name, f.doubt())
	case Refused:
		what = fmt.Sprintf("the catalog %s was refused", f.Name)
	case Gone:
		what = fmt.Sprintf("the catalog %s is no longer in the operator's folder", f.Name)
	case Unreadable:
		what = "the operator's folder of catalogs can't be read (Grafana's log says why)"
	}
	if f.Catalog != nil {
		what += ", and the last good one is used instead"
	}
	return what
}

// in returns what was found when the folder is as a scan says.
func (f Found) in(s scan) Found {
	if s.err != nil && f.State == Good {
		f.State = Unreadable
	}
	return f
}

// doubt says where an absent catalog may be after all.
func (f Found) doubt() string {
	switch f.Broken {
	case 0:
		return ""
	case 1:
		return "; one of its files is refused, and Grafana's log says why"
	default:
		return fmt.Sprintf("; %d of its files are refused, and Grafana's log says why", f.Broken)
	}
}
