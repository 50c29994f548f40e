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

const (
	// maxMessage is the length in characters to which messages of a store, and PromQL in a message, are truncated.
	maxMessage = 500
	// maxBody is the length in bytes of that part of an unstructured body in which a message is looked for.
	maxBody = 64 << 10
)

// storeMessage is the error message in the body of an answer.
type storeMessage struct {
	// errorType is that of a Prometheus API, "" where the body is another one's.
	errorType v1.ErrorType
	// text is one line of plain text, "" where there is no message.
	text string
}

// parseStoreMessage finds the message in the body of an answer: that of a Prometheus API, of another JSON API, the title of
// a web page, or else the body as plain text.
func parseStoreMessage(body []byte) storeMessage {
	var answer struct {
		ErrorType v1.ErrorType `json:"errorType"`
		Error     any          `json:"error"`
		Message   any          `json:"message"`
	}
	if json.Unmarshal(body, &answer) == nil {
		failure, _ := answer.Error.(string)
		message, _ := answer.Message.(string)
		if text := cmp.Or(failure, message); text != "" {
			return storeMessage{errorType: answer.ErrorType, text: shorten(text)}
		}
	}
	return storeMessage{text: shorten(plainText(string(body[:min(len(body), maxBody)])))}
}

// The parts of a web page that are not its text, and its title.
var (
	titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	hidden       = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>|<!--.*?-->`)
	tag          = regexp.MustCompile(`(?s)</?[a-zA-Z!][^>]*>`)
)

// plainText returns the text of a web page, which is its title where it has one. Text that is no web page is unchanged.
func plainText(page string) string {
	if title := titleElement.FindStringSubmatch(page); title != nil && strings.TrimSpace(title[1]) != "" {
		page = title[1]
	}
	page = hidden.ReplaceAllString(page, " ")
	return html.UnescapeString(tag.ReplaceAllString(page, " "))
}

// shorten returns text as one line of at most maxMessage printable characters.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
	if runes := []rune(text); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return text
}

// transportMessage returns the message of a transport error without the URL, whose query may hold secrets.
func transportMessage(err error) string {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	return withoutStop(shorten(err.Error()))
}

// withoutStop returns a message without its full stop, to stand within another sentence.
func withoutStop(message string) string {
	return strings.TrimRight(message, ". ")
}

// userinfo is the name and password in a URL.
var userinfo = regexp.MustCompile(`://[^/@\s]+@`)

// redact removes the secrets of a request that a store may echo from text: names and passwords in URLs, and the values of
// custom query parameters.
func (t errorTranslator) redact(text string) string {
	text = userinfo.ReplaceAllString(text, "://")
	if t.secrets != nil {
		text = t.secrets.ReplaceAllString(text, "$1=***")
	}
	return text
}

// secretsPattern matches the parameters where they stand in a URL; nil where there are none.
func secretsPattern(parameters url.Values) *regexp.Regexp {
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
