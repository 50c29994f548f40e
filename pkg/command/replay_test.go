package command_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// replays answers POST /calibrate and /backtest as a Grafana does, and checks what is asked.
func replays(t *testing.T, wanted, answer string, status int) (address string) {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if got := r.Method + " " + r.URL.Path + " " + string(body); got != wanted {
			t.Errorf("it asks\n%s\nwant\n%s", got, wanted)
		}
		w.WriteHeader(status)
		io.WriteString(w, answer)
	})
}

func TestAGrafanaCalibrates(t *testing.T) {
	const wanted = `POST /api/datasources/uid/cer/resources/calibrate {"flow":"checkout","sli":"success","days":3}`
	row := func(objective, left float64, more string) string {
		return fmt.Sprintf(`{"objective":%v,"left":%v,"kept":true,"pages":1,"tickets":0,"policies":[{"policy":"fast-burn","severity":"page","count":1,"minutes":9,"possible":%v}]%s}`,
			objective, left, objective > 0.95, more)
	}
	answer := `{"flow":"checkout","score":0.99,"reason":"0.99 it is.","rows":[` + row(0.9, 0.5, "") + `,` + row(0.99, 0.4, `,"recommended":true`) + `],"notices":[{"severity":"warning","text":"mind the gap"}]}`
	address := replays(t, wanted, answer, 200)
	asked := "calibrate checkout/success --days 3 --datasource cer --grafana " + address
	r := run(t, asked).is(0).says("warning: mind the gap")
	r.prints("0.99 it is.\nOBJECTIVE     LEFT  PAGES  TICKETS  FAST-BURN\n" +
		"0.9        0.50000      1        0          -\n0.99       0.40000      1        0          1  recommended\n")
	run(t, asked+" --json").is(0).says(`"objective": 0.99`, `"text": "mind the gap"`)
}

func TestAGrafanaSaysWhyItDoesNotCalibrate(t *testing.T) {
	const wanted = `POST /api/datasources/uid/cer/resources/calibrate {"flow":"shp","days":28}`
	for status, says := range map[int]string{400: "cer: there is no flow", 403: "refused by Grafana (403): there is no flow", 429: "is an error (429): there is no flow"} {
		run(t, "calibrate shp --datasource cer --grafana "+replays(t, wanted, `{"message":"there is no flow"}`, status)).is(3).says(says)
	}
}

// A proxy may answer with a status 200 what no data source does, and a later version without what is left.
func TestAGrafanaAnswersWithNothing(t *testing.T) {
	inFolder(t, map[string]string{"shop.yaml": shop})
	always := func(answer string) string {
		return serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })
	}
	for _, args := range []string{"calibrate checkout", "calibrate checkout --json", "backtest checkout --changed shop.yaml", "backtest checkout --changed shop.yaml --json"} {
		for _, answer := range []string{"{}", "null", `{"notices":[]}`} {
			run(t, args+" --datasource cer --grafana "+always(answer)).is(3).says("the answer is not that of a Grafana (200)")
		}
	}
	run(t, "calibrate checkout --datasource cer --grafana "+always(`{"score":1,"reason":"None.","rows":[{"objective":0.9}]}`)).is(0).prints(
		"None.\nOBJECTIVE  LEFT  PAGES  TICKETS\n0.9           -      0        0\n")
}

// The files of the changed catalog are sent as the documents of one definition.
func TestAGrafanaBacktests(t *testing.T) {
	inFolder(t, map[string]string{"new/a.yaml": "a: 1", "new/b.yaml": "b: 2"})
	const wanted = `POST /api/datasources/uid/cer/resources/backtest {"flow":"checkout","days":7,"definition":"a: 1\n---\nb: 2"}`
	outcome := `{"pages":1,"tickets":2,"minutes":{"ok":10,"ticket":4,"page":3,"unknown":1},"left":0.25,"incidents":[
		{"from":"2026-03-04T10:00:00Z","to":"2026-03-04T10:07:00Z","severity":"page","policies":["fast-burn","slow-burn"]},
		{"from":"2026-03-04T11:59:00Z","to":"2026-03-04T12:00:00Z","ongoing":true,"severity":"ticket","policies":["slow-burn"]}]}`
	address := replays(t, wanted, `{"flow":"checkout","saved":`+outcome+`,"changed":null,"notices":[]}`, 200)
	run(t, "backtest checkout --changed new --datasource cer --grafana "+address).is(0).prints(strings.TrimLeft(`
the catalog "changed" has no flow checkout, or no policy that applies to it
CATALOG  PAGES  TICKETS  PAGE MIN  TICKET MIN  OK MIN  UNKNOWN MIN     LEFT
now          1        2         3           4      10            1  0.25000

CATALOG  START              END                SEVERITY  POLICIES
now      2026-03-04 10:00Z  2026-03-04 10:07Z  page      fast-burn, slow-burn
now      2026-03-04 11:59Z  -                  ticket    slow-burn
`, "\n"))
}

func TestReplaysAreNotAsked(t *testing.T) {
	inFolder(t, map[string]string{"shop.yaml": shop, "bad.yaml": "x"})
	const store = " --catalog shop.yaml --store http://127.0.0.1:1"
	for args, says := range map[string]string{
		"calibrate" + store:                                                    "needs the name of one flow, or flow/sli",
		"calibrate checkout --catalog shop.yaml":                               "there is no store to ask",
		"calibrate chekout" + store:                                            `there is no flow called "chekout"; did you mean checkout?`,
		"calibrate checkout/x" + store:                                         `there is no SLI of checkout called "x"`,
		"calibrate checkout --days 0" + store:                                  "0 days can't be replayed; choose a number from 1 to 28",
		"backtest checkout" + store:                                            "there is nothing to compare with; name the changed catalog with --changed",
		"backtest checkout --changed bad.yaml" + store:                         "bad.yaml contains no valid catalog",
		"backtest checkout --changed none.yaml" + store:                        "none.yaml can't be read",
		"backtest checkout --changed shop.yaml --days 99" + store:              "99 days can't be replayed",
		"backtest checkout --changed - --catalog - --store http://127.0.0.1:1": "standard input can be one catalog only",
	} {
		run(t, args).is(3).says(says)
	}
}
