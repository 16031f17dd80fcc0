// Package webhook tells other systems what happened here, in signed messages that are sent until they arrive.
package webhook

import (
	"context"
	"net/url"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Endpoint is where another system listens. It is ended, never deleted.
type Endpoint struct {
	ID           id.ID
	URL          string
	Description  string
	Topics       []outbox.Topic
	OrganiserID  *id.ID // only what happens at this camp or demand site; nil for the whole city
	Secret       string // signs messages; empty until one is made, and nothing is sent before
	FormerSecret string // signs beside it until FormerUntil
	FormerUntil  *time.Time
	Paused       bool // messages are kept, and sent later
	CreatedAt    time.Time
	CreatedBy    id.ID
	EndedAt      *time.Time
	Version      int
}

// State is what became of a delivery.
type State string

const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Dead      State = "dead" // given up; somebody looks why, and replays it
)

// Delivery is one message for one endpoint. Its id is the message's, in every attempt and replay.
type Delivery struct {
	ID          id.ID
	EndpointID  id.ID
	Topic       outbox.Topic
	HappenedAt  time.Time
	Data        string // JSON
	State       State
	Attempts    int
	DueAt       time.Time // the next attempt, not before; while one runs, the end of its lease
	DeliveredAt *time.Time
	LastStatus  *int   // the endpoint's last answer
	LastError   string // why there was none: a Problem
}

// Filter says which deliveries are wanted; zero members do not restrict.
type Filter struct {
	State      State
	EndpointID id.ID
	Topic      outbox.Topic
}

var (
	ErrNotFound         = fault.New(fault.NotFound, "webhook.not_found")
	ErrDeliveryNotFound = fault.New(fault.NotFound, "webhook.delivery_not_found")
	ErrPending          = fault.New(fault.Conflict, "webhook.pending")
	ErrEnded            = fault.New(fault.Conflict, "webhook.ended")
	ErrChanged          = fault.New(fault.PreconditionFailed, "request.changed")
)

// Repository keeps endpoints and deliveries inside a transaction.
type Repository interface {
	// Organiser tells whether there is such a camp or demand site.
	Organiser(ctx context.Context, organiser id.ID) (bool, error)
	// Add keeps a new endpoint.
	Add(ctx context.Context, e Endpoint) error
	// Get finds an endpoint that is not ended, or fails with ErrNotFound.
	Get(ctx context.Context, endpoint id.ID) (Endpoint, error)
	// Update replaces the endpoint whose version is one lower, or fails with ErrChanged.
	Update(ctx context.Context, e Endpoint) error
	// End writes the end of an endpoint, after which nothing is kept for it, and gives up what was not delivered.
	End(ctx context.Context, e Endpoint) error
	// List gives endpoints that are not ended, newest first.
	List(ctx context.Context, p page.Request) (page.Page[Endpoint], error)
	// Delivery finds a delivery, or fails with ErrDeliveryNotFound.
	Delivery(ctx context.Context, delivery id.ID) (Delivery, error)
	// Deliveries gives deliveries, newest first.
	Deliveries(ctx context.Context, f Filter, p page.Request) (page.Page[Delivery], error)
	// Replay makes a delivery that is not pending due again; ErrPending when it is.
	Replay(ctx context.Context, delivery id.ID, at time.Time) error
	// Due gives the endpoints for which messages are due, but for paused ones.
	Due(ctx context.Context, at time.Time) ([]Endpoint, error)
	// Claim takes up to so many due deliveries of an endpoint, counts the attempt, and leases them until an instant: nobody
	// else gets them before.
	Claim(ctx context.Context, endpoint id.ID, at, until time.Time, most int) ([]Delivery, error)
	// Settle writes what became of attempts; one whose lease was taken over meanwhile is passed over.
	Settle(ctx context.Context, deliveries []Delivery) error
	// Forget deletes what was delivered before an instant.
	Forget(ctx context.Context, before time.Time) error
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Webhooks() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// View reads without one.
	View(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of webhooks.
type Service struct {
	store  Store
	clock  calendar.Clock
	sender Sender
	jitter func() float64
	hosts  Hosts
}

// NewService makes the use cases; jitter gives numbers from 0 to 1.
func NewService(store Store, clock calendar.Clock, sender Sender, jitter func() float64, hosts Hosts) *Service {
	return &Service{store, clock, sender, jitter, hosts}
}

// CanManage lets administrators say which other systems are told what.
func CanManage(p auth.Principal) error {
	if p.Is(auth.Administrator) {
		return nil
	}
	return auth.ErrForbidden
}

func (e Endpoint) check(hosts Hosts) fault.Fields {
	f := fault.Collect()
	text.Line(f, "url", e.URL, 1, 500)
	if u, err := url.Parse(e.URL); err != nil || !hosts.url(u) {
		f.Add("url", "webhook_url")
	}
	text.Line(f, "description", e.Description, 0, 200)
	f.Require(len(e.Topics) > 0, "topics")
	for i, topic := range e.Topics {
		switch under := f.Under("topics[%d]", i); {
		case !topic.Known():
			under.Add("", "unknown")
		case slices.Contains(e.Topics[:i], topic):
			under.Add("", "repeated")
		}
	}
	return f
}

// told is what the log of acts keeps of an endpoint: no secrets, and of its URL the host only, as paths may hold some.
func (e Endpoint) told() audit.Members {
	host := ""
	if u, err := url.Parse(e.URL); err == nil {
		host = u.Host
	}
	return audit.Members{"version": e.Version, "host": host, "topics": e.Topics, "organiser_id": e.OrganiserID, "paused": e.Paused}
}
