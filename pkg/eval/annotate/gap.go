package annotate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// gap is what a finding on an SLI has in common with those on others of its flow.
type gap struct {
	// flow is the name of the flow with its cohort; "" for findings that are not merged.
	flow string
	// slis are the names of the SLIs, in a list.
	slis string
	// format takes the names of several SLIs, as names prints them, or "", and the points.
	names, format string
	points        Points
}

// maxSLIs is how many SLIs a finding names.
const maxSLIs = 5

// gapOf returns a finding on an SLI that is merged with those of its flow.
func gapOf(severity func(subject string, p Points, text string) Finding, subject SLISubject, p Points, g gap) Finding {
	f := severity(subject.String(), p, fmt.Sprintf(g.format, "", p))
	g.flow, g.slis, g.points = subject.Flow+subject.Cohort, subject.SLI+subject.Tier, p
	f.gap = g
	return f
}

// merged returns findings on SLIs with those of a flow that say the same in one, and without those that a finding on the score of
// the flow implies.
func merged(findings, scores []Finding) []Finding {
	var all []Finding
	groups := map[gap][]Finding{}
	for _, f := range findings {
		if f.gap.flow == "" {
			all = append(all, f)
			continue
		}
		key := f.gap.group()
		if len(groups[key]) == 0 {
			all = append(all, Finding{gap: key}) // Its place.
		}
		groups[key] = append(groups[key], f)
	}
	for i, f := range all {
		if group := groups[f.gap]; len(group) > 0 {
			all[i] = together(group)
		}
	}
	return slices.DeleteFunc(all, func(f Finding) bool {
		return f.gap.flow != "" && slices.ContainsFunc(scores, func(s Finding) bool {
			return s.gap.flow == f.gap.flow && s.gap.slis == f.gap.slis && s.Points == f.Points
		})
	})
}

// group returns what findings have in common that are merged: all but their SLI and their points. What is missing all the time is
// not merged with what is missing now and then.
func (g gap) group() gap {
	g.slis = ""
	g.points = Points{All: g.points.All, Ends: g.points.Ends, Count: rank(g.points.Count == g.points.All)}
	return g
}

// together returns one finding for those of a group.
func together(group []Finding) Finding {
	one := group[0]
	if len(group) == 1 {
		return one
	}
	var names []string
	p := one.gap.points
	for _, f := range group {
		names = append(names, f.gap.slis)
		p = p.with(f.gap.points)
		one.Severity, one.Now = max(one.Severity, f.Severity), one.Now || f.Now
	}
	one.Points, one.Subject = p.Count, one.gap.flow
	one.Text = fmt.Sprintf(one.gap.format, fmt.Sprintf(one.gap.names, list.First(names, maxSLIs)), p)
	one.gap.slis = strings.Join(names, ", ")
	return one
}

// with returns points that reach from the first to the last of both. Their number is the least that it can be: how many they share is
// unknown.
func (p Points) with(other Points) Points {
	p.Count = max(p.Count, other.Count)
	if other.First < p.First {
		p.First, p.From = other.First, other.From
	}
	if other.Last > p.Last {
		p.Last, p.To = other.Last, other.To
	}
	return p
}

// ofScore marks a finding that a flow has no score, which implies those on the SLIs that are missing.
func ofScore(f Finding, missing []string) Finding {
	f.gap = gap{flow: f.Subject, slis: strings.Join(missing, ", ")}
	return f
}
