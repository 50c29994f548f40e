package plugin

import (
	"context"
	"net/http"
	"testing"
)

func TestIdentity(t *testing.T) {
	identity := func(headers http.Header) string { return identityOf(withIdentity(context.Background(), headers)) }
	me := http.Header{"Authorization": {"Bearer me"}, "X-Grafana-Org-Id": {"1"}, "X-Query-Group-Id": {"a"}}
	tests := map[string]struct {
		headers http.Header
		same    bool
	}{
		"the same headers":            {http.Header{"X-Query-Group-Id": {"a"}, "X-Grafana-Org-Id": {"1"}, "Authorization": {"Bearer me"}}, true},
		"another request":             {http.Header{"Authorization": {"Bearer me"}, "X-Grafana-Org-Id": {"1"}, "X-Query-Group-Id": {"b"}}, true},
		"another panel or rule":       {http.Header{"Authorization": {"Bearer me"}, "X-Grafana-Org-Id": {"1"}, "X-Panel-Id": {"2"}, "X-Rule-Uid": {"r"}, "Fromalert": {"true"}}, true},
		"another user":                {http.Header{"Authorization": {"Bearer you"}, "X-Grafana-Org-Id": {"1"}}, false},
		"another organisation":        {http.Header{"Authorization": {"Bearer me"}, "X-Grafana-Org-Id": {"2"}}, false},
		"nobody":                      {nil, false},
		"the value of another header": {http.Header{"X-Id-Token": {"Bearer me"}, "X-Grafana-Org-Id": {"1"}}, false},
		"one more header":             {http.Header{"Authorization": {"Bearer me"}, "Cookie": {"a=b"}, "X-Grafana-Org-Id": {"1"}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if same := identity(me) == identity(test.headers); same != test.same {
				t.Errorf("the identity is the same: %v, want %v", same, test.same)
			}
		})
	}
	if identityOf(context.Background()) != "" {
		t.Error("a context without a caller has an identity")
	}
}
