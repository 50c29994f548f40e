// Package catalog holds a catalog compiled once, when its definition is loaded: its PromQL parsed, its policies and time
// intervals ready to be applied, its revision known. Every query starts from it, and parses none of these again.
package catalog
