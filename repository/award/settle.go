package award

import (
	"context"
	"time"

	"dure/domain/award"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository"
)

// due is, for a scale, each threshold that a person's hours have crossed and for which he holds no badge.
func due(s award.Scale, since calendar.Day) (query string, args []any) {
	query = `SELECT a.id AS account_id, a.owner_id AS volunteer_id, a.balance, t.code AS threshold_code, t.minutes
		FROM ledger_accounts a JOIN award_thresholds t ON t.scale_id = ? AND a.balance >= t.minutes
		JOIN volunteers v ON v.id = a.owner_id AND v.status <> 'withdrawn'
		WHERE a.kind = 'volunteer_minutes' AND NOT EXISTS (SELECT 1 FROM awards w WHERE w.volunteer_id = a.owner_id
			AND w.scale_code = ? AND w.threshold_code = t.code AND w.revoked_at IS NULL)`
	args = []any{s.ID, s.Code}
	if s.RegionCode != "" {
		query += ` AND EXISTS (SELECT 1 FROM regions g WHERE g.code = v.region_code AND g.parent = ?)`
		args = append(args, s.RegionCode)
	}
	if s.RecentVisits > 0 {
		query += ` AND (SELECT SUM(e.visits) FROM ledger_entries e WHERE e.account_id = a.id AND e.effective_day >= ?) >= ?`
		args = append(args, since, s.RecentVisits)
	}
	if s.RecentMinutes > 0 {
		query += ` AND (SELECT SUM(p.amount) FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id
			WHERE e.account_id = a.id AND e.effective_day >= ?) >= ?`
		args = append(args, since, s.RecentMinutes)
	}
	return query, args
}

// Due implements award.Repository: one statement over the accounts of the whole city, in the order of their index.
func (r Awards) Due(_ context.Context, s award.Scale, q award.Question) (persons []id.ID, err error) {
	query, args := due(s, q.Since)
	err = r.Tx.Raw(`SELECT DISTINCT volunteer_id FROM (`+query+` AND a.owner_id > ?) AS d ORDER BY volunteer_id LIMIT ?`,
		append(args, q.After, q.Limit)...).Scan(&persons).Error
	return persons, err
}

// Uncovered implements award.Repository: badges are lost by entries that took something away, and those are few.
func (r Awards) Uncovered(_ context.Context, q award.Question) (persons []id.ID, err error) {
	err = r.Tx.Raw(`SELECT DISTINCT w.volunteer_id FROM ledger_decreases d JOIN awards w ON w.volunteer_id = d.volunteer_id AND w.revoked_at IS NULL
		JOIN ledger_accounts a ON a.owner_id = w.volunteer_id AND a.kind = 'volunteer_minutes' AND a.balance < w.minutes
		WHERE d.volunteer_id > ? ORDER BY w.volunteer_id LIMIT ?`, q.After, q.Limit).Scan(&persons).Error
	return persons, err
}

// running is what the accounts of due held after each entry.
const running = `SELECT e.id, e.account_id, e.sequence, p.amount, SUM(p.amount) OVER (PARTITION BY e.account_id ORDER BY e.sequence) AS total
	FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id
	WHERE e.account_id IN (SELECT account_id FROM due)`

// Earned implements award.Repository. The entry is the last with which the hours rose above the threshold.
func (r Awards) Earned(_ context.Context, s award.Scale, q award.Question) (earned []award.Crossing, err error) {
	query, args := due(s, q.Since)
	err = r.Tx.Raw(`WITH due AS (`+query+` AND a.owner_id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)), running AS (`+running+`),
		crossed AS (
			SELECT d.*, e.id AS entry_id, ROW_NUMBER() OVER (PARTITION BY d.account_id, d.threshold_code ORDER BY e.sequence DESC) AS n
			FROM due d JOIN running e ON e.account_id = d.account_id AND e.total >= d.minutes AND e.total - e.amount < d.minutes
		)
		SELECT volunteer_id, threshold_code, minutes, balance, entry_id FROM crossed WHERE n = 1 ORDER BY volunteer_id, minutes`,
		append(args, repository.IDs(q.Persons))...).Scan(&earned).Error
	for i := range earned {
		earned[i].ScaleID, earned[i].ScaleCode = s.ID, s.Code
	}
	return earned, err
}

// Lost implements award.Repository. The entry is the last with which the hours fell below what the badge takes.
func (r Awards) Lost(_ context.Context, persons []id.ID) (lost []award.Crossing, err error) {
	err = r.Tx.Raw(`WITH due AS (
			SELECT a.id AS account_id, a.balance, w.id AS award_id, w.minutes FROM `+r.Tx.Records("id uuid")+`
			JOIN awards w ON w.volunteer_id = r.id AND w.revoked_at IS NULL
			JOIN ledger_accounts a ON a.owner_id = r.id AND a.kind = 'volunteer_minutes' AND a.balance < w.minutes
		), running AS (`+running+`), crossed AS (
			SELECT d.award_id, d.balance, e.id AS entry_id, ROW_NUMBER() OVER (PARTITION BY d.award_id ORDER BY e.sequence DESC) AS n
			FROM due d JOIN running e ON e.account_id = d.account_id AND e.total < d.minutes AND e.total - e.amount >= d.minutes
		)
		SELECT w.*, c.balance, c.entry_id FROM crossed c JOIN awards w ON w.id = c.award_id WHERE c.n = 1 ORDER BY w.volunteer_id, w.minutes`,
		repository.IDs(persons)).Scan(&lost).Error
	return lost, err
}

