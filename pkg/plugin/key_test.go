package plugin

import "testing"

func TestTheNumberOfAnOrganisation(t *testing.T) {
	tests := map[string]struct {
		key   dataSourceKey
		id    int64
		label string
	}{
		"a number":                {dataSourceKey{org: 3}, 3, "3"},
		"a number and a name":     {dataSourceKey{org: 3, namespace: "org-3"}, 3, "3"},
		"the first":               {dataSourceKey{namespace: "default"}, 1, "1"},
		"another":                 {dataSourceKey{namespace: "org-12"}, 12, "12"},
		"a hosted Grafana":        {dataSourceKey{namespace: "stacks-77"}, 1, "stacks-77"},
		"a hosted one's number":   {dataSourceKey{org: 1, namespace: "stacks-77"}, 1, "stacks-77"},
		"nothing":                 {dataSourceKey{}, 0, ""},
		"a name of another form":  {dataSourceKey{namespace: "team-1"}, 0, "team-1"},
		"a number without a name": {dataSourceKey{namespace: "1"}, 0, "1"},
		"no number":               {dataSourceKey{namespace: "org-one"}, 0, "org-one"},
		"a number that is none":   {dataSourceKey{namespace: "org--1"}, 0, "org--1"},
	}
	for name, test := range tests {
		if id, label := test.key.orgID(), test.key.orgLabel(); id != test.id || label != test.label {
			t.Errorf("%s: the organisation is %d and %q, want %d and %q", name, id, label, test.id, test.label)
		}
	}
}
