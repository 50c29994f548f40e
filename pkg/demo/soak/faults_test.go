package soak

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// fault is what is wrong with the store for a while.
type fault struct {
	name string
	// share is that of the requests that it hits.
	share float64
	// over is closed when it ends.
	over chan struct{}
	// serve answers a request instead of the store; nil refuses connections.
	serve func(p *proxy, f *fault, w http.ResponseWriter, r *http.Request)
}

// faults are all that can be wrong.
var faults = []fault{
	{name: "refuse"},
	{name: "reset", serve: func(_ *proxy, _ *fault, w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if tcp, ok := connection.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = connection.Close()
	}},
	{name: "cut", serve: func(p *proxy, _ *fault, w http.ResponseWriter, r *http.Request) {
		status, body := p.recorded(r)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}},
	{name: "slow", serve: func(p *proxy, _ *fault, w http.ResponseWriter, r *http.Request) {
		status, body := p.recorded(r)
		w.WriteHeader(status)
		for part := range 4 {
			time.Sleep(50 * time.Millisecond)
			_, _ = w.Write(body[len(body)*part/4 : len(body)*(part+1)/4])
			_ = http.NewResponseController(w).Flush()
		}
	}},
	{name: "hang", serve: func(_ *proxy, f *fault, _ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-f.over:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	}},
	{name: "garbage", serve: answering(http.StatusOK, "\x00\x01\xffcertainly")},
	{name: "a page", serve: answering(http.StatusOK, "<html><title>Sign in</title></html>")},
	{name: "another API", serve: answering(http.StatusOK, `{"hits":[]}`)},
	{name: "an empty body", serve: answering(http.StatusOK, "")},
	{name: "half of the JSON", serve: func(p *proxy, _ *fault, w http.ResponseWriter, r *http.Request) {
		status, body := p.recorded(r)
		w.WriteHeader(status)
		_, _ = w.Write(body[:len(body)/2])
	}},
	{name: "no result", serve: answering(http.StatusOK, `{"status":"success"}`)},
	{name: "400", serve: answering(http.StatusBadRequest, `{"status":"error","errorType":"bad_data","error":"unknown function"}`)},
	{name: "401", serve: answering(http.StatusUnauthorized, "who are you?")},
	{name: "404", serve: answering(http.StatusNotFound, "404 page not found")},
	{name: "422", serve: answering(http.StatusUnprocessableEntity, `{"status":"error","errorType":"execution","error":"too many samples"}`)},
	{name: "429", serve: answering(http.StatusTooManyRequests, "slow down")},
	{name: "500", serve: answering(http.StatusInternalServerError, "disk on fire")},
	{name: "503", serve: answering(http.StatusServiceUnavailable, `{"status":"error","errorType":"unavailable","error":"not ready"}`)},
	{name: "redirect", serve: func(p *proxy, _ *fault, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, p.decoy+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}},
	{name: "partial", serve: changing(func(answer map[string]any) { dropInplace(answer); answer["warnings"] = []string{warning} })},
	{name: "isPartial", serve: changing(func(answer map[string]any) { dropInplace(answer); answer["isPartial"] = true })},
	{name: "of another time", serve: changing(func(answer map[string]any) { shiftInplace(answer, 86400) })},
	{name: "off the grid", serve: changing(func(answer map[string]any) { shiftInplace(answer, 7) })},
	{name: "endless series", serve: func(_ *proxy, f *fault, w http.ResponseWriter, r *http.Request) {
		kind, points := pointsOf(r)
		writeEndless(f, w, `{"status":"success","data":{"resultType":"`+kind+`","result":[`, func(i int) string {
			return fmt.Sprintf(`{"metric":{"region":"pod-%d"},%s},`, i, points)
		})
	}},
	{name: "an endless text", serve: endless(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":"`)},
	{name: "an endless error", serve: endless(`{"status":"error","errorType":"bad_data","error":"`)},
}

// warning is what the store says of partial answers.
const warning = "some of the stores behind this one did not answer"

// answering returns a fault that answers all requests the same.
func answering(status int, body string) func(*proxy, *fault, http.ResponseWriter, *http.Request) {
	return func(_ *proxy, _ *fault, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// pointsOf returns the kind of result that a request asks for, and a field with points at all of its instants.
func pointsOf(r *http.Request) (kind, field string) {
	number := func(name string) int64 {
		n, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int64(n)
	}
	if at := number("time"); at != 0 {
		return "vector", fmt.Sprintf(`"value":[%d,"1"]`, at)
	}
	var points []string
	for at := number("start"); at <= number("end"); at += max(1, number("step")) {
		points = append(points, fmt.Sprintf(`[%d,"1"]`, at))
	}
	return "matrix", `"values":[` + strings.Join(points, ",") + `]`
}

// endless returns a fault that streams text until the connection is closed.
func endless(start string) func(*proxy, *fault, http.ResponseWriter, *http.Request) {
	return func(_ *proxy, f *fault, w http.ResponseWriter, _ *http.Request) {
		writeEndless(f, w, start, func(int) string { return strings.Repeat("x", 1000) })
	}
}

// writeEndless writes parts of an answer until the fault is over, or the connection.
func writeEndless(f *fault, w http.ResponseWriter, start string, part func(i int) string) {
	_, err := io.WriteString(w, start)
	for i := 0; err == nil; i++ {
		select {
		case <-f.over:
			panic(http.ErrAbortHandler)
		default:
			_, err = io.WriteString(w, part(i))
		}
	}
}

// changing returns a fault that changes what the store answers.
func changing(change func(answer map[string]any)) func(*proxy, *fault, http.ResponseWriter, *http.Request) {
	return func(p *proxy, _ *fault, w http.ResponseWriter, r *http.Request) {
		status, body := p.recorded(r)
		var answer map[string]any
		if err := json.Unmarshal(body, &answer); err == nil {
			change(answer)
			if text, err := json.Marshal(answer); err == nil {
				body = text
			}
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// dropInplace leaves out the first series of an answer.
func dropInplace(answer map[string]any) {
	found, _ := answer["data"].(map[string]any)
	if all, ok := found["result"].([]any); ok && len(all) > 0 {
		found["result"] = all[1:]
	}
}

// shiftInplace moves all points of an answer by seconds.
func shiftInplace(answer map[string]any, seconds float64) {
	found, _ := answer["data"].(map[string]any)
	all, _ := found["result"].([]any)
	move := func(point any) {
		if pair, ok := point.([]any); ok && len(pair) == 2 {
			if at, ok := pair[0].(float64); ok {
				pair[0] = at + seconds
			}
		}
	}
	for _, one := range all {
		fields, ok := one.(map[string]any)
		if !ok {
			continue
		}
		move(fields["value"])
		values, _ := fields["values"].([]any)
		for _, point := range values {
			move(point)
		}
	}
}

// recorded returns what the store answers.
func (p *proxy) recorded(r *http.Request) (status int, body []byte) {
	answer := httptest.NewRecorder()
	r.Header.Del("Accept-Encoding")
	p.serve(answer, r)
	return answer.Code, answer.Body.Bytes()
}
