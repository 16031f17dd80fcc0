package volunteer

import (
	"context"
	"time"

	"dure/domain/camp"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Enrolment is a checked person about to be entered.
type Enrolment struct {
	Person
	On     calendar.Day
	At     time.Time
	By     *id.ID // the account of who registers somebody else on paper
	CampID *id.ID
}

// Enrol enters a person: his number, residence, consents, guardian and account of minutes.
// Errors: request.invalid for an unknown region, volunteer.numbers_used_up.
func Enrol(ctx context.Context, tx Roll, e Enrolment) (Volunteer, error) {
	region, err := residence(ctx, tx.Volunteers(), e.RegionCode, e.On)
	if err != nil {
		return Volunteer{}, err
	}
	v := Volunteer{
		ID: id.New(), Name: e.Name, Search: text.Search(e.Name), BirthDate: e.BirthDate, Sex: e.Sex, RegionCode: region,
		Mobile: e.Mobile, Email: e.Email, Status: Active, CampID: e.CampID,
		RegisteredOn: e.On, RegisteredAt: e.At, RegisteredBy: e.By, Version: 1,
	}
	minor := Minor(e.BirthDate, e.On)
	if minor {
		v.Status = PendingGuardian
	}
	if err := number(ctx, tx.Volunteers(), &v); err != nil {
		return v, err
	}
	if minor && e.Guardian != nil {
		if err := tx.Volunteers().AddGuardian(ctx, v.ID, *e.Guardian, e.At); err != nil {
			return v, err
		}
	}
	if err := tx.Volunteers().LinkWards(ctx, v); err != nil {
		return v, err
	}
	medium := Online
	if e.By != nil {
		medium = Paper
	}
	if err := tx.Volunteers().Consent(ctx, given(v.ID, e.Consents, e.At, e.By, medium)...); err != nil {
		return v, err
	}
	return v, tx.Ledger().OpenAccounts(ctx, v.ID)
}

// number draws numbers until one is free.
func number(ctx context.Context, r Repository, v *Volunteer) error {
	for range 20 {
		v.Number = newNumber()
		if taken, err := r.Add(ctx, *v); err != nil || !taken {
			return err
		}
	}
	return errNumbersUsedUp
}

func residence(ctx context.Context, r Repository, code string, today calendar.Day) (string, error) {
	current, ok, err := r.Residence(ctx, code, today)
	if err == nil && !ok {
		err = fault.ErrInvalid.On("region_code", "unknown")
	}
	return current, err
}

func given(person id.ID, consents []Consent, at time.Time, by *id.ID, medium Medium) []Given {
	all := make([]Given, len(consents))
	for i, c := range consents {
		all[i] = Given{Consent: c, VolunteerID: person, At: at, By: by, Medium: medium}
	}
	return all
}

// Register enters somebody who came to a camp and consented on paper. He cannot sign in until he claims the record.
// Errors: camp.not_found, auth.forbidden, camp.closed, request.invalid, volunteer.consent_missing.
func (s *Service) Register(ctx context.Context, campID id.ID, person Person) (Volunteer, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	var v Volunteer
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := tx.Camps().Get(ctx, campID)
		if err != nil {
			return err
		}
		if err := camp.CanWork(p, c); err != nil {
			return err
		}
		if !c.OpenOn(today) {
			return camp.ErrClosed
		}
		f := fault.Collect()
		checked := person.Check(f, today)
		checked.NeedGuardian(f, today)
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.texts.Granted(checked.Consents); err != nil {
			return err
		}
		if v, err = Enrol(ctx, tx, Enrolment{Person: checked, On: today, At: now, By: &p.AccountID, CampID: &campID}); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "volunteer.registered",
			SubjectType: "camp", SubjectID: campID.String(), VolunteerID: &v.ID})
	})
	return v, err
}
