package account

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

// Register is how somebody joins. With Claim he takes over the record that a camp made for him on paper.
type Register struct {
	Login    string
	Password string
	Person   volunteer.Person // its contacts are taken from the login
	Claim    *volunteer.Claim
}

// Register makes an account with its person, and signs it in. Errors: request.invalid, volunteer.consent_missing,
// account.login_taken, account.claim_refused, account.busy.
func (s *Service) Register(ctx context.Context, cmd Register) (Signed, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	login, person, err := s.check(cmd, now)
	if err != nil {
		return Signed{}, err
	}
	claim, err := s.tryClaim(ctx, cmd.Claim, now)
	if err != nil {
		return Signed{}, err
	}
	a := Account{ID: id.New(), Login: login.Text, CreatedAt: now}
	if a.PasswordHash, err = s.hasher.Hash(ctx, cmd.Password); err != nil {
		return Signed{}, err
	}
	in := newSession(a, now)
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var v volunteer.Volunteer
		if claim == nil {
			v, err = volunteer.Enrol(ctx, tx, volunteer.Enrolment{Person: person, On: today, At: now})
		} else {
			v, err = s.takeOver(ctx, tx, a.ID, *claim, person, now)
		}
		if err != nil {
			return err
		}
		a.VolunteerID = &v.ID
		if err := tx.Accounts().Add(ctx, a); err != nil {
			return err
		}
		return in.open(ctx, tx.Accounts())
	})
	if err != nil {
		return Signed{}, err
	}
	return s.sign(ctx, in, auth.Principal{AccountID: a.ID, VolunteerID: *a.VolunteerID, SessionID: in.session.ID}, now)
}

func (s *Service) check(cmd Register, now time.Time) (Login, volunteer.Person, error) {
	today := s.clock.Day(now)
	f := fault.Collect()
	login, ok := ParseLogin(cmd.Login)
	if f.Require(cmd.Login != "", "login") && !ok {
		f.Add("login", "login")
	}
	if !ok {
		login = Login{}
	}
	CheckPassword(f, "password", cmd.Password, login)
	person := cmd.Person
	person.Mobile, person.Email = login.mobile(), login.email()
	person = person.Check(f, today)
	if cmd.Claim == nil {
		person.NeedGuardian(f, today)
	}
	if err := f.Err(); err != nil {
		return login, person, err
	}
	return login, person, s.texts.Granted(person.Consents)
}

// tryClaim counts the tries at one number, before the code is looked at.
func (s *Service) tryClaim(ctx context.Context, c *volunteer.Claim, now time.Time) (*volunteer.Claim, error) {
	if c == nil {
		return nil, nil
	}
	number, err := volunteer.ParseNumber(c.Number)
	if err != nil {
		return nil, ErrClaim
	}
	tries, err := s.attempt(ctx, claimKey(number), now)
	if err == nil && tries > maxAttempts {
		err = ErrClaim
	}
	return &volunteer.Claim{Number: number, Code: c.Code}, err
}

func (s *Service) takeOver(ctx context.Context, tx Tx, account id.ID, c volunteer.Claim, person volunteer.Person, now time.Time) (volunteer.Volunteer, error) {
	v, ok, err := volunteer.TakeOver(ctx, tx, c, person, now)
	if err != nil {
		return v, err
	}
	if !ok {
		return v, ErrClaim
	}
	if err := tx.Accounts().Forgive(ctx, claimKey(c.Number)); err != nil {
		return v, err
	}
	return v, tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &account, Action: "volunteer.claimed", SubjectType: "volunteer",
		SubjectID: v.ID.String(), VolunteerID: &v.ID, Detail: audit.Change(audit.Members{"account_id": nil}, audit.Members{"account_id": account})})
}

func claimKey(number string) string { return hash("claim " + number) }

func loginKey(login string) string { return hash("login " + login) }

// attempt counts a try in a transaction of its own, so that it counts whatever comes of it.
func (s *Service) attempt(ctx context.Context, key string, now time.Time) (tries int, err error) {
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		tries, err = tx.Accounts().Attempt(ctx, key, now, attemptWindow)
		return err
	})
	return tries, err
}

// New makes an account without a person, for who runs the service; the caller keeps it. Errors: request.invalid, account.busy.
func New(ctx context.Context, h *Hasher, login, password string, at time.Time) (Account, error) {
	f := fault.Collect()
	l, ok := ParseLogin(login)
	if !ok {
		f.Add("login", "login")
	}
	CheckPassword(f, "password", password, l)
	if err := f.Err(); err != nil {
		return Account{}, err
	}
	kept, err := h.Hash(ctx, password)
	return Account{ID: id.New(), Login: l.Text, PasswordHash: kept, CreatedAt: at}, err
}
