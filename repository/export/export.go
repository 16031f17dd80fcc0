// Package export reads the ledger as others need it, and keeps what was sent to them.
package export

import (
	"context"
	"time"

	"dure/domain/export"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/transfer"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	transferstore "dure/repository/transfer"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Ledger() ledger.Repository      { return ledgerstore.Ledger{Tx: u.Tx} }
func (u unit) Transfers() transfer.Repository { return transferstore.Transfers{Tx: u.Tx} }
func (u unit) Exports() export.Repository     { return Exports{u.Tx} }

// Update implements export.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx export.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Snapshot implements export.Store.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, r export.Reader) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Exports{tx}) })
}

// Exports implements export.Repository inside a transaction, and export.Reader inside a snapshot.
type Exports struct{ Tx *repository.Tx }

// Work implements export.Reader. An entry's first line is the volunteer's.
func (r Exports) Work(_ context.Context, people []id.ID, from, to calendar.Day) (work []export.Work, err error) {
	err = r.Tx.Raw(`SELECT e.volunteer_id, e.source_id AS attendance_id, e.effective_day AS day, SUM(p.amount) AS minutes,
			COALESCE(o.donation_kind, '') AS donation_kind
		FROM `+r.Tx.Records("id uuid")+` JOIN ledger_accounts c ON c.owner_id = r.id AND c.kind = 'volunteer_minutes'
		JOIN ledger_entries e ON e.account_id = c.id AND e.effective_day BETWEEN ? AND ?
		JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		LEFT JOIN transfer_origins o ON o.attendance_id = e.source_id
		GROUP BY e.volunteer_id, e.source_id, e.effective_day, o.donation_kind HAVING SUM(p.amount) > 0`, repository.IDs(people), from, to).Scan(&work).Error
	return work, err
}

// Exported implements export.Reader.
func (r Exports) Exported(_ context.Context, people []id.ID, from, to calendar.Day) (work []export.Work, err error) {
	err = r.Tx.Raw(`SELECT d.volunteer_id, d.day, SUM(d.minutes) AS minutes FROM `+r.Tx.Records("id uuid")+`
		JOIN school_export_days d ON d.volunteer_id = r.id AND d.day BETWEEN ? AND ? GROUP BY d.volunteer_id, d.day`,
		repository.IDs(people), from, to).Scan(&work).Error
	return work, err
}

// SchoolRules implements export.Reader.
func (r Exports) SchoolRules(ctx context.Context) (transfer.DonationRules, error) {
	return transferstore.DonationRulesOf(ctx, r.Tx, "school_office")
}

// Timetable implements export.Reader.
func (r Exports) Timetable(_ context.Context, school string) (t export.Timetable, err error) {
	err = r.Tx.Raw(`SELECT * FROM class_periods WHERE school IN ('', ?) ORDER BY version`, school).Scan(&t).Error
	return t, err
}

// Areas implements export.Reader.
func (r Exports) Areas(_ context.Context, from, to calendar.Day) (areas []export.Area, err error) {
	err = r.Tx.Raw(`SELECT * FROM disaster_areas WHERE first_day <= ? AND last_day >= ? ORDER BY first_day, id`, to, from).Scan(&areas).Error
	return areas, err
}

// ServedIn implements export.Reader.
func (r Exports) ServedIn(_ context.Context, volunteer id.ID, a export.Area, from, to calendar.Day) (minutes int, err error) {
	err = r.Tx.Raw(`SELECT CAST(COALESCE(SUM(p.amount), 0) AS bigint) FROM ledger_accounts c
		JOIN ledger_entries e ON e.account_id = c.id AND e.effective_day BETWEEN ? AND ?
		JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		JOIN attendances s ON s.id = e.source_id JOIN activities t ON t.id = s.activity_id
		WHERE c.owner_id = ? AND c.kind = 'volunteer_minutes' AND t.region_code IN (?)`,
		from, to, volunteer, repository.RegionAndBelow(r.Tx, a.RegionCode)).Scan(&minutes).Error
	return minutes, err
}

