package plugin

import (
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestRoles(t *testing.T) {
	tests := map[string]struct {
		user *backend.User
		want role
	}{
		"an admin":          {&backend.User{Role: "Admin"}, admin},
		"an editor":         {&backend.User{Role: "Editor"}, editor},
		"a viewer":          {&backend.User{Role: "Viewer"}, viewer},
		"an unknown role":   {&backend.User{Role: "admin"}, viewer},
		"a service account": {&backend.User{Login: "sa-1-ci", Role: "Editor"}, editor},
		"a user without":    {&backend.User{}, viewer},
		"nobody":            {nil, viewer},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := roleOf(test.user); got != test.want {
				t.Errorf("the role is %d, want %d", got, test.want)
			}
		})
	}
}
