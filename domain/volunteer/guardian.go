package volunteer

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Method says how a guardian's consent was verified.
type Method string

const (
	InPerson Method = "in_person"
	ByPhone  Method = "phone"
	Document Method = "document"
)

// Confirm says that a guardian was asked and consents.
type Confirm struct {
	VolunteerID id.ID
	On          calendar.Day // no day for today
	Method      Method
	Note        string
}

// ConfirmGuardian makes a minor active once his guardian's consent was verified.
// Errors: volunteer.not_found, duty.conflict_of_interest, volunteer.not_pending, request.invalid.
func (s *Service) ConfirmGuardian(ctx context.Context, cmd Confirm) (Record, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	if cmd.On.IsZero() {
		cmd.On = today
	}
	var r Record
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		v, err := tx.Volunteers().Get(ctx, cmd.VolunteerID)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanConfirm(p, v, ties); err != nil {
			return err
		}
		if err := cmd.validate(v, today); err != nil {
			return err
		}
		if v.Status != PendingGuardian {
			return ErrNotPending
		}
		before := v.Status
		v.Status = Active
		v.Version++
		if err := tx.Volunteers().Update(ctx, v, now); err != nil {
			return err
		}
		if err := tx.Volunteers().ConfirmGuardians(ctx, v.ID, p.AccountID, now); err != nil {
			return err
		}
		consent := []Consent{{Purpose: GuardianSaid, Version: s.texts[Privacy], Granted: true}}
		if err := tx.Volunteers().Consent(ctx, given(v.ID, consent, now, &p.AccountID, Paper)...); err != nil {
			return err
		}
		if err := tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "volunteer.guardian_confirmed",
			SubjectType: "volunteer", SubjectID: v.ID.String(), VolunteerID: &v.ID, Reason: cmd.Note, Detail: audit.Change(audit.Members{"status": before},
				audit.Members{"status": v.Status, "method": cmd.Method, "confirmed_on": cmd.On})}); err != nil {
			return err
		}
		r, err = tx.Volunteers().Record(ctx, v.ID)
		return err
	})
	return r, err
}

func (cmd Confirm) validate(v Volunteer, today calendar.Day) error {
	f := fault.Collect()
	switch cmd.Method {
	case InPerson, ByPhone, Document:
	case "":
		f.Require(false, "method")
	default:
		f.Add("method", "unknown")
	}
	text.Block(f, "note", cmd.Note, 0, 500)
	switch {
	case cmd.On.After(today):
		f.Add("confirmed_on", "future")
	case cmd.On.Before(v.RegisteredOn):
		f.Add("confirmed_on", "order", "after", "registered_on")
	}
	return f.Err()
}
