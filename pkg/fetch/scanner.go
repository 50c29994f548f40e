package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unsafe"
)

// scanner reads JSON off a stream, value by value, and holds no more of it than a little. After its first error, which is
// that of the stream where it has one, every value reads as an empty one.
type scanner struct {
	from io.Reader
	// buf[at:end] is what was taken off the stream and has not been read.
	buf     []byte
	at, end int
	// depth is how many arrays and objects are being read.
	depth int
	err   error
}

// maxDepth is far deeper than answers of stores are.
const maxDepth = 100

// The size of a scanner's buffer at first, and up to which it grows while the stream fills it. Only a longer text makes it
// larger.
const (
	leastBuffer = 4 << 10
	mostBuffer  = 64 << 10
)

// newScanner returns a scanner of a stream.
func newScanner(from io.Reader) *scanner {
	return &scanner{from: from, buf: make([]byte, leastBuffer)}
}

// errEnd is JSON that breaks off, and errDeep JSON that no store writes.
var (
	errEnd  = &decodeError{"unexpected end of JSON input"}
	errDeep = &decodeError{"its values lie too deep within each other"}
)

// decodeError is an answer that is no JSON, or not the one that belongs there.
type decodeError struct{ text string }

// Error returns what is wrong, without the text around it.
func (e *decodeError) Error() string { return e.text }

