package fetch

import (
	"io"
	"log"
	"strings"
	"testing"
)

// quiet returns a log for servers whose complaints are expected.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestWordsOfABody(t *testing.T) {
	long := strings.Repeat("é", maxWords+1)
	for name, tc := range map[string]struct {
		body string
		want words
	}{
		"a Prometheus API":             {refusal("bad_data", "no such thing"), words{"bad_data", "no such thing"}},
		"another JSON API":             {`{"message":"who are you?"}`, words{"", "who are you?"}},
		"JSON with a structured error": {`{"error":{"code":7}}`, words{"", `{"error":{"code":7}}`}},
		"plain text over lines":        {" a\n\tb ", words{"", "a b"}},
		"a comparison is no tag":       {"1 < 2 and 3 > 2", words{"", "1 < 2 and 3 > 2"}},
		"a page with a title":          {"<TITLE lang=en>\nBad  Gateway</TITLE><p>more</p>", words{"", "Bad Gateway"}},
		"a page with an empty title":   {"<title> </title><!-- x --><style>p{}</style><p>Bad &lt;Gateway&gt;</p>", words{"", "Bad <Gateway>"}},
		"nothing":                      {"", words{}},
		"very much":                    {long, words{"", long[:2*maxWords] + "…"}},
		"characters nobody sees":       {"a\x00b\xff", words{"", "a\uFFFDb\uFFFD"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wordsOf([]byte(tc.body)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}
