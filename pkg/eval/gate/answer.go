package gate

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Answer is what pipelines get: a result as JSON. Numbers are null where there are none, and times are in RFC 3339.
type Answer struct {
	Gate      string      `json:"gate"`
	Verdict   cer.Verdict `json:"verdict"`
	Reasons   []string    `json:"reasons"`
	Candidate string      `json:"candidate,omitempty"`
	Baseline  string      `json:"baseline,omitempty"`
	Score     Arms        `json:"score"`
	Evidence  *float64    `json:"evidence"`
	SLIs      []SLIAnswer `json:"slis"`
	Needs     Needs       `json:"needs"`
	From      string      `json:"from"`
	To        string      `json:"to"`
	FailedAt  string      `json:"failedAt,omitempty"`
	Anchored  bool        `json:"anchored"`
	Override  string      `json:"override,omitempty"`
	TimedOut  bool        `json:"timedOut"`
	Notices   []string    `json:"notices"`
	Revision  string      `json:"revision"`
}

// Arms are the scores of both arms: the means of the SLIs' scores by their shares.
type Arms struct {
	Candidate *float64 `json:"candidate"`
	Baseline  *float64 `json:"baseline"`
}

// Needs is about how many more events of the candidate, and how many seconds, a verdict needs.
type Needs struct {
	Events  *float64 `json:"events"`
	Seconds *float64 `json:"seconds"`
}

// SLIAnswer is what is found of an SLI. Shares and scores are null where there are none, as are the events, phi and evidence of one that
// counts no events.
type SLIAnswer struct {
	Flow      string      `json:"flow"`
	SLI       string      `json:"sli"`
	Verdict   cer.Verdict `json:"verdict"`
	Candidate *float64    `json:"candidate"`
	Baseline  *float64    `json:"baseline"`
	Drop      *float64    `json:"drop"`
	MaxDrop   float64     `json:"maxDrop"`
	Events    *float64    `json:"events"`
	Phi       *float64    `json:"phi"`
	// Evidence is that the candidate is worse, times the SLI's share; NotWorse that it is not worse by MaxDrop.
	Evidence *float64 `json:"evidence"`
	NotWorse *float64 `json:"notWorse"`
	Share    float64  `json:"share"`
	Key      bool     `json:"key,omitempty"`
	LeftOut  string   `json:"leftOut,omitempty"`
}

// Answer returns the answer to pipelines, given the catalog's revision.
func (r *Result) Answer(revision string) Answer {
	a := Answer{
		Gate: r.Stated.Name, Verdict: r.Verdict, Reasons: nonNil(r.Reasons), Candidate: r.Candidate, Baseline: r.Baseline,
		Score: Arms{number(r.CandidateScore), number(r.BaselineScore)}, SLIs: []SLIAnswer{},
		Needs: Needs{number(r.Needs.Events), number(r.Needs.Seconds)}, From: rfc3339(r.From), To: rfc3339(r.To), FailedAt: rfc3339(r.FailedAt),
		Anchored: r.Anchored, Override: r.Override, TimedOut: r.TimedOut, Notices: []string{}, Revision: revision,
	}
	if r.Stated.Compare != nil {
		a.Evidence = number(r.Evidence)
	}
	for i := range r.Compared {
		a.SLIs = append(a.SLIs, r.sliAnswer(i))
	}
	for _, n := range r.Notices {
		a.Notices = append(a.Notices, n.String())
	}
	return a
}

// sliAnswer returns the JSON of the i-th SLI.
func (r *Result) sliAnswer(i int) SLIAnswer {
	c, o := &r.Compared[i], &r.Outcomes[i]
	a := SLIAnswer{Flow: c.Flow.Name, SLI: c.SLI.Name, Verdict: cer.Inconclusive, MaxDrop: c.MaxDrop, Share: c.Share, Key: c.IsKey, LeftOut: c.LeftOut}
	if c.LeftOut == "" {
		a.Verdict, a.Candidate, a.Baseline, a.Drop = o.Verdict, number(o.Candidate), number(o.Baseline), number(o.Drop)
		a.Events, a.Phi = number(o.Events), number(o.Dispersion)
		a.Evidence, a.NotWorse = number(c.Share*o.Worse), number(o.NotWorse)
	}
	return a
}

// nonNil returns a list that JSON writes as one.
func nonNil(list []string) []string { return append([]string{}, list...) }

// number returns a pointer to a number; nil for NaN.
func number(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// rfc3339 prints a time; "" for the zero time.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
