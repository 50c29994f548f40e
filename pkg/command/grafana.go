package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const (
	// pluginID is the type of the data source.
	pluginID = "cer-reliability-datasource"
	// tokenVariable is the environment variable with the token for Grafana.
	tokenVariable = "CER_GRAFANA_TOKEN"
	// refID names the only query of a request.
	refID = "A"
	// maxAnswer is the number of bytes that are read of an answer of Grafana.
	maxAnswer = 64 << 20
)

// grafanaSource asks a data source of a running Grafana.
type grafanaSource struct {
	address, dataSource string
	client              *http.Client
	clean               func(string) string
}

// openGrafana returns the source that the flags state of a Grafana.
func (f *sourceFlags) openGrafana(env *Environment) (source, error) {
	if err := checkURL("grafana", f.grafana); err != nil {
		return nil, err
	}
	if f.dataSource == "" {
		return nil, errors.New("there is no data source; name its uid with --datasource, which is in the address of its settings")
	}
	token, err := f.token(env.Getenv)
	if err != nil {
		return nil, err
	}
	client, secrets, err := f.client()
	if err != nil {
		return nil, err
	}
	if token != "" {
		headers := http.Header{"Authorization": {"Bearer " + token}}
		client.Transport = withHeaders{client.Transport, headers}
		secrets = append(secrets, secretsIn(headers)...)
	}
	client.Timeout = time.Duration(f.timeout)
	client.CheckRedirect = func(to *http.Request, _ []*http.Request) error { // A POST is lost on the way, and the token is for one host.
		return fmt.Errorf("it redirects to %s://%s%s, and nothing was sent there; use the address that Grafana itself uses", to.URL.Scheme, to.URL.Host, to.URL.Path)
	}
	return &grafanaSource{
		address: strings.TrimSuffix(f.grafana, "/"), dataSource: f.dataSource, client: client, clean: fetch.Redactor(secrets),
	}, nil
}

// token returns the token for Grafana, from its file or else from the environment; "" where there is none, as for a Grafana that
// lets anonymous users in.
func (f *sourceFlags) token(getenv func(string) string) (string, error) {
	if f.tokenFile == "" {
		return strings.TrimSpace(getenv(tokenVariable)), nil
	}
	content, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return "", fmt.Errorf("the token can't be read: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", fmt.Errorf("the file %s, which should hold a token, is empty", f.tokenFile)
	}
	return token, nil
}

// close closes idle connections.
func (g *grafanaSource) close() { g.client.CloseIdleConnections() }

// ask sends a query as a panel does.
func (g *grafanaSource) ask(ctx context.Context, q question) (data.Frames, error) {
	body, err := g.body(q)
	if err != nil {
		return nil, err
	}
	status, answer, err := g.send(ctx, http.MethodPost, g.address+"/api/ds/query", body)
	if err != nil {
		return nil, err
	}
	return g.frames(status, answer)
}

// resource returns the address of a resource of the data source, by the parts of its path.
func (g *grafanaSource) resource(path ...string) string {
	address := g.address + "/api/datasources/uid/" + url.PathEscape(g.dataSource) + "/resources"
	for _, part := range path {
		address += "/" + url.PathEscape(part)
	}
	return address
}

// send sends a request with a body of JSON, nil for none, and returns the status and the body of its answer. The error is a sentence.
func (g *grafanaSource) send(ctx context.Context, method, address string, body []byte) (status int, answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := g.client.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("could not ask Grafana: %s", g.clean(err.Error()))
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer)); err != nil {
		return 0, nil, fmt.Errorf("the answer of Grafana can't be read: %s", g.clean(err.Error()))
	}
	return response.StatusCode, answer, nil
}

// body returns the body of a request with one query.
func (g *grafanaSource) body(q question) ([]byte, error) {
	raw, err := q.json()
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	maps.Copy(fields, map[string]any{
		"refId": refID, "datasource": map[string]string{"type": pluginID, "uid": g.dataSource},
		"intervalMs": q.step.Milliseconds(), "maxDataPoints": int64(q.to.Sub(q.from)/q.step) + 1,
	})
	return json.Marshal(map[string]any{
		"from": strconv.FormatInt(q.from.UnixMilli(), 10), "to": strconv.FormatInt(q.to.UnixMilli(), 10), "queries": []any{fields},
	})
}

// grafanaAnswer is an answer of Grafana to queries, or its error.
type grafanaAnswer struct {
	Results map[string]struct {
		Error  string      `json:"error"`
		Status int         `json:"status"`
		Frames data.Frames `json:"frames"`
	} `json:"results"`
	Message string `json:"message"`
}

// frames returns the frames in an answer of Grafana. The error is a sentence, with what Grafana says.
func (g *grafanaSource) frames(status int, body []byte) (data.Frames, error) {
	var answer grafanaAnswer
	err := json.Unmarshal(body, &answer)
	result, answered := answer.Results[refID]
	switch {
	case result.Error != "" && result.Status == http.StatusBadRequest:
		return nil, &query.Invalid{Message: g.clean(result.Error)}
	case result.Error != "":
		return nil, errors.New(g.clean(result.Error))
	case err != nil || status != http.StatusOK || !answered:
		return nil, g.fault(status, answer.Message)
	default:
		return result.Frames, nil
	}
}

// fault returns the error of an answer with a status, and what Grafana says; "" for nothing.
func (g *grafanaSource) fault(status int, message string) error {
	said := g.clean(cmp.Or(message, http.StatusText(status)))
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return refusal{fmt.Errorf("the request was refused by Grafana (%d): %s; check the token in --token-file or $%s, and the role of its service account", status, said, tokenVariable)}
	case status == http.StatusNotFound:
		return refusal{fmt.Errorf("there is no data source with the uid %s in Grafana (404): %s; check --datasource and --grafana", g.dataSource, said)}
	case message != "":
		return fmt.Errorf("the answer of Grafana is an error (%d): %s; see its log", status, said)
	default:
		return fmt.Errorf("the answer is not that of a Grafana (%d): %s; check the address in --grafana, and any proxy in between", status, said)
	}
}
