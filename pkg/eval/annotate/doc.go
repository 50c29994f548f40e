// Package annotate words the notices on numbers: why there is none, what it was computed from instead, and what is wrong
// with the answers of the store. It takes plain data and decides which notices are kept; it computes no numbers.
package annotate
