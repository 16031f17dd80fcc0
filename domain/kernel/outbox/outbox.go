// Package outbox tells other systems what happened: a message is written in the transaction of the fact, and sent afterwards.
package outbox

import (
	"context"
	"slices"
	"time"

	"dure/domain/kernel/id"
)

// Topic names what happened. The list is closed; a topic is never renamed.
type Topic string

const (
	HoursPosted           Topic = "hours.posted"   // an entry that is no reversal; the ledger itself writes it
	HoursReversed         Topic = "hours.reversed" // an entry that takes minutes back; the ledger itself writes it
	AttendanceHeld        Topic = "attendance.held"
	DisputeDecided        Topic = "dispute.decided"
	CertificateSuperseded Topic = "certificate.superseded"
	ClaimMoved            Topic = "claim.moved" // reported, or one state further: nothing of the accident or of health
)

// Topics lists all topics.
func Topics() []Topic {
	return []Topic{HoursPosted, HoursReversed, AttendanceHeld, DisputeDecided, CertificateSuperseded, ClaimMoved}
}

// Known tells whether a topic is on the list.
func (t Topic) Known() bool { return slices.Contains(Topics(), t) }

// Event is one thing that happened. Data holds ids, days, minutes and states: no names, nothing personal beyond the
// volunteer's id.
type Event struct {
	Topic       Topic
	At          time.Time
	OrganiserID id.ID // the camp or demand site that it happened at; nil id for none
	Data        map[string]any
}

// Box takes events in the transaction of the fact that they tell; where nobody subscribes, nothing is kept.
type Box interface {
	Emit(ctx context.Context, events ...Event) error
}
