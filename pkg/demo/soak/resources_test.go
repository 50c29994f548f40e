package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// cancel asks a panel, and does not wait for it.
func (u *user) cancel(ctx context.Context) error {
	a := u.choose()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(u.random.IntN(50))*time.Millisecond)
	defer cancel()
	request := &backend.QueryDataRequest{PluginContext: u.context(a), Headers: a.headers, Queries: queries(u.random, false)}
	if answer, err := u.tried.QueryData(ctx, request); err == nil {
		for _, one := range answer.Responses {
			if leaked := leakOf(a.tenant, said(one)); leaked != "" {
				return fmt.Errorf("%s is answered with what is of %s", a.tenant, leaked)
			}
		}
	}
	return nil
}

// resource returns the answer of a resource.
func resource(ctx context.Context, host *pluginhost.Host, of backend.PluginContext, a asking, path string, body any) (*backend.CallResourceResponse, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request := &backend.CallResourceRequest{PluginContext: of, Method: http.MethodPost, Path: path, URL: path, Body: text, Headers: map[string][]string{}}
	for name, value := range a.headers {
		request.Headers[name] = []string{value}
	}
	return host.CallResource(ctx, request)
}

// compareResource compares the answer of a resource with that of a data source that keeps nothing.
func (u *user) compareResource(ctx context.Context, path string, body any) error {
	a := u.choose()
	want, err := resource(ctx, u.fresh, u.reference(a), a, path, body)
	if err != nil {
		return u.unless(ctx, err)
	}
	for range maxRepeats {
		began := time.Now()
		got, err := resource(ctx, u.tried, u.context(a), a, path, body)
		if err != nil {
			return u.unless(ctx, err)
		}
		if leaked := leakOf(a.tenant, string(got.Body)); leaked != "" {
			return fmt.Errorf("%s is answered with what is of %s: %s", a.tenant, leaked, got.Body)
		}
		if got.Status == http.StatusTooManyRequests {
			return nil
		}
		diff := compare(read(string(got.Body)), read(string(want.Body)))
		if diff == "" && got.Status == want.Status {
			u.count("equal answers")
			return nil
		}
		if got.Status == http.StatusOK && !u.proxy.isFaulty(began) {
			return fmt.Errorf("%s of %s is answered otherwise than afresh:\n%s", path, a.tenant, diff)
		}
		u.count("answers with an error")
		if u.proxy.isFaulty(began) {
			return nil
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("no fault is on, but it is answered with an error, again and again")
}

// whatIf asks what would be with another weight.
func (u *user) whatIf(ctx context.Context) error {
	return u.compareResource(ctx, "whatif", map[string]any{"at": epoch.Add(5 * time.Hour).UnixMilli(),
		"weights": map[string]any{"flows": map[string]any{"checkout": u.random.IntN(5)}}})
}

// expand asks which PromQL a query has.
func (u *user) expand(ctx context.Context) error {
	return u.compareResource(ctx, "expand", map[string]any{"measure": "score", "level": "sli",
		"from": epoch.Add(5 * time.Hour).UnixMilli(), "to": epoch.Add(6 * time.Hour).UnixMilli()})
}

// validate checks a definition, which may be none.
func (u *user) validate(ctx context.Context) error {
	a := u.choose()
	text, _ := a.saved.settings["definition"].(string)
	text = text[:len(text)-u.random.IntN(2)*u.random.IntN(len(text))]
	answer, err := resource(ctx, u.tried, u.context(a), a, "validate", map[string]any{"definition": text})
	switch {
	case err != nil:
		return u.unless(ctx, err)
	case answer.Status != http.StatusOK && answer.Status != http.StatusTooManyRequests:
		return fmt.Errorf("it is answered with %d: %s", answer.Status, answer.Body)
	default:
		return nil
	}
}

// health is Save & test.
func (u *user) health(ctx context.Context) error {
	a := u.choose()
	_, err := u.tried.CheckHealth(ctx, &backend.CheckHealthRequest{PluginContext: u.context(a), Headers: a.headers})
	return u.unless(ctx, err)
}
