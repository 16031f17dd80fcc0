package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/page"
)

// overlap is how long messages are signed with the secret before as well.
const overlap = 24 * time.Hour

// Subscribe keeps a new endpoint. It is sent nothing before its secret is made; what happens meanwhile waits.
// Errors: auth.forbidden, request.invalid.
func (s *Service) Subscribe(ctx context.Context, e Endpoint) (_ Endpoint, err error) {
	now := s.clock.Now()
	e.ID, e.CreatedAt, e.Version = id.New(), now, 1
	err = s.change(ctx, now, func(ctx context.Context, tx Tx, p auth.Principal) (audit.Event, error) {
		e.CreatedBy = p.AccountID
		if err := s.acceptable(ctx, tx, e); err != nil {
			return audit.Event{}, err
		}
		return e.event("webhook.subscribed", audit.Change(nil, e.told())), tx.Webhooks().Add(ctx, e)
	})
	return e, err
}

// Edit changes what is given of an endpoint.
type Edit struct {
	EndpointID id.ID
	Version    int // the version the editor saw; 0 for any

	URL, Description *string
	Topics           []outbox.Topic // nil stays
	Paused           *bool
}

// Edit changes an endpoint. Errors: auth.forbidden, webhook.not_found, request.changed, request.invalid.
func (s *Service) Edit(ctx context.Context, cmd Edit) (e Endpoint, err error) {
	err = s.change(ctx, s.clock.Now(), func(ctx context.Context, tx Tx, _ auth.Principal) (audit.Event, error) {
		if e, err = tx.Webhooks().Get(ctx, cmd.EndpointID); err != nil {
			return audit.Event{}, err
		}
		if cmd.Version != 0 && cmd.Version != e.Version {
			return audit.Event{}, ErrChanged
		}
		before := e.told()
		set(&e.URL, cmd.URL)
		set(&e.Description, cmd.Description)
		set(&e.Paused, cmd.Paused)
		if cmd.Topics != nil {
			e.Topics = slices.Clone(cmd.Topics)
		}
		e.Version++
		if err := s.acceptable(ctx, tx, e); err != nil {
			return audit.Event{}, err
		}
		return e.event("webhook.edited", audit.Change(before, e.told())), tx.Webhooks().Update(ctx, e)
	})
	return e, err
}

func set[T any](member *T, value *T) {
	if value != nil {
		*member = *value
	}
}

// Rotate makes a new secret, which is shown once. For a day messages are signed with the one before as well.
// Errors: auth.forbidden, webhook.not_found.
func (s *Service) Rotate(ctx context.Context, endpoint id.ID) (e Endpoint, err error) {
	now := s.clock.Now()
	secret := newSecret()
	err = s.change(ctx, now, func(ctx context.Context, tx Tx, _ auth.Principal) (audit.Event, error) {
		if e, err = tx.Webhooks().Get(ctx, endpoint); err != nil {
			return audit.Event{}, err
		}
		before := e.told()
		if e.Secret != "" {
			until := now.Add(overlap)
			e.FormerSecret, e.FormerUntil = e.Secret, &until
		}
		e.Secret = secret
		e.Version++
		return e.event("webhook.secret_made", audit.Change(before, e.told())), tx.Webhooks().Update(ctx, e)
	})
	return e, err
}

// End ends an endpoint: nothing more is kept for it or sent to it. Errors: auth.forbidden, webhook.not_found.
func (s *Service) End(ctx context.Context, endpoint id.ID) error {
	now := s.clock.Now()
	return s.change(ctx, now, func(ctx context.Context, tx Tx, _ auth.Principal) (audit.Event, error) {
		e, err := tx.Webhooks().Get(ctx, endpoint)
		if err != nil {
			return audit.Event{}, err
		}
		before := e.told()
		e.EndedAt, e.Secret, e.FormerSecret, e.FormerUntil = &now, "", "", nil
		e.Version++
		return e.event("webhook.ended", audit.Change(before, nil)), tx.Webhooks().End(ctx, e)
	})
}

// Replay sends a message again that was delivered or given up, under the same id. Errors: auth.forbidden,
// webhook.delivery_not_found, webhook.pending, webhook.ended.
func (s *Service) Replay(ctx context.Context, delivery id.ID) (d Delivery, err error) {
	now := s.clock.Now()
	err = s.change(ctx, now, func(ctx context.Context, tx Tx, _ auth.Principal) (audit.Event, error) {
		if d, err = tx.Webhooks().Delivery(ctx, delivery); err != nil {
			return audit.Event{}, err
		}
		before := d.State
		if _, err := tx.Webhooks().Get(ctx, d.EndpointID); err != nil {
			return audit.Event{}, ErrEnded
		}
		if err := tx.Webhooks().Replay(ctx, delivery, now); err != nil {
			return audit.Event{}, err
		}
		d, err = tx.Webhooks().Delivery(ctx, delivery)
		return audit.Event{Action: "webhook.replayed", SubjectType: "webhook_delivery", SubjectID: delivery.String(),
			Detail: audit.Change(audit.Members{"state": before}, audit.Members{"state": Pending})}, err
	})
	return d, err
}

// Endpoint gives one endpoint. Errors: auth.forbidden, webhook.not_found.
func (s *Service) Endpoint(ctx context.Context, endpoint id.ID) (e Endpoint, err error) {
	err = s.read(ctx, func(ctx context.Context, tx Tx) error {
		e, err = tx.Webhooks().Get(ctx, endpoint)
		return err
	})
	return e, err
}

// List gives the endpoints. Errors: auth.forbidden.
func (s *Service) List(ctx context.Context, p page.Request) (found page.Page[Endpoint], err error) {
	err = s.read(ctx, func(ctx context.Context, tx Tx) error {
		found, err = tx.Webhooks().List(ctx, p)
		return err
	})
	return found, err
}

// Deliveries gives what was sent, waits, or was given up. Errors: auth.forbidden.
func (s *Service) Deliveries(ctx context.Context, f Filter, p page.Request) (found page.Page[Delivery], err error) {
	err = s.read(ctx, func(ctx context.Context, tx Tx) error {
		found, err = tx.Webhooks().Deliveries(ctx, f, p)
		return err
	})
	return found, err
}

// change runs an administrator's act and keeps it in the log.
func (s *Service) change(ctx context.Context, now time.Time, act func(ctx context.Context, tx Tx, p auth.Principal) (audit.Event, error)) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		event, err := act(ctx, tx, p)
		if err != nil {
			return err
		}
		event.HappenedAt, event.AccountID = now, &p.AccountID
		return tx.Audit().Record(ctx, event)
	})
}

func (s *Service) read(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	if err := CanManage(auth.From(ctx)); err != nil {
		return err
	}
	return s.store.View(ctx, fn)
}

func (s *Service) acceptable(ctx context.Context, tx Tx, e Endpoint) error {
	f := e.check(s.hosts)
	if e.OrganiserID != nil {
		known, err := tx.Webhooks().Organiser(ctx, *e.OrganiserID)
		if err != nil {
			return err
		}
		if !known {
			f.Add("organiser_id", "unknown")
		}
	}
	return f.Err()
}

func (e Endpoint) event(action, detail string) audit.Event {
	return audit.Event{Action: action, SubjectType: "webhook_endpoint", SubjectID: e.ID.String(), Detail: detail}
}

// newSecret draws 192 bits in the form of Standard Webhooks.
func newSecret() string {
	b := make([]byte, 24)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system has no randomness left
	}
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}
