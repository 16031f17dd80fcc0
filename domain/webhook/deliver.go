package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"dure/domain/kernel/id"
)

// How messages are sent. A lease outlives every attempt; the waits double from the first to the longest, so that a message
// is given up after about a day.
const (
	Timeout     = 10 * time.Second // of one attempt
	lease       = time.Minute
	atOnce      = 8 // attempts at one endpoint
	rounds      = 20
	firstWait   = 30 * time.Second
	longestWait = 6 * time.Hour
	maxAttempts = 14
	kept        = 30 * 24 * time.Hour // of what was delivered
)

// Message is what is sent: the body, signed with each of the secrets, under the id that receivers know it by.
type Message struct {
	ID      id.ID
	At      time.Time // of this attempt
	URL     string
	Secrets []string
	Body    []byte
}

// Problem says why an attempt got no answer.
type Problem string

const (
	NoProblem     Problem = ""
	AddressDenied Problem = "address_denied" // the name stands for an address that nothing is sent to
	Unreachable   Problem = "unreachable"
	TimedOut      Problem = "timed_out"
	Unsigned      Problem = "unsigned" // a secret cannot be read
	Ended         Problem = "ended"    // the endpoint was, before the message was delivered
)

// Sender sends a message once, without following where it is sent on to, and gives the status of the answer.
type Sender interface {
	Send(ctx context.Context, m Message) (status int, p Problem)
}

// Deliver sends what is due: to each endpoint beside the others, to none in the order of what happened. It is sent until it
// arrives once at least. Several processes may do this at once; one that dies while sending is made good after the lease.
func (s *Service) Deliver(ctx context.Context) error {
	var due []Endpoint
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		due, err = tx.Webhooks().Due(ctx, s.clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	failed := make([]error, len(due))
	var busy sync.WaitGroup
	for i, e := range due {
		busy.Go(func() {
			for range rounds {
				more, err := s.deliverTo(ctx, e)
				if failed[i] = err; err != nil || !more {
					return
				}
			}
		})
	}
	busy.Wait()
	return errors.Join(failed...)
}

// deliverTo sends some of what is due at an endpoint; more tells that there may be more.
func (s *Service) deliverTo(ctx context.Context, e Endpoint) (more bool, err error) {
	now := s.clock.Now()
	var claimed []Delivery
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		claimed, err = tx.Webhooks().Claim(ctx, e.ID, now, now.Add(lease), atOnce)
		return err
	})
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	var sending sync.WaitGroup
	for i := range claimed {
		sending.Go(func() {
			status, problem := s.sender.Send(ctx, e.message(claimed[i], now))
			claimed[i].attempted(status, problem, now, s.jitter())
		})
	}
	sending.Wait()
	if ctx.Err() != nil {
		return false, ctx.Err() // cut short, not refused: the lease runs out and the message is sent again
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Webhooks().Settle(ctx, claimed) })
	return len(claimed) == atOnce, err
}

// message is a delivery in the form of Standard Webhooks.
func (e Endpoint) message(d Delivery, now time.Time) Message {
	body, err := json.Marshal(struct {
		Type      string          `json:"type"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{string(d.Topic), d.HappenedAt, json.RawMessage(d.Data)})
	if err != nil {
		panic(err) // what is kept was JSON
	}
	m := Message{ID: d.ID, At: now, URL: e.URL, Secrets: []string{e.Secret}, Body: body}
	if e.FormerUntil != nil && now.Before(*e.FormerUntil) {
		m.Secrets = append(m.Secrets, e.FormerSecret)
	}
	return m
}

// attempted notes what an attempt came to. Every status but 2xx is a failure, redirects among them.
func (d *Delivery) attempted(status int, problem Problem, now time.Time, jitter float64) {
	d.LastError, d.LastStatus = string(problem), nil
	if problem == NoProblem {
		d.LastStatus = &status
	}
	switch {
	case problem == NoProblem && status >= 200 && status < 300:
		d.State, d.DeliveredAt = Delivered, &now
	case d.Attempts >= maxAttempts:
		d.State = Dead
	default:
		d.DueAt = now.Add(wait(d.Attempts, jitter))
	}
}

// wait is how long to wait after an attempt: between half and the whole of what doubles each time.
func wait(attempt int, jitter float64) time.Duration {
	d := longestWait
	if shift := attempt - 1; shift < 16 {
		d = min(d, firstWait<<shift)
	}
	return d/2 + time.Duration(jitter*float64(d/2))
}

// Forget deletes what was delivered long ago.
func (s *Service) Forget(ctx context.Context) error {
	before := s.clock.Now().Add(-kept)
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Webhooks().Forget(ctx, before) })
}
