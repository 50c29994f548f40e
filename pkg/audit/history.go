package audit

import (
	"fmt"
	"slices"
	"time"
)

const (
	// maxKept is how many sentences of a revision are kept.
	maxKept = 50
	// maxRevisions is how many revisions a history has, and maxBytes what their sentences take, the newest revision aside.
	maxRevisions = 50
	maxBytes     = 64 << 10
)

// Revision is a change of a catalog that took effect. It does not change.
type Revision struct {
	// At is when it took effect.
	At time.Time
	// Before and After are the revisions of the catalog.
	Before, After string
	// sentences are the first changes, which are safe to show to everybody, and more is how many there were beside them.
	sentences []sentence
	more      int
}

// sentence is a change in words, and the flow that it is about.
type sentence struct{ flow, text string }

// NewRevision returns the revision with some changes that took effect at a time.
func NewRevision(at time.Time, before, after string, changes []Change) Revision {
	r := Revision{At: at, Before: before, After: after, more: max(0, len(changes)-maxKept)}
	for _, c := range changes[:min(len(changes), maxKept)] {
		r.sentences = append(r.sentences, sentence{flow: c.FlowName(), text: c.PublicSentence()})
	}
	return r
}

// Sentences returns the changes that concern one of some flows, or any flow where none is named: the first ones, at most so many, and
// then how many more there were. There are none where nothing but the order has changed.
func (r Revision) Sentences(flows []string, most int) []string {
	var texts []string
	for _, s := range r.sentences {
		if len(flows) == 0 || s.flow == "" || slices.Contains(flows, s.flow) {
			texts = append(texts, s.text)
		}
	}
	more := r.more + max(0, len(texts)-most)
	texts = texts[:min(len(texts), most)]
	if more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return texts
}

// bytes returns what the sentences take.
func (r Revision) bytes() int {
	n := 0
	for _, s := range r.sentences {
		n += len(s.flow) + len(s.text)
	}
	return n
}

// History is the newest revisions of a catalog, the oldest first. It does not change, so that it can be read at any time.
type History []Revision

// With returns the history with one more revision, without the oldest ones where it would be too large.
func (h History) With(r Revision) History {
	all := append(slices.Clone(h), r)
	size := 0
	for i := len(all) - 1; i >= 0; i-- {
		if size += all[i].bytes(); i < len(all)-1 && size > maxBytes || len(all)-i > maxRevisions {
			return slices.Clone(all[i+1:])
		}
	}
	return all
}

// Between returns the revisions that took effect from one time on and before another.
func (h History) Between(from, to time.Time) History {
	var within History
	for _, r := range h {
		if !r.At.Before(from) && r.At.Before(to) {
			within = append(within, r)
		}
	}
	return within
}
