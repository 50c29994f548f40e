package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// page is a message of the webhook of Grafana: a page about payment, and the end of one about browse.
func page(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("testdata/page.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestAPageTurnsTheFlagOff(t *testing.T) {
	firing := page(t)
	expected := map[string]string{"alertname": "Page", "flow": "payment"}
	for name, test := range map[string]struct {
		body, authorization string
		labels              map[string]string
		fails               error
		status, turned      int
	}{
		"a page":                    {firing, "Bearer s3cret", expected, nil, 200, 1},
		"of another flow":           {firing, "Bearer s3cret", map[string]string{"alertname": "Page", "flow": "login"}, nil, 200, 0},
		"one that is over":          {firing, "Bearer s3cret", map[string]string{"alertname": "Page", "flow": "browse"}, nil, 200, 0},
		"no data":                   {strings.ReplaceAll(firing, `"alertname": "Page"`, `"alertname": "DatasourceNoData"`), "Bearer s3cret", expected, nil, 200, 0},
		"no labels are expected":    {firing, "Bearer s3cret", nil, nil, 200, 0},
		"a wrong secret":            {firing, "Bearer secret", expected, nil, 401, 0},
		"no secret":                 {firing, "", expected, nil, 401, 0},
		"another scheme":            {firing, "Basic s3cret", expected, nil, 401, 0},
		"no JSON":                   {"firing", "Bearer s3cret", expected, nil, 400, 0},
		"a body without an end":     {`{"alerts":[` + strings.Repeat(" ", 2<<20), "Bearer s3cret", expected, nil, 400, 0},
		"a flag service that fails": {firing, "Bearer s3cret", expected, errors.New("down"), 502, 1},
	} {
		t.Run(name, func(t *testing.T) {
			turned := 0
			r := receiver{secret: "s3cret", labels: test.labels, turnOff: func() error { turned++; return test.fails }}
			request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body))
			request.Header.Set("Authorization", test.authorization)
			answer := httptest.NewRecorder()
			r.ServeHTTP(answer, request)
			if answer.Code != test.status || turned != test.turned {
				t.Errorf("the status is %d, and the flag was turned off %d times", answer.Code, turned)
			}
		})
	}
}

func TestNoSecretLetsNobodyIn(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(page(t)))
	request.Header.Set("Authorization", "Bearer ")
	answer := httptest.NewRecorder()
	receiver{turnOff: func() error { t.Error("the flag is turned off"); return nil }}.ServeHTTP(answer, request)
	if answer.Code != http.StatusUnauthorized {
		t.Errorf("the status is %d", answer.Code)
	}
}

func TestTheFlagServiceIsTold(t *testing.T) {
	status := http.StatusOK
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/off" || r.Header.Get("Authorization") != "token" {
			t.Errorf("it is asked for %s %s with the token %q", r.Method, r.URL, r.Header.Get("Authorization"))
		}
		w.WriteHeader(status)
	}))
	defer service.Close()
	turnOff := post(service.URL+"/off", "token")
	if err := turnOff(); err != nil {
		t.Error(err)
	}
	status = http.StatusForbidden
	if err := turnOff(); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("the error is %v", err)
	}
}
