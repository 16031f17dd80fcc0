// Package volunteer keeps persons.
package volunteer

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/domain/camp"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
	"dure/domain/volunteer"
	"dure/repository"
	campstore "dure/repository/camp"
	ledgerstore "dure/repository/ledger"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Volunteers() volunteer.Repository { return Volunteers{u.Tx} }
func (u unit) Camps() camp.Repository           { return campstore.Camps{Tx: u.Tx} }
func (u unit) Ledger() ledger.Repository        { return ledgerstore.Ledger{Tx: u.Tx} }

// Update implements volunteer.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx volunteer.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Volunteers implements volunteer.Repository inside a transaction; other features' units use it too.
type Volunteers struct{ Tx *repository.Tx }

// Residence implements volunteer.Repository. A dong is followed along its successors; a province is not, for what it was
// merged into is more than it was.
func (r Volunteers) Residence(_ context.Context, code string, today calendar.Day) (current string, ok bool, err error) {
	found := r.Tx.Raw(`WITH RECURSIVE later AS (
			SELECT code, level, valid_from, valid_to, successor FROM regions WHERE code = ? AND level IN ('dong', 'city')
			UNION SELECT r.code, r.level, r.valid_from, r.valid_to, r.successor
				FROM later l JOIN regions r ON r.code = l.successor AND l.level = 'dong' AND r.level = 'dong'
		) SELECT code FROM later WHERE (valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to >= ?)`,
		code, today, today).Scan(&current)
	return current, found.RowsAffected == 1, found.Error
}

// Add implements volunteer.Repository.
func (r Volunteers) Add(ctx context.Context, v volunteer.Volunteer) (taken bool, err error) {
	done := r.Tx.Exec(`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, mobile, email, status,
			camp_id, registered_on, registered_at, registered_by, claim_hash, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), NULLIF(?, ''), ?, ?, ?, ?, ?, NULLIF(?, ''), ?) ON CONFLICT (number) DO NOTHING`,
		v.ID, v.Number, v.Name, v.Search, v.BirthDate, v.Sex, v.RegionCode, v.Mobile, v.Email, v.Status,
		v.CampID, v.RegisteredOn, v.RegisteredAt, v.RegisteredBy, v.ClaimHash, v.Version)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error == nil, done.Error
	}
	return false, r.Move(ctx, v.ID, v.RegionCode, v.RegisteredOn, v.RegisteredAt)
}

// Get implements volunteer.Repository.
func (r Volunteers) Get(_ context.Context, person id.ID) (volunteer.Volunteer, error) {
	return r.one(`SELECT * FROM volunteers WHERE id = ?`, person)
}

// ByNumber implements volunteer.Repository.
func (r Volunteers) ByNumber(_ context.Context, number string) (volunteer.Volunteer, error) {
	return r.one(`SELECT * FROM volunteers WHERE number = ?`, number)
}

func (r Volunteers) one(query string, key any) (v volunteer.Volunteer, err error) {
	found := r.Tx.Raw(query, key).Scan(&v)
	if found.Error == nil && found.RowsAffected == 0 {
		return v, volunteer.ErrNotFound
	}
	return v, found.Error
}

// Record implements volunteer.Repository.
func (r Volunteers) Record(_ context.Context, person id.ID) (volunteer.Record, error) {
	var row struct {
		volunteer.Volunteer
		GuName, DongName string
	}
	found := r.Tx.Raw(`SELECT v.*, COALESCE(g.name, d.name) AS gu_name, CASE WHEN g.code IS NULL THEN '' ELSE d.name END AS dong_name
		FROM volunteers v JOIN regions d ON d.code = v.region_code LEFT JOIN regions g ON g.code = d.parent WHERE v.id = ?`, person).Scan(&row)
	if found.Error != nil {
		return volunteer.Record{}, found.Error
	}
	if found.RowsAffected == 0 {
		return volunteer.Record{}, volunteer.ErrNotFound
	}
	full := volunteer.Record{Volunteer: row.Volunteer, GuName: row.GuName, DongName: row.DongName}
	if err := r.Tx.Raw(`SELECT purpose, version, granted FROM (SELECT purpose, version, granted,
			ROW_NUMBER() OVER (PARTITION BY purpose ORDER BY given_at DESC, id DESC) AS back
			FROM consents WHERE volunteer_id = ?) AS c WHERE back = 1 ORDER BY purpose`, person).Scan(&full.Consents).Error; err != nil {
		return full, err
	}
	err := r.Tx.Raw(`SELECT name, mobile, relation, declared_at, confirmed_at FROM guardians WHERE volunteer_id = ? ORDER BY declared_at, id`,
		person).Scan(&full.Guardians).Error
	return full, err
}

// Update implements volunteer.Repository. The time of recording never runs backwards along a person, even when the clock does.
func (r Volunteers) Update(_ context.Context, v volunteer.Volunteer, at time.Time) error {
	if err := r.Tx.Exec(`INSERT INTO volunteers_before (volunteer_id, recorded_at, until, birth_date, sex, region_code, status, registered_on, withdrawn_on)
		SELECT id, COALESCE(recorded_at, registered_at), ?, birth_date, sex, region_code, status, registered_on, withdrawn_on
		FROM volunteers WHERE id = ? AND version = ? AND COALESCE(recorded_at, registered_at) < ?`+r.Tx.Pick(` FOR NO KEY UPDATE`, ``),
		at, v.ID, v.Version-1, at).Error; err != nil { // locked: of two who change the same version, the other finds it changed
		return err
	}
	done := r.Tx.Exec(`UPDATE volunteers SET name = ?, search = ?, birth_date = ?, sex = ?, region_code = ?, mobile = NULLIF(?, ''),
			email = NULLIF(?, ''), status = ?, withdrawn_on = ?, claim_hash = NULLIF(?, ''), version = ?,
			recorded_at = CASE WHEN COALESCE(recorded_at, registered_at) < ? THEN ? ELSE recorded_at END
		WHERE id = ? AND version = ?`,
		v.Name, v.Search, v.BirthDate, v.Sex, v.RegionCode, v.Mobile, v.Email, v.Status, v.WithdrawnOn, v.ClaimHash, v.Version, at, at, v.ID, v.Version-1)
	if done.Error == nil && done.RowsAffected == 0 {
		return volunteer.ErrChanged
	}
	return done.Error
}

