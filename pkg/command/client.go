package command

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/prometheus/common/config"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// client returns the HTTP client of the flags, and the secrets that it sends.
func (f *sourceFlags) client() (*http.Client, []fetch.Secret, error) {
	cfg := config.DefaultHTTPClientConfig
	if f.httpConfig != "" {
		read, _, err := config.LoadHTTPConfigFile(f.httpConfig)
		if err != nil {
			return nil, nil, fmt.Errorf("the HTTP client configuration %s can't be used: %w", f.httpConfig, err)
		}
		cfg = *read
	}
	headers, err := headersOf(f.headers)
	if err != nil {
		return nil, nil, err
	}
	client, err := config.NewClientFromConfig(cfg, "cer", config.WithUserAgent("cer"))
	if err != nil {
		return nil, nil, fmt.Errorf("the HTTP client configuration %s can't be used: %w", f.httpConfig, err)
	}
	client.Transport = withHeaders{client.Transport, headers}
	return client, append(secretsOf(cfg), secretsIn(headers)...), nil
}

// headersOf parses headers that are written as name: value.
func headersOf(texts []string) (http.Header, error) {
	headers := http.Header{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, errors.New("a --header has no name and value; write 'Name: value'") // Its text may be a secret.
		}
		headers.Add(name, strings.TrimSpace(value))
	}
	return headers, nil
}

// secretsIn returns the secrets in headers: their values, and what stands behind a scheme such as Bearer.
func secretsIn(headers http.Header) []fetch.Secret {
	var secrets []fetch.Secret
	for name, values := range headers {
		for _, value := range values {
			secrets = append(secrets, fetch.Secret{Name: name, Value: value})
			if _, token, ok := strings.Cut(value, " "); ok {
				secrets = append(secrets, fetch.Secret{Value: token})
			}
		}
	}
	return secrets
}

// secretsOf returns the secrets that an HTTP client configuration states, or that stand in the files it names.
func secretsOf(cfg config.HTTPClientConfig) []fetch.Secret {
	secrets := []fetch.Secret{{Name: "Authorization", Value: secretText(cfg.BearerToken, cfg.BearerTokenFile)}}
	if a := cfg.Authorization; a != nil {
		secrets = append(secrets, fetch.Secret{Name: "Authorization", Value: secretText(a.Credentials, a.CredentialsFile)})
	}
	if b := cfg.BasicAuth; b != nil {
		secrets = append(secrets, fetch.BasicAuth(secretText(config.Secret(b.Username), b.UsernameFile), secretText(b.Password, b.PasswordFile))...)
	}
	if o := cfg.OAuth2; o != nil {
		secrets = append(secrets, fetch.Secret{Name: "client_secret", Value: secretText(o.ClientSecret, o.ClientSecretFile)})
	}
	if cfg.HTTPHeaders != nil {
		for name, header := range cfg.HTTPHeaders.Headers {
			for _, value := range header.Secrets {
				secrets = append(secrets, fetch.Secret{Name: name, Value: string(value)})
			}
			for _, file := range header.Files {
				secrets = append(secrets, fetch.Secret{Name: name, Value: secretText("", file)})
			}
		}
	}
	return secrets
}

// secretText returns a secret that is stated, or else stands in a file; "" where it can't be read, which the client reports.
func secretText(stated config.Secret, file string) string {
	if stated != "" || file == "" {
		return string(stated)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(content))
}

// withHeaders sends headers with each request.
type withHeaders struct {
	http.RoundTripper
	headers http.Header
}

// RoundTrip sends a request.
func (t withHeaders) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, values := range t.headers {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	return t.RoundTripper.RoundTrip(r)
}

// CloseIdleConnections closes those of the transport, which http.Client does by this method.
func (t withHeaders) CloseIdleConnections() {
	if inner, ok := t.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		inner.CloseIdleConnections()
	}
}
