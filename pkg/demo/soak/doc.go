// Package soak holds the test that the built plugin gives no wrong, stale or leaked number, and leaves nothing behind, while users
// of several tenants ask, save, cancel and check at random, and a proxy before the store fails in every way that it can think of.
// Each answer has to be that of a data source which keeps nothing and asks the healthy store; while a fault is on it may be an
// error, or say that the store failed.
//
// -for says how long, and -seed selects other operations.
package soak
