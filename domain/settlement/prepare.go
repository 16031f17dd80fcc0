package settlement

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

// atOnce bounds how many statements one request prepares.
const atOnce = 100

// Prepare freezes the statement of one merchant and month, once the month has ended and settled. Errors: auth.sign_in,
// auth.forbidden, merchant.not_found, settlement.month_open, settlement.prepared_already, settlement.earlier_month (one
// before it, in which something was posted, has none yet), settlement.nothing_posted.
func (s *Service) Prepare(ctx context.Context, key Key) (Full, error) {
	now := s.clock.Now()
	key.Month = key.Month.FirstOfMonth()
	var made Full
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanPrepare(p); err != nil {
			return err
		}
		if err := s.ended(key.Month, now); err != nil {
			return err
		}
		if _, err := tx.Merchants().Lock(ctx, key.MerchantID); err != nil {
			return err
		}
		if err := next(ctx, tx, key); err != nil {
			return err
		}
		if err := prepare(ctx, tx, key, p.AccountID, now); err != nil {
			return err
		}
		made, err = tx.Settlements().Get(ctx, key)
		return err
	})
	return made, err
}

// PrepareAll freezes all statements that are due up to and with a month, the oldest first, at most a hundred at once: more
// tells that there are others. Errors: auth.sign_in, auth.forbidden, settlement.month_open.
func (s *Service) PrepareAll(ctx context.Context, month calendar.Day) (prepared []Key, more bool, err error) {
	now := s.clock.Now()
	month = month.FirstOfMonth()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanPrepare(p); err != nil {
			return err
		}
		if err := s.ended(month, now); err != nil {
			return err
		}
		due, err := tx.Settlements().Due(ctx, id.Nil, month, atOnce+1)
		if err != nil {
			return err
		}
		var made []Key
		for _, key := range due[:min(len(due), atOnce)] {
			if _, err := tx.Merchants().Lock(ctx, key.MerchantID); err != nil {
				return err
			}
			switch err := next(ctx, tx, key); {
			case errors.Is(err, ErrPrepared), errors.Is(err, ErrNothing): // by somebody else, before the lock was had
				continue
			case err != nil:
				return err
			}
			if err := prepare(ctx, tx, key, p.AccountID, now); err != nil {
				return err
			}
			made = append(made, key)
		}
		prepared, more = made, len(due) > atOnce
		return nil
	})
	return prepared, more, err
}

// ended wants a month about which nothing more can be posted.
func (s *Service) ended(month calendar.Day, now time.Time) error {
	last := month.AddMonths(1).Add(-1)
	_, err := asof.Point{Day: last}.Settled(s.clock, now)
	if errors.Is(err, asof.ErrFuture) || errors.Is(err, asof.ErrTooRecent) {
		return ErrMonthOpen.With("day", last)
	}
	return err
}

// next wants the month to be the first of the merchant's that is due.
func next(ctx context.Context, tx Tx, key Key) error {
	last, ok, err := tx.Settlements().Last(ctx, key.MerchantID)
	if err != nil {
		return err
	}
	if ok && !last.Month.Before(key.Month) {
		if last.Month == key.Month {
			return ErrPrepared
		}
		return ErrNothing // of a month before another's statement: had there been anything, it would have been due first
	}
	due, err := tx.Settlements().Due(ctx, key.MerchantID, key.Month, 1)
	switch {
	case err != nil:
		return err
	case len(due) == 0:
		return ErrNothing
	case due[0].Month != key.Month:
		return ErrEarlierMonth.With("month", due[0].Month.String()[:7])
	}
	return nil
}

// prepare writes a statement; the caller holds the merchant's lock.
func prepare(ctx context.Context, tx Tx, key Key, by id.ID, now time.Time) error {
	last, _, err := tx.Settlements().Last(ctx, key.MerchantID)
	if err != nil {
		return err
	}
	opening, err := tx.Settlements().Owed(ctx, key.MerchantID, key.Month)
	if err != nil {
		return err
	}
	lines, err := tx.Settlements().Posted(ctx, key.MerchantID, key.Month, key.Month.AddMonths(1).Add(-1))
	if err != nil {
		return err
	}
	made := Draw(key, last, opening, lines, by, now)
	first := Step{StatementID: made.ID, Number: 1, State: Prepared, HappenedAt: now, AccountID: by}
	if err := tx.Settlements().Add(ctx, made, lines, first); err != nil {
		return err
	}
	return tx.Audit().Record(ctx, event(made, "settlement.prepared", by, "", fmt.Sprintf(`{"hash":%q}`, made.Hash), now))
}

// Draw makes a statement of what was posted in a month, and numbers the lines. Last is the statement before it, zero when
// there is none.
func Draw(key Key, last Statement, opening int64, lines []Line, by id.ID, at time.Time) Statement {
	s := Statement{ID: id.New(), MerchantID: key.MerchantID, Number: last.Number + 1, Month: key.Month, Opening: opening,
		Carried: min(0, last.due()), Lines: len(lines), PreparedAt: at, PreparedBy: by, PreviousHash: last.Hash}
	for i := range lines {
		l := &lines[i]
		l.StatementID, l.Number = s.ID, i+1
		switch l.Kind {
		case ledger.Redemption:
			s.Redeemed += l.Points
		case ledger.Cancellation:
			s.Cancelled -= l.Points
		case ledger.Payment:
			s.Paid -= l.Points
		}
	}
	s.Closing = s.Opening + s.Redeemed - s.Cancelled - s.Paid
	s.Payable = max(0, s.due())
	s.Hash = s.Digest(lines)
	return s
}

// due is what the month brings to be paid, below zero when more was cancelled than redeemed.
func (s Statement) due() int64 { return s.Carried + s.Redeemed - s.Cancelled }

// Digest is the statement's link in the chain of its merchant: SHA-256 over the one before, everything that it says, and its
// lines.
func (s Statement) Digest(lines []Line) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s %s %d %s\n%d %d %d %d %d %d %d\n%d %s\n", s.PreviousHash, s.ID, s.MerchantID, s.Number, s.Month, s.Opening, s.Redeemed,
		s.Cancelled, s.Paid, s.Closing, s.Carried, s.Payable, s.PreparedAt.UnixMicro(), s.PreparedBy)
	for _, l := range lines {
		redemption := id.Nil
		if l.RedemptionID != nil {
			redemption = *l.RedemptionID
		}
		fmt.Fprintf(h, "%d %s %s %s %s %d\n", l.Number, l.EntryID, l.Kind, l.Day, redemption, l.Points)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func event(s Statement, action string, by id.ID, reason, detail string, at time.Time) audit.Event {
	return audit.Event{HappenedAt: at, AccountID: &by, Action: action, SubjectType: "settlement", SubjectID: s.ID.String(), Reason: reason, Detail: detail}
}
