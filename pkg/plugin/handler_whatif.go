package plugin

import (
	"cmp"
	"context"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"golang.org/x/time/rate"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// whatIfRequest is the body of POST /whatif: other weights of the catalog, or another definition, or both.
type whatIfRequest struct {
	// Definition replaces the catalog; "" leaves it.
	Definition string `json:"definition"`
	Weights    struct {
		// Flows are weights by name, SLIs by flow/sli.
		Flows map[string]float64 `json:"flows"`
		SLIs  map[string]float64 `json:"slis"`
	} `json:"weights"`
	// At is the instant that is judged, in Unix milliseconds; 0 is now.
	At int64 `json:"at"`
}

// whatIfAnswer compares the scores of the catalog as it is with those of what was asked about.
type whatIfAnswer struct {
	// At is the instant that was judged, in RFC 3339: that which was asked for, or the newest one there is.
	At   string        `json:"at"`
	Now  catalogScores `json:"now"`
	Then catalogScores `json:"then"`
	// Issues are the warnings on the definition that was asked about.
	Issues []issue `json:"issues"`
	// Notices are those on the scores of both, such as what the store warns of, each once.
	Notices []data.Notice `json:"notices"`
}

// catalogScores are the scores by one catalog at one instant. Numbers are null where there are none.
type catalogScores struct {
	Revision string        `json:"revision"`
	Score    *float64      `json:"score"`
	Coverage *float64      `json:"coverage"`
	Flows    []memberScore `json:"flows"`
	// SLIs are in the order of what to fix first: by impact, and by what they lose where that is the same.
	SLIs []memberScore `json:"slis"`
	// at is the instant that was judged.
	at      time.Time
	notices cer.Annotations
}

// memberScore is the score of a flow, or of an SLI, and what it adds to the score above it.
type memberScore struct {
	Flow  string `json:"flow"`
	SLI   string `json:"sli,omitempty"`
	Title string `json:"title,omitempty"`
	// Weight is as the catalog states it, and Share the share that counted.
	Weight float64  `json:"weight"`
	Share  *float64 `json:"share"`
	Score  *float64 `json:"score"`
	Impact *float64 `json:"impact"`
	// Lost is what it takes away from the overall score, by its weight and what its score lacks to 1.
	Lost float64 `json:"lost"`
}

// How often one may ask what would be: each question is as dear as some panels.
const (
	whatIfEvery = 500 * time.Millisecond
	whatIfBurst = 20
)

func newWhatIfLimiter() *rate.Limiter { return rate.NewLimiter(rate.Every(whatIfEvery), whatIfBurst) }

// postWhatIf says what the scores and the ranking would be with other weights or another definition. Nothing is saved.
func (d *snapshot) postWhatIf(r *http.Request) (any, error) {
	var asked whatIfRequest
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	if asked.Definition != "" && roleOf(backend.UserFromContext(r.Context())) < editor {
		return nil, refusal{http.StatusForbidden, "trying another catalog needs the role Editor or Admin; trying other weights does not"}
	}
	if !d.whatIfs.Allow() {
		return nil, refusal{http.StatusTooManyRequests, "too many what-if requests; wait a second"}
	}
	if err := d.ready(); err != nil {
		return nil, err
	}
	other, issues, err := asked.catalog(r.Context(), d)
	if err != nil {
		return nil, err
	}
	session := d.engine.Session(r.Context())
	defer session.Close()
	answer := whatIfAnswer{Issues: issuesOf(issues)}
	times := asked.times(d.now()) // One for both, so that they are of the same instant.
	if answer.Now, err = d.scoresAt(r.Context(), session, d.catalog, times); err != nil {
		return nil, err
	}
	if answer.Then, err = d.scoresAt(r.Context(), session, other, times); err != nil {
		return nil, err
	}
	answer.At = answer.Now.at.UTC().Format(time.RFC3339)
	notices := answer.Now.notices
	notices.Merge(answer.Then.notices)
	answer.Notices = frame.Notices(notices)
	return answer, nil
}

// times are those of the instant that is judged, but for what a catalog says of time.
func (w whatIfRequest) times(now time.Time) plan.Times {
	at := now
	if w.At > 0 {
		at = time.UnixMilli(w.At)
	}
	return plan.Times{From: at, To: at, Now: now}
}

// catalog returns the catalog that is asked about.
func (w whatIfRequest) catalog(ctx context.Context, d *snapshot) (*catalog.Catalog, definition.Issues, error) {
	other, issues := d.catalog, definition.Issues(nil)
	if w.Definition != "" {
		sent, err := d.sent(ctx, w.Definition)
		if err != nil {
			return nil, nil, err
		}
		other, issues = sent.catalog, sent.issues
	}
	changed, err := withWeights(other.Catalog, w.Weights.Flows, w.Weights.SLIs)
	if err != nil {
		return nil, nil, err
	}
	compiled, err := catalog.Compile(changed)
	return compiled, issues, err
}

// maxWeight is the highest weight that a definition may state.
const maxWeight = 1e9

// withWeights returns the catalog with other weights of flows, by name, and SLIs, by flow/sli.
func withWeights(c *cer.Catalog, flows, slis map[string]float64) (*cer.Catalog, error) {
	changed := *c
	changed.Flows = slices.Clone(c.Flows)
	for _, name := range slices.Sorted(maps.Keys(flows)) {
		f, ok := changed.Flow(name)
		if !ok {
			return nil, userError("there is no flow " + name + " to change the weight of")
		}
		if err := setWeight(&f.Weight, flows[name], name); err != nil {
			return nil, err
		}
	}
	for i := range changed.Flows {
		changed.Flows[i].SLIs = slices.Clone(changed.Flows[i].SLIs)
	}
	for _, name := range slices.Sorted(maps.Keys(slis)) {
		flow, sli, _ := strings.Cut(name, "/")
		f, ok := changed.Flow(flow)
		if !ok {
			return nil, userError("there is no SLI " + name + " to change the weight of; write flow/sli")
		}
		s, ok := f.SLI(sli)
		if !ok {
			return nil, userError("there is no SLI " + name + " to change the weight of; write flow/sli")
		}
		if err := setWeight(&s.Weight, slis[name], name); err != nil {
			return nil, err
		}
	}
	return &changed, nil
}

func setWeight(into *float64, weight float64, of string) error {
	if math.IsNaN(weight) || weight < 0 || weight > maxWeight {
		return userError("the weight of " + of + " must be a number from 0 to 1e9")
	}
	*into = weight
	return nil
}

// scoresAt evaluates a catalog at the newest instant of times.
func (d *snapshot) scoresAt(ctx context.Context, session *engine.Session, c *catalog.Catalog, times plan.Times) (catalogScores, error) {
	o := catalogScores{Revision: c.Revision, Flows: []memberScore{}, SLIs: []memberScore{}}
	for _, level := range []query.Level{query.LevelOverall, query.LevelFlow, query.LevelSLI} {
		q := query.Query{Measure: query.Score, Level: level, Format: query.Table, Window: query.WindowAuto}
		result, err := d.engine.Exec(ctx, session, engine.Request{Catalog: c, Query: q, Times: times})
		if err != nil {
			return o, err
		}
		o.at = series.Time(result.Plan.Range.End)
		o.notices.Merge(result.Plan.Notices)
		o.notices.Merge(result.Notices)
		for _, m := range result.Members {
			o.add(m)
		}
	}
	slices.SortStableFunc(o.SLIs, func(a, b memberScore) int {
		return cmp.Or(cmp.Compare(b.rank(), a.rank()), cmp.Compare(b.Lost, a.Lost))
	})
	return o, nil
}

// rank is the impact, to which rounding adds nothing, and less than any of them where there is none.
func (s memberScore) rank() float64 {
	if s.Impact == nil {
		return math.Inf(-1)
	}
	return math.Round(*s.Impact/cer.Tolerance) * cer.Tolerance
}

// add adds the newest values of a member.
func (o *catalogScores) add(m eval.Member) {
	newest := func(measure query.Measure) *float64 {
		column := m.Columns[measure]
		if len(column) == 0 || math.IsNaN(column[len(column)-1]) {
			return nil
		}
		return &column[len(column)-1]
	}
	switch {
	case m.Flow == nil:
		o.Score, o.Coverage = newest(query.Score), newest(query.Coverage)
	case m.SLI == nil:
		o.Flows = append(o.Flows, memberScore{Flow: m.Flow.Name, Title: m.Flow.ShownTitle(), Weight: m.Flow.Weight,
			Share: newest(query.Weight), Score: newest(query.Score), Impact: newest(query.Impact), Lost: m.Lost})
	default:
		o.SLIs = append(o.SLIs, memberScore{Flow: m.Flow.Name, SLI: m.SLI.Name, Title: m.SLI.ShownTitle(), Weight: m.SLI.Weight,
			Share: newest(query.Weight), Score: newest(query.Score), Impact: newest(query.Impact), Lost: m.Lost})
	}
}
