package command

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// verdict asks a gate by the engine, in a session of its own, whose timeout starts now.
func (s *storeSource) verdict(ctx context.Context, name string, parameters url.Values) (*gate.Answer, error) {
	now := s.clock()
	asked, err := gate.ParseRequest(name, parameters, now)
	if err != nil {
		return nil, err
	}
	session := s.engine.Session(ctx)
	defer session.Close()
	result, err := s.engine.Exec(ctx, session, engine.Request{Catalog: s.catalog, Query: asked.Query, Override: asked.Override,
		Times: plan.Times{From: asked.From, To: asked.To, Now: now}})
	if err != nil {
		return nil, inFlags(err)
	}
	answer := result.Gate.Answer(s.catalog.Revision)
	return &answer, nil
}

// verdict asks a gate by the data source's resource.
func (g *grafanaSource) verdict(ctx context.Context, name string, parameters url.Values) (*gate.Answer, error) {
	status, body, err := g.send(ctx, http.MethodGet, g.resource("gates", name)+"?"+parameters.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var answer struct {
		gate.Answer
		Message string `json:"message"`
	}
	err = json.Unmarshal(body, &answer)
	switch {
	case err == nil && status == http.StatusOK && answer.Verdict != "":
		return &answer.Answer, nil
	case status == http.StatusBadRequest && answer.Message != "":
		return nil, &query.Invalid{Message: g.clean(answer.Message)}
	default:
		return nil, g.fault(status, answer.Message)
	}
}
