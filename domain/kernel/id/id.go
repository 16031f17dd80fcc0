// Package id makes and reads the identifiers of things.
package id

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/google/uuid"

	"dure/domain/kernel/fault"
)

// ID names one thing for ever: a UUIDv7, so that ids of one kind sort by the time they were made.
type ID = uuid.UUID

// Nil is the id of nothing.
var Nil = uuid.Nil

// ErrMalformed is answered where an id in a path or query is not a UUID.
var ErrMalformed = fault.New(fault.NotFound, "request.not_found")

// New makes an id. It panics only when the system has no randomness left.
func New() ID { return uuid.Must(uuid.NewV7()) }

// Parse reads an id in its canonical 36 character form; other spellings of the same id are refused.
func Parse(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil || u.String() != s {
		return Nil, ErrMalformed
	}
	return u, nil
}

// Secret makes an unguessable text of 256 bits, for refresh tokens and the like.
func Secret() string {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return hex.EncodeToString(b)
}
