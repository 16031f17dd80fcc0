package account

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
)

// ChangePassword replaces the password of who knows it, and ends all his other sessions. Tries count as at signing in.
// Errors: auth.sign_in, account.wrong_password, request.invalid, account.busy.
func (s *Service) ChangePassword(ctx context.Context, current, wanted string) error {
	now := s.clock.Now()
	var a Account
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		a, err = tx.Accounts().Get(ctx, p.AccountID)
		return err
	})
	if err != nil {
		return err
	}
	login, _ := ParseLogin(a.Login)
	f := fault.Collect()
	f.Require(current != "", "current_password")
	CheckPassword(f, "new_password", wanted, login)
	if err := f.Err(); err != nil {
		return err
	}
	_, right, _, err := s.verify(ctx, a.Login, current, now)
	if err != nil {
		return err
	}
	if !right {
		return errOldPassword
	}
	kept, err := s.hasher.Hash(ctx, wanted)
	if err != nil {
		return err
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if ok, err := tx.Accounts().SetPassword(ctx, a.ID, a.PasswordHash, kept); err != nil {
			return err
		} else if !ok {
			return errOldPassword // it was changed from elsewhere meanwhile
		}
		if err := tx.Accounts().EndOthers(ctx, a.ID, p.SessionID, now, endedByPassword); err != nil {
			return err
		}
		if err := tx.Accounts().Forgive(ctx, loginKey(a.Login)); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &a.ID, Action: "account.password_changed",
			SubjectType: "account", SubjectID: a.ID.String(), VolunteerID: a.VolunteerID})
	})
	if err == nil {
		s.forget(a.ID)
	}
	return err
}
