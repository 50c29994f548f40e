package fetch

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Secret is a value that requests carry and users must not see: a password, a token, a cookie, a header of the settings. Name is
// what a store may call it, such as the name of a header; "" if it has none.
type Secret struct{ Name, Value string }

const (
	// leastSecret is the number of bytes from which on a secret is removed wherever it stands. A shorter one is only removed
	// behind its name, since it is a part of many words.
	leastSecret = 4
	// leastPart is the number of bytes from which on the beginning of a secret is removed, too, which a store may have cut off.
	leastPart = 12
	// removed stands for a secret.
	removed = "***"
)

// redactor removes secrets from texts of a store, which may echo a request.
type redactor struct {
	// forms are the ways to write the secrets, longer ones first.
	forms []string
	// named matches what stands behind the name of a secret; nil if none has one.
	named *regexp.Regexp
}

// newRedactor returns the redactor of secrets, as they are, and as base64, JSON, HTML, parts of URLs, or on one line.
func newRedactor(secrets []Secret) redactor {
	var r redactor
	var names []string
	for _, s := range secrets {
		if s.Name != "" {
			names = append(names, regexp.QuoteMeta(s.Name), regexp.QuoteMeta(url.QueryEscape(s.Name)))
		}
		if value := strings.TrimSpace(s.Value); len(value) >= leastSecret {
			r.forms = append(r.forms, formsOf(value)...)
		}
	}
	slices.SortFunc(r.forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	r.forms = slices.Compact(r.forms)
	if len(names) > 0 {
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
		r.named = regexp.MustCompile(`(?i)(^|[^\w-])(` + strings.Join(slices.Compact(names), "|") + `)(\\?["']?\s*[:=]\s*\[?\\?["']?)(?:(?:bearer|basic)\s+)?[^\s&"'<>\\]+`)
	}
	return r
}

// Redactor returns a function that removes secrets from a text, in whichever form it has them.
func Redactor(secrets []Secret) func(text string) string { return newRedactor(secrets).redact }

// formsOf returns the ways to write a secret.
func formsOf(value string) []string {
	forms := []string{value, shortenTo(value, len(value))}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		forms = append(forms, encoding.EncodeToString([]byte(value)))
	}
	for _, form := range forms {
		quoted, _ := json.Marshal(form)
		inQuery, inPath := url.QueryEscape(form), url.PathEscape(form)
		forms = append(forms, inQuery, inPath, lowerEscapes(inQuery), lowerEscapes(inPath), html.EscapeString(form))
		for _, text := range []string{string(quoted), strconv.Quote(form), strconv.QuoteToASCII(form)} {
			forms = append(forms, text[1:len(text)-1])
		}
	}
	return forms
}

// escaped is an escaped byte of a URL.
var escaped = regexp.MustCompile(`%[0-9A-F]{2}`)

// lowerEscapes returns a part of a URL with its escapes in lower case.
func lowerEscapes(part string) string { return escaped.ReplaceAllStringFunc(part, strings.ToLower) }

// redact removes the secrets from a text.
func (r redactor) redact(text string) string {
	text = userinfo.ReplaceAllString(text, "://")
	for _, form := range r.forms {
		text = withoutForm(text, form)
	}
	if r.named != nil {
		text = r.named.ReplaceAllString(text, "$1$2$3"+removed)
	}
	return text
}

// withoutForm removes a secret from a text, and the beginning of one: at the end of a text that was shortened, and elsewhere
// from leastPart bytes on.
func withoutForm(text, form string) string {
	begin := form[:min(len(form), leastPart)]
	var out strings.Builder
	for {
		at := strings.Index(text, begin)
		if at < 0 {
			break
		}
		n := commonPrefix(text[at:], form)
		out.WriteString(text[:at] + removed)
		text = text[at+n:]
	}
	if cut, ok := strings.CutSuffix(text, shortened); ok {
		for n := min(len(form), len(cut), leastPart); n >= leastSecret; n-- {
			if strings.HasSuffix(cut, form[:n]) {
				text = cut[:len(cut)-n] + removed + shortened
				break
			}
		}
	}
	return out.String() + text
}

// commonPrefix returns the number of bytes that two texts begin with alike.
func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// userinfo is the name and password in a URL.
var userinfo = regexp.MustCompile(`://[^/@\s]+@`)

// cleanAll cleans texts that come from the store.
func (s *Store) cleanAll(ctx context.Context, lists ...[]string) {
	for _, texts := range lists {
		for i, text := range texts {
			texts[i] = s.errors.clean(ctx, text)
		}
	}
}

// clean removes from a text of the store what changes with each try, and the secrets of the requests of ctx: those of the settings,
// and those of the caller.
func (t errorTranslator) clean(ctx context.Context, text string) string {
	text = t.settings.redact(steady(text))
	if t.caller == nil {
		return text
	}
	return newRedactor(t.caller(ctx)).redact(text)
}

// BasicAuth returns the secrets of a name and a password: the password, and both as they are sent.
func BasicAuth(name, password string) []Secret {
	return []Secret{{Name: "password", Value: password}, {Name: "Authorization", Value: base64.StdEncoding.EncodeToString([]byte(name + ":" + password))}}
}

// secretsOf returns the secrets in a URL: a password, and the parameters, of which those that are too short to be secrets are only
// removed behind their names.
func secretsOf(user *url.Userinfo, parameters url.Values) []Secret {
	var secrets []Secret
	if password, ok := user.Password(); ok {
		secrets = BasicAuth(user.Username(), password)
	}
	for name, values := range parameters {
		for _, value := range values {
			if len(value) < 2*leastSecret {
				value = ""
			}
			secrets = append(secrets, Secret{Name: name, Value: value})
		}
	}
	return secrets
}
