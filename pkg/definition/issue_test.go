package definition

import (
	"strings"
	"testing"
)

func TestIssueAsText(t *testing.T) {
	tests := map[string]struct {
		issue Issue
		want  string
	}{
		"all it has":     {Issue{File: "a.yaml", Line: 3, Column: 5, Path: "spec.window", Text: "0s", Message: "no"}, "a.yaml:3:5: spec.window: no (here: 0s)"},
		"a warning":      {Issue{File: "a.yaml", Line: 3, Column: 5, Path: "spec.window", Message: "no", Warning: true}, "a.yaml:3:5: warning: spec.window: no"},
		"without a file": {Issue{Line: 3, Column: 5, Message: "no"}, "3:5: no"},
		"no place":       {Issue{Message: "no"}, "no"},
	}
	for name, test := range tests {
		if got := test.issue.String(); got != test.want || test.issue.Error() != got {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestIssuesPrintTheFirstOfThousands(t *testing.T) {
	lines := strings.Split(make(Issues, 1234).Error(), "\n")
	if len(lines) != shownIssues+1 || lines[shownIssues] != "and 1134 more" {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 100) + "ä" + strings.Repeat("b", 100)
	tests := map[string]struct {
		text   string
		offset int
		want   string
	}{
		"a short text is shown whole":            {"up", 1, "up"},
		"what does not show is a space":          {"a\nb\x1b\u202e", 0, "a b  "},
		"a long text is shown around the offset": {long, 100, "…" + strings.Repeat("a", 20) + "ä" + strings.Repeat("b", 39) + "…"},
		"or at its start":                        {long, 0, strings.Repeat("a", 60) + "…"},
		"or at its end":                          {long, 500, "…" + strings.Repeat("b", 60)},
	}
	for name, test := range tests {
		if got := excerpt(test.text, test.offset); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
