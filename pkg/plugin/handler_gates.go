package plugin

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"golang.org/x/time/rate"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// How often gates may be asked.
const (
	gateEvery = 100 * time.Millisecond
	gateBurst = 50
)

func newGateLimiter() *rate.Limiter { return rate.NewLimiter(rate.Every(gateEvery), gateBurst) }

// getGates lists the gates of the catalog.
func (d *snapshot) getGates(*http.Request) (any, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	return describeGates(d.catalog), nil
}

// askGate answers with the verdict of a gate. The status is 200, or where the request states the verdicts that are ok and it is another
// one, 409, or 425 for inconclusive.
func (d *snapshot) askGate(r *http.Request) (any, error) {
	if !d.gates.Allow() {
		return nil, refusal{http.StatusTooManyRequests, "gates are asked too often; ask once in ten seconds, telemetry does not change faster"}
	}
	if err := d.ready(); err != nil {
		return nil, err
	}
	now := d.now()
	values, err := parametersOf(r)
	if err != nil {
		return nil, err
	}
	asked, err := gate.ParseRequest(r.PathValue("name"), values, now)
	if err != nil {
		return nil, err
	}
	if asked.Override != "" && d.role < admin {
		return nil, refusal{http.StatusForbidden, "only an Admin may override the requirement of a gate"}
	}
	session := d.engine.Session(r.Context())
	defer session.Close()
	result, err := d.engine.Exec(r.Context(), session, engine.Request{Catalog: d.catalog, Query: asked.Query, Override: asked.Override, RefID: "gate",
		Times: plan.Times{From: asked.From, To: asked.To, Now: now}})
	if err != nil {
		return nil, err
	}
	d.logVerdict(r.Context(), result.Gate)
	body := result.Gate.Answer(d.catalog.Revision)
	return withStatus{statusOfVerdict(result.Gate.Verdict, asked.OK), body}, nil
}

// statusOfVerdict returns the HTTP status of a verdict, given those that are ok; none for any.
func statusOfVerdict(v cer.Verdict, ok []cer.Verdict) int {
	switch {
	case len(ok) == 0 || slices.Contains(ok, v):
		return http.StatusOK
	case v == cer.Inconclusive:
		return http.StatusTooEarly
	default:
		return http.StatusConflict
	}
}

// logVerdict logs who asked for a verdict, and what it was.
func (d *snapshot) logVerdict(ctx context.Context, g *gate.Result) {
	who := "unknown"
	if user := backend.UserFromContext(ctx); user != nil {
		who = cmp.Or(user.Login, user.Name, user.Email, who)
	}
	backend.Logger.FromContext(ctx).Info("Gate was asked", "gate", g.Stated.Name, "who", who, "verdict", string(g.Verdict),
		"candidate", g.Candidate, "baseline", g.Baseline, "from", g.From.UTC().Format(time.RFC3339), "to", g.To.UTC().Format(time.RFC3339),
		"override", g.Override, "revision", d.catalog.Revision)
}