// more takes more off the stream, behind what has not been read; false where there is no more, or an error.
func (s *scanner) more() bool {
	if s.err != nil {
		return false
	}
	unread := s.end - s.at
	switch {
	case unread == len(s.buf), s.end == len(s.buf) && len(s.buf) < mostBuffer:
		larger := make([]byte, 2*len(s.buf))
		copy(larger, s.buf[s.at:s.end])
		s.buf = larger
	default:
		copy(s.buf, s.buf[s.at:s.end])
	}
	s.at, s.end = 0, unread
	for range 100 { // A stream may give nothing for a while, but not for ever.
		n, err := s.from.Read(s.buf[s.end:])
		s.end += n
		switch {
		case n > 0:
			return true
		case errors.Is(err, io.EOF):
			return false
		case err != nil:
			s.err = err
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// fail notes the first error.
func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// next returns the byte that the next value, or what is between values, begins with; 0 where there is none.
func (s *scanner) next() byte {
	for s.err == nil {
		for ; s.at < s.end; s.at++ {
			switch b := s.buf[s.at]; b {
			case ' ', '\t', '\r', '\n':
			default:
				return b
			}
		}
		if !s.more() {
			break
		}
	}
	return 0
}

// take passes a byte that has to come next.
func (s *scanner) take(want byte) bool {
	if got := s.next(); got != want {
		s.unexpected(string(want), got)
		return false
	}
	s.at++
	return true
}

// unexpected notes that something else came than what has to.
func (s *scanner) unexpected(want string, got byte) {
	if got == 0 {
		s.fail(errEnd)
		return
	}
	s.fail(&decodeError{fmt.Sprintf("%s is expected, and not %q", want, got)})
}

// items reads what is between two brackets, one item after the other.
func (s *scanner) items(open, closed byte, item func()) {
	if !s.take(open) {
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.fail(errDeep)
	}
	defer func() { s.depth-- }()
	for first := true; s.err == nil; first = false {
		if s.next() == closed {
			s.at++
			return
		}
		if !first && !s.take(',') {
			return
		}
		item()
	}
}

// array reads an array, each of whose elements is to be read by the function.
func (s *scanner) array(element func()) { s.items('[', ']', element) }

// object reads an object, each of whose fields is to be read by the function.
func (s *scanner) object(field func(name string)) {
	s.items('{', '}', func() {
		if name := s.text(); s.take(':') {
			field(name)
		}
	})
}

// text reads a string.
func (s *scanner) text() string {
	raw, escaped := s.quoted()
	if !escaped {
		return string(raw)
	}
	var text string
	if err := json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &text); err != nil {
		s.fail(err)
	}
	return text
}

// quoted reads a string, and returns it as it is written, until something else is read; and whether some of it is escaped.
func (s *scanner) quoted() (raw []byte, escaped bool) {
	if !s.take('"') {
		return nil, false
	}
	for n := 0; ; n++ {
		if s.at+n == s.end && !s.more() {
			s.fail(errEnd)
			return nil, false
		}
		switch s.buf[s.at+n] {
		case '"':
			raw = s.buf[s.at : s.at+n]
			s.at += n + 1
			return raw, escaped
		case '\\': // What comes next does not end it.
			escaped = true
			n++
			if s.at+n == s.end && !s.more() {
				s.fail(errEnd)
				return nil, false
			}
		}
	}
}

// number reads a number.
func (s *scanner) number() float64 {
	first := s.next()
	if first != '-' && (first < '0' || first > '9') {
		s.unexpected("a number", first)
		return 0
	}
	n := 0
	for s.at+n < s.end || s.more() {
		b := s.buf[s.at+n]
		if (b < '0' || b > '9') && b != '-' && b != '+' && b != '.' && b != 'e' && b != 'E' {
			break
		}
		n++
	}
	raw := s.buf[s.at : s.at+n]
	s.at += n
	return s.parsed(raw)
}

// sample reads a number that is written as a string, as Prometheus does for the sake of NaN and Inf.
func (s *scanner) sample() float64 {
	raw, _ := s.quoted()
	if s.err != nil {
		return 0
	}
	return s.parsed(raw)
}

// parsed is the number that a text stands for.
func (s *scanner) parsed(text []byte) float64 {
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	if err != nil {
		s.fail(&decodeError{fmt.Sprintf("%q is no number", text)})
	}
	return v
}

// pair reads a time, in milliseconds since 1970, and a number: [1772366400.123,"1.5"].
func (s *scanner) pair() (ms int64, v float64) {
	if ms, v, ok := s.compactPair(); ok {
		return ms, v
	}
	if !s.take('[') {
		return 0, 0
	}
	ms = int64(math.Round(s.number() * 1e3))
	if s.take(',') {
		v = s.sample()
		s.take(']')
	}
	return ms, v
}

// longestPair is more than a pair takes that is written as stores do.
const longestPair = 64

// compactPair reads a pair that is written as all stores do, without a space. It reads nothing where it is not.
func (s *scanner) compactPair() (ms int64, v float64, ok bool) {
	if s.end-s.at < longestPair && (s.err != nil || !s.more() || s.end-s.at < longestPair) {
		return 0, 0, false
	}
	line := s.buf[s.at : s.at+longestPair]
	ms, n := milliseconds(line)
	if n == 0 || line[n] != ',' || line[n+1] != '"' {
		return 0, 0, false
	}
	from := n + 2
	for n = from; line[n] != '"'; n++ {
		if n == longestPair-2 {
			return 0, 0, false
		}
	}
	if line[n+1] != ']' {
		return 0, 0, false
	}
	s.at += n + 2
	return ms, s.parsed(line[from:n]), true
}

// milliseconds reads a time in seconds behind a bracket, and returns how much of the line it took; 0 where it is not
// written as stores write the present.
func milliseconds(line []byte) (ms int64, n int) {
	const most = 12 // digits: 30,000 years
	if line[0] != '[' {
		return 0, 0
	}
	for n = 1; n <= most && '0' <= line[n] && line[n] <= '9'; n++ {
		ms = 10*ms + int64(line[n]-'0')
	}
	if n == 1 {
		return 0, 0
	}
	ms *= 1000
	if line[n] != '.' {
		return ms, n
	}
	n++
	for unit := int64(100); '0' <= line[n] && line[n] <= '9'; n++ {
		if unit == 0 {
			return 0, 0
		}
		ms += unit * int64(line[n]-'0')
		unit /= 10
	}
	return ms, n
}

// skip passes a value.
func (s *scanner) skip() {
	switch s.next() {
	case '{':
		s.object(func(string) { s.skip() })
	case '[':
		s.array(s.skip)
	case '"':
		s.quoted()
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		s.number()
	}
}

// word passes a word.
func (s *scanner) word(word string) {
	for i := range len(word) {
		if !s.take(word[i]) {
			return
		}
	}
}

// rest returns what has not been read, up to a number of bytes.
func (s *scanner) rest(most int) []byte {
	for s.end-s.at < most && s.more() {
	}
	return s.buf[s.at:min(s.end, s.at+most)]
}
