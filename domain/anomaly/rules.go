package anomaly

import (
	"context"
	"fmt"
	"slices"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Rule says from which day on what is unusual. It is data: never changed, only followed by a newer one of its kind.
type Rule struct {
	ID              id.ID
	Kind            Kind
	Threshold       int // what it means is said of the kind
	SecondThreshold int
	Active          bool         // whether it is looked for at all
	EffectiveFrom   calendar.Day // the first day of recording
	Version         int          // among rows of one kind the highest that holds on a day wins
	Reference       string       // where it is written, or why
}

// Rules is the table, or what holds of it, in any order.
type Rules []Rule

// On picks the rules that are looked for on a day, one of a kind at most.
func (r Rules) On(day calendar.Day) map[Kind]Rule {
	newest := map[Kind]Rule{}
	for _, rule := range r {
		if known, ok := newest[rule.Kind]; !rule.EffectiveFrom.After(day) && (!ok || rule.Version > known.Version) {
			newest[rule.Kind] = rule
		}
	}
	for kind, rule := range newest {
		if !rule.Active {
			delete(newest, kind)
		}
	}
	return newest
}

// bounds are the least and the highest that the thresholds of a kind may be.
var bounds = map[Kind]struct{ least, most, secondLeast, secondMost int }{
	EntriesPerHour: {1, 100_000, 0, 0},
	WalkInsPerDay:  {0, 100_000, 0, 0},
	NoConsent:      {0, 0, 0, 0},
	TooFar:         {1, 2000, 0, 1_000_000},
	RepeatedGroup:  {2, 1000, 2, RepeatDays},
	UnlikeShift:    {100, 100_000, 0, 100},
	Night:          {0, 1439, 0, 1439},
}

// RuleBook keeps rules inside a transaction.
type RuleBook interface {
	// Lock keeps others from adding rules until the transaction ends, and gives the highest version there is.
	Lock(ctx context.Context) (version int, err error)
	// Add keeps a new rule.
	Add(ctx context.Context, r Rule) error
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	AnomalyRules() RuleBook
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service shows what is held and adds rules. Deciding belongs to attendance, which it changes.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}

// List gives what was found in the whole city to the officers of the centre. Errors: auth.forbidden, page.cursor.
func (s *Service) List(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error) {
	if err := CanDecide(auth.From(ctx)); err != nil {
		return page.Page[Listed]{}, err
	}
	found, err := s.reader.List(ctx, f, p)
	if err != nil || len(found.Items) == 0 {
		return found, err
	}
	now := s.clock.Now()
	look := audit.Look{At: now, Day: s.clock.Day(now), By: auth.From(ctx), Action: "anomaly.listed"}
	for _, row := range found.Items {
		look.Of = append(look.Of, row.VolunteerID)
	}
	return found, s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Audit().Looked(ctx, look) })
}

// Rules gives the rules, past and coming ones included, to the officers: who may cheat must not read what is overlooked.
// Errors: auth.forbidden, page.cursor.
func (s *Service) Rules(ctx context.Context, p page.Request) (page.Page[Rule], error) {
	if err := CanDecide(auth.From(ctx)); err != nil {
		return page.Page[Rule]{}, err
	}
	return s.reader.Rules(ctx, p)
}

// Decree adds a rule, which wins over those of its kind before it from its first day on; tomorrow at the earliest, so that
// what was recorded today was judged by today's rules. Errors: auth.forbidden, request.invalid.
func (s *Service) Decree(ctx context.Context, r Rule) (Rule, error) {
	now := s.clock.Now()
	r.ID = id.New()
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanDecide(p); err != nil {
			return err
		}
		if err := r.acceptable(s.clock.Day(now)); err != nil {
			return err
		}
		last, err := tx.AnomalyRules().Lock(ctx)
		if err != nil {
			return err
		}
		r.Version = last + 1
		if err := tx.AnomalyRules().Add(ctx, r); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "anomaly.rule_added",
			SubjectType: "anomaly_rule", SubjectID: r.ID.String(), Detail: fmt.Sprintf(`{"version":%d}`, r.Version)})
	})
	return r, err
}

// acceptable notes all that is wrong with a new rule.
func (r Rule) acceptable(today calendar.Day) error {
	wrong := fault.Collect()
	if wrong.Require(r.Kind != "", "kind") && !slices.Contains(Kinds(), r.Kind) {
		wrong.Add("kind", "unknown")
	} else if r.Kind != "" {
		b := bounds[r.Kind]
		if r.Threshold < b.least || r.Threshold > b.most {
			wrong.Add("threshold", "range", "min", b.least, "max", b.most)
		}
		if r.SecondThreshold < b.secondLeast || r.SecondThreshold > b.secondMost {
			wrong.Add("second_threshold", "range", "min", b.secondLeast, "max", b.secondMost)
		}
	}
	if wrong.Require(!r.EffectiveFrom.IsZero(), "effective_from") && !r.EffectiveFrom.After(today) {
		wrong.Add("effective_from", "order", "after", today)
	}
	text.Line(wrong, "reference", r.Reference, 1, 200)
	return wrong.Err()
}
