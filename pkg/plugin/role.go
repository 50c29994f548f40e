package plugin

import "github.com/grafana/grafana-plugin-sdk-go/backend"

// role is the role of a user. A higher one may do all that lower ones may.
type role int

const (
	viewer role = iota
	editor
	admin
)

// roleOf returns the role of a user. No user, or one with an unknown role, counts as a viewer.
func roleOf(user *backend.User) role {
	if user == nil {
		return viewer
	}
	switch user.Role {
	case "Admin":
		return admin
	case "Editor":
		return editor
	default:
		return viewer
	}
}
