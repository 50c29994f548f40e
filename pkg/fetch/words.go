package fetch

import (
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// maxWords is the length in characters at which a store's words, and PromQL in a message, are cut off.
const maxWords = 500

// maxBody is the length in bytes of that part of a body without structure in which words are looked for.
const maxBody = 64 << 10

// words are what a store says of a failure.
type words struct {
	// errorType is that of a Prometheus API, "" where another wrote the body.
	errorType v1.ErrorType
	// text is one line of plain text, "" where nothing was said.
	text string
}

// wordsOf finds the words in the body of an answer: those of a Prometheus API, of another JSON API, of a web page's
// title, or else the body as plain text.
func wordsOf(body []byte) words {
	var answer struct {
		ErrorType v1.ErrorType `json:"errorType"`
		Error     any          `json:"error"`
		Message   any          `json:"message"`
	}
	if json.Unmarshal(body, &answer) == nil {
		said, _ := answer.Error.(string)
		message, _ := answer.Message.(string)
		if text := cmp.Or(said, message); text != "" {
			return words{errorType: answer.ErrorType, text: shorten(text)}
		}
	}
	return words{text: shorten(plain(string(body[:min(len(body), maxBody)])))}
}

// What there is in a web page besides words.
var (
	titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	hidden       = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>|<!--.*?-->`)
	tag          = regexp.MustCompile(`(?s)</?[a-zA-Z!][^>]*>`)
)

// plain returns the text of a web page, which is its title where it has one. Other text stays as it is.
func plain(page string) string {
	if title := titleElement.FindStringSubmatch(page); title != nil && strings.TrimSpace(title[1]) != "" {
		page = title[1]
	}
	page = hidden.ReplaceAllString(page, " ")
	return html.UnescapeString(tag.ReplaceAllString(page, " "))
}

// shorten returns text on one line of at most maxWords characters, all of which can be seen.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
	if runes := []rune(text); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return text
}

// transportWords returns what went wrong on the way to the store, without the URL, whose query may hold secrets.
func transportWords(err error) string {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	return ended(shorten(err.Error()))
}

// userinfo is the name and password in a URL.
var userinfo = regexp.MustCompile(`://[^/@\s]+@`)

// redact takes out of text what a store may repeat of the secrets it was asked with: names and passwords in URLs, and
// the values of custom query parameters.
func (s *Store) redact(text string) string {
	text = userinfo.ReplaceAllString(text, "://")
	if s.secrets != nil {
		text = s.secrets.ReplaceAllString(text, "$1=***")
	}
	return text
}

// secretsOf returns what matches the parameters where they stand in a URL, nil where there are none.
func secretsOf(parameters url.Values) *regexp.Regexp {
	if len(parameters) == 0 {
		return nil
	}
	var names []string
	for name := range parameters {
		names = append(names, regexp.QuoteMeta(name), regexp.QuoteMeta(url.QueryEscape(name)))
	}
	slices.Sort(names)
	return regexp.MustCompile(`\b(` + strings.Join(slices.Compact(names), "|") + `)=[^\s&"'<>]+`)
}
