package recognition

import (
	"context"
	"slices"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Owners lists who may have set a rule.
func Owners() []string { return []string{"nation", "city", "gu", "centre", "school_office"} }

// CanDecree lets the volunteer centre set rules.
func CanDecree(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// Repository keeps rules inside a transaction.
type Repository interface {
	// Lock keeps others from adding rules until the transaction ends, and gives the highest version there is.
	Lock(ctx context.Context) (version int, err error)
	// Field tells whether a code is a field of activity, or a group of fields.
	Field(ctx context.Context, code string) (known bool, err error)
	// Add keeps a new rule.
	Add(ctx context.Context, r Rule) error
}

// Reader reads rules for everybody who is signed in.
type Reader interface {
	// List gives the newest version first.
	List(ctx context.Context, p page.Request) (page.Page[Rule], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Rules() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use case that adds rules; none is ever changed or taken away.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

// Decree adds a rule, which wins over those before it from its first day on. That day is tomorrow at the earliest: what
// was already recognised was recognised by the rules of its day. Errors: auth.forbidden, request.invalid.
func (s *Service) Decree(ctx context.Context, r Rule) (Rule, error) {
	now := s.clock.Now()
	r.ID = id.New()
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanDecree(p); err != nil {
			return err
		}
		known, err := tx.Rules().Field(ctx, r.FieldCode)
		if err != nil {
			return err
		}
		if err := r.acceptable(s.clock.Day(now), known); err != nil {
			return err
		}
		last, err := tx.Rules().Lock(ctx)
		if err != nil {
			return err
		}
		r.Version = last + 1
		if err := tx.Rules().Add(ctx, r); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "recognition.rule_added",
			SubjectType: "recognition_rule", SubjectID: r.ID.String(), Reason: r.Reference,
			Detail: audit.Change(nil, audit.Members{"version": r.Version, "kind": r.Kind, "field_code": r.FieldCode, "minutes": r.Minutes,
				"effective_from": r.EffectiveFrom, "effective_to": r.EffectiveTo, "owner": r.Owner})})
	})
	return r, err
}

// acceptable notes all that is wrong with a new rule.
func (r Rule) acceptable(today calendar.Day, fieldKnown bool) error {
	wrong := fault.Collect()
	r.check(wrong)
	if r.FieldCode != "" && !fieldKnown {
		wrong.Add("field_code", "unknown")
	}
	if !r.EffectiveFrom.IsZero() && !r.EffectiveFrom.After(today) {
		wrong.Add("effective_from", "order", "after", today)
	}
	if wrong.Require(r.Owner != "", "owner") && !slices.Contains(Owners(), r.Owner) {
		wrong.Add("owner", "unknown")
	}
	text.Line(wrong, "reference", r.Reference, 1, 200)
	return wrong.Err()
}
