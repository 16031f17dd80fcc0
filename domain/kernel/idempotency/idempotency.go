// Package idempotency lets a client ask twice and be served once.
package idempotency

import (
	"context"

	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// ErrInUse is answered while the same key's first request runs, or when its answer was lost after it took effect;
// ErrReused when the key comes back with another request.
var (
	ErrInUse  = fault.New(fault.Conflict, "idempotency.in_use")
	ErrReused = fault.New(fault.Invalid, "idempotency.reused")
)

// Claim is one request's right to act under a key. It is written in the transaction of the effect.
type Claim struct {
	ActorID   id.ID
	Key       string
	RequestID string // tells two requests under one key apart
	Route     string
	Hash      string // of the request's body
}

type contextKey struct{}

// With puts a claim in the request's context.
func With(ctx context.Context, c Claim) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// From takes the claim of a request from its context.
func From(ctx context.Context) (Claim, bool) {
	c, ok := ctx.Value(contextKey{}).(Claim)
	return c, ok
}
