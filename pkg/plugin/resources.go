package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// resource is one of the resources of a data source.
type resource struct {
	// pattern is the method and the path, as http.ServeMux has them.
	pattern string
	// least is the lowest role that may use it.
	least  role
	answer func(*snapshot, *http.Request) (any, error)
}

// resources are all resources.
var resources = []resource{
	{"GET /catalog", viewer, (*snapshot).getCatalog},
	{"GET /catalogs", editor, (*snapshot).getCatalogs},
	{"GET /cohorts", viewer, (*snapshot).getCohorts},
	{"GET /gates", viewer, (*snapshot).getGates},
	{"GET /gates/{name}", viewer, (*snapshot).askGate},
	{"POST /gates/{name}", viewer, (*snapshot).askGate},
	{"GET /incidents/{flow}/{start}", viewer, (*snapshot).getIncident},
	{"GET /label-values", editor, (*snapshot).getLabelValues},
	{"GET /labels", editor, (*snapshot).getLabels},
	{"GET /metric-names", editor, (*snapshot).getMetricNames},
	{"GET /schema", editor, (*snapshot).getSchema},
	{"POST /discover", editor, (*snapshot).postDiscover},
	{"POST /backtest", editor, (*snapshot).postBacktest},
	{"POST /calibrate", editor, (*snapshot).postCalibrate},
	{"POST /expand", viewer, (*snapshot).postExpand},
	{"POST /import", editor, (*snapshot).postImport},
	{"POST /preview", editor, (*snapshot).postPreview},
	{"POST /validate", editor, (*snapshot).postValidate},
	{"POST /whatif", viewer, (*snapshot).postWhatIf},
}

// routes returns the handler of the resources of a data source.
func (d *DataSource) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range resources {
		mux.HandleFunc(r.pattern, d.handle(r.least, r.answer))
	}
	return mux
}

// maxBody is the size limit of a request's body in bytes.
const maxBody = 1 << 20

// handle returns the HTTP handler of a resource for users who have at least the role. The method answers by the catalog
// as it is when the request arrives. The handler writes its answer as JSON, unless it is a writer, or its error as {"message": ...}.
func (d *DataSource) handle(least role, answer func(*snapshot, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user := backend.UserFromContext(r.Context())
		if roleOf(user) < least {
			writeJSON(w, http.StatusForbidden, message("this needs the role Editor or Admin"))
			return
		}
		r = r.WithContext(withIdentity(r.Context(), identityHeadersOf(r.Header)))
		if r.Body == nil { // The SDK omits an empty one.
			r.Body = http.NoBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		body, err := answer(d.snapshot(r.Context(), user), r)
		if err != nil {
			fault := faultOf(err)
			writeJSON(w, fault.status, message(fault.message))
			return
		}
		if answer, is := body.(writer); is {
			answer.write(w)
			return
		}
		writeJSON(w, http.StatusOK, body)
	}
}

// writer is an answer that is not just JSON with the status 200.
type writer interface{ write(http.ResponseWriter) }

// withStatus is an answer in JSON with another status.
type withStatus struct {
	status int
	body   any
}

// write writes the answer.
func (a withStatus) write(w http.ResponseWriter) { writeJSON(w, a.status, a.body) }

// message returns the body of an error.
func message(text string) map[string]string { return map[string]string{"message": text} }

// writeJSON writes a body with a status.
func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		status, encoded = http.StatusInternalServerError, []byte(`{"message":"the answer can't be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}

// parametersOf returns the parameters of a request. The error, a userError, is about those that can't be read: ignoring them would answer
// another question.
func parametersOf(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, userError(fmt.Sprintf("the parameters %q can't be read: %v; escape special characters, such as ; as %%3B and %% as %%25", r.URL.RawQuery, err))
	}
	return values, nil
}

// readJSON decodes the body of a request. The error is a userError.
func readJSON(r *http.Request, into any) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return userError(fmt.Sprintf("the body of the request can't be read: %v", err))
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return userError(fmt.Sprintf("the body of the request is not valid JSON: %v", err))
	}
	return nil
}
