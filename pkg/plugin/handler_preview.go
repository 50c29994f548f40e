package plugin

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// previewRequest is the body of POST /preview: what one flow measures, by the catalog or by a definition that need not be saved.
type previewRequest struct {
	// Definition replaces the catalog; "" leaves it.
	Definition string `json:"definition"`
	Flow       string `json:"flow"`
	// SLI is the only SLI that is asked about; "" for all of the flow.
	SLI string `json:"sli"`
	// Hours is how far the history reaches back, from 1 to maxPreview, which it is where none are stated.
	Hours int `json:"hours"`
}

// previewAnswer is what a flow and its SLIs measure. Numbers are null where there are none.
type previewAnswer struct {
	// From and To are the times of the first and the last point of all histories, in RFC 3339.
	From string `json:"from"`
	To   string `json:"to"`
	// Flow has no value. It is nil where a single SLI is asked about.
	Flow    *previewMember  `json:"flow,omitempty"`
	SLIs    []previewMember `json:"slis"`
	Notices []data.Notice   `json:"notices"`
}

// previewMember is what a flow or an SLI measures.
type previewMember struct {
	Name string `json:"name"`
	// Value is the newest one, in Unit, which is Grafana's name of it.
	Value *float64 `json:"value"`
	Unit  string   `json:"unit,omitempty"`
	// Score is the newest one, in [0,1].
	Score *float64 `json:"score"`
	// Traffic is how many events a second there are now.
	Traffic *float64 `json:"traffic"`
	// Kept is the score over the whole history, in [0,1], as an error budget counts it.
	Kept *float64 `json:"kept"`
	// History are scores in [0,1], oldest first.
	History []*float64 `json:"history"`
}

const (
	// maxPreview is how many hours a preview reaches back.
	maxPreview = 7 * 24
	// previewPoints is the number of points of a history, as many as a sparkline shows.
	previewPoints = 72
)

// postPreview answers POST /preview: value, score, events and history of the SLIs of one flow. Nothing is saved.
func (d *snapshot) postPreview(r *http.Request) (any, error) {
	asked := previewRequest{Hours: maxPreview}
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	if asked.Hours < 1 || asked.Hours > maxPreview {
		return nil, userError(fmt.Sprintf("hours is %d; write how many hours the history reaches back, from 1 to %d", asked.Hours, maxPreview))
	}
	if !d.whatIfs.Allow() {
		return nil, refusal{http.StatusTooManyRequests, "too many previews; wait a second"}
	}
	c, err := d.previewed(r.Context(), asked.Definition)
	if err != nil {
		return nil, err
	}
	_, sli, err := replay.Find(c, asked.Flow, asked.SLI)
	if err != nil {
		return nil, err
	}
	if sli != nil {
		asked.SLI = sli.Name
	}
	return d.preview(r.Context(), c, asked)
}

// previewed returns the catalog of a definition; the one in use for "".
func (d *snapshot) previewed(ctx context.Context, yaml string) (*catalog.Catalog, error) {
	if d.broken != nil {
		return nil, userError(d.broken.Error())
	}
	if yaml == "" {
		return d.catalog, d.ready()
	}
	sent, err := d.sent(ctx, yaml)
	return sent.catalog, err
}

// preview asks the store about a flow that the catalog has.
func (d *snapshot) preview(ctx context.Context, c *catalog.Catalog, asked previewRequest) (answer previewAnswer, err error) {
	session := d.engine.Session(ctx)
	defer session.Close()
	p := previewer{d: d, ctx: ctx, session: session, catalog: c, asked: asked, now: d.now()}
	if answer.SLIs, err = p.members(query.LevelSLI); err != nil {
		return answer, err
	}
	if asked.SLI == "" {
		flows, err := p.members(query.LevelFlow)
		if err != nil {
			return answer, err
		}
		answer.Flow = &flows[0]
	}
	answer.From, answer.To = p.from.UTC().Format(time.RFC3339), p.to.UTC().Format(time.RFC3339)
	answer.Notices = frame.Notices(p.notices)
	return answer, nil
}

// previewer asks the questions of one preview.
type previewer struct {
	d       *snapshot
	ctx     context.Context
	session *engine.Session
	catalog *catalog.Catalog
	asked   previewRequest
	now     time.Time
	// from and to are the times of the first and the last point of the histories.
	from, to time.Time
	notices  cer.Annotations
}

// members returns what the members of a level measure.
func (p *previewer) members(level query.Level) ([]previewMember, error) {
	span := time.Duration(p.asked.Hours) * time.Hour
	newest, err := p.ask(query.Query{Format: query.Table, Level: level, Window: query.WindowAuto})
	if err != nil {
		return nil, err
	}
	history, err := p.ask(query.Query{Format: query.Timeseries, Level: level, Window: query.WindowAuto})
	if err != nil {
		return nil, err
	}
	p.from, p.to = series.Time(history.Plan.Range.Start), series.Time(history.Plan.Range.End)
	slice := p.catalog.Budget.Slice
	kept, err := p.ask(query.Query{Format: query.Latest, Level: level, Window: query.WindowAuto, Long: (span + slice - 1) / slice * slice})
	if err != nil {
		return nil, err
	}
	members := make([]previewMember, len(newest.Members))
	for i, m := range newest.Members {
		members[i] = previewMember{Name: m.Flow.Name, Score: orNull(m.Newest(query.Score)), Traffic: orNull(m.Newest(query.Traffic)), History: []*float64{}}
		if m.SLI != nil {
			members[i].Name, members[i].Value, members[i].Unit = m.SLI.Name, orNull(m.Newest(query.Value)), frame.UnitOfValue(m.SLI)
		}
		if past := memberLike(history, m); past != nil {
			for _, score := range past.Columns[query.Score] {
				members[i].History = append(members[i].History, orNull(score))
			}
		}
		if whole := memberLike(kept, m); whole != nil {
			members[i].Kept = orNull(whole.Newest(query.Score))
		}
	}
	return members, nil
}

// ask answers one question about scores.
func (p *previewer) ask(q query.Query) (*engine.Result, error) {
	q.Measure, q.Flows = query.Score, query.Names{p.asked.Flow}
	if p.asked.SLI != "" {
		q.SLIs = query.Names{p.asked.SLI}
	}
	span := time.Duration(p.asked.Hours) * time.Hour
	result, err := p.d.engine.Exec(p.ctx, p.session, engine.Request{Catalog: p.catalog, Query: q,
		Times: plan.Times{From: p.now.Add(-span), To: p.now, Now: p.now, Interval: span / previewPoints}})
	if err != nil {
		return nil, err
	}
	p.notices.Merge(result.Plan.Notices)
	p.notices.Merge(result.Notices)
	return result, nil
}

// memberLike returns the member of a result about the same flow that is of the same SLI, or of none; nil where there is none.
func memberLike(result *engine.Result, like eval.Member) *eval.Member {
	for i, m := range result.Members {
		if m.SLI == like.SLI || m.SLI != nil && like.SLI != nil && m.SLI.Name == like.SLI.Name {
			return &result.Members[i]
		}
	}
	return nil
}

// orNull returns nil for NaN, which JSON does not have.
func orNull(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}
