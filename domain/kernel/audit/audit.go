// Package audit keeps who did what to whose data, and who looked at it; nothing that was done is ever changed.
package audit

import (
	"context"
	"encoding/json"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Event is one act worth remembering. Reason and Detail hold no passwords, tokens or full names.
type Event struct {
	ID          id.ID
	HappenedAt  time.Time
	AccountID   *id.ID // who; nil for the system itself
	Action      string // e.g. "role.granted"
	SubjectType string // e.g. "role_grant"
	SubjectID   string
	VolunteerID *id.ID // whose data, when it is a person's
	Reason      string
	Detail      string // as Change makes it; empty when the act changed nothing
}

// Change is the Detail of an act that changed something: what was before and what is after, each nil where there is nothing.
func Change(before, after any) string {
	b, err := json.Marshal(struct {
		Before any `json:"before"`
		After  any `json:"after"`
	}{before, after})
	if err != nil {
		panic(err) // plain values always marshal
	}
	return string(b)
}

// Members are the named values of one side of a Change.
type Members map[string]any

// Look is that somebody was shown a list with other persons' data. The full record of one person is an Event of its own.
type Look struct {
	At     time.Time
	Day    calendar.Day // the city's day of At: looks of one day are counted, not listed
	By     auth.Principal
	Action string // e.g. "volunteer.listed"
	Of     []id.ID
}

// Log appends events in the transaction of the act they tell. From where it was done, and in which request, is taken from
// the context (Origin).
type Log interface {
	Record(ctx context.Context, events ...Event) error
	// Looked keeps that persons were looked at, once a day for each account, action and address; nobody looks at himself.
	Looked(ctx context.Context, look Look) error
}

// Origin is where a request came from.
type Origin struct {
	Address   string // of the client, as the trusted proxies tell it
	RequestID string
}

type contextKey struct{}

// With puts the origin in a request's context.
func With(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, contextKey{}, o)
}

// From takes the origin of a request from its context; empty for jobs and the console.
func From(ctx context.Context) Origin {
	o, _ := ctx.Value(contextKey{}).(Origin)
	return o
}
