// Package transfer keeps what was taken over from other systems.
package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"dure/domain/activity"
	"dure/domain/attendance"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/transfer"
	"dure/repository"
	activitystore "dure/repository/activity"
	attendancestore "dure/repository/attendance"
	ledgerstore "dure/repository/ledger"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Activities() activity.Repository   { return activitystore.Activities{Tx: u.Tx} }
func (u unit) Attendance() attendance.Repository { return attendancestore.Attendances{Tx: u.Tx} }
func (u unit) Ledger() ledger.Repository         { return ledgerstore.Ledger{Tx: u.Tx} }
func (u unit) Transfers() transfer.Repository    { return Transfers{u.Tx} }

// Update implements transfer.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx transfer.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Transfers implements transfer.Repository inside a transaction.
type Transfers struct{ Tx *repository.Tx }

// Lock implements transfer.Repository.
func (r Transfers) Lock(_ context.Context, s transfer.System, now time.Time) (source transfer.Source, err error) {
	if err := r.Tx.Raw(`SELECT code, name, site_id FROM transfer_systems WHERE code = ?`+r.Tx.Pick(` FOR UPDATE`, ``), s).Scan(&source).Error; err != nil {
		return source, err
	}
	// The city is what its gu belong to; before these are loaded, the first there is.
	if err := r.Tx.Raw(`SELECT COALESCE((SELECT parent FROM regions WHERE level = 'gu' AND successor IS NULL ORDER BY code LIMIT 1),
		(SELECT MIN(code) FROM regions WHERE level = 'city'))`).Scan(&source.RegionCode).Error; err != nil {
		return source, err
	}
	return source, r.Tx.Exec(`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at,
			decided_at, reason, version) VALUES (?, ?, ?, 'other', ?, '', '', 'closed', ?, ?, ?, 'transfer', 1) ON CONFLICT (id) DO NOTHING`,
		source.SiteID, source.Name, strings.ToLower(source.Name), source.RegionCode, id.Nil, now, now).Error
}

func texts(name string, list []string) string {
	rows := make([]repository.Row, len(list))
	for i, s := range list {
		rows[i] = repository.Row{name, s}
	}
	return repository.JSON(rows)
}

// People implements transfer.Repository.
func (r Transfers) People(_ context.Context, numbers []string) (people []transfer.Person, err error) {
	err = r.Tx.Raw(`SELECT v.id, v.number, v.name, v.status, COALESCE((SELECT c.granted FROM consents c WHERE c.volunteer_id = v.id
			AND c.purpose = 'link_1365' ORDER BY c.given_at DESC, c.id DESC LIMIT 1), `+r.Tx.Pick(`false`, `0`)+`) AS consented
		FROM volunteers v WHERE v.number IN (SELECT r.number FROM `+r.Tx.Records("number text")+`)`, texts("number", numbers)).Scan(&people).Error
	return people, err
}

// Known implements transfer.Repository.
func (r Transfers) Known(_ context.Context, s transfer.System, originIDs []string) (known []transfer.Origin, err error) {
	err = r.Tx.Raw(`SELECT o.* FROM `+r.Tx.Records("origin_id text")+` JOIN transfer_origins o ON o.origin_id = r.origin_id AND o.origin_system = ?`,
		texts("origin_id", originIDs), s).Scan(&known).Error
	return known, err
}

// Taken implements transfer.Repository. A presence lasts a day at most, which bounds the stretch of the index to look at.
func (r Transfers) Taken(_ context.Context, people []id.ID, since, till time.Time) ([]transfer.Taken, error) {
	var rows []struct {
		VolunteerID  id.ID
		CountedInAt  time.Time
		CountedOutAt time.Time
	}
	err := r.Tx.Raw(`SELECT a.volunteer_id, a.counted_in_at, a.counted_out_at FROM `+r.Tx.Records("id uuid")+`
		JOIN attendances a ON a.volunteer_id = r.id AND a.counted_in_at >= ? AND a.counted_in_at < ?
		WHERE a.counted_out_at IS NOT NULL AND a.state NOT IN ('rejected', 'reversed')`, repository.IDs(people), since.AddDate(0, 0, -2), till).Scan(&rows).Error
	taken := make([]transfer.Taken, len(rows))
	for i, row := range rows {
		taken[i].VolunteerID, taken[i].Start, taken[i].End = row.VolunteerID, row.CountedInAt, row.CountedOutAt
	}
	return taken, err
}

// Donations implements transfer.Repository.
func (r Transfers) Donations(_ context.Context, people []id.ID) (given []transfer.Donation, err error) {
	err = r.Tx.Raw(`SELECT a.volunteer_id, o.donation_kind AS kind, a.day FROM `+r.Tx.Records("id uuid")+`
		JOIN attendances a ON a.volunteer_id = r.id JOIN transfer_origins o ON o.attendance_id = a.id
		WHERE o.donation_kind IS NOT NULL AND a.state NOT IN ('rejected', 'reversed')`, repository.IDs(people)).Scan(&given).Error
	return given, err
}

