package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// message is what the webhook of Grafana 10.1.5 sent, but for names and times.
func message(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// over returns a message of alerts that do not fire any more.
func over(firing string) string {
	return strings.ReplaceAll(firing, `"status": "firing"`, `"status": "resolved"`)
}

// several returns the first message with the alerts of the second one as well.
func several(first, second string) string {
	_, alerts, _ := strings.Cut(second, `"alerts": [`)
	alerts, _, _ = strings.Cut(alerts, "\n  ],")
	return strings.Replace(first, `"alerts": [`, `"alerts": [`+alerts+",", 1)
}

// receive has a receiver that knows the secret s3cret take a message, and returns the status of its answer, and how often it turned the
// flag off, which fails with an error.
func receive(body, authorization string, labels map[string]string, fails error) (status, turned int) {
	r := receiver{secret: "s3cret", labels: labels, turnOff: func() error { turned++; return fails }}
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.Header.Set("Authorization", authorization)
	answer := httptest.NewRecorder()
	r.ServeHTTP(answer, request)
	return answer.Code, turned
}

func TestAPageTurnsTheFlagOff(t *testing.T) {
	firing := message(t, "page")
	expected := map[string]string{"alertname": "Page", "flow": "payment"}
	for name, test := range map[string]struct {
		body, authorization string
		labels              map[string]string
		fails               error
		status, turned      int
	}{
		"a page":                    {firing, "Bearer s3cret", expected, nil, 200, 1},
		"of another flow":           {firing, "Bearer s3cret", map[string]string{"alertname": "Page", "flow": "login"}, nil, 200, 0},
		"one that is over":          {over(firing), "Bearer s3cret", expected, nil, 200, 0},
		"one of several alerts":     {several(over(firing), firing), "Bearer s3cret", expected, nil, 200, 1},
		"several that are over":     {several(over(firing), over(firing)), "Bearer s3cret", expected, nil, 200, 0},
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
			if status, turned := receive(test.body, test.authorization, test.labels, test.fails); status != test.status || turned != test.turned {
				t.Errorf("the status is %d, and the flag was turned off %d times", status, turned)
			}
		})
	}
}

// A rule on the verdict of a gate, as provisioning/alerting/gates.yaml has one.
func TestAFailingCanaryTurnsTheFlagOff(t *testing.T) {
	firing := message(t, "canary")
	expected := map[string]string{"alertname": "Canary fails", "flow": "payment"}
	for name, test := range map[string]struct {
		body   string
		labels map[string]string
		turned int
	}{
		"one that fails":    {firing, expected, 1},
		"one that is over":  {over(firing), expected, 0},
		"of another gate":   {firing, map[string]string{"alertname": "Canary fails", "gate": "login-canary"}, 0},
		"a page is awaited": {firing, map[string]string{"alertname": "Page", "flow": "payment"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if status, turned := receive(test.body, "Bearer s3cret", test.labels, nil); status != http.StatusOK || turned != test.turned {
				t.Errorf("the status is %d, and the flag was turned off %d times", status, turned)
			}
		})
	}
}

func TestNoSecretLetsNobodyIn(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(message(t, "page")))
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
