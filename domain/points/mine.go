package points

import (
	"context"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// Mine is what a person holds and owes.
type Mine struct {
	Points int // that can be used now
	Owed   int
	Lots   []Lot       // in the order in which they are spent
	Debts  []NamedDebt // the oldest first
}

// NamedDebt is a debt with what it is for.
type NamedDebt struct {
	Debt
	Reason   string
	RaisedAt time.Time
}

// NextExpiry is the next day on which something expires, and how much; not ok when nothing ever does.
func (m Mine) NextExpiry() (on calendar.Day, points int, ok bool) {
	if len(m.Lots) == 0 || m.Lots[0].ExpiresOn.IsZero() {
		return on, 0, false
	}
	on = m.Lots[0].ExpiresOn
	for _, l := range m.Lots {
		if l.ExpiresOn == on {
			points += l.Remaining
		}
	}
	return on, points, true
}

// Listed is an entry as the person reads it.
type Listed struct {
	ID         id.ID
	Sequence   int64
	Kind       ledger.Kind
	Points     int // signed, of what he holds
	Owed       int // signed, of what he owes: above zero where a debt was raised, below where it was settled
	SourceType string
	SourceID   id.ID
	Reason     string
	PostedAt   time.Time
}

// Mine gives the caller's points. Errors: points.no_person.
func (s *Service) Mine(ctx context.Context) (Mine, error) {
	me, err := owner(auth.From(ctx))
	if err != nil {
		return Mine{}, err
	}
	return s.reader.Mine(ctx, me, s.clock.Day(s.clock.Now()))
}

// MyEntries gives the caller's entries, newest first. Errors: points.no_person, page.cursor.
func (s *Service) MyEntries(ctx context.Context, p page.Request) (page.Page[Listed], error) {
	me, err := owner(auth.From(ctx))
	if err != nil {
		return page.Page[Listed]{}, err
	}
	return s.reader.Entries(ctx, me, p)
}

// Donate gives points of the caller to a cause. Errors: auth.sign_in, points.no_person, request.invalid, points.insufficient,
// points.cause_not_found.
func (s *Service) Donate(ctx context.Context, cause id.ID, points int) (ledger.Entry, error) {
	now := s.clock.Now()
	var entry ledger.Entry
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		me, err := owner(p)
		if err != nil {
			return err
		}
		if err := amount(points).Err(); err != nil {
			return err
		}
		entry, err = Donate(ctx, tx, s.cause(p.AccountID, "", now), me, cause, points)
		return err
	})
	return entry, err
}

func (s *Service) cause(actor id.ID, reason string, now time.Time) Cause {
	return Cause{Actor: actor, Reason: reason, Now: now, Today: s.clock.Day(now)}
}

// Expire posts the expiry of everything whose last day is over, and tells how many persons it touched. It may run late,
// twice and in several processes at once: a lot that is empty does not expire. Nobody can use what has expired before this
// has run, either: whatever moves a person's points posts it first.
func (s *Service) Expire(ctx context.Context) (persons int, err error) {
	for {
		var due []id.ID
		now := s.clock.Now()
		today := s.clock.Day(now)
		err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			var err error
			if due, err = tx.Points().Expired(ctx, today, 500); err != nil || len(due) == 0 {
				return err
			}
			b, err := open(ctx, tx, Cause{Now: now, Today: today}, due, nil)
			if err != nil {
				return err
			}
			_, err = b.post(ctx, tx)
			return err
		})
		if err != nil || len(due) == 0 {
			return persons, err
		}
		persons += len(due)
	}
}
