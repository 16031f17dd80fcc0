package repository

import (
	"context"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// Grants reads roles as this transaction sees them.
func (tx *Tx) Grants() auth.Grants { return grants{tx} }

type grants struct{ tx *Tx }

// Current reads account, session and roles in one statement.
func (g grants) Current(_ context.Context, p auth.Principal, at time.Time) (auth.Principal, error) {
	if p.Stranger() {
		return auth.Principal{}, nil
	}
	var rows []struct {
		VolunteerID *id.ID
		Role        *string
		ScopeType   *string
		ScopeID     *id.ID
		EndsAt      *time.Time
	}
	err := g.tx.Raw(`SELECT a.volunteer_id, g.role, g.scope_type, g.scope_id, g.ends_at
		FROM sessions s JOIN accounts a ON a.id = s.account_id
		LEFT JOIN role_grants g ON g.account_id = a.id AND g.revoked_at IS NULL AND g.starts_at <= ?
			AND (g.ends_at IS NULL OR g.ends_at > ?)
		WHERE s.id = ? AND a.id = ? AND s.ended_at IS NULL AND s.expires_at > ? AND a.disabled_at IS NULL`,
		at, at, p.SessionID, p.AccountID, at).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return auth.Principal{}, err
	}
	now := auth.Principal{AccountID: p.AccountID, SessionID: p.SessionID}
	for _, r := range rows {
		if r.VolunteerID != nil {
			now.VolunteerID = *r.VolunteerID
		}
		if r.Role != nil {
			now.Grants = append(now.Grants, auth.Grant{Role: auth.Role(*r.Role), ScopeType: auth.ScopeType(*r.ScopeType),
				ScopeID: *r.ScopeID, Until: r.EndsAt})
		}
	}
	return now, nil
}

// Grants reads roles outside a transaction, for reads and for the sign-in check of each request.
func (db *DB) Grants() auth.Grants { return directory{db} }

type directory struct{ db *DB }

func (d directory) Current(ctx context.Context, p auth.Principal, at time.Time) (now auth.Principal, err error) {
	err = d.db.View(ctx, func(ctx context.Context, tx *Tx) error {
		now, err = tx.Grants().Current(ctx, p, at)
		return err
	})
	return now, err
}