// Issue implements award.Repository.
func (r Awards) Issue(_ context.Context, awards []award.Award, steps []award.Step) error {
	rows := make([]repository.Row, len(awards))
	for i, a := range awards {
		rows[i] = repository.Row{"id", a.ID, "volunteer_id", a.VolunteerID, "scale_id", a.ScaleID, "scale_code", a.ScaleCode,
			"threshold_code", a.ThresholdCode, "minutes", a.Minutes, "issued_at", a.IssuedAt}
	}
	const columns = "id, volunteer_id, scale_id, scale_code, threshold_code, minutes, issued_at"
	if err := r.Tx.Exec(`INSERT INTO awards (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`id uuid, volunteer_id uuid, scale_id uuid,
		scale_code text, threshold_code text, minutes int, issued_at timestamptz`), repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.steps(steps)
}

// Revoke implements award.Repository.
func (r Awards) Revoke(_ context.Context, awards []award.Award, steps []award.Step) error {
	rows := make([]repository.Row, len(awards))
	for i, a := range awards {
		rows[i] = repository.Row{"id", a.ID, "revoked_at", a.RevokedAt}
	}
	if err := r.Tx.Exec(`UPDATE awards SET revoked_at = r.revoked_at FROM `+r.Tx.Records("id uuid, revoked_at timestamptz")+`
		WHERE awards.id = r.id`, repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.steps(steps)
}

func (r Awards) steps(steps []award.Step) error {
	rows := make([]repository.Row, len(steps))
	for i, s := range steps {
		rows[i] = repository.Row{"award_id", s.AwardID, "number", s.Number, "kind", string(s.Kind), "entry_id", s.EntryID, "balance", s.Balance,
			"happened_at", s.HappenedAt}
	}
	const columns = "award_id, number, kind, entry_id, balance, happened_at"
	return r.Tx.Exec(`INSERT INTO award_steps (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`award_id uuid, number int, kind text,
		entry_id uuid, balance bigint, happened_at timestamptz`), repository.JSON(rows)).Error
}

// Reviewed implements award.Repository.
func (r Awards) Reviewed(_ context.Context, review award.Review) error {
	return r.Tx.Table("award_reviews").Create(&review).Error
}

// hungRow is a badge as the tables tell it.
type hungRow struct {
	award.Award
	SNameKo, SNameEn string
	TNameKo, TNameEn string
	EarnedBy         id.ID
	EarnedAt         time.Time
	TakenBy          *id.ID
	TakenOn          calendar.Day
	TakenKind        ledger.Kind
	TakenTotal       int
	BalanceNow       int
}

// Wall implements award.Repository.
func (r Awards) Wall(_ context.Context, person id.ID, since calendar.Day) (w award.Wall, err error) {
	var facts struct {
		Balance, RecentVisits, RecentMinutes int
		GuCode                               string
	}
	if err := r.Tx.Raw(`SELECT a.balance, COALESCE(g.parent, '') AS gu_code,
			COALESCE((SELECT SUM(e.visits) FROM ledger_entries e WHERE e.account_id = a.id AND e.effective_day >= ?), 0) AS recent_visits,
			COALESCE((SELECT SUM(p.amount) FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id
				WHERE e.account_id = a.id AND e.effective_day >= ?), 0) AS recent_minutes
		FROM ledger_accounts a JOIN volunteers v ON v.id = a.owner_id LEFT JOIN regions g ON g.code = v.region_code
		WHERE a.kind = 'volunteer_minutes' AND a.owner_id = ?`, since, since, person).Scan(&facts).Error; err != nil {
		return w, err
	}
	w = award.Wall{Balance: facts.Balance, GuCode: facts.GuCode, RecentVisits: facts.RecentVisits, RecentMinutes: facts.RecentMinutes}
	var rows []hungRow
	err = r.Tx.Raw(`SELECT w.*, s.name_ko AS s_name_ko, s.name_en AS s_name_en, t.name_ko AS t_name_ko, t.name_en AS t_name_en,
			up.id AS earned_by, up.posted_at AS earned_at, down.id AS taken_by, down.effective_day AS taken_on,
			COALESCE(down.kind, '') AS taken_kind, COALESCE(p.amount, 0) AS taken_total, COALESCE(out.balance, 0) AS balance_now
		FROM awards w JOIN award_scales s ON s.id = w.scale_id
			JOIN award_thresholds t ON t.scale_id = w.scale_id AND t.code = w.threshold_code
			JOIN award_steps came ON came.award_id = w.id AND came.number = 1 JOIN ledger_entries up ON up.id = came.entry_id
			LEFT JOIN award_steps out ON out.award_id = w.id AND out.number = 2 LEFT JOIN ledger_entries down ON down.id = out.entry_id
			LEFT JOIN ledger_postings p ON p.entry_id = down.id AND p.account_id = down.account_id
		WHERE w.volunteer_id = ? ORDER BY w.id DESC LIMIT 1000`, person).Scan(&rows).Error
	for _, h := range rows {
		w.Hung = append(w.Hung, award.Hung{Award: h.Award, Scale: award.Scale{ID: h.ScaleID, Code: h.ScaleCode, NameKo: h.SNameKo, NameEn: h.SNameEn},
			Threshold: award.Threshold{Code: h.ThresholdCode, Minutes: h.Minutes, NameKo: h.TNameKo, NameEn: h.TNameEn}, EarnedBy: h.EarnedBy,
			EarnedAt: h.EarnedAt, TakenBy: h.TakenBy, TakenOn: h.TakenOn, TakenKind: h.TakenKind, TakenTotal: h.TakenTotal, BalanceNow: h.BalanceNow})
	}
	return w, err
}
