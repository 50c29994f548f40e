package fetch

import (
	"io"
	"log"
	"strings"
	"testing"
)

// quiet returns a logger that discards the errors of servers which are expected to have some.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestMessageInABody(t *testing.T) {
	long := strings.Repeat("é", maxMessage+1)
	for name, tc := range map[string]struct {
		body string
		want storeMessage
	}{
		"a Prometheus API":             {refusal("bad_data", "no such thing"), storeMessage{"bad_data", "no such thing"}},
		"another JSON API":             {`{"message":"who are you?"}`, storeMessage{"", "who are you?"}},
		"JSON with a structured error": {`{"error":{"code":7}}`, storeMessage{"", `{"error":{"code":7}}`}},
		"plain text over lines":        {" a\n\tb ", storeMessage{"", "a b"}},
		"a comparison is no tag":       {"1 < 2 and 3 > 2", storeMessage{"", "1 < 2 and 3 > 2"}},
		"a page with a title":          {"<TITLE lang=en>\nBad  Gateway</TITLE><p>more</p>", storeMessage{"", "Bad Gateway"}},
		"a page with an empty title":   {"<title> </title><!-- x --><style>p{}</style><p>Bad &lt;Gateway&gt;</p>", storeMessage{"", "Bad <Gateway>"}},
		"nothing":                      {"", storeMessage{}},
		"very much":                    {long, storeMessage{"", long[:2*maxMessage] + "…"}},
		"invisible characters":         {"a\x00b\xff", storeMessage{"", "a\uFFFDb\uFFFD"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parseStoreMessage([]byte(tc.body)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}
