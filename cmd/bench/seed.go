package main

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/migrations"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	ledgerstore "dure/repository/ledger"
)

var seoul = time.FixedZone("KST", 9*3600)

const (
	volunteers = 6000
	running    = 6   // shifts going on, at each of which every volunteer is checked in
	past       = 120 // ended shifts for batches
	veteran    = 10_000
	heads      = 4000
	hourly     = 200 // presences that an account records within an hour before it is too many
)

// bench is one run.
type bench struct {
	settings
	admin, dir, binary string
	database           string        // that the server has
	pause              time.Duration // before each post; none but where reading is measured beside
	server             *server
	report             report

	camp     id.ID
	head     who
	heads    []who // each records no more than a head may within an hour, then another one goes on
	keeper   who
	people   []who
	running  []id.ID
	past     []id.ID
	fewID    who // ten entries
	manyID   who // ten thousand
	activity id.ID
	filled   time.Time // when the city was filled: shifts stand around it
	replay   string    // what a check-out says to the database: the statements, always the same, and their parameters, never the same
}

// who is a person with an account and a session.
type who struct{ volunteer, account, session id.ID }

// seed fills one database and copies it: for the API, for pgbench, and for noting statements.
func (b *bench) seed(ctx context.Context) error {
	admin, err := sql.Open("pgx", b.admin)
	if err != nil {
		return err
	}
	defer admin.Close()
	for _, name := range []string{"seed", "http", "pgbench", "note", "empty"} {
		if _, err := admin.ExecContext(ctx, "DROP DATABASE IF EXISTS dure_bench_"+name+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE dure_bench_seed"); err != nil {
		return err
	}
	db, err := repository.Open(b.url("seed"), repository.Options{MaxConns: 4})
	if err != nil {
		return err
	}
	if _, err = migrations.Up(ctx, "postgres", db.Pool()); err == nil {
		err = b.fill(ctx, db.Pool())
	}
	if err == nil {
		err = b.histories(ctx, db)
	}
	if err == nil {
		_, err = db.Pool().ExecContext(ctx, "VACUUM ANALYZE")
	}
	db.Close()
	if err != nil {
		return err
	}
	for _, name := range []string{"http", "pgbench", "note", "empty"} {
		if _, err := admin.ExecContext(ctx, "CREATE DATABASE dure_bench_"+name+" TEMPLATE dure_bench_seed"); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) fill(ctx context.Context, db *sql.DB) error {
	b.camp = id.New()
	exec := func(query string, args ...any) error {
		if _, err := db.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("%.60s: %w", query, err)
		}
		return nil
	}
	const city = `INSERT INTO regions (code, level, parent, name, valid_from) VALUES
		('1221000000', 'gu', '1200000000', '동구', '2026-07-01'), ('1221052500', 'dong', '1221000000', '충장동', '2026-07-01')`
	if err := exec(city); err != nil {
		return err
	}
	if err := exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES ($1, '충장동 캠프', '충장동 캠프', '1221052500', '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, b.camp); err != nil {
		return err
	}
	// Nobody signs up in the bench, so a head may record as many without a sign-up as he may record at all.
	if err := exec(`INSERT INTO anomaly_rules (id, kind, threshold, second_threshold, active, effective_from, version, reference)
		SELECT gen_random_uuid(), kind, $1, second_threshold, true, effective_from, version + 1000, 'bench' FROM anomaly_rules
		WHERE kind = 'walk_ins_per_day'`, hourly); err != nil {
		return err
	}
	if err := b.fillPeople(exec); err != nil {
		return err
	}
	if err := b.fillShifts(exec); err != nil {
		return err
	}
	return exec(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, counted_in_at, travel_minutes,
			evidence, walk_in, state, worked_minutes, recognised_minutes, day, recorded_at, recorded_by, reason)
		SELECT gen_random_uuid(), s.id, s.activity_id, s.organiser_id, a.volunteer_id, came.at, came.at, 0,
			'qr', true, 'open', 0, 0, (came.at AT TIME ZONE 'Asia/Seoul')::date, now(), a.id, ''
		FROM shifts s CROSS JOIN accounts a CROSS JOIN (SELECT now() - interval '50 minutes') AS came(at)
		WHERE s.ends_at > now() AND a.login < $1`, fmt.Sprintf("%08d", volunteers))
}

func (b *bench) fillPeople(exec func(string, ...any) error) error {
	for i := range volunteers {
		w := who{id.New(), id.New(), id.New()}
		b.people = append(b.people, w)
		if i%1000 == 999 || i == volunteers-1 {
			if err := insertPeople(exec, b.people[i/1000*1000:i+1], i/1000*1000); err != nil {
				return err
			}
		}
	}
	b.head, b.keeper, b.fewID, b.manyID = b.people[0], b.people[1], b.people[2], b.people[3]
	for i := range heads {
		b.heads = append(b.heads, who{id.New(), id.New(), id.New()})
		if i%1000 == 999 {
			if err := insertPeople(exec, b.heads[i-999:], volunteers+i-999); err != nil {
				return err
			}
		}
	}
	const grant = `INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason)
		SELECT gen_random_uuid(), id, $1, 'camp', $2, now() - interval '1 day', '' FROM accounts WHERE `
	if err := exec(grant+`id = $3 OR login >= $4`, "camp_head", b.camp, b.head.account, fmt.Sprintf("%08d", volunteers)); err != nil {
		return err
	}
	return exec(grant+`id = $3`, "camp_keeper", b.camp, b.keeper.account)
}

func insertPeople(exec func(string, ...any) error, people []who, from int) error {
	rows := make([]repository.Row, len(people))
	for i, w := range people {
		rows[i] = repository.Row{"volunteer_id", w.volunteer, "account_id", w.account, "session_id", w.session, "n", fmt.Sprintf("%08d", from+i)}
	}
	const r = ` FROM jsonb_to_recordset($1::jsonb) AS r(volunteer_id uuid, account_id uuid, session_id uuid, n text)`
	for _, query := range []string{
		`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
			SELECT volunteer_id, n, '김두레', '김두레', '1990-01-01', 'female', '1221052500', 'active', '2025-01-01', now(), 1` + r,
		`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium)
			SELECT gen_random_uuid(), volunteer_id, p, '1', true, now(), 'online'` + r + ` CROSS JOIN (VALUES ('terms'), ('privacy')) AS c(p)`,
		`INSERT INTO accounts (id, login, password_hash, volunteer_id, created_at) SELECT account_id, n, '', volunteer_id, now()` + r,
		`INSERT INTO sessions (id, account_id, created_at, expires_at) SELECT session_id, account_id, now(), now() + interval '1 day'` + r,
		`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head) SELECT gen_random_uuid(), 'volunteer_minutes', volunteer_id, 'minute', 0, 0, ''` + r,
	} {
		if err := exec(query, repository.JSON(rows)); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) fillShifts(exec func(string, ...any) error) error {
	b.activity, b.filled = id.New(), time.Now().Truncate(time.Minute)
	if err := exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
			families, groups, state, created_by, created_at, reason, version)
		VALUES ($1, '급식 봉사', '급식 봉사', '', '0104', 'camp', $2, '1221052500', '충장동', true, true, true, true, 'approved', $3, now(), '', 1)`,
		b.activity, b.camp, id.New()); err != nil {
		return err
	}
	for i := range running + past {
		shift, from, to := id.New(), b.filled.Add(-time.Hour), b.filled.Add(5*time.Hour+time.Duration(i)*time.Minute)
		if i < running {
			b.running = append(b.running, shift)
		} else {
			from = b.pastStart(len(b.past))
			to = from.Add(2 * time.Hour)
			b.past = append(b.past, shift)
		}
		if err := exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
			VALUES ($1, $2, $3, $4, $5, 0, 10000, 0, 'bench')`, shift, b.activity, b.camp, from, to); err != nil {
			return err
		}
	}
	return nil
}

// pastStart is when the n-th ended shift began: all of them within the last month, as presences are entered by day.
func (b *bench) pastStart(n int) time.Time { return b.filled.Add(-time.Duration(30+5*n) * time.Hour) }

// histories gives one volunteer ten entries and another ten thousand, posted as the ledger posts them.
func (b *bench) histories(ctx context.Context, db *repository.DB) error {
	shift, first := id.New(), time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, h := range []struct {
		w       who
		entries int
	}{{b.fewID, 10}, {b.manyID, veteran}} {
		for from := 0; from < h.entries; from += 1000 {
			err := db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error {
				if err := tx.Exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
					VALUES (?, ?, ?, ?, ?, 0, 10000, 0, '') ON CONFLICT DO NOTHING`, shift, b.activity, b.camp, first, b.filled.AddDate(0, 0, -200)).Error; err != nil {
					return err
				}
				return b.history(ctx, tx, h.w, shift, first, from, min(from+1000, h.entries))
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// history posts an hour four times a day.
func (b *bench) history(ctx context.Context, tx *repository.Tx, w who, shift id.ID, first time.Time, from, to int) error {
	l := ledgerstore.Ledger{Tx: tx}
	accounts, err := l.Lock(ctx, []id.ID{w.volunteer})
	if err != nil {
		return err
	}
	var rows []attendance.Attendance
	var drafts []ledger.Draft
	for n := from; n < to; n++ {
		in := first.AddDate(0, 0, n/4).Add(time.Duration(n%4) * 2 * time.Hour)
		out, day := in.Add(time.Hour), calendar.Of(in, seoul)
		a := attendance.Attendance{ID: id.New(), ShiftID: shift, ActivityID: b.activity, OrganiserID: b.camp, VolunteerID: w.volunteer,
			CheckedInAt: in, CheckedOutAt: &out, CountedInAt: in, CountedOutAt: &out, Evidence: attendance.Leader, WalkIn: true,
			State: attendance.Pending, WorkedMinutes: 60, Day: day, RecordedAt: b.filled, RecordedBy: b.head.account}
		rows = append(rows, a)
		drafts = append(drafts, ledger.Draft{Kind: ledger.Recognition, VolunteerID: w.volunteer, SourceType: "attendance", SourceID: a.ID,
			EffectiveDay: day, Minutes: 60, Visits: 1, WorkedMinutes: 60, FieldCode: "0104", Evidence: string(a.Evidence), RuleVersion: 3, ActorID: b.keeper.account})
	}
	store := attendancestore.Attendances{Tx: tx}
	if err := store.Add(ctx, rows); err != nil {
		return err
	}
	for i := range rows {
		rows[i].State, rows[i].VerifiedAt, rows[i].VerifiedBy, rows[i].RecognisedMinutes = attendance.Verified, &b.filled, &b.keeper.account, 60
	}
	if err := store.Decide(ctx, rows); err != nil {
		return err
	}
	entries, after, err := ledger.Post(accounts, drafts, b.filled)
	if err != nil {
		return err
	}
	return l.Append(ctx, entries, after)
}

// pending lists the attendances that wait for a person.
func (b *bench) pending(ctx context.Context) (ids []id.ID, err error) {
	db, err := sql.Open("pgx", b.url("http"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT id FROM attendances WHERE state = 'pending' ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i id.ID
		if err := rows.Scan(&i); err != nil {
			return nil, err
		}
		ids = append(ids, i)
	}
	return ids, rows.Err()
}
