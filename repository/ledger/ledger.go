// Package ledger keeps accounts, entries and postings.
package ledger

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/ledger"
	"dure/repository"
)

// Ledger implements ledger.Repository inside a transaction.
type Ledger struct{ Tx *repository.Tx }

// OpenAccounts implements ledger.Repository.
func (l Ledger) OpenAccounts(_ context.Context, volunteers ...id.ID) error {
	rows := make([]repository.Row, len(volunteers))
	for i, v := range volunteers {
		rows[i] = repository.Row{"id", id.New(), "owner_id", v}
	}
	return l.Tx.Exec(`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
		SELECT id, 'volunteer_minutes', owner_id, 'minute', 0, 0, '' FROM `+l.Tx.Records("id uuid, owner_id uuid")+`
		WHERE true ON CONFLICT DO NOTHING`, repository.JSON(rows)).Error
}

// Lock implements ledger.Repository.
func (l Ledger) Lock(_ context.Context, volunteers []id.ID) (map[id.ID]ledger.Account, error) {
	return l.lock("kind = 'volunteer_minutes'", volunteers)
}

func (l Ledger) lock(where string, owners []id.ID) (map[id.ID]ledger.Account, error) {
	accounts := make(map[id.ID]ledger.Account, len(owners))
	if len(owners) == 0 {
		return accounts, nil
	}
	err := l.Tx.Each(func(rows repository.Scanner) error {
		var a ledger.Account
		err := rows.Scan(&a.ID, &a.Kind, &a.OwnerID, &a.Balance, &a.Sequence, &a.Head, &a.LastPostedAt)
		accounts[a.OwnerID] = a
		return err
	}, `SELECT id, kind, owner_id, balance, sequence, head, last_posted_at FROM ledger_accounts
		WHERE `+where+` AND owner_id IN (SELECT r.id FROM `+l.Tx.Records("id uuid")+`)
		ORDER BY owner_id`+l.Tx.Pick(" FOR NO KEY UPDATE", ""), repository.IDs(owners))
	return accounts, err
}

const entryColumns = `id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at, visits,
	worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash`

const (
	writeEntries = `INSERT INTO ledger_entries (` + entryColumns + `) SELECT ` + entryColumns + ` FROM r`
	moveAccounts = `UPDATE ledger_accounts SET balance = s.account_balance, sequence = s.sequence, head = s.hash, last_posted_at = s.posted_at
		FROM (SELECT account_id, account_balance, sequence, hash, posted_at FROM r WHERE account_balance IS NOT NULL) AS s
		WHERE ledger_accounts.id = s.account_id`
)

// appends are the parts of one post of minutes. Each reads the new entries as r; rollups are kept with the entries they sum up,
// and stand under the lock of the account, so no two transactions meet in them.
var appends = []string{
	writeEntries,
	`INSERT INTO ledger_postings (entry_id, line, account_id, amount)
		SELECT id, 1, account_id, minutes FROM r UNION ALL SELECT id, 2, service_account_id, -minutes FROM r`,
	moveAccounts,
	`INSERT INTO person_months (volunteer_id, month, minutes, visits)
		SELECT volunteer_id, month, SUM(minutes), SUM(visits) FROM r WHERE true GROUP BY volunteer_id, month
		ON CONFLICT (month, volunteer_id) DO UPDATE SET minutes = person_months.minutes + excluded.minutes,
			visits = person_months.visits + excluded.visits`,
	`INSERT INTO person_years (volunteer_id, year, minutes, visits, reversed)
		SELECT volunteer_id, year, SUM(minutes), SUM(visits), SUM(reversed) FROM r WHERE true GROUP BY volunteer_id, year
		ON CONFLICT (volunteer_id, year) DO UPDATE SET minutes = person_years.minutes + excluded.minutes,
			visits = person_years.visits + excluded.visits, reversed = person_years.reversed + excluded.reversed`,
	`INSERT INTO person_fields (volunteer_id, field_code, minutes)
		SELECT volunteer_id, field_code, SUM(minutes) FROM r WHERE true GROUP BY volunteer_id, field_code
		ON CONFLICT (volunteer_id, field_code) DO UPDATE SET minutes = person_fields.minutes + excluded.minutes`,
	// Whoever keeps the city's figures takes it from here.
	`INSERT INTO cube_queue (volunteer_id, year, day) SELECT DISTINCT volunteer_id, year, effective_day FROM r`,
}

// noteDecreases is one more part, of a post that takes minutes or a visit away.
const noteDecreases = `INSERT INTO ledger_decreases (entry_id, volunteer_id, posted_at)
	SELECT id, volunteer_id, posted_at FROM r WHERE minutes < 0 OR visits < 0`

const recordColumns = `id uuid, account_id uuid, sequence bigint, kind text, volunteer_id uuid, source_type text, source_id uuid,
	effective_day date, posted_at timestamptz, visits int, worked_minutes int, reductions text, field_code text, evidence text,
	rule_version int, actor_id uuid, reason text, previous_hash text, hash text, minutes bigint, month date, year int,
	reversed bigint, service_account_id uuid, account_balance bigint`

