package folder

import (
	"fmt"
	"maps"
	"slices"
)

// state is all that is known of the folder at a time. It does not change.
type state struct {
	scan scan
	// shelf holds what was asked for. It is kept up to date from then on, so that the last good catalog is known.
	shelf map[key]*kept
}

// after returns the state once a scan has come.
func (s *state) after(found scan) *state {
	now := &state{scan: found, shelf: map[key]*kept{}}
	for k, before := range s.shelf {
		if known := found.compose(k, before); known != nil {
			now.shelf[k] = known
		}
	}
	return now
}

// with returns the state with one more key.
func (s *state) with(k key, known *kept) *state {
	now := &state{scan: s.scan, shelf: map[key]*kept{k: known}}
	maps.Copy(now.shelf, s.shelf)
	return now
}

// absent is what is said of a catalog of which the organisation may know nothing: the same, whether there is one or not.
func (s *state) absent(name string) Found {
	found := Found{Name: name, State: Absent}
	if s.scan.err != nil {
		found.State = Unreadable
	}
	for _, f := range s.scan.files {
		if len(f.head.Names) == 0 {
			found.Broken++
		}
	}
	return found
}

// names returns the names of the catalogs that an organisation may use, in their order.
func (s *state) names(org int64) []string {
	names := map[string]bool{}
	for _, f := range s.scan.files {
		for _, name := range f.head.Names {
			names[name] = names[name] || f.allows(org)
		}
	}
	for k := range s.shelf {
		names[k.name] = names[k.name] || k.org == org
	}
	maps.DeleteFunc(names, func(_ string, allowed bool) bool { return !allowed })
	return slices.Sorted(maps.Keys(names))
}

// report says what is wrong with the folder and its files as such.
func (s *state) report() Report {
	report := Report{Err: s.scan.err}
	for _, f := range s.scan.files {
		if f.problem != "" {
			report.Files = append(report.Files, Problem{File: f.path, Message: f.problem})
		}
	}
	return report
}

// differs reports whether there is anything to tell that was not so before.
func (s *state) differs(before *state) bool {
	return fmt.Sprint(s.report()) != fmt.Sprint(before.report()) || !maps.Equal(s.shelf, before.shelf)
}
