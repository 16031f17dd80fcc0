package demo

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/publication"
	"dure/repository"
	accountstore "dure/repository/account"
	publicationstore "dure/repository/publication"
)

// The officers who propose and release what the demo city publishes.
const (
	proposer = "centre2@demo.dure"
	releaser = "centre3@demo.dure"
)

// propose asks for the running year's whole months and the two years before to be published, for everybody and for analysts, the
// newest first. They are prepared by the server's job, which takes some seconds for each.
func propose(ctx context.Context, db *repository.DB, clock calendar.Clock) error {
	now := clock.Now()
	closed := clock.Day(now).FirstOfMonth().Add(-1)
	return db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error {
		by, err := accountstore.Accounts{Tx: tx}.ByLogin(ctx, proposer)
		if err != nil {
			return err
		}
		kept := publicationstore.Publications{Tx: tx}
		if err := kept.AddKey(ctx, id.Secret()); err != nil {
			return err
		}
		for year := closed.Year(); year > closed.Year()-3; year-- {
			through := calendar.Date(year, 12, 31)
			if year == closed.Year() {
				through = closed
			}
			for _, audience := range []publication.Audience{publication.Public, publication.Analysts} {
				if err := kept.Add(ctx, publication.Publication{ID: id.New(), Year: year, Audience: audience, Through: through,
					Note: fmt.Sprintf("%d년 시연 통계", year), Reason: "시연", State: publication.Preparing, ProposedBy: by.ID, ProposedAt: now}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Release publishes what of it is prepared, as the second officer would.
func Release(ctx context.Context, db *repository.DB, clock calendar.Clock) error {
	return db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error {
		var waiting []struct{ ID id.ID }
		if err := tx.Raw(`SELECT p.id FROM publications p JOIN accounts a ON a.id = p.proposed_by WHERE p.state = ? AND a.login = ?`,
			publication.Prepared, proposer).Scan(&waiting).Error; err != nil || len(waiting) == 0 {
			return err
		}
		second, err := accountstore.Accounts{Tx: tx}.ByLogin(ctx, releaser)
		if err != nil {
			return err
		}
		kept, now := publicationstore.Publications{Tx: tx}, clock.Now()
		for _, one := range waiting {
			if err := release(ctx, kept, one.ID, second.ID, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func release(ctx context.Context, kept publicationstore.Publications, of, by id.ID, at time.Time) error {
	p, err := kept.Lock(ctx, of)
	if err != nil || p.State != publication.Prepared {
		return err
	}
	earlier, err := kept.Versions(ctx, p.Year, p.Audience)
	if err != nil {
		return err
	}
	tables, err := kept.Tables(ctx, of)
	if err != nil {
		return err
	}
	if err := p.Publish(earlier, tables); err != nil {
		return err
	}
	p.DecidedBy, p.DecidedAt = &by, &at
	return kept.Save(ctx, p)
}
