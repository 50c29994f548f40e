package fetch

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxToken is the number of bytes that a text, a number or a value that is skipped may have.
const maxToken = 256 << 10

// errReader is a reader that keeps its error, which the JSON iterator does not return. It fails, too, if it reads nothing
// repeatedly, or a token that is too long: the iterator would hold it as a whole, and take hours for some numbers.
type errReader struct {
	io.Reader
	err error
	// token is the number of bytes read since the last token.
	token int
	// ended reports whether more was read than there is.
	ended bool
}

// Read reads from the underlying reader.
func (r *errReader) Read(into []byte) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	for range 100 {
		if n, err = r.Reader.Read(into); n > 0 || err != nil {
			break
		}
	}
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	switch {
	case errors.Is(err, io.EOF):
		r.ended = n == 0
	case err != nil:
		r.err = err
	}
	if r.token += n; r.token > maxToken+buffered {
		r.err = errLongToken
		return 0, r.err
	}
	return n, err
}

// errLongToken is the error of an answer with a token that is longer than maxToken.
var errLongToken = &decodeError{fmt.Sprintf("a text or a number in it is longer than %d KiB, which is a fixed limit", maxToken>>10)}

// decodeError is the error of an answer that is malformed, or no answer to a query.
type decodeError struct{ text string }

// Error returns what is wrong, without an excerpt of the answer.
func (e *decodeError) Error() string { return e.text }

// decodeError returns the error of an answer that can't be decoded, given that of the JSON iterator.
func (r *errReader) decodeError(cause error) error {
	if r.ended {
		return &decodeError{"it is cut off"}
	}
	text, _, _ := strings.Cut(cause.Error(), ", error found in")
	return &decodeError{shorten(text)}
}
