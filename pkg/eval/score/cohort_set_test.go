package score

import (
	"fmt"
	"testing"
)

// A set of cohorts is searched by its index, and not cohort by cohort: what its index holds is found without the list.
func TestASetOfCohortsIsSearchedByItsIndex(t *testing.T) {
	const cohorts = 100
	s := cohortSet{}
	for i := range cohorts {
		s.add(Cohort{fmt.Sprintf("region%d", i), "premium"}, Cohort{fmt.Sprintf("region%d", i), "standard"})
	}
	s.countIncluded(Cohort{"region0", ""}) // An index for each kind is built when it is first searched.
	s.countIncluded(Cohort{"", "premium"})
	s.list = nil
	for i := range cohorts {
		if n := s.countIncluded(Cohort{fmt.Sprintf("region%d", i), ""}); n != 2 {
			t.Fatalf("region%d includes %d cohorts, want 2", i, n)
		}
		if !s.hasOneIncluding(Cohort{fmt.Sprintf("region%d", i), "premium"}) {
			t.Fatalf("no cohort includes premium users of region%d", i)
		}
	}
	if n := s.countIncluded(Cohort{"", "premium"}); n != cohorts {
		t.Errorf("premium includes %d cohorts, want %d", n, cohorts)
	}
	if s.add(Cohort{"region0", "premium"}); len(s.list) != 0 {
		t.Error("a cohort of the set is added again")
	}
}
