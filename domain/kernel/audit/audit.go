// Package audit keeps who did what to whose data; nothing in it is ever changed.
package audit

import (
	"context"
	"time"

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
	Detail      string // what was before and after, as JSON; empty when the subject tells it
}

// Log appends events in the transaction of the act they tell.
type Log interface {
	Record(ctx context.Context, events ...Event) error
}
