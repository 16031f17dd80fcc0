package award_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dure/domain/award"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository"
	store "dure/repository/award"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
)

var seoul = time.FixedZone("KST", 9*3600)

// city is a small city whose clock the test moves.
type city struct {
	t       *testing.T
	db      *repository.DB
	now     time.Time
	service *award.Service
	officer context.Context
	people  int
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	c := &city{t: t, db: db, now: time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)}
	dbtest.Regions(t, db)
	c.service = award.NewService(store.NewStore(db), store.NewStore(db), calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
	c.officer = c.named("담당자", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City}).ctx
	return c
}

type person struct {
	ctx    context.Context
	id     id.ID
	name   string
	number string
}

func (c *city) named(name string, grants ...auth.Grant) person {
	c.t.Helper()
	ctx, p := dbtest.Person(c.t, c.db, name, grants...)
	c.people++
	return person{ctx, p.VolunteerID, name, ""}
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) scan(into any, query string, args ...any) {
	c.t.Helper()
	if err := c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Raw(query, args...).Scan(into).Error }); err != nil {
		c.t.Fatal(err)
	}
}

// post brings minutes to a person's account, or takes them away, on a day.
func (c *city) post(p person, kind ledger.Kind, minutes int, day string) id.ID {
	c.t.Helper()
	var entry id.ID
	if err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		l := ledgerstore.Ledger{Tx: tx}
		accounts, err := l.Lock(ctx, []id.ID{p.id})
		if err != nil {
			return err
		}
		visits := 1
		if minutes < 0 {
			visits = -1
		}
		entries, after, err := ledger.Post(accounts, []ledger.Draft{{Kind: kind, VolunteerID: p.id, SourceType: "attendance", SourceID: id.New(),
			EffectiveDay: calendar.MustParse(day), Minutes: minutes, Visits: visits, FieldCode: "0104", Evidence: "leader", RuleVersion: 1, ActorID: id.New()}}, c.now)
		if err != nil {
			return err
		}
		entry = entries[0].ID
		return l.Append(ctx, entries, after)
	}); err != nil {
		c.t.Fatal(err)
	}
	return entry
}

func hours(list ...int) (thresholds []award.Threshold) {
	for _, h := range list {
		thresholds = append(thresholds, award.Threshold{Code: fmt.Sprintf("h%d", h), Minutes: h * 60, NameKo: fmt.Sprint(h, "시간"), NameEn: fmt.Sprint(h, " hours")})
	}
	return thresholds
}

func (c *city) scale(change func(*award.Scale), thresholds ...award.Threshold) award.Scale {
	c.t.Helper()
	s := award.Scale{Code: "vms", NameKo: "봉사시간 인증", NameEn: "VMS badges", EffectiveFrom: calendar.Of(c.now, seoul), Owner: "welfare",
		Reference: "사회복지자원봉사 인증관리", Thresholds: thresholds}
	if change != nil {
		change(&s)
	}
	s, err := c.service.SetScale(c.officer, s)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *city) review() award.Review {
	c.t.Helper()
	r, err := c.service.ReviewAll(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *city) wall(p person) award.Wall {
	c.t.Helper()
	w, err := c.service.Mine(p.ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	return w
}
