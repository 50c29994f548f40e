package gate

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Request is a question for the verdict of a gate, as pipelines put it.
type Request struct {
	Query query.Query
	// From and To are the range: from the start of the candidate, unless the query says since when.
	From, To time.Time
	// OK are the verdicts that count as success; none where any does.
	OK []cer.Verdict
	// Override is the reason for not checking the requirement of the gate; "" where it is.
	Override string
}

// maxOverride is the number of bytes of a reason.
const maxOverride = 500

// parameters are those of a request.
var parameters = []string{"from", "to", "candidate", "baseline", "ok", "override"}

// ParseRequest reads the parameters of a request for a gate. The error is a *query.Invalid one.
func ParseRequest(name string, values url.Values, now time.Time) (Request, error) {
	if err := query.CheckParameters(values, parameters); err != nil {
		return Request{}, err
	}
	r := Request{Override: strings.TrimSpace(values.Get("override"))}
	if len(r.Override) > maxOverride {
		return r, query.Invalidf("the reason of the override has %d bytes, more than %d; write a shorter one", len(r.Override), maxOverride)
	}
	for _, ok := range strings.FieldsFunc(values.Get("ok"), func(c rune) bool { return c == ',' || c == ' ' }) {
		if !slices.Contains(cer.Verdicts(), cer.Verdict(ok)) {
			return r, query.Invalidf("ok is %q; it can list %s", ok, list.Or(cer.Verdicts()))
		}
		r.OK = append(r.OK, cer.Verdict(ok))
	}
	r.Query = query.Query{Format: query.Gate, Measure: query.Verdict, Level: query.LevelOverall, Window: query.WindowAuto, Gate: name,
		Candidate: values.Get("candidate"), Baseline: values.Get("baseline")}
	if err := r.addRange(values.Get("from"), values.Get("to"), now); err != nil {
		return r, err
	}
	return r, r.Query.Validate()
}

// addRange reads the range of a request.
func (r *Request) addRange(from, to string, now time.Time) (err error) {
	r.To = now
	if to != "" {
		if r.To, _, err = readTime("to", to, now); err != nil {
			return err
		}
	}
	if from == "" {
		return query.Invalidf("from is missing: the time when the candidate started; write one such as %s, or event:deploys for the newest run of an event",
			now.UTC().Format(time.RFC3339))
	}
	if strings.HasPrefix(from, query.EventPrefix) {
		r.Query.Since, r.From = from, r.To
		return nil
	}
	at, fixed, err := readTime("from", from, now)
	if r.From = at; fixed {
		r.Query.Since = at.UTC().Format(time.RFC3339Nano)
	}
	return err
}

// readTime reads a time as query.ParseTime does, or relative to now, such as now-30m or -30m. fixed says that it does not move with now.
func readTime(name, text string, now time.Time) (at time.Time, fixed bool, err error) {
	if at, ok := query.ParseTime(text); ok {
		return at, true, nil
	}
	back, relative := strings.CutPrefix(strings.TrimPrefix(text, "now"), "-")
	if text == "now" {
		return now, false, nil
	}
	if d, err := model.ParseDuration(back); relative && err == nil {
		return now.Add(-time.Duration(d)), false, nil
	}
	return now, false, query.Invalidf("%s is %q, which is not a time; write one such as %s, or now-30m", name, text, now.UTC().Format(time.RFC3339))
}
