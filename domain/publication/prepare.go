package publication

import (
	"context"
	"errors"
	"time"

	"dure/domain/disclosure"
	"dure/domain/kernel/audit"
)

// lease is how long whoever prepares a publication has to himself; after a crash somebody else begins anew when it is over.
const lease = 15 * time.Minute

// Work prepares one publication that waits: counts it, protects it, and keeps it for the second officer. Done tells whether there
// was one. It is as if it had never begun when it is cut short, and it does not matter how often it is run.
func (s *Service) Work(ctx context.Context) (done bool, err error) {
	now := s.clock.Now()
	var p Publication
	if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		p, done, err = tx.Publications().Take(ctx, now, now.Add(lease))
		return err
	}); err != nil || !done {
		return false, err
	}
	made, tables, err := s.prepare(ctx, p)
	if refusal, refused := errors.AsType[*disclosure.Refusal](err); refused {
		made, err = p, nil
		made.State, made.Failure = Failed, refusal.Error()
	}
	if err != nil {
		return false, err
	}
	return true, s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		is, err := tx.Publications().Lock(ctx, p.ID)
		if err != nil || is.State != Preparing { // somebody else has prepared it
			return err
		}
		if made.State == Prepared {
			if err := tx.Publications().AddTables(ctx, made.ID, tables); err != nil {
				return err
			}
		}
		if err := tx.Publications().Save(ctx, made); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: s.clock.Now(), Action: "publication." + string(made.State),
			SubjectType: "publication", SubjectID: made.ID.String(), Reason: made.Failure})
	})
}

// prepare counts and protects a publication in one state of things.
func (s *Service) prepare(ctx context.Context, p Publication) (Publication, []Table, error) {
	var tables []Table
	err := s.store.Snapshot(ctx, func(ctx context.Context, src Source) error {
		now := s.clock.Now()
		y, err := count(ctx, src, p.Year, p.Through)
		if err != nil {
			return err
		}
		earlier, last, err := versions(ctx, src, p.Year, p.Audience)
		if err != nil {
			return err
		}
		key, err := src.Key(ctx)
		if err != nil {
			return err
		}
		var above []safe
		if p.Audience == Public { // whatever analysts may not see nobody may
			told, _, err := versions(ctx, src, p.Year, Analysts)
			if err != nil {
				return err
			}
			a, err := protect(y, rules(Analysts, key), told)
			if err != nil {
				return err
			}
			above = append(above, a)
		}
		limits := rules(p.Audience, key)
		made, err := protect(y, limits, earlier, above...)
		if err != nil {
			return err
		}
		tables = y.freeze(made)
		p.State, p.AsOf, p.DefinitionVersion, p.Threshold, p.RoundTo = Prepared, &now, DefinitionVersion, limits.Threshold, max(1, limits.RoundTo)
		p.PopulationOf, p.Follows, p.Report = y.populationOf, last, made.report()
		return nil
	})
	return p, tables, err
}
