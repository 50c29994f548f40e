package eval

import (
	"fmt"
	"testing"
)

// A set of cohorts is searched by its index, and not cohort by cohort: what its index holds is found without the list.
func TestASetOfCohortsIsSearchedByItsIndex(t *testing.T) {
	const cohorts = 100
	s := set{}
	for i := range cohorts {
		s.add(cohort{fmt.Sprintf("region%d", i), "premium"}, cohort{fmt.Sprintf("region%d", i), "standard"})
	}
	s.spokenFor(cohort{"region0", ""}) // An index for each kind is built when it is first searched.
	s.spokenFor(cohort{"", "premium"})
	s.list = nil
	for i := range cohorts {
		if n := s.spokenFor(cohort{fmt.Sprintf("region%d", i), ""}); n != 2 {
			t.Fatalf("region%d speaks for %d cohorts, want 2", i, n)
		}
		if !s.anySpeaksFor(cohort{fmt.Sprintf("region%d", i), "premium"}) {
			t.Fatalf("no cohort speaks for premium users of region%d", i)
		}
	}
	if n := s.spokenFor(cohort{"", "premium"}); n != cohorts {
		t.Errorf("premium speaks for %d cohorts, want %d", n, cohorts)
	}
	if s.add(cohort{"region0", "premium"}); len(s.list) != 0 {
		t.Error("a cohort of the set is added again")
	}
}
