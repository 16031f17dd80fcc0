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
	// ErrRequired refuses a request that must not be sent without a key.
	ErrRequired = fault.New(fault.Unreadable, "idempotency.required")
)

// Claim is one request's right to act under a key. It is written in the transaction of the effect.
type Claim struct {
	ActorID   id.ID
	Key       string
	RequestID string // tells two requests under one key apart
	Route     string
	Hash      string // of the request's body
}

// Answer is what was told to the first request under a key; Status is 0 while it is not known.
type Answer struct {
	Route    string
	Hash     string // of the request's body
	Status   int
	Location string
	Etag     string
	Body     string
}

// Answers keeps what was told under each key.
type Answers interface {
	// Answered finds what was told under an actor's key; ok is false when the key is new.
	Answered(ctx context.Context, actor id.ID, key string) (a Answer, ok bool, err error)
	// Answer keeps what a claimed request was told, if its claim took effect.
	Answer(ctx context.Context, c Claim, a Answer) error
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

// Require refuses a request that came without a key.
func Require(ctx context.Context) error {
	if _, ok := From(ctx); !ok {
		return ErrRequired
	}
	return nil
}
