// Package state decides the policies of a plan for the members of its score trees, and finds incidents in the states that
// result.
package state
