package fetch

import (
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"net/url"
	"regexp"
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

// shortened is the end of a text that was shortened.
const shortened = "…"

// shorten returns text as one line of at most maxMessage printable characters.
func shorten(text string) string { return shortenTo(text, maxMessage) }

// shortenTo returns text as one line of at most so many printable characters.
func shortenTo(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + shortened
	}
	return text
}

// passing are the parts of messages that differ from one try to the next, though the same is wrong, and what stands for them: the
// ports and numbers of connections, the time now, the range of a query, and the IDs of requests.
var passing = []struct {
	part    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?:\[[0-9a-fA-F:.%\w]+\]|\d+(?:\.\d+){3}):\d+->`), ""},
	{regexp.MustCompile(`\bremoteAddr: "[^"]*"[;,]? ?`), ""},
	{regexp.MustCompile(`\bstream ID \d+`), "stream"},
	{regexp.MustCompile(`\bLastStreamID=\d+, `), ""},
	{regexp.MustCompile(`\bcurrent time \S+ is\b`), "the current time is"},
	{regexp.MustCompile(`\b(?:Min|Max)[tT]ime: ?-?\d+ ?`), ""},
	{regexp.MustCompile(`^error when executing query=.* (?:for|on the time range) \((?:time|start)=\d+[^)]*\): `), ""},
	{regexp.MustCompile(`(?i)[,;]? ?\(?\b(?:trace|request|correlation|x-request)[-_ ]?id\\?"?\s*[:=]\s*\\?"?[\w./+-]*[\w/+-]\\?"?\)?`), ""},
}

// steady returns a message of the store without the parts that differ from one try to the next, so that an alert on them has the
// same text each time.
func steady(message string) string {
	for _, p := range passing {
		message = p.part.ReplaceAllString(message, p.instead)
	}
	return message
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