// told tells other systems of the new entries, where some want to know.
func (l Ledger) told() string {
	return l.Tx.Deliveries(`SELECT CASE WHEN r.kind = 'reversal' THEN 'hours.reversed' ELSE 'hours.posted' END AS topic, r.posted_at AS happened_at,
		a.organiser_id, `+l.Tx.Pick(`CAST(json_build_object('entry_id', r.id, 'kind', r.kind, 'volunteer_id', r.volunteer_id, 'sequence', r.sequence,
			'effective_day', r.effective_day, 'minutes', r.minutes, 'source_type', r.source_type, 'source_id', r.source_id,
			'organiser_id', a.organiser_id) AS text)`, `json_object('entry_id', r.id, 'kind', r.kind, 'volunteer_id', r.volunteer_id,
			'sequence', r.sequence, 'effective_day', r.effective_day, 'minutes', r.minutes, 'source_type', r.source_type, 'source_id', r.source_id,
			'organiser_id', a.organiser_id)`)+` AS data
		FROM r LEFT JOIN attendances a ON a.id = r.source_id`, outbox.HoursPosted, outbox.HoursReversed)
}

// Append implements ledger.Repository: on PostgreSQL one statement, on SQLite its parts one after the other.
func (l Ledger) Append(_ context.Context, entries []ledger.Entry, accounts []ledger.Account) error {
	if len(entries) == 0 {
		return nil
	}
	parts, rows := appends, record(entries, accounts)
	if entries[0].Against != nil {
		return l.appendPoints(entries, rows)
	}
	if slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.Minutes < 0 || e.Visits < 0 }) {
		parts = append(slices.Clip(parts), noteDecreases)
	}
	if l.Tx.Postgres() {
		var b strings.Builder
		b.WriteString("WITH r AS (SELECT * FROM " + l.Tx.Records(recordColumns) + ")")
		for i, part := range parts {
			b.WriteString(", a" + string(rune('0'+i)) + " AS (" + part + ")")
		}
		if err := l.Tx.Exec(b.String()+" "+l.told(), rows).Error; err != nil {
			return err
		}
		return l.superseded(entries, rows)
	}
	for _, part := range append(slices.Clip(parts), l.told()) {
		if err := l.Tx.Exec("WITH r AS (SELECT * FROM "+l.Tx.Records(recordColumns)+") "+part, rows).Error; err != nil {
			return err
		}
	}
	return l.superseded(entries, rows)
}

// superseded tells of the certificates that new entries supersede, each once: minutes that it certifies changed, and had not
// before. What counts for the first time stands in no certificate yet, so it is not even asked about.
func (l Ledger) superseded(entries []ledger.Entry, rows string) error {
	if !slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.Kind != ledger.Recognition }) {
		return nil
	}
	data := l.Tx.Pick(`CAST(json_build_object('certificate_id', c.id, 'volunteer_id', c.volunteer_id) AS text)`,
		`json_object('certificate_id', c.id, 'volunteer_id', c.volunteer_id)`)
	return l.Tx.Exec("WITH r AS (SELECT * FROM "+l.Tx.Records(recordColumns)+") "+l.Tx.Deliveries(`
		SELECT '`+string(outbox.CertificateSuperseded)+`' AS topic, n.posted_at AS happened_at, `+l.Tx.Pick("CAST(NULL AS uuid)", "NULL")+` AS organiser_id, `+data+` AS data
		FROM (SELECT DISTINCT account_id, posted_at FROM r) AS n JOIN certificates c ON c.account_id = n.account_id
		WHERE NOT EXISTS (SELECT 1 FROM certificate_revocations v WHERE v.certificate_id = c.id)
			AND EXISTS (SELECT 1 FROM r JOIN certificate_lines t ON t.certificate_id = c.id AND t.attendance_id = r.source_id AND t.day = r.effective_day
				WHERE r.account_id = c.account_id AND r.minutes <> 0)
			AND NOT EXISTS (SELECT 1 FROM ledger_entries e
				JOIN certificate_lines t ON t.certificate_id = c.id AND t.attendance_id = e.source_id AND t.day = e.effective_day
				JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
				WHERE e.account_id = c.account_id AND e.sequence > c.ledger_sequence AND p.amount <> 0 AND e.id NOT IN (SELECT id FROM r))`,
		outbox.CertificateSuperseded), rows).Error
}

// record writes entries as rows; the last entry of each account carries the account's new balance.
func record(entries []ledger.Entry, accounts []ledger.Account) string {
	balances := make(map[string]int64, len(accounts))
	for _, a := range accounts {
		balances[a.Head] = a.Balance
	}
	rows := make([]repository.Row, len(entries))
	for i, e := range entries {
		reductions, err := json.Marshal(e.Reductions)
		if err != nil {
			panic(err) // plain values always marshal
		}
		reversed := 0
		if e.Kind == ledger.Reversal {
			reversed = -e.Minutes
		}
		row := repository.Row{
			"id", e.ID, "account_id", e.AccountID, "sequence", e.Sequence, "kind", e.Kind, "volunteer_id", e.VolunteerID,
			"source_type", e.SourceType, "source_id", e.SourceID, "effective_day", e.EffectiveDay, "posted_at", e.PostedAt,
			"visits", e.Visits, "worked_minutes", e.WorkedMinutes, "reductions", string(reductions), "field_code", e.FieldCode,
			"evidence", e.Evidence, "rule_version", e.RuleVersion, "actor_id", e.ActorID, "reason", e.Reason,
			"previous_hash", e.PreviousHash, "hash", e.Hash, "minutes", e.Minutes, "month", e.EffectiveDay.FirstOfMonth(),
			"year", e.EffectiveDay.Year(), "reversed", reversed, "service_account_id", ledger.ServiceGiven,
		}
		if balance, last := balances[e.Hash]; last {
			row = append(row, "account_balance", balance)
		}
		rows[i] = row
	}
	return repository.JSON(rows)
}
