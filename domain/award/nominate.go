package award

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
)

// Bounds of what is written.
const (
	maxAchievements = 5000 // characters
	maxReason       = 500

	maxDocuments = 10
)

// Nominating names somebody who should be honoured, by number and name: both must fit.
type Nominating struct {
	CategoryCode string
	Number       string
	Name         string
	Achievements string
	Documents    []id.ID // evidence that the nominator handed in for nominations
}

func (n Nominating) check(f fault.Fields, r Round) {
	if _, ok := named(r.Categories, n.CategoryCode); f.Require(n.CategoryCode != "", "category_code") && !ok {
		f.Add("category_code", "unknown")
	}
	f.Require(n.Number != "", "volunteer_number")
	text.Line(f, "name", n.Name, 1, 100)
	text.Block(f, "achievements", n.Achievements, 1, maxAchievements)
	if len(n.Documents) > maxDocuments {
		f.Add("document_ids", "too_many", "max", maxDocuments)
	}
	for i, one := range n.Documents {
		if slices.Contains(n.Documents[:i], one) {
			f.Add(fmt.Sprintf("document_ids[%d]", i), "repeated")
		}
	}
}

// Nominate proposes somebody else for an honour. It counts once five others support it. Errors: award.no_person,
// award.round_not_found, award.round_closed, request.invalid, volunteer.number_wrong, award.nominee_unknown,
// duty.conflict_of_interest (oneself, or who is near), award.nominated_already, document.not_found.
func (s *Service) Nominate(ctx context.Context, round id.ID, cmd Nominating) (Nomination, error) {
	now := s.clock.Now()
	var n Nomination
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := person(ctx, tx, now)
		if err != nil {
			return err
		}
		r, err := tx.Awards().Round(ctx, round)
		if err != nil {
			return err
		}
		if err := r.takes(s.clock.Day(now)); err != nil {
			return err
		}
		f := fault.Collect()
		if cmd.check(f, r); f.Err() != nil {
			return f.Err()
		}
		nominee, err := known(ctx, tx.Volunteers(), cmd)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanNominate(p, nominee, ties); err != nil {
			return err
		}
		if err := tx.Documents().Usable(ctx, p.AccountID, cmd.Documents, document.Nomination); err != nil {
			return err
		}
		n = Nomination{ID: id.New(), RoundID: r.ID, CategoryCode: cmd.CategoryCode, NomineeID: nominee, NominatorID: p.VolunteerID,
			NominatedBy: p.AccountID, NominatedAt: now, Achievements: cmd.Achievements, State: Open, Consent: Asked}
		first := n.step(stepNominated, p.AccountID, "", "", now)
		if err := tx.Awards().Add(ctx, n, first, cmd.Documents); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, n.event("nominated", p, "", nil, now))
	})
	return n, err
}

// known finds the person whom number and name fit; a number that is nobody's and a name that does not fit are refused alike.
func known(ctx context.Context, r volunteer.Repository, cmd Nominating) (id.ID, error) {
	number, err := volunteer.ParseNumber(cmd.Number)
	if err != nil {
		return id.Nil, err
	}
	v, err := r.ByNumber(ctx, number)
	if errors.Is(err, volunteer.ErrNotFound) || err == nil && (v.Search != text.Search(cmd.Name) || v.Status == volunteer.Withdrawn) {
		return id.Nil, ErrNomineeUnknown
	}
	return v.ID, err
}

// act is one step about a nomination, under its lock: may it be done, and what changes.
type act struct {
	name   string // in the log of acts
	reason string
	may    func(ctx context.Context, tx Tx, p auth.Principal, n Nomination) error
	do     func(ctx context.Context, tx Tx, p auth.Principal, n *Nomination) (NominationStep, error)
}

// move takes a nomination one step on.
func (s *Service) move(ctx context.Context, nomination id.ID, now time.Time,
	who func(context.Context, Tx, time.Time) (auth.Principal, error), a act) (Nomination, error) {
	var answer Nomination
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := who(ctx, tx, now)
		if err != nil {
			return err
		}
		n, err := tx.Awards().Lock(ctx, nomination)
		if err != nil {
			return err
		}
		if err := a.may(ctx, tx, p, n); err != nil {
			return err
		}
		before := n.told()
		step, err := a.do(ctx, tx, p, &n)
		if err != nil {
			return err
		}
		answer = n
		if err := tx.Awards().Move(ctx, n, step); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, n.event(a.name, p, a.reason, before, now))
	})
	return answer, err
}

