package role

import (
	"context"
	"errors"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Entrust names who gets which role, by account or by login.
type Entrust struct {
	AccountID id.ID
	Login     string
	Role      auth.Role
	ScopeType auth.ScopeType
	ScopeID   id.ID
	Until     *time.Time
	Reason    string
}

// Grant entrusts somebody with a role from now on. Errors: request.invalid, auth.forbidden, duty.conflict_of_interest, role.held.
func (s *Service) Grant(ctx context.Context, cmd Entrust) (Listed, error) {
	now := s.clock.Now()
	var l Listed
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := cmd.validate(now); err != nil {
			return err
		}
		g := Grant{ID: id.New(), Role: cmd.Role, ScopeType: cmd.ScopeType, ScopeID: cmd.ScopeID,
			StartsAt: now, EndsAt: cmd.Until, GrantedBy: &p.AccountID, Reason: cmd.Reason}
		if err := CanGrant(p, g); err != nil {
			return err // before anything is looked up: who may not grant learns nothing about accounts
		}
		holder, err := cmd.holder(ctx, tx)
		if err != nil {
			return err
		}
		g.AccountID = holder.ID
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanEntrust(p, g, holder, ties); err != nil {
			return err
		}
		if err := tx.Roles().Add(ctx, g); err != nil {
			return err
		}
		l = Listed{g, holder.Login}
		return tx.Audit().Record(ctx, g.event("role.granted", &p.AccountID, holder.VolunteerID, cmd.Reason, now))
	})
	if err == nil {
		s.forget(l.AccountID)
	}
	return l, err
}

func (cmd Entrust) validate(now time.Time) error {
	f := fault.Collect()
	if (cmd.AccountID == id.Nil) == (cmd.Login == "") {
		f.Add("account_id", "one_of_two", "other", "login")
	}
	scope, granted := auth.ScopeOf(cmd.Role)
	if f.Require(cmd.Role != "", "role") && !granted {
		f.Add("role", "unknown")
	}
	if granted && f.Require(cmd.ScopeType != "", "scope_type") {
		if cmd.ScopeType != scope {
			f.Add("scope_type", "must_be", "value", scope)
		} else if scope != auth.City {
			f.Require(cmd.ScopeID != id.Nil, "scope_id")
		} else if cmd.ScopeID != id.Nil {
			f.Add("scope_id", "not_here")
		}
	}
	if cmd.Until != nil && !cmd.Until.After(now) {
		f.Add("until", "past")
	}
	text.Block(f, "reason", cmd.Reason, 1, 500)
	return f.Err()
}

// holder finds the account, and makes sure that its scope is there.
func (cmd Entrust) holder(ctx context.Context, tx Tx) (a account.Account, err error) {
	f := fault.Collect()
	member := "account_id"
	if cmd.Login == "" {
		a, err = tx.Accounts().Get(ctx, cmd.AccountID)
	} else {
		member = "login"
		login, _ := account.ParseLogin(cmd.Login)
		a, err = tx.Accounts().ByLogin(ctx, login.Text)
	}
	if errors.Is(err, account.ErrNotFound) || err == nil && a.DisabledAt != nil {
		f.Add(member, "unknown")
	} else if err != nil {
		return a, err
	}
	if cmd.ScopeType != auth.City {
		there, err := tx.Roles().Exists(ctx, cmd.ScopeType, cmd.ScopeID)
		if err != nil {
			return a, err
		}
		if !there {
			f.Add("scope_id", "unknown")
		}
	}
	return a, f.Err()
}

func (g Grant) event(action string, by, whose *id.ID, reason string, at time.Time) audit.Event {
	held := audit.Members{"account_id": g.AccountID, "role": g.Role, "scope_type": g.ScopeType, "scope_id": g.ScopeID, "until": g.EndsAt}
	detail := audit.Change(nil, held)
	if g.RevokedAt != nil {
		detail = audit.Change(held, nil)
	}
	return audit.Event{HappenedAt: at, AccountID: by, Action: action, SubjectType: "role_grant", SubjectID: g.ID.String(),
		VolunteerID: whose, Reason: reason, Detail: detail}
}

// CreateAdministrator makes an account that administers the service, for who runs it at its console; over the network
// nobody can. Errors: request.invalid, account.login_taken, account.busy.
func (s *Service) CreateAdministrator(ctx context.Context, h *account.Hasher, login, password string) (account.Account, error) {
	now := s.clock.Now()
	a, err := account.New(ctx, h, login, password, now)
	if err != nil {
		return a, err
	}
	const reason = "made at the console"
	g := Grant{ID: id.New(), AccountID: a.ID, Role: auth.Administrator, ScopeType: auth.City, StartsAt: now, Reason: reason}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.Accounts().Add(ctx, a); err != nil {
			return err
		}
		if err := tx.Roles().Add(ctx, g); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, g.event("role.granted", nil, nil, reason, now))
	})
	return a, err
}
