package fetch

import "github.com/cer-reliability/cer-datasource/pkg/series"

// Pieces returns the ranges by which a leaf of range r is requested while the cache holds nothing of it: the two instants of a
// range of two by themselves, and a long range in pieces.
func Pieces(r series.Range) []series.Range {
	var pieces []series.Range
	for _, part := range partsOf(r) {
		pieces = append(pieces, piecesOf(part)...)
	}
	return pieces
}
