package target

import (
	"context"
	"slices"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Draft is a target that somebody wants to set.
type Draft struct {
	Title, Metric, Region string // Region is cube.City, or any code that a gu or dong of the city ever had
	Baseline, Goal        Value
	Source                string
}

// Set decides on a target. Errors: auth.forbidden, request.invalid.
func (s *Service) Set(ctx context.Context, d Draft) (t Target, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanKeep(p); err != nil {
			return err
		}
		if t, err = d.Begin(ctx, tx.Targets(), p.AccountID, now); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "target.set",
			SubjectType: "target", SubjectID: t.ID.String(), Detail: audit.Change(nil, t.listed())})
	})
	return t, err
}

// Begin keeps the first version of a target, decided by an account. Errors: request.invalid.
func (d Draft) Begin(ctx context.Context, r Repository, by id.ID, at time.Time) (Target, error) {
	t := Target{ID: id.New(), Version: 1, Title: d.Title, Metric: d.Metric, BaselineValue: d.Baseline.Value, BaselineOn: d.Baseline.On,
		GoalValue: d.Goal.Value, DueOn: d.Goal.On, Source: d.Source, State: Standing, DecidedBy: by, DecidedAt: at}
	metrics, err := r.Metrics(ctx)
	if err != nil {
		return t, err
	}
	i := slices.IndexFunc(metrics, func(m Metric) bool { return m.Code == d.Metric })
	if i < 0 {
		return t, fault.ErrInvalid.On("metric", "unknown")
	}
	atlas, err := r.Atlas(ctx)
	if err != nil {
		return t, err
	}
	if t.Region, err = regionOf(atlas, d.Region); err != nil {
		return t, err
	}
	if err := t.validate(metrics[i]); err != nil {
		return t, err
	}
	return t, r.Add(ctx, t)
}

// regionOf is the key under which a region of the city is counted today.
func regionOf(a *cube.Atlas, told string) (string, error) {
	if told == cube.City {
		return cube.City, nil
	}
	key, _, _ := a.Area(told) // of a gu its own code, of a dong the dong's
	if key == cube.Outside {
		return "", errRegion
	}
	return key, nil
}

// Change makes a new version of a target: with another title, or withdrawn. What was decided stays.
type Change struct {
	TargetID id.ID
	Version  int // the version the editor saw; 0 for any
	Title    *string
	Withdraw bool
	Reason   string // required for a withdrawal
}

// Change errors: auth.forbidden, target.not_found, target.withdrawn, request.changed, request.invalid.
func (s *Service) Change(ctx context.Context, cmd Change) (Target, error) {
	now := s.clock.Now()
	var t Target
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanKeep(p); err != nil {
			return err
		}
		if t, err = tx.Targets().Lock(ctx, cmd.TargetID); err != nil {
			return err
		}
		if cmd.Version != 0 && cmd.Version != t.Version {
			return ErrChanged
		}
		if t.State == Withdrawn {
			return ErrWithdrawn
		}
		if err := cmd.validate(); err != nil {
			return err
		}
		before, action := t.listed(), "target.changed"
		if cmd.Title != nil {
			t.Title = *cmd.Title
		}
		if cmd.Withdraw {
			t.State, t.Reason, action = Withdrawn, cmd.Reason, "target.withdrawn"
		}
		t.Version, t.DecidedBy, t.DecidedAt = t.Version+1, p.AccountID, now
		if err := tx.Targets().Add(ctx, t); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: action, SubjectType: "target",
			SubjectID: t.ID.String(), Reason: cmd.Reason, Detail: audit.Change(before, t.listed())})
	})
	return t, err
}

func (c Change) validate() error {
	f := fault.Collect()
	if c.Title == nil && !c.Withdraw {
		f.Add("title", "required")
	}
	if c.Title != nil {
		text.Line(f, "title", *c.Title, 1, 100)
	}
	if c.Withdraw {
		text.Block(f, "reason", c.Reason, 1, 500)
	} else if c.Reason != "" {
		f.Add("reason", "not_here")
	}
	return f.Err()
}
