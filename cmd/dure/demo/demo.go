// Package demo invents a city for trying out: Gwangju's dong with their real population, and in them people, camps and two
// years of volunteering that never happened.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dure/domain/account"
	"dure/domain/cube"
	"dure/domain/document"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	cubestore "dure/repository/cube"
	"dure/repository/region"
)

// Password is everybody's who may sign in to the demo city.
const Password = "dure-demo-2026"

// The people to sign in as.
const (
	Volunteer = "volunteer@demo.dure"
	Head      = "head@demo.dure"
	Keeper    = "keeper@demo.dure"
	Site      = "site@demo.dure"
	Centre    = "centre@demo.dure"
	Claims    = "claims@demo.dure"
	Analyst   = "analyst@demo.dure"
	Admin     = "admin@demo.dure"
)

// Scale says how much of a city is made. All have the same dong and residents.
type Scale struct {
	name         string
	camps, sites int
	volunteers   int // who live in the city
	weeks        int // of shifts, up to today

	crowd, months, entries int // people beside those, for how long they have come, and what they posted; see package crowd
}

// Scales are the ones that can be asked for: a town to look at, a hamlet that is made in no time, and a city as large as it is.
var Scales = map[string]Scale{
	"town":   {"town", 60, 25, 3000, 105, 0, 0, 0},
	"hamlet": {"hamlet", 6, 5, 240, 56, 0, 0, 0},
	"city":   {"city", 200, 800, 10_000, 26, 490_000, 36, 19_950_000},
}

// Part is so much of a city, above 0 and up to 1, for tests and small machines. Its dong and residents are all there.
func (s Scale) Part(share float64) Scale {
	part := func(n, least int) int { return max(least, int(share*float64(n)+0.5)) }
	s.camps, s.sites, s.volunteers = part(s.camps, 6), part(s.sites, 6), part(s.volunteers, 400)
	s.crowd, s.entries = part(s.crowd, 1), part(s.entries, 1)
	return s
}

// Crowded tells whether a scale has more people than fit through statements: only PostgreSQL takes it.
func (s Scale) Crowded() bool { return s.crowd > 0 }

// ErrTooLarge is the refusal of a whole city to SQLite.
var ErrTooLarge = errors.New("a whole city takes PostgreSQL, into which it is copied: give one with DURE_DATABASE_URL, or take the scale town")

// Contents says what a database holds.
type Contents string

const (
	Nothing Contents = "nothing"
	City    Contents = "the demo city"
	Foreign Contents = "foreign"
)

// ErrForeign is the refusal to mix invented people with others.
var ErrForeign = errors.New("the database holds something that is not the demo city; give another one with DURE_DATABASE_URL, " +
	"such as sqlite:./data/demo.db, or remove this one to start anew")

var errStopped = errors.New("stopped before the demo city was whole; nothing of it is kept")

// mark is the setting that tells the demo city from a real one.
const mark = "demo_city"

// Look tells what a migrated database holds. What every database has from the start counts as nothing.
func Look(tx *repository.Tx) (Contents, error) {
	var found string
	err := tx.Raw(`SELECT CASE WHEN EXISTS (SELECT 1 FROM settings WHERE key = ?) THEN ?
			WHEN EXISTS (SELECT 1 FROM regions WHERE level <> 'city') OR EXISTS (SELECT 1 FROM volunteers)
				OR EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM camps) OR EXISTS (SELECT 1 FROM demand_sites) THEN ?
			ELSE ? END`, mark, City, Foreign, Nothing).Scan(&found).Error
	return Contents(found), err
}

// Fill makes the demo city in an empty database and vault, up to the city's today, and tells on w what it made. It is one transaction:
// a city is there whole or not at all. Where it is there already nothing happens; anything else is refused with ErrForeign.
func Fill(ctx context.Context, db *repository.DB, vault document.Vault, clock calendar.Clock, scale Scale, w io.Writer) error {
	begun := time.Now()
	hash, err := account.NewHasher(account.Usual, 1).Hash(ctx, Password)
	if err != nil {
		return err
	}
	made := false
	work := func(ctx context.Context, tx *repository.Tx, in repository.Copier) error {
		if err := (region.Regions{Tx: tx}).Lock(ctx); err != nil { // two who fill at once come one after the other
			return err
		}
		held, err := Look(tx)
		if made = held == Nothing; err != nil || !made {
			if held == Foreign {
				err = ErrForeign
			}
			return err
		}
		c, err := invent(scale, clock)
		if err != nil {
			return err
		}
		s := store{tx, c, vault, clock, w, hash}
		if scale.Crowded() {
			return s.crowded(ctx, in)
		}
		return s.all(ctx)
	}
	switch {
	case !scale.Crowded():
		err = db.Rework(ctx, func(ctx context.Context, tx *repository.Tx) error { return work(ctx, tx, repository.Copier{}) })
	case db.Dialect() == repository.Postgres:
		err = db.Bulk(ctx, work)
	default:
		return ErrTooLarge
	}
	if ctx.Err() != nil {
		return errStopped
	}
	if err == nil && made {
		if !scale.Crowded() { // a crowd has brought its figures
			if err = cube.NewKeeper(cubestore.NewStore(db)).Rebuild(ctx, func(int) {}); err != nil {
				return err
			}
		}
		if err := propose(ctx, db, clock); err != nil {
			return err
		}
		fmt.Fprintf(w, "the demo city is ready, made in %.1f s\n", time.Since(begun).Seconds())
	}
	return err
}

// HeadDong is the dong in which the camp of Head stands.
const HeadDong = "충장동"

// Newcomer finds the number of somebody who was registered at a camp, lives in its dong and has not been anywhere yet.
func Newcomer(ctx context.Context, db *repository.DB, camp id.ID) (number string, found bool, err error) {
	err = db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		one := tx.Raw(`SELECT v.number FROM volunteers v JOIN regions r ON r.code = v.region_code
			WHERE v.camp_id = ? AND v.status = 'active' AND r.name = ?
				AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.volunteer_id = v.id)
			ORDER BY v.number LIMIT 1`, camp, HeadDong).Scan(&number)
		found = one.RowsAffected == 1
		return one.Error
	})
	return number, found, err
}