// Move implements volunteer.Repository.
func (r Volunteers) Move(_ context.Context, person id.ID, region string, since calendar.Day, at time.Time) error {
	if err := r.Tx.Exec(`INSERT INTO residences_before (volunteer_id, since, recorded_at, until, region_code)
		SELECT volunteer_id, since, recorded_at, ?, region_code FROM residences
		WHERE volunteer_id = ? AND since = ? AND (recorded_at IS NULL OR recorded_at < ?)`, at, person, since, at).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`INSERT INTO residences (volunteer_id, since, region_code, recorded_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (volunteer_id, since) DO UPDATE SET region_code = excluded.region_code,
			recorded_at = CASE WHEN residences.recorded_at > excluded.recorded_at THEN residences.recorded_at ELSE excluded.recorded_at END`,
		person, since, region, at).Error
}

// Consent implements volunteer.Repository.
func (r Volunteers) Consent(_ context.Context, given ...volunteer.Given) error {
	rows := make([]repository.Row, len(given))
	for i, g := range given {
		rows[i] = repository.Row{"id", id.New(), "volunteer_id", g.VolunteerID, "purpose", g.Purpose, "version", g.Version,
			"granted", g.Granted, "given_at", g.At, "given_by", g.By, "medium", g.Medium}
	}
	const columns = "id, volunteer_id, purpose, version, granted, given_at, given_by, medium"
	return r.Tx.Exec(`INSERT INTO consents (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`id uuid, volunteer_id uuid, purpose text,
		version text, granted boolean, given_at timestamptz, given_by uuid, medium text`), repository.JSON(rows)).Error
}

// AddGuardian implements volunteer.Repository.
func (r Volunteers) AddGuardian(_ context.Context, ward id.ID, g volunteer.Guardian, at time.Time) error {
	return r.Tx.Exec(`INSERT INTO guardians (id, volunteer_id, name, mobile, relation, declared_at, guardian_volunteer_id)
		VALUES (?, ?, ?, ?, ?, ?, (SELECT v.id FROM volunteers v WHERE v.mobile = ? AND v.id <> ? ORDER BY v.registered_at, v.id LIMIT 1))`,
		id.New(), ward, g.Name, g.Mobile, g.Relation, at, g.Mobile, ward).Error
}

// LinkWards implements volunteer.Repository.
func (r Volunteers) LinkWards(_ context.Context, v volunteer.Volunteer) error {
	if v.Mobile == "" {
		return nil
	}
	return r.Tx.Exec(`UPDATE guardians SET guardian_volunteer_id = ? WHERE mobile = ? AND guardian_volunteer_id IS NULL AND volunteer_id <> ?`,
		v.ID, v.Mobile, v.ID).Error
}

// ConfirmGuardians implements volunteer.Repository.
func (r Volunteers) ConfirmGuardians(_ context.Context, ward, by id.ID, at time.Time) error {
	return r.Tx.Exec(`UPDATE guardians SET confirmed_at = ?, confirmed_by = ? WHERE volunteer_id = ? AND confirmed_at IS NULL`,
		at, by, ward).Error
}

// HasAccount implements volunteer.Repository.
func (r Volunteers) HasAccount(_ context.Context, person id.ID) (has bool, err error) {
	err = r.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM accounts WHERE volunteer_id = ?)`, person).Scan(&has).Error
	return has, err
}

// AtCamp implements volunteer.Repository.
func (r Volunteers) AtCamp(_ context.Context, campID id.ID, f volunteer.Filter, p page.Request) (page.Page[volunteer.Volunteer], error) {
	var people []volunteer.Volunteer
	q := r.Tx.Table("volunteers AS v").Where("v.status <> ?", volunteer.Withdrawn).Where(`v.id IN (
		SELECT id FROM volunteers WHERE camp_id = ? UNION SELECT volunteer_id FROM attendances WHERE organiser_id = ?)`, campID, campID)
	none := q.Session(&gorm.Session{NewDB: true})
	if f.Word != "" {
		fits := none.Where(`v.search LIKE ? ESCAPE '\'`, text.Like(f.Word))
		if f.Number != "" {
			fits = fits.Or("v.number = ?", f.Number)
		}
		if f.LastFour != "" {
			fits = fits.Or("v.mobile LIKE ?", "%"+f.LastFour)
		}
		q = q.Where(fits)
	}
	if len(p.After) == 2 {
		q = q.Where(none.Where("v.name > ?", p.After[0]).Or("v.name = ? AND v.id > ?", p.After[0], p.After[1]))
	}
	if err := q.Order("v.name, v.id").Limit(p.Limit + 1).Scan(&people).Error; err != nil {
		return page.Page[volunteer.Volunteer]{}, err
	}
	return page.Cut(people, p, func(v volunteer.Volunteer) []string { return []string{v.Name, v.ID.String()} }), nil
}
