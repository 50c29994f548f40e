package folder

import (
	"fmt"
	"maps"
	"slices"
)

// state is the last scan and the catalogs made of it. It does not change.
type state struct {
	scan     scan
	catalogs catalogStore
}

// after returns the state after a scan.
func (s *state) after(found scan) *state {
	return &state{scan: found, catalogs: s.catalogs.after(found)}
}

// failed returns the state after a scan that failed with an error: the files and catalogs stay as they are.
func (s *state) failed(err error) *state {
	return &state{scan: scan{files: s.scan.files, err: err}, catalogs: s.catalogs}
}

// absent returns the status of a catalog that the organisation may not know of. It is the same whether the catalog
// exists or not.
func (s *state) absent(name string) CatalogStatus {
	status := CatalogStatus{Name: name, State: Absent}
	if s.scan.err != nil {
		status.State = Unreadable
	}
	for _, f := range s.scan.files {
		if len(f.head.Names) == 0 && !f.head.Presets {
			status.Broken++
		}
	}
	return status
}

// names returns the names of the catalogs that an organisation may use, sorted.
func (s *state) names(org int64) []string {
	names := map[string]bool{}
	for _, f := range s.scan.files {
		for _, name := range f.head.Names {
			names[name] = names[name] || f.allows(org)
		}
	}
	for k := range s.catalogs {
		names[k.name] = names[k.name] || k.org == org
	}
	maps.DeleteFunc(names, func(_ string, allowed bool) bool { return !allowed })
	return slices.Sorted(maps.Keys(names))
}

// report returns the problems of the folder and of its files as a whole.
func (s *state) report() Report {
	report := Report{Err: s.scan.err}
	for _, f := range s.scan.files {
		if f.problem != "" {
			report.Files = append(report.Files, FileProblem{File: f.path, Message: f.problem})
		}
	}
	return report
}

// differs reports whether the report or a catalog is another one than before.
func (s *state) differs(before *state) bool {
	return fmt.Sprint(s.report()) != fmt.Sprint(before.report()) || !maps.Equal(s.catalogs, before.catalogs)
}
