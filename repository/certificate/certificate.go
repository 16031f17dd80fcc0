// Package certificate keeps certificates, their lines and their papers.
package certificate

import (
	"context"
	"time"

	"dure/domain/certificate"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions and reads certificates.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Ledger() ledger.Repository            { return ledgerstore.Ledger{Tx: u.Tx} }
func (u unit) Certificates() certificate.Repository { return Certificates{u.Tx} }

// Update implements certificate.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx certificate.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Certificates implements certificate.Repository inside a transaction.
type Certificates struct{ Tx *repository.Tx }

// IssuedSince implements certificate.Repository.
func (r Certificates) IssuedSince(_ context.Context, volunteer id.ID, since time.Time) (n int, err error) {
	err = r.Tx.Raw(`SELECT COUNT(*) FROM certificates WHERE volunteer_id = ? AND issued_at > ?`, volunteer, since).Scan(&n).Error
	return n, err
}

const lineColumns = `line, attendance_id, day, minutes, title, organiser, place, field_code, field_name`

// Add implements certificate.Repository.
func (r Certificates) Add(_ context.Context, c certificate.Certificate, lines []certificate.Line, pdf []byte) error {
	if err := r.Tx.Table("certificates").Create(&c).Error; err != nil {
		return err
	}
	rows := make([]repository.Row, len(lines))
	for i, l := range lines {
		rows[i] = repository.Row{"line", i + 1, "attendance_id", l.AttendanceID, "day", l.Day, "minutes", l.Minutes, "title", l.Title,
			"organiser", l.Organiser, "place", l.Place, "field_code", l.FieldCode, "field_name", l.FieldName}
	}
	if err := r.Tx.Exec(`INSERT INTO certificate_lines (certificate_id, `+lineColumns+`) SELECT ?, `+lineColumns+` FROM `+
		r.Tx.Records(`line int, attendance_id uuid, day date, minutes int, title text, organiser text, place text, field_code text, field_name text`),
		c.ID, repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`INSERT INTO certificate_papers (certificate_id, pdf) VALUES (?, ?)`, c.ID, pdf).Error
}

// ByNumber implements certificate.Repository.
func (r Certificates) ByNumber(_ context.Context, number string) (certificate.Issued, error) {
	return one(r.Tx, `c.number = ?`, number)
}

// Revoke implements certificate.Repository.
func (r Certificates) Revoke(_ context.Context, revocation certificate.Revocation) error {
	err := r.Tx.Table("certificate_revocations").Create(&revocation).Error
	if sqlerr.AnyUnique(err) {
		return certificate.ErrRevoked
	}
	return err
}

// issued selects certificates as they stand now. Whether one was superseded is nowhere written down: it is read from the
// entries that the account has got since, so that no way of posting can forget it, and none pays for it.
const issued = `SELECT c.*, r.revoked_at, EXISTS (
		SELECT 1 FROM ledger_entries e
		JOIN certificate_lines l ON l.certificate_id = c.id AND l.attendance_id = e.source_id AND l.day = e.effective_day
		JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE e.account_id = c.account_id AND e.sequence > c.ledger_sequence AND p.amount <> 0
	) AS changed FROM certificates c LEFT JOIN certificate_revocations r ON r.certificate_id = c.id WHERE `

func one(tx *repository.Tx, where string, args ...any) (c certificate.Issued, err error) {
	found := tx.Raw(issued+where, args...).Scan(&c)
	if found.Error == nil && found.RowsAffected == 0 {
		return c, certificate.ErrNotFound
	}
	return c, found.Error
}

// ByNumber implements certificate.Reader.
func (s Store) ByNumber(ctx context.Context, number string) (c certificate.Issued, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		c, err = one(tx, `c.number = ?`, number)
		return err
	})
	return c, err
}

// Of implements certificate.Reader.
func (s Store) Of(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[certificate.Issued], error) {
	query, args := issued+`c.volunteer_id = ?`, []any{volunteer}
	if len(p.After) == 1 {
		query, args = query+` AND c.id < ?`, append(args, p.After[0])
	}
	var rows []certificate.Issued
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query+` ORDER BY c.id DESC LIMIT ?`, append(args, p.Limit+1)...).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(c certificate.Issued) []string { return []string{c.ID.String()} }), err
}

// One implements certificate.Reader.
func (s Store) One(ctx context.Context, volunteer, certificateID id.ID) (c certificate.Issued, lines []certificate.Line, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		if c, err = one(tx, `c.id = ? AND c.volunteer_id = ?`, certificateID, volunteer); err != nil {
			return err
		}
		return tx.Raw(`SELECT `+lineColumns+` FROM certificate_lines WHERE certificate_id = ? ORDER BY line`, certificateID).Scan(&lines).Error
	})
	return c, lines, err
}

// Paper implements certificate.Reader.
func (s Store) Paper(ctx context.Context, volunteer, certificateID id.ID) (c certificate.Issued, pdf []byte, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		if c, err = one(tx, `c.id = ? AND c.volunteer_id = ?`, certificateID, volunteer); err != nil {
			return err
		}
		return tx.Raw(`SELECT pdf FROM certificate_papers WHERE certificate_id = ?`, certificateID).Row().Scan(&pdf)
	})
	return c, pdf, err
}

// Statement implements certificate.Reader: person, account and entries as they stood at one instant.
func (s Store) Statement(ctx context.Context, volunteer id.ID, from, to calendar.Day, since time.Time) (st certificate.Statement, err error) {
	err = s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
		found := tx.Raw(`SELECT a.id AS account_id, a.sequence, a.head, a.last_posted_at, v.name, v.birth_date, v.number
			FROM volunteers v JOIN ledger_accounts a ON a.owner_id = v.id AND a.kind = 'volunteer_minutes' WHERE v.id = ?`, volunteer).Scan(&st.Subject)
		if found.Error == nil && found.RowsAffected == 0 {
			return ledger.ErrNoAccount
		}
		if found.Error != nil {
			return found.Error
		}
		if st.Issued, err = (Certificates{tx}).IssuedSince(ctx, volunteer, since); err != nil {
			return err
		}
		if st.FieldNames, err = fieldNames(tx); err != nil {
			return err
		}
		return tx.Raw(`SELECT e.source_id AS attendance_id, e.effective_day AS day, p.amount AS minutes, t.title,
				COALESCE(m.name, d.name, '') AS organiser, t.place, e.field_code, COALESCE(f.name, e.field_code) AS field_name
			FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
			JOIN attendances a ON a.id = e.source_id JOIN activities t ON t.id = a.activity_id
			LEFT JOIN activity_fields f ON f.code = e.field_code
			LEFT JOIN camps m ON m.id = t.organiser_id LEFT JOIN demand_sites d ON d.id = t.organiser_id
			WHERE e.account_id = ? AND e.effective_day BETWEEN ? AND ?
			ORDER BY e.effective_day, a.counted_in_at, e.source_id, e.sequence`, st.AccountID, from, to).Scan(&st.Postings).Error
	})
	return st, err
}

func fieldNames(tx *repository.Tx) (map[string]string, error) {
	var rows []struct{ Code, Name string }
	err := tx.Raw(`SELECT code, name FROM activity_fields`).Scan(&rows).Error
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.Code] = r.Name
	}
	return names, err
}

var (
	_ certificate.Store      = Store{}
	_ certificate.Reader     = Store{}
	_ certificate.Repository = Certificates{}
)
