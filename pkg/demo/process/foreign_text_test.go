package process

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestA7ForeignTextIsValidAndBounded has stores that answer with bytes that are no text, text of several lines and very long text, in
// every place from which the plugin takes text: each query fails or answers by itself, over gRPC, in one line of valid text.
func TestA7ForeignTextIsValidAndBounded(t *testing.T) {
	const bytes = "\xff\xfe\xfd"
	long := strings.Repeat("too much ", 10_000)
	for name, test := range map[string]struct {
		status int
		body   string
	}{
		"a body":                    {200, "{" + bytes},
		"a page":                    {502, "<html><title>" + bytes + "</title></html>"},
		"an error":                  {500, `{"status":"error","errorType":"internal","error":"` + bytes + `"}`},
		"a type of error":           {500, `{"status":"error","errorType":"` + bytes + `","error":"x"}`},
		"an error of a refusal":     {400, `{"status":"error","errorType":"bad_data","error":"` + bytes + `"}`},
		"a status":                  {200, `{"status":"` + bytes + `"}`},
		"a type of result":          {200, `{"status":"success","data":{"resultType":"` + bytes + `","result":[]}}`},
		"a name of a field":         {200, `{"status":"success","` + bytes + `":1,"` + bytes + `":1}`},
		"a number":                  {200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"` + bytes + `"]}]}}`},
		"a warning":                 {200, `{"status":"success","warnings":["` + bytes + `"],"data":{"resultType":"vector","result":[]}}`},
		"an error of several lines": {500, `{"status":"error","errorType":"internal","error":"a\nb\r\n\u2028c\u0000"}`},
		"a long error":              {500, `{"status":"error","errorType":"internal","error":"` + long + `"}`},
		"a long warning":            {200, `{"status":"success","warnings":["` + long + `"],"data":{"resultType":"vector","result":[]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			store := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, test.status, test.body) })
			first, second := over(10*time.Minute, 12*time.Minute, `{"format":"latest"}`), over(10*time.Minute, 12*time.Minute, `{"flows":["nobody"]}`)
			second.refID = "B"
			answers := newSource(store, oneValue).ask(t, first, second)
			var texts []string
			for _, answer := range answers {
				if answer.Error != nil {
					texts = append(texts, answer.Error.Error())
				}
				for _, frame := range answer.Frames {
					for _, notice := range frame.Meta.Notices {
						texts = append(texts, notice.Text)
					}
				}
			}
			if len(texts) < 2 {
				t.Errorf("the texts are %q", texts)
			}
			for _, text := range texts {
				if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\r\x00\u2028") || len(text) > 2_000 {
					t.Errorf("the text of %d bytes is %.200q", len(text), text)
				}
			}
			if message := newSource(store, oneValue).health(t).Message; !utf8.ValidString(message) || len(message) > 4_000 {
				t.Errorf("Save & test says %.200q", message)
			}
		})
	}
}