// Support stands up for a nomination; the fifth submits it. Errors: award.no_person, award.nomination_not_found,
// duty.conflict_of_interest (the nominee, who is near to him, who nominated), award.supported_already, award.state,
// award.round_closed.
func (s *Service) Support(ctx context.Context, nomination id.ID) (Nomination, error) {
	now := s.clock.Now()
	return s.move(ctx, nomination, now, person, act{name: "supported",
		may: func(ctx context.Context, tx Tx, p auth.Principal, n Nomination) error {
			ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
			if err != nil {
				return err
			}
			return CanSupport(p, n, ties)
		},
		do: func(ctx context.Context, tx Tx, p auth.Principal, n *Nomination) (step NominationStep, err error) {
			supporters, err := tx.Awards().Supporters(ctx, n.ID)
			if err != nil {
				return step, err
			}
			if slices.ContainsFunc(supporters, func(s Supporter) bool { return s.VolunteerID == p.VolunteerID }) {
				return step, ErrSupported
			}
			if n.State != Open {
				return step, ErrState.With("state", n.State)
			}
			r, err := tx.Awards().Round(ctx, n.RoundID)
			if err != nil {
				return step, err
			}
			if err := r.takes(s.clock.Day(now)); err != nil {
				return step, err
			}
			if err := tx.Awards().Support(ctx, n.ID, Supporter{VolunteerID: p.VolunteerID, AccountID: p.AccountID, SupportedAt: now}); err != nil {
				return step, err
			}
			if n.Supports++; n.Supports == Supporters {
				n.State = Submitted
			}
			return n.step(stepSupported, p.AccountID, "", "", now), nil
		}})
}

// Consent is what the nominee says: whether he wants to be honoured, and whether he wants to be named. He may say it again;
// whoever was awarded changes only whether he is named. Errors: award.no_person, award.nomination_not_found,
// request.invalid (named, but not wanted), award.state.
func (s *Service) Consent(ctx context.Context, nomination id.ID, granted, published bool) (Nomination, error) {
	now := s.clock.Now()
	return s.move(ctx, nomination, now, person, act{name: "consent",
		may: func(_ context.Context, _ Tx, p auth.Principal, n Nomination) error { return CanConsent(p, n) },
		do: func(_ context.Context, _ Tx, p auth.Principal, n *Nomination) (step NominationStep, err error) {
			if published && !granted {
				return step, fault.ErrInvalid.On("published", "not_here")
			}
			if n.State == Withdrawn || n.State == Declined || n.State == Awarded && !granted {
				return step, ErrState.With("state", n.State)
			}
			n.Consent, n.Published = Refused, published
			kind := stepConsentRefused
			if granted {
				n.Consent, kind = Granted, stepConsentGranted
			}
			code := ""
			if published {
				code = "published"
			}
			return n.step(kind, p.AccountID, code, "", now), nil
		}})
}

// Withdraw takes a nomination back that nobody has judged yet. Errors: award.no_person, award.nomination_not_found,
// auth.forbidden, request.invalid, award.state.
func (s *Service) Withdraw(ctx context.Context, nomination id.ID, reason string) (Nomination, error) {
	now := s.clock.Now()
	return s.move(ctx, nomination, now, person, act{name: "withdrawn", reason: reason,
		may: func(ctx context.Context, tx Tx, p auth.Principal, n Nomination) error {
			story, err := tx.Awards().Story(ctx, n.ID)
			if err != nil {
				return err
			}
			if _, err := CanSee(p, story); err != nil {
				return err
			}
			return CanWithdraw(p, n)
		},
		do: func(_ context.Context, _ Tx, p auth.Principal, n *Nomination) (step NominationStep, err error) {
			f := fault.Collect()
			if text.Block(f, "reason", reason, 1, maxReason); f.Err() != nil {
				return step, f.Err()
			}
			if n.State != Open && n.State != Submitted {
				return step, ErrState.With("state", n.State)
			}
			n.State = Withdrawn
			return n.step(stepWithdrawn, p.AccountID, "", reason, now), nil
		}})
}
