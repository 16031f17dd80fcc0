package volunteer

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Household (동거 가족) is a declaration that two persons live together. It binds both: neither decides on the other's rows.
type Household struct {
	ID          id.ID
	VolunteerID id.ID // who declared it, or for whom the centre did
	OtherID     id.ID
	DeclaredAt  time.Time
	DeclaredBy  id.ID // account
	EndedAt     *time.Time
	EndedBy     *id.ID
	Reason      string // of its end
}

// Housemate is a declaration in force as one of the two sees it.
type Housemate struct {
	ID         id.ID
	Name       string // of the other one
	Declared   bool   // by him, or for him; else by the other one
	DeclaredAt time.Time
}

// maxHousehold bounds how many live declarations one person makes.
const maxHousehold = 20

var (
	ErrHouseholdUnknown  = fault.New(fault.Invalid, "volunteer.household_unknown")
	ErrHouseholdFull     = fault.New(fault.Conflict, "volunteer.household_full")
	ErrHouseholdNotFound = fault.New(fault.NotFound, "volunteer.household_not_found")
	ErrHouseholdEnded    = fault.New(fault.Conflict, "volunteer.household_ended")
)

// Declare names somebody a person lives with, by number and name: both must fit.
type Declare struct {
	VolunteerID id.ID // the nil id for who is signed in; the centre names somebody else
	Number      string
	Name        string
}

// DeclareHousehold keeps that two persons live together. Told again, by either of them, it is the same declaration. A
// number that is nobody's and a name that does not fit it are refused alike. The centre declares for others, not for who
// is near to its officer. Errors: volunteer.no_person, volunteer.not_found, duty.conflict_of_interest, request.invalid,
// volunteer.number_wrong, volunteer.household_unknown, volunteer.household_full.
func (s *Service) DeclareHousehold(ctx context.Context, cmd Declare) (Housemate, error) {
	now := s.clock.Now()
	f := fault.Collect()
	f.Require(cmd.Number != "", "volunteer_number")
	text.Line(f, "name", cmd.Name, 1, 100)
	var answer Housemate
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		me, err := declarer(ctx, tx, p, cmd.VolunteerID)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		other, err := named(ctx, tx.Volunteers(), cmd)
		if err != nil {
			return err
		}
		if other.ID == me {
			return fault.ErrInvalid.On("volunteer_number", "oneself")
		}
		if me != p.VolunteerID {
			if err := apart(ctx, tx, p, me, other.ID); err != nil {
				return err
			}
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{me, other.ID}); err != nil {
			return err
		}
		h, declared, err := tx.Volunteers().Household(ctx, me, other.ID)
		if err != nil {
			return err
		}
		answer = Housemate{ID: h.ID, Name: other.Name, Declared: h.VolunteerID == me, DeclaredAt: h.DeclaredAt}
		if declared {
			return nil
		}
		h = Household{ID: id.New(), VolunteerID: me, OtherID: other.ID, DeclaredAt: now, DeclaredBy: p.AccountID}
		if full, err := tx.Volunteers().AddHousehold(ctx, h, maxHousehold); err != nil {
			return err
		} else if full {
			return ErrHouseholdFull.With("max", maxHousehold)
		}
		answer = Housemate{ID: h.ID, Name: other.Name, Declared: true, DeclaredAt: now}
		return tx.Audit().Record(ctx, h.events("volunteer.household_declared", p, now)...)
	})
	return answer, err
}

// declarer is the person for whom a household is declared: who is signed in, or whom an officer of the centre names.
func declarer(ctx context.Context, tx Tx, p auth.Principal, named id.ID) (id.ID, error) {
	if named == id.Nil {
		if p.VolunteerID == id.Nil {
			return id.Nil, ErrNoPerson
		}
		return p.VolunteerID, nil
	}
	if err := CanRead(p); err != nil {
		return id.Nil, err
	}
	v, err := tx.Volunteers().Get(ctx, named)
	return v.ID, err
}

// named finds the person whom number and name fit.
func named(ctx context.Context, r Repository, cmd Declare) (Volunteer, error) {
	number, err := ParseNumber(cmd.Number)
	if err != nil {
		return Volunteer{}, err
	}
	v, err := r.ByNumber(ctx, number)
	if errors.Is(err, ErrNotFound) || err == nil && (v.Search != text.Search(cmd.Name) || v.Status == Withdrawn) {
		return Volunteer{}, ErrHouseholdUnknown
	}
	return v, err
}

// apart wants an officer who is near to neither of two persons.
func apart(ctx context.Context, tx Tx, p auth.Principal, persons ...id.ID) error {
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	return CanDecideHousehold(p, ties, persons...)
}

// EndHousehold ends a declaration in force, with a reason. Only the centre does, for one of the two could do it right
// before he decides; and an officer who is near to either of them does not. Errors: volunteer.not_found,
// volunteer.household_not_found, duty.conflict_of_interest, request.invalid, volunteer.household_ended.
func (s *Service) EndHousehold(ctx context.Context, person, household id.ID, reason string) error {
	now := s.clock.Now()
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanRead(p); err != nil {
			return err
		}
		h, err := tx.Volunteers().LockHousehold(ctx, household)
		if err != nil {
			return err
		}
		if h.VolunteerID != person && h.OtherID != person {
			return ErrHouseholdNotFound
		}
		if err := apart(ctx, tx, p, h.VolunteerID, h.OtherID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if h.EndedAt != nil {
			return ErrHouseholdEnded
		}
		h.EndedAt, h.EndedBy, h.Reason = &now, &p.AccountID, reason
		if err := tx.Volunteers().EndHousehold(ctx, h); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, h.events("volunteer.household_ended", p, now)...)
	})
}

// events keep a declaration or its end with both persons, so that each sees it.
func (h Household) events(action string, p auth.Principal, at time.Time) []audit.Event {
	detail, err := json.Marshal(map[string]id.ID{"volunteer_id": h.VolunteerID, "other_id": h.OtherID})
	if err != nil {
		panic(err) // ids always marshal
	}
	events := make([]audit.Event, 2)
	for i, person := range []id.ID{h.VolunteerID, h.OtherID} {
		events[i] = audit.Event{HappenedAt: at, AccountID: &p.AccountID, Action: action, SubjectType: "household",
			SubjectID: h.ID.String(), VolunteerID: &person, Reason: h.Reason, Detail: string(detail)}
	}
	return events
}

// MyHousehold gives those with whom the person who is signed in lives, newest first. Errors: volunteer.no_person.
func (s *Service) MyHousehold(ctx context.Context) ([]Housemate, error) {
	now := s.clock.Now()
	var mates []Housemate
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if p.VolunteerID == id.Nil {
			return ErrNoPerson
		}
		mates, err = tx.Volunteers().Housemates(ctx, p.VolunteerID)
		return err
	})
	return mates, err
}

// ReadHousehold gives a person's household to the centre's officers; that they looked is kept. Errors: volunteer.not_found.
func (s *Service) ReadHousehold(ctx context.Context, person id.ID) ([]Housemate, error) {
	now := s.clock.Now()
	var mates []Housemate
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanRead(p); err != nil {
			return err
		}
		if _, err := tx.Volunteers().Get(ctx, person); err != nil {
			return err
		}
		if mates, err = tx.Volunteers().Housemates(ctx, person); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "volunteer.household_read",
			SubjectType: "volunteer", SubjectID: person.String(), VolunteerID: &person})
	})
	return mates, err
}
