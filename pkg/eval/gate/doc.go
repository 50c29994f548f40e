// Package gate decides gates: a Question is what is asked of the store, and a Result what follows from the answers.
package gate
