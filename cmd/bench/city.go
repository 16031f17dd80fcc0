package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"dure/domain/kernel/id"
)

// city is a city as large as is asked for, with a server of its own and people at work on whom check-outs wait.
type city struct {
	*bench
	town    *bench // with a ledger that is nearly empty
	db      *sql.DB
	centre  who
	first   time.Time // of its months
	entries int64
}

// fillCity has the program itself fill a city, and starts a server on it.
func (b *bench) fillCity(ctx context.Context) (*city, error) {
	own := *b
	own.database, own.server, own.report, own.people, own.running = "city", nil, report{}, nil, nil
	c := &city{bench: &own, town: b}
	told := "found as it was"
	if !b.reuse {
		begun := time.Now()
		if err := c.fill(ctx); err != nil {
			return nil, err
		}
		told = fmt.Sprintf("filled in %.0f s", time.Since(begun).Seconds())
	} else if err := c.run(ctx, "migrate"); err != nil {
		return nil, err
	}
	var err error
	if c.db, err = sql.Open("pgx", b.url("city")+"&statement_timeout=0"); err != nil {
		return nil, err
	}
	var people int64
	var size string
	if err := c.db.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM ledger_entries), (SELECT COUNT(*) FROM volunteers),
		pg_size_pretty(pg_database_size(current_database())), date_trunc('month', (SELECT MIN(effective_day) FROM ledger_entries))::date`).Scan(
		&c.entries, &people, &size, &c.first); err != nil {
		return nil, err
	}
	b.report.City = fmt.Sprintf("%d entries of %d people, %s, %s", c.entries, people, size, told)
	fmt.Println("   ", b.report.City)
	if err := c.stage(ctx); err != nil {
		return nil, err
	}
	return c, c.start(ctx)
}

// fill makes the city's database anew.
func (c *city) fill(ctx context.Context) error {
	admin, err := sql.Open("pgx", c.admin)
	if err != nil {
		return err
	}
	defer admin.Close()
	for _, query := range []string{"DROP DATABASE IF EXISTS dure_bench_city WITH (FORCE)", "CREATE DATABASE dure_bench_city"} {
		if _, err := admin.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	return c.run(ctx, "demo", "--scale", "city", "--share", strconv.FormatFloat(c.share, 'g', -1, 64))
}

// run has the program do something with the city's database, and shows what it says.
func (c *city) run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, c.binary, args...)
	cmd.Env = c.environment()
	cmd.Stderr = os.Stderr
	told, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(told); lines.Scan(); {
		fmt.Println("   ", lines.Text())
	}
	return cmd.Wait()
}

// Posts of the city: so many people, each checked in at so many shifts.
const (
	atWork      = 6000
	atWorkTimes = 12
	beside      = 4 // of these, for posts that go on while figures are read
)

// stage signs people of all parts of the city in, and checks them in to shifts that are going on.
func (c *city) stage(ctx context.Context) error {
	exec := func(query string, args ...any) error {
		if _, err := c.db.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("%.60s: %w", query, err)
		}
		return nil
	}
	if err := c.db.QueryRowContext(ctx, `SELECT g.scope_id, g.account_id FROM role_grants g JOIN accounts a ON a.id = g.account_id
		WHERE g.role = 'camp_head' AND a.login = 'head@demo.dure'`).Scan(&c.camp, &c.head.account); err != nil {
		return err
	}
	if err := c.db.QueryRowContext(ctx, `SELECT id FROM accounts WHERE login = 'centre@demo.dure'`).Scan(&c.centre.account); err != nil {
		return err
	}
	rows, err := c.db.QueryContext(ctx, `SELECT a.volunteer_id, a.id FROM accounts a JOIN ledger_accounts l ON l.owner_id = a.volunteer_id AND l.kind = 'volunteer_minutes'
		WHERE l.sequence > 0 AND a.id NOT IN (SELECT account_id FROM role_grants) ORDER BY md5(a.id::text || $2) LIMIT $1`, atWork,
		time.Now().String()) // others each time: what an earlier run left is no part of this one
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		w := who{session: id.New()}
		if err := rows.Scan(&w.volunteer, &w.account); err != nil {
			return err
		}
		c.people = append(c.people, w)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	c.head.session, c.centre.session, c.filled = id.New(), id.New(), time.Now().Truncate(time.Minute)
	for _, w := range append(c.people, c.head, c.centre) {
		if err := exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES ($1, $2, now(), now() + interval '1 day')`, w.session, w.account); err != nil {
			return err
		}
	}
	c.activity = id.New()
	if err := exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
			families, groups, state, created_by, created_at, reason, version)
		SELECT $1, '급식 봉사', '급식 봉사', '', '0104', 'camp', id, region_code, name, true, true, true, true, 'approved', $3, now(), '', 1 FROM camps WHERE id = $2`,
		c.activity, c.camp, c.head.account); err != nil {
		return err
	}
	for i := range atWorkTimes {
		shift := id.New()
		c.running = append(c.running, shift)
		if err := exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
			VALUES ($1, $2, $3, $4, $5, 0, 10000, 0, 'bench')`, shift, c.activity, c.camp, c.filled.Add(-time.Hour), c.filled.Add(12*time.Hour+time.Duration(i)*time.Minute)); err != nil {
			return err
		}
	}
	if err := exec(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, counted_in_at, travel_minutes,
			evidence, walk_in, state, worked_minutes, recognised_minutes, day, recorded_at, recorded_by, reason)
		SELECT gen_random_uuid(), s.id, s.activity_id, s.organiser_id, a.volunteer_id, now() - interval '50 minutes', now() - interval '50 minutes', 0,
			'qr', true, 'open', 0, 0, (now() AT TIME ZONE 'Asia/Seoul')::date, now(), a.id, ''
		FROM shifts s CROSS JOIN accounts a JOIN sessions l ON l.account_id = a.id WHERE s.activity_id = $1 AND l.created_at >= $3 AND a.volunteer_id IS NOT NULL AND a.id <> $2`,
		c.activity, c.head.account, c.filled); err != nil {
		return err
	}
	if err := exec(`ANALYZE sessions, attendances, shifts`); err != nil {
		return err
	}
	if err := exec(`CHECKPOINT`); err != nil { // what was prepared is not to be written out beside what is measured
		fmt.Println("   ", err)
	}
	return nil
}

// caught waits until no change waits to be counted.
func (c *city) caught(ctx context.Context) error {
	for range 600 {
		var waiting bool
		if err := c.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM cube_queue)`).Scan(&waiting); err != nil || !waiting {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("the figures have not caught up within a minute")
}
