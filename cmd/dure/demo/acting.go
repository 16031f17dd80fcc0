package demo

import (
	"context"
	"time"

	"dure/domain/claim"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
	"dure/domain/settlement"
	"dure/domain/voucher"
	"dure/repository"
	claimstore "dure/repository/claim"
	settlementstore "dure/repository/settlement"
	voucherstore "dure/repository/voucher"
)

// What people do at counters and with claims they do here as in the program, by its own use cases in this transaction, each at
// its time: so nothing stands in the demo city that could not have come about.

type vouchersIn struct{ tx *repository.Tx }

func (s vouchersIn) Update(ctx context.Context, fn func(ctx context.Context, tx voucher.Tx) error) error {
	return fn(ctx, voucherstore.Unit{Tx: s.tx})
}

type settlementsIn struct{ tx *repository.Tx }

func (s settlementsIn) Update(ctx context.Context, fn func(ctx context.Context, tx settlement.Tx) error) error {
	return fn(ctx, settlementstore.Unit{Tx: s.tx})
}

type claimsIn struct{ tx *repository.Tx }

func (s claimsIn) Update(ctx context.Context, fn func(ctx context.Context, tx claim.Tx) error) error {
	return fn(ctx, claimstore.Unit{Tx: s.tx})
}

// then is a clock that stands still.
func (s store) then(at time.Time) calendar.Clock {
	return calendar.Clock{Instant: func() time.Time { return at }, Zone: s.clock.Zone}
}

// as is the context of somebody's requests: he is signed in until signOut.
func (s store) as(ctx context.Context, p *person) (context.Context, error) {
	session := id.New()
	if err := s.tx.Exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, session, p.account, p.joined, s.city.now).Error; err != nil {
		return ctx, err
	}
	ctx = idempotency.With(ctx, idempotency.Claim{ActorID: p.account, Key: session.String(), RequestID: session.String()})
	return auth.With(ctx, auth.Principal{AccountID: p.account, VolunteerID: p.ID, SessionID: session}), nil
}

func (s store) signOut(context.Context) error { return s.tx.Exec(`DELETE FROM sessions`).Error }