// Portal implements export.Reader. Places are told by their codes there before the presences are looked at.
func (r Exports) Portal(_ context.Context, on calendar.Day, after id.ID, entries int, posted time.Time) (part export.PortalPart, err error) {
	var last []struct{ AccountID id.ID }
	if err := r.Tx.Raw(`SELECT account_id FROM ledger_entries WHERE effective_day = ? AND account_id > ? ORDER BY account_id LIMIT 1 OFFSET ?`,
		on, after, entries-1).Scan(&last).Error; err != nil {
		return part, err
	}
	some, args := ``, []any{on, after, posted}
	if len(last) > 0 {
		part.Last = last[0].AccountID
		some, args = ` AND e.account_id <= ?`, append(args, part.Last)
	}
	var rows []struct {
		export.PortalRow
		FromPortal, Consented bool
	}
	err = r.Tx.Raw(`WITH w AS MATERIALIZED (
			SELECT e.source_id AS attendance_id, e.volunteer_id, e.effective_day AS day, SUM(p.amount) AS minutes
			FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
			WHERE e.effective_day = ? AND e.account_id > ? AND e.source_type = 'attendance' AND e.posted_at <= ?`+some+`
			GROUP BY e.source_id, e.volunteer_id, e.effective_day HAVING SUM(p.amount) > 0
		), places AS MATERIALIZED (
			SELECT r.code, COALESCE(pr.sido_code, '') AS sido_code, CASE WHEN pr.code <> pr.sido_code THEN pr.code ELSE '' END AS gugun_code
			FROM regions r LEFT JOIN regions g ON g.code = r.parent LEFT JOIN portal_regions pr ON pr.region_code = r.code
				OR (pr.region_code IS NULL AND pr.name = CASE r.level WHEN 'gu' THEN r.name WHEN 'dong' THEN g.name END)
		)
		SELECT w.*, v.number AS volunteer_number, v.name AS volunteer_name, t.title AS activity_title, COALESCE(c.name, d.name) AS organisation,
			t.place, a.counted_in_at AS checked_in_at, a.counted_out_at AS checked_out_at, t.field_code, f.group_name, f.name AS field_name,
			l.sido_code, l.gugun_code, o.attendance_id IS NOT NULL AS from_portal,
			COALESCE((SELECT s.granted FROM consents s WHERE s.volunteer_id = w.volunteer_id AND s.purpose = 'link_1365'
				ORDER BY s.given_at DESC, s.id DESC LIMIT 1), `+r.Tx.Pick(`false`, `0`)+`) AS consented
		FROM w JOIN attendances a ON a.id = w.attendance_id JOIN activities t ON t.id = a.activity_id JOIN volunteers v ON v.id = w.volunteer_id
		JOIN activity_fields f ON f.code = t.field_code JOIN places l ON l.code = t.region_code
		LEFT JOIN camps c ON c.id = t.organiser_id LEFT JOIN demand_sites d ON d.id = t.organiser_id
		LEFT JOIN transfer_origins o ON o.attendance_id = a.id AND o.origin_system = '1365'
		ORDER BY w.volunteer_id, a.counted_in_at, w.attendance_id`, args...).Scan(&rows).Error
	for _, row := range rows {
		switch {
		case row.FromPortal:
			part.Imported++
		case !row.Consented:
			part.Refused++
		default:
			part.Rows = append(part.Rows, row.PortalRow)
		}
	}
	return part, err
}

// SchoolExport implements export.Reader.
func (r Exports) SchoolExport(_ context.Context, exportID id.ID) (e export.SchoolExport, lines []export.SentLine, err error) {
	found := r.Tx.Raw(`SELECT * FROM school_exports WHERE id = ?`, exportID).Scan(&e)
	if found.Error != nil {
		return e, nil, found.Error
	}
	if found.RowsAffected == 0 {
		return e, nil, export.ErrNotFound
	}
	err = r.Tx.Raw(`SELECT l.*, v.number AS volunteer_number, v.name AS volunteer_name, v.birth_date FROM school_export_lines l
		JOIN volunteers v ON v.id = l.volunteer_id WHERE l.export_id = ? ORDER BY v.name, v.number`, exportID).Scan(&lines).Error
	return e, lines, err
}

// LastLines implements export.Repository.
func (r Exports) LastLines(_ context.Context, people []id.ID) (lines []export.SentLine, err error) {
	err = r.Tx.Raw(`SELECT l.* FROM `+r.Tx.Records("id uuid")+` JOIN school_export_lines l ON l.volunteer_id = r.id
		WHERE l.sequence = (SELECT MAX(m.sequence) FROM school_export_lines m WHERE m.volunteer_id = l.volunteer_id)`, repository.IDs(people)).Scan(&lines).Error
	return lines, err
}

