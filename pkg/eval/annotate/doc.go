// Package annotate words what users are told about numbers: why there is none, what it was made of instead, and what is
// wrong with the answers of the store. It takes plain data and decides which notices are kept; it computes no numbers.
package annotate
