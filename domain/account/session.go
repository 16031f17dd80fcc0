package account

import (
	"context"
	"errors"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// entry is a session about to open, with its first refresh token.
type entry struct {
	session Session
	refresh Refresh
	token   string // what the refresh token's hash is of
}

func newSession(a Account, now time.Time) entry {
	s := Session{ID: id.New(), AccountID: a.ID, CreatedAt: now, ExpiresAt: now.Add(sessionLife)}
	r, token := newRefresh(s, now)
	return entry{s, r, token}
}

func newRefresh(s Session, now time.Time) (Refresh, string) {
	token := id.Secret()
	r := Refresh{Hash: hash(token), SessionID: s.ID, IssuedAt: now, ExpiresAt: now.Add(refreshLife)}
	if r.ExpiresAt.After(s.ExpiresAt) {
		r.ExpiresAt = s.ExpiresAt
	}
	return r, token
}

func (e entry) open(ctx context.Context, r Repository) error {
	if err := r.OpenSession(ctx, e.session); err != nil {
		return err
	}
	return r.AddRefresh(ctx, e.refresh)
}

func (s *Service) sign(ctx context.Context, e entry, p auth.Principal, now time.Time) (Signed, error) {
	token, lives, err := s.tokens.Issue(ctx, p, now)
	return Signed{AccessToken: token, Lives: lives, RefreshToken: e.token, AccountID: p.AccountID}, err
}

// SignIn opens a session for who knows the password. A wrong password, an unknown login, a disabled account and one that
// was guessed at too often are the same: account.wrong_login, after the same work. Errors: account.wrong_login, account.busy.
func (s *Service) SignIn(ctx context.Context, login, password string) (Signed, error) {
	now := s.clock.Now()
	if l, ok := ParseLogin(login); ok {
		login = l.Text
	}
	a, right, stale, err := s.verify(ctx, login, password, now)
	if err != nil {
		return Signed{}, err
	}
	if !right {
		return Signed{}, ErrWrongLogin
	}
	renewed := ""
	if stale {
		if renewed, err = s.hasher.Hash(ctx, password); err != nil {
			return Signed{}, err
		}
	}
	in := newSession(a, now)
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.Accounts().Forgive(ctx, loginKey(login)); err != nil {
			return err
		}
		if renewed != "" {
			if _, err := tx.Accounts().SetPassword(ctx, a.ID, a.PasswordHash, renewed); err != nil {
				return err
			}
		}
		return in.open(ctx, tx.Accounts())
	})
	if err != nil {
		return Signed{}, err
	}
	return s.sign(ctx, in, auth.Principal{AccountID: a.ID, SessionID: in.session.ID}, now)
}

// verify looks at a password, after the try was counted: so many guesses at once as one likes, no more than maxAttempts of
// them are looked at. Where there is nothing to look at it works as long as if there were.
func (s *Service) verify(ctx context.Context, login, password string, now time.Time) (a Account, right, stale bool, err error) {
	var tries int
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if tries, err = tx.Accounts().Attempt(ctx, loginKey(login), now, attemptWindow); err != nil {
			return err
		}
		a, err = tx.Accounts().ByLogin(ctx, login)
		if errors.Is(err, ErrNotFound) {
			a, err = Account{}, nil
		}
		return err
	})
	if err != nil {
		return a, false, false, err
	}
	kept := a.PasswordHash
	if tries > maxAttempts || kept == "" || a.DisabledAt != nil {
		kept = s.hasher.Decoy()
	}
	right, stale, err = s.hasher.Verify(ctx, kept, password)
	return a, right, stale, err
}

// Refresh trades a refresh token for new tokens. Each is good once: the same one again ends the session, because one of the
// two who had it is a thief. Errors: account.refresh_refused.
func (s *Service) Refresh(ctx context.Context, token string) (Signed, error) {
	now := s.clock.Now()
	var p auth.Principal
	var out entry
	var family Session
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, family = auth.Principal{}, Session{}
		spent, fresh, found, err := tx.Accounts().Spend(ctx, hash(token), now)
		if err != nil || !found {
			return err
		}
		if family, err = tx.Accounts().Session(ctx, spent.SessionID); err != nil {
			return err
		}
		if !fresh {
			return revoke(ctx, tx, family, now)
		}
		if !now.Before(spent.ExpiresAt) {
			return nil
		}
		if p, err = tx.Grants().Current(ctx, auth.Principal{AccountID: family.AccountID, SessionID: family.ID}, now); err != nil || p.Stranger() {
			return err
		}
		out.refresh, out.token = newRefresh(family, now)
		return tx.Accounts().AddRefresh(ctx, out.refresh)
	})
	if err != nil {
		return Signed{}, err
	}
	if p.Stranger() {
		if family.ID != id.Nil {
			s.forget(family.AccountID)
		}
		return Signed{}, ErrRefresh
	}
	return s.sign(ctx, out, p, now)
}

func revoke(ctx context.Context, tx Tx, family Session, now time.Time) error {
	ended, err := tx.Accounts().EndSession(ctx, family.ID, now, endedByReuse)
	if err != nil || !ended {
		return err
	}
	return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, Action: "session.refresh_reused",
		SubjectType: "session", SubjectID: family.ID.String()})
}

// SignOut ends the session that asks. Errors: auth.sign_in.
func (s *Service) SignOut(ctx context.Context) error {
	now := s.clock.Now()
	var p auth.Principal
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if p, err = auth.Current(ctx, tx.Grants(), now); err != nil {
			return err
		}
		_, err = tx.Accounts().EndSession(ctx, p.SessionID, now, endedBySignOut)
		return err
	})
	if err == nil {
		s.forget(p.AccountID)
	}
	return err
}
