package dbtest

import (
	"context"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/repository"
)

// Trust switches off what looks for the unusual, for tests of other things that record more than anybody would.
func Trust(t *testing.T, db *repository.DB) {
	t.Helper()
	err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		for i, kind := range []string{"entries_per_hour", "walk_ins_per_day", "no_consent", "too_far", "repeated_group", "unlike_shift", "night"} {
			if err := tx.Exec(`INSERT INTO anomaly_rules (id, kind, threshold, second_threshold, active, effective_from, version, reference)
				VALUES (?, ?, 0, 0, ?, '2000-01-01', ?, 'test')`, id.New(), kind, false, 1000+i).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Person registers somebody in the small city who is signed in for ever and holds the roles, and gives the context of
// his requests.
func Person(t *testing.T, db *repository.DB, name string, grants ...auth.Grant) (context.Context, auth.Principal) {
	t.Helper()
	p := auth.Principal{AccountID: id.New(), VolunteerID: id.New(), SessionID: id.New(), Grants: grants}
	past, never := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)
	err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		for _, row := range [][]any{
			{`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
				VALUES (?, ?, ?, ?, '1990-05-05', 'female', ?, 'active', '2020-01-01', ?, 1)`, p.VolunteerID, p.VolunteerID.String()[24:], name, name, Dong, past},
			{`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head) VALUES (?, 'volunteer_minutes', ?, 'minute', 0, 0, '')`,
				id.New(), p.VolunteerID},
			{`INSERT INTO accounts (id, login, password_hash, volunteer_id, created_at) VALUES (?, ?, '', ?, ?)`,
				p.AccountID, p.AccountID.String(), p.VolunteerID, past},
			{`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, p.SessionID, p.AccountID, past, never},
		} {
			if err := tx.Exec(row[0].(string), row[1:]...).Error; err != nil {
				return err
			}
		}
		for _, g := range grants {
			if err := tx.Exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, '')`,
				id.New(), p.AccountID, g.Role, g.ScopeType, g.ScopeID, past).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return auth.With(context.Background(), p), p
}