// Send implements export.Repository. An attendance over midnight may have been sent with its first day already.
func (r Exports) Send(_ context.Context, e export.SchoolExport, lines []export.SentLine, days []export.Work, attendances []id.ID) error {
	if err := r.Tx.Table("school_exports").Create(&e).Error; err != nil {
		return err
	}
	rows := make([]repository.Row, len(lines))
	for i, l := range lines {
		rows[i] = repository.Row{"volunteer_id", l.VolunteerID, "sequence", l.Sequence, "carried", l.Carried, "minutes", l.Minutes, "hours", l.Hours, "remainder", l.Remainder}
	}
	if err := r.Tx.Exec(`INSERT INTO school_export_lines (export_id, volunteer_id, sequence, carried, minutes, hours, remainder)
		SELECT ?, r.volunteer_id, r.sequence, r.carried, r.minutes, r.hours, r.remainder FROM `+
		r.Tx.Records("volunteer_id uuid, sequence int, carried int, minutes int, hours int, remainder int"), e.ID, repository.JSON(rows)).Error; err != nil {
		return err
	}
	rows = make([]repository.Row, len(days))
	for i, d := range days {
		rows[i] = repository.Row{"volunteer_id", d.VolunteerID, "day", d.Day, "minutes", d.Minutes}
	}
	if err := r.Tx.Exec(`INSERT INTO school_export_days (export_id, volunteer_id, day, minutes) SELECT ?, r.volunteer_id, r.day, r.minutes FROM `+
		r.Tx.Records("volunteer_id uuid, day date, minutes int"), e.ID, repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`INSERT INTO exported_attendances (attendance_id, export_id) SELECT r.id, ? FROM `+r.Tx.Records("id uuid")+`
		WHERE r.id = r.id ON CONFLICT (attendance_id) DO NOTHING`, e.ID, repository.IDs(attendances)).Error
}

// AddPeriods implements export.Repository. The table is locked, so that versions are given out one after the other.
func (r Exports) AddPeriods(_ context.Context, p export.Periods) (int, error) {
	if r.Tx.Postgres() {
		if err := r.Tx.Exec(`LOCK TABLE class_periods IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return 0, err
		}
	}
	if err := r.Tx.Raw(`SELECT COALESCE(MAX(version), 0) + 1 FROM class_periods`).Scan(&p.Version).Error; err != nil {
		return 0, err
	}
	return p.Version, r.Tx.Table("class_periods").Create(&p).Error
}

// Region implements export.Repository.
func (r Exports) Region(_ context.Context, code string) (known bool, err error) {
	err = r.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM regions WHERE code = ?)`, code).Scan(&known).Error
	return known, err
}

// AddArea implements export.Repository.
func (r Exports) AddArea(_ context.Context, a export.Area) error {
	return r.Tx.Table("disaster_areas").Create(&a).Error
}

// SchoolExports implements export.Lists: newest first.
func (s Store) SchoolExports(ctx context.Context, p page.Request) (page.Page[export.SchoolExport], error) {
	rows, err := list[export.SchoolExport](ctx, s.db, "school_exports", p)
	return page.Cut(rows, p, func(e export.SchoolExport) []string { return []string{e.ID.String()} }), err
}

// ListPeriods implements export.Lists: newest first.
func (s Store) ListPeriods(ctx context.Context, p page.Request) (page.Page[export.Periods], error) {
	rows, err := list[export.Periods](ctx, s.db, "class_periods", p)
	return page.Cut(rows, p, func(e export.Periods) []string { return []string{e.ID.String()} }), err
}

// ListAreas implements export.Lists: newest first.
func (s Store) ListAreas(ctx context.Context, p page.Request) (page.Page[export.Area], error) {
	rows, err := list[export.Area](ctx, s.db, "disaster_areas", p)
	return page.Cut(rows, p, func(e export.Area) []string { return []string{e.ID.String()} }), err
}

func list[T any](ctx context.Context, db *repository.DB, table string, p page.Request) (rows []T, err error) {
	err = db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table(table)
		if len(p.After) == 1 {
			q = q.Where("id < ?", p.After[0])
		}
		return q.Order("id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return rows, err
}

var _ export.Repository = Exports{}