// DonationRules implements transfer.Repository.
func (r Transfers) DonationRules(ctx context.Context) (transfer.DonationRules, error) {
	return DonationRulesOf(ctx, r.Tx, "nation")
}

// DonationRulesOf reads an owner's rules.
func DonationRulesOf(_ context.Context, tx *repository.Tx, owner string) (rules transfer.DonationRules, err error) {
	err = tx.Raw(`SELECT * FROM donation_rules WHERE owner = ? ORDER BY effective_from, kind`, owner).Scan(&rules).Error
	return rules, err
}

// Regions implements transfer.Repository.
func (r Transfers) Regions(context.Context) (regions []transfer.Region, err error) {
	err = r.Tx.Raw(`SELECT p.code, p.name, COALESCE(p.region_code, (SELECT g.code FROM regions g WHERE g.level = 'gu' AND g.name = p.name
			AND g.successor IS NULL ORDER BY g.code LIMIT 1), '') AS region_code FROM portal_regions p ORDER BY p.code`).Scan(&regions).Error
	return regions, err
}

// Shifts implements transfer.Repository. Activities are known by what they are, under the system's lock; they are ended,
// so that nobody signs up.
func (r Transfers) Shifts(_ context.Context, s transfer.Source, places []transfer.Place, by id.ID, now time.Time) ([]transfer.Shift, error) {
	rows := make([]repository.Row, len(places))
	for i, p := range places {
		rows[i] = repository.Row{"n", i, "activity_id", id.New(), "shift_id", id.New(), "key", key(p), "title", p.Title, "search", activity.Search(p.Title),
			"field_code", p.FieldCode, "region_code", p.RegionCode, "place", p.Organisation, "starts_at", p.Start, "ends_at", p.End, "secret", id.Secret()}
	}
	all := repository.JSON(rows)
	from := r.Tx.Records(`n int, activity_id uuid, shift_id uuid, key text, title text, search text, field_code text, region_code text, place text,
		starts_at timestamptz, ends_at timestamptz, secret text`)
	if err := r.Tx.Exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place,
			adults, youths, families, groups, state, origin_system, origin_id, created_by, created_at, decided_at, reason, version)
		SELECT r.activity_id, r.title, r.search, '', r.field_code, 'demand_site', ?, r.region_code, r.place, true, true, true, true, 'ended',
			?, r.key, ?, ?, ?, 'transfer', 1 FROM `+from+` WHERE r.n = r.n ON CONFLICT (origin_system, origin_id) DO NOTHING`,
		s.SiteID, s.Code, by, now, now, all).Error; err != nil {
		return nil, err
	}
	if err := r.Tx.Exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		SELECT r.shift_id, a.id, a.organiser_id, r.starts_at, r.ends_at, 0, 1, 0, r.secret FROM `+from+`
		JOIN activities a ON a.origin_system = ? AND a.origin_id = r.key
		WHERE r.n = r.n ON CONFLICT (activity_id, starts_at, ends_at) WHERE cancelled_at IS NULL DO NOTHING`, all, s.Code).Error; err != nil {
		return nil, err
	}
	var shifts []transfer.Shift
	err := r.Tx.Raw(`SELECT t.id, t.activity_id FROM `+from+` JOIN activities a ON a.origin_system = ? AND a.origin_id = r.key
		JOIN shifts t ON t.activity_id = a.id AND t.starts_at = r.starts_at AND t.ends_at = r.ends_at AND t.cancelled_at IS NULL
		ORDER BY r.n`, all, s.Code).Scan(&shifts).Error
	return shifts, err
}

// key is under which an activity of a system is known.
func key(p transfer.Place) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.Title, p.Organisation, p.FieldCode, p.RegionCode}, "\x00")))
	return "transfer:" + hex.EncodeToString(sum[:20])
}

// Add implements transfer.Repository.
func (r Transfers) Add(_ context.Context, t transfer.Transfer, origins []transfer.Origin) error {
	if err := r.Tx.Table("transfers").Create(&t).Error; err != nil {
		return err
	}
	rows := make([]repository.Row, len(origins))
	for i, o := range origins {
		rows[i] = repository.Row{"attendance_id", o.AttendanceID, "transfer_id", o.TransferID, "origin_system", string(o.OriginSystem),
			"origin_id", o.OriginID, "hash", o.Hash, "line", o.Line, "donation_kind", o.DonationKind}
	}
	const columns = "attendance_id, transfer_id, origin_system, origin_id, hash, line, donation_kind"
	return r.Tx.Exec(`INSERT INTO transfer_origins (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`attendance_id uuid, transfer_id uuid,
		origin_system text, origin_id text, hash text, line int, donation_kind text`), repository.JSON(rows)).Error
}

// Attendances implements transfer.Repository.
func (r Transfers) Attendances(_ context.Context, transferID id.ID) ([]id.ID, error) {
	var rows []struct{ AttendanceID id.ID }
	if err := r.Tx.Raw(`SELECT attendance_id FROM transfer_origins WHERE transfer_id = ? ORDER BY line, attendance_id`, transferID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, transfer.ErrNotFound
	}
	ids := make([]id.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.AttendanceID
	}
	return ids, nil
}
