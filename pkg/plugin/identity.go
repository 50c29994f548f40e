package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
)

// identityKey is the key of the identity in a context.
type identityKey struct{}

// withIdentity notes in a context on whose behalf the store is asked: a hash of the headers that Grafana forwards,
// which hold who the user is where the data source forwards that.
func withIdentity(ctx context.Context, forwarded http.Header) context.Context {
	names := make([]string, 0, len(forwarded))
	for name := range forwarded {
		names = append(names, name)
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		for _, value := range forwarded[name] {
			hash.Write([]byte(name + "\x00" + value + "\x00"))
		}
	}
	return context.WithValue(ctx, identityKey{}, hex.EncodeToString(hash.Sum(nil)))
}

// identityOf returns what withIdentity noted; "" where it noted nothing.
func identityOf(ctx context.Context) string {
	identity, _ := ctx.Value(identityKey{}).(string)
	return identity
}
