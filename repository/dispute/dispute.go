// Package dispute keeps disputes, their steps, and what they posted.
package dispute

import (
	"context"
	"time"

	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/dispute"
	"dure/domain/document"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/signup"
	"dure/repository"
	anomalystore "dure/repository/anomaly"
	attendancestore "dure/repository/attendance"
	documentstore "dure/repository/document"
	ledgerstore "dure/repository/ledger"
	signupstore "dure/repository/signup"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Attendance() attendance.Repository { return attendancestore.Attendances{Tx: u.Tx} }
func (u unit) Anomalies() anomaly.Repository     { return anomalystore.Anomalies{Tx: u.Tx} }
func (u unit) Ledger() ledger.Repository         { return ledgerstore.Ledger{Tx: u.Tx} }
func (u unit) SignUps() signup.Repository        { return signupstore.SignUps{Tx: u.Tx} }
func (u unit) Documents() document.Repository    { return documentstore.Documents{Tx: u.Tx} }
func (u unit) Disputes() dispute.Repository      { return Disputes{u.Tx} }

// Update implements dispute.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx dispute.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Disputes implements dispute.Repository inside a transaction.
type Disputes struct{ Tx *repository.Tx }

// Get implements dispute.Repository.
func (r Disputes) Get(_ context.Context, disputeID id.ID) (d dispute.Dispute, err error) {
	found := r.Tx.Raw(`SELECT * FROM disputes WHERE id = ?`, disputeID).Scan(&d)
	if found.Error == nil && found.RowsAffected == 0 {
		return d, dispute.ErrNotFound
	}
	return d, found.Error
}

// Full implements dispute.Repository.
func (r Disputes) Full(_ context.Context, disputeID id.ID) (f dispute.Full, err error) {
	found := listed(r.Tx).Where("d.id = ?", disputeID).Scan(&f.Listed)
	if found.Error == nil && found.RowsAffected == 0 {
		return f, dispute.ErrNotFound
	}
	if found.Error != nil {
		return f, found.Error
	}
	if err := r.Tx.Raw(`SELECT * FROM dispute_steps WHERE dispute_id = ? ORDER BY number`, disputeID).Scan(&f.Story).Error; err != nil {
		return f, err
	}
	if err := r.Tx.Raw(`SELECT d.* FROM dispute_documents x JOIN documents d ON d.id = x.document_id WHERE x.dispute_id = ? ORDER BY d.id`,
		disputeID).Scan(&f.Documents).Error; err != nil {
		return f, err
	}
	err = r.Tx.Raw(`SELECT e.id, e.source_id AS attendance_id, e.effective_day, p.amount AS minutes, e.posted_at FROM dispute_entries x
		JOIN ledger_entries e ON e.id = x.entry_id JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE x.dispute_id = ? ORDER BY e.sequence`, disputeID).Scan(&f.Entries).Error
	return f, err
}

// Unsettled implements dispute.Repository.
func (r Disputes) Unsettled(_ context.Context, volunteer, shift id.ID, disputed *id.ID) (bool, error) {
	query, args := `volunteer_id = ? AND shift_id = ? AND attendance_id IS NULL`, []any{volunteer, shift}
	if disputed != nil {
		query, args = `attendance_id = ?`, []any{*disputed}
	}
	var found int
	err := r.Tx.Raw(`SELECT COUNT(*) FROM disputes WHERE `+query+` AND state IN ('opened', 'answered', 'declined', 'escalated')`, args...).Scan(&found).Error
	return found > 0, err
}

// Add implements dispute.Repository.
func (r Disputes) Add(_ context.Context, d dispute.Dispute, opening dispute.Step, documents []id.ID) error {
	err := r.Tx.Table("disputes").Create(&d).Error
	if sqlerr.Unique(err, "disputes_attendance_id_key") || sqlerr.Unique(err, "disputes_volunteer_id_shift_id_key") {
		return dispute.ErrOpen
	}
	if err != nil {
		return err
	}
	if err := r.append([]dispute.Step{opening}); err != nil || len(documents) == 0 {
		return err
	}
	return r.Tx.Exec(`INSERT INTO dispute_documents (dispute_id, document_id) SELECT d.id, r.id FROM disputes d CROSS JOIN `+r.Tx.Records("id uuid")+`
		WHERE d.id = ?`, repository.IDs(documents), d.ID).Error
}

// Move implements dispute.Repository. Whose a dispute is, and which presence or shift it is about, never changes.
func (r Disputes) Move(_ context.Context, disputes []dispute.Dispute, steps []dispute.Step) error {
	rows := make([]repository.Row, len(disputes))
	for i, d := range disputes {
		rows[i] = repository.Row{"id", d.ID, "about", d.About, "sign_up_id", d.SignUpID, "no_show_at", d.NoShowAt, "state", d.State, "outcome", d.Outcome, "answered_by", d.AnsweredBy, "due_at", d.DueAt,
			"decided_at", d.DecidedAt, "decided_by", d.DecidedBy, "granted_attendance_id", d.GrantedAttendanceID, "granted_in_at", d.GrantedInAt,
			"granted_out_at", d.GrantedOutAt, "posted_minutes", d.PostedMinutes, "closed_at", d.ClosedAt, "steps", d.Steps}
	}
	err := r.Tx.Exec(`UPDATE disputes SET about = r.about, sign_up_id = r.sign_up_id, no_show_at = r.no_show_at, state = r.state, outcome = r.outcome, answered_by = r.answered_by, due_at = r.due_at,
			decided_at = r.decided_at, decided_by = r.decided_by, granted_attendance_id = r.granted_attendance_id,
			granted_in_at = r.granted_in_at, granted_out_at = r.granted_out_at, posted_minutes = r.posted_minutes,
			closed_at = r.closed_at, steps = r.steps
		FROM `+r.Tx.Records(`id uuid, about text, sign_up_id uuid, no_show_at timestamptz, state text, outcome text, answered_by uuid, due_at timestamptz, decided_at timestamptz, decided_by uuid,
			granted_attendance_id uuid, granted_in_at timestamptz, granted_out_at timestamptz, posted_minutes int, closed_at timestamptz,
			steps int`)+`
		WHERE disputes.id = r.id`, repository.JSON(rows)).Error
	if err != nil {
		return err
	}
	return r.append(steps)
}

func (r Disputes) append(steps []dispute.Step) error {
	rows := make([]repository.Row, len(steps))
	for i, s := range steps {
		rows[i] = repository.Row{"dispute_id", s.DisputeID, "number", s.Number, "kind", s.Kind, "happened_at", s.HappenedAt, "account_id", s.AccountID,
			"capacity", s.Capacity, "words", s.Words, "checked_in_at", s.CheckedInAt, "checked_out_at", s.CheckedOutAt}
	}
	const columns = `dispute_id, number, kind, happened_at, account_id, capacity, words, checked_in_at, checked_out_at`
	return r.Tx.Exec(`INSERT INTO dispute_steps (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`dispute_id uuid, number int, kind text,
		happened_at timestamptz, account_id uuid, capacity text, words text, checked_in_at timestamptz, checked_out_at timestamptz`),
		repository.JSON(rows)).Error
}

// Link implements dispute.Repository.
func (r Disputes) Link(_ context.Context, disputeID id.ID, entries []ledger.Entry) error {
	rows := make([]repository.Row, len(entries))
	for i, e := range entries {
		rows[i] = repository.Row{"dispute_id", disputeID, "entry_id", e.ID}
	}
	return r.Tx.Exec(`INSERT INTO dispute_entries (dispute_id, entry_id) SELECT dispute_id, entry_id FROM `+
		r.Tx.Records("dispute_id uuid, entry_id uuid"), repository.JSON(rows)).Error
}

// Source implements dispute.Repository.
func (r Disputes) Source(_ context.Context, volunteer, entry id.ID) (id.ID, error) {
	var rows []struct{ SourceID id.ID }
	err := r.Tx.Raw(`SELECT e.source_id FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
		WHERE e.id = ? AND a.owner_id = ? AND e.source_type = 'attendance'`, entry, volunteer).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = ledger.ErrNotFound
	}
	if err != nil {
		return id.Nil, err
	}
	return rows[0].SourceID, nil
}

// Hands implements dispute.Repository: each branch goes by its own index.
func (r Disputes) Hands(_ context.Context, attendanceID, except id.ID) (acts []duty.Act, err error) {
	var rows []struct {
		Account id.ID
		Deed    string
	}
	err = r.Tx.Raw(`SELECT proposed_by AS account, '`+duty.Proposed+`' AS deed FROM attendance_changes WHERE attendance_id = ?
		UNION SELECT decided_by, '`+duty.Decided+`' FROM attendance_changes WHERE attendance_id = ? AND decided_by IS NOT NULL
		UNION SELECT decided_by, '`+duty.Decided+`' FROM disputes WHERE attendance_id = ? AND id <> ? AND decided_by IS NOT NULL
		UNION SELECT decided_by, '`+duty.Decided+`' FROM disputes WHERE granted_attendance_id = ? AND id <> ? AND decided_by IS NOT NULL
		ORDER BY 1, 2`, attendanceID, attendanceID, attendanceID, except, attendanceID, except).Scan(&rows).Error
	acts = make([]duty.Act, len(rows))
	for i, row := range rows {
		acts[i] = duty.Act{Account: row.Account, Case: row.Deed}
	}
	return acts, err
}

// Due implements dispute.Repository. The row is locked as well, so that one that has just moved is not taken for what it was.
func (r Disputes) Due(_ context.Context, at time.Time) (due []dispute.Dispute, err error) {
	err = r.Tx.Raw(`SELECT d.* FROM disputes d JOIN ledger_accounts l ON l.owner_id = d.volunteer_id AND l.kind = 'volunteer_minutes'
		WHERE d.due_at <= ? ORDER BY d.due_at, d.id LIMIT 1000`+r.Tx.Pick(" FOR NO KEY UPDATE OF l, d SKIP LOCKED", ""), at).Scan(&due).Error
	return due, err
}
