package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// routes are the resources of a data source.
func (d *DataSource) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /catalog", d.respond(viewer, (*DataSource).getCatalog))
	mux.HandleFunc("GET /catalogs", d.respond(editor, (*DataSource).getCatalogs))
	mux.HandleFunc("GET /cohorts", d.respond(viewer, (*DataSource).getCohorts))
	mux.HandleFunc("POST /expand", d.respond(viewer, (*DataSource).postExpand))
	mux.HandleFunc("POST /validate", d.respond(editor, (*DataSource).postValidate))
	mux.HandleFunc("POST /whatif", d.respond(viewer, (*DataSource).postWhatIf))
	return mux
}

// role is what a user may do; a higher one includes the lower ones.
type role int

const (
	viewer role = iota
	editor
	admin
)

// roleOf returns the role of a user. Nobody, or a role that is not known, counts as a viewer.
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

// maxBody is how many bytes of a request's body are read.
const maxBody = 1 << 20

// respond turns a method from a request to an answer into a handler: for users of the role at least, by the catalog of
// the moment, with the answer as JSON, and errors as JSON that has a message.
func (d *DataSource) respond(least role, answer func(*DataSource, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user := backend.UserFromContext(r.Context())
		if roleOf(user) < least {
			writeJSON(w, http.StatusForbidden, message("this needs the role Editor or Admin"))
			return
		}
		r = r.WithContext(withIdentity(r.Context(), identifyingOnly(r.Header)))
		if r.Body == nil { // The SDK leaves an empty one out.
			r.Body = http.NoBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		body, err := answer(d.serving(r.Context(), user), r)
		if err != nil {
			fault := faultOf(err)
			writeJSON(w, fault.status, message(fault.message))
			return
		}
		writeJSON(w, http.StatusOK, body)
	}
}

func message(text string) map[string]string { return map[string]string{"message": text} }

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		status, encoded = http.StatusInternalServerError, []byte(`{"message":"the answer can't be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}

// readJSON decodes the body of a request.
func readJSON(r *http.Request, into any) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return userError(fmt.Sprintf("the body of the request can't be read: %v", err))
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return userError(fmt.Sprintf("the body of the request is no JSON that can be read: %v", err))
	}
	return nil
}
