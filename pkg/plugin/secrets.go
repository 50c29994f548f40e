package plugin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// secretsOf returns the secrets of a data source that are sent to the store: all secure settings, headers by their names, and the
// basic authentication as it is sent.
func secretsOf(instance backend.DataSourceInstanceSettings) []fetch.Secret {
	fields := map[string]any{}
	_ = json.Unmarshal(instance.JSONData, &fields) // Settings of another shape are refused elsewhere.
	var secrets []fetch.Secret
	for key, value := range instance.DecryptedSecureJSONData {
		name := ""
		if number, ok := strings.CutPrefix(key, "httpHeaderValue"); ok {
			name, _ = fields["httpHeaderName"+number].(string)
		}
		secrets = append(secrets, fetch.Secret{Name: name, Value: value})
		secrets = append(secrets, partsOf(http.CanonicalHeaderKey(name), value)...)
	}
	if password := instance.DecryptedSecureJSONData["basicAuthPassword"]; password != "" {
		secrets = append(secrets, fetch.BasicAuth(instance.BasicAuthUser, password)...)
	}
	return secrets
}

// callerSecrets returns the headers that identify the caller of a context.
func callerSecrets(ctx context.Context) []fetch.Secret {
	c, _ := ctx.Value(callerKey{}).(caller)
	var secrets []fetch.Secret
	for name, values := range c.headers {
		if isOriginHeader(name) || name == userHeader {
			continue
		}
		for _, value := range values {
			secrets = append(secrets, fetch.Secret{Name: name, Value: value})
			secrets = append(secrets, partsOf(name, value)...)
		}
	}
	return secrets
}

// partsOf returns what of the value of a header, by its canonical name, is secret by itself: the token behind a scheme such as
// Bearer, name and password of basic authentication, and the values of cookies.
func partsOf(name, value string) []fetch.Secret {
	var parts []string
	switch name {
	case backend.OAuthIdentityTokenHeaderName:
		scheme, token, _ := strings.Cut(value, " ")
		parts = append(parts, token)
		if both, err := base64.StdEncoding.DecodeString(token); err == nil && strings.EqualFold(scheme, "basic") {
			_, password, _ := strings.Cut(string(both), ":")
			parts = append(parts, string(both), password)
		}
	case backend.CookiesHeaderName:
		for cookie := range strings.SplitSeq(value, ";") {
			_, content, _ := strings.Cut(cookie, "=")
			parts = append(parts, strings.Trim(content, `" `))
		}
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	secrets := make([]fetch.Secret, len(parts))
	for i, part := range parts {
		secrets[i] = fetch.Secret{Value: part}
	}
	return secrets
}
