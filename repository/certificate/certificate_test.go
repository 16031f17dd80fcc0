package certificate_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/certificate"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/repository"
	store "dure/repository/certificate"
	"dure/repository/dbtest"
)

var (
	now  = time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
	zone = time.FixedZone("KST", 9*3600)
	day  = calendar.MustParse
)

// city has a camp and one person whose account is posted to by hand.
type city struct {
	t       *testing.T
	db      *repository.DB
	store   store.Store
	ctx     context.Context
	person  auth.Principal
	camp    id.ID
	service *certificate.Service
	during  func() // what happens while a paper is drawn
}

// Print implements certificate.Printer.
func (c *city) Print(drawn certificate.Certificate, lines []certificate.Line) ([]byte, error) {
	if c.during != nil {
		c.during()
	}
	return []byte(drawn.Digest(lines)), nil
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	dbtest.Regions(t, db)
	c := &city{t: t, db: db, store: store.NewStore(db), camp: id.New()}
	c.ctx, c.person = dbtest.Person(t, db, "홍길동")
	c.service = certificate.NewService(c.store, c.store, c, calendar.Clock{Instant: func() time.Time { return now }, Zone: zone}, "센터")
	c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES (?, '충장동 캠프', '충장동 캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp, dbtest.Dong)
	return c
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	if err := c.try(query, args...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) try(query string, args ...any) error {
	return c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query, args...).Error })
}

// attendance is a presence that began at an hour of the 13th.
func (c *city) attendance(title string, hour int) id.ID {
	c.t.Helper()
	activity, shift, attendance := id.New(), id.New(), id.New()
	in := time.Date(2026, 7, 13, hour, 0, 0, 0, zone).UTC()
	c.exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
		families, groups, state, created_by, created_at, reason, version) VALUES (?, ?, '', '', '0104', 'camp', ?, ?, '2층', ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, title, c.camp, dbtest.Dong, true, true, true, true, id.New(), now)
	c.exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, 10, 0, 's')`, shift, activity, c.camp, in, in.Add(time.Hour))
	c.exec(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, checked_out_at, counted_in_at, counted_out_at,
		travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day, recorded_at, recorded_by, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'leader', ?, 'pending', 60, 0, '2026-07-13', ?, ?, '')`,
		attendance, shift, activity, c.camp, c.person.VolunteerID, in, in.Add(time.Hour), in, in.Add(time.Hour), true, now, id.New())
	return attendance
}

// post writes one entry of an attendance.
func (c *city) post(attendance id.ID, on string, minutes int) {
	c.t.Helper()
	err := c.store.Update(context.Background(), func(ctx context.Context, tx certificate.Tx) error {
		accounts, err := tx.Ledger().Lock(ctx, []id.ID{c.person.VolunteerID})
		if err != nil {
			return err
		}
		entries, after, err := ledger.Post(accounts, []ledger.Draft{{Kind: ledger.Recognition, VolunteerID: c.person.VolunteerID, SourceType: "attendance",
			SourceID: attendance, EffectiveDay: day(on), Minutes: minutes, FieldCode: "0104", Evidence: "leader"}}, now)
		if err != nil {
			return err
		}
		return tx.Ledger().Append(ctx, entries, after)
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) issue(from, to string) (certificate.Issued, error) {
	return c.service.Issue(c.ctx, certificate.Issue{From: day(from), To: day(to), Show: certificate.Activities, Language: certificate.Korean})
}

func (c *city) issued(from, to string) certificate.Issued {
	c.t.Helper()
	issued, err := c.issue(from, to)
	if err != nil {
		c.t.Fatal(err)
	}
	return issued
}

func TestACertificateComesBackAsItWasIssued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		late, early := c.attendance("저녁 \"봉사\" \\ 😀", 18), c.attendance("아침", 9)
		c.post(late, "2026-07-13", 60)
		c.post(early, "2026-07-13", 45)
		c.post(late, "2026-07-14", 30) // over midnight
		c.post(late, "2026-07-13", -20)
		c.post(c.attendance("밖", 10), "2026-07-15", 99)
		issued := c.issued("2026-07-13", "2026-07-14")
		read, lines, err := c.store.One(context.Background(), c.person.VolunteerID, issued.ID)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, l := range lines {
			told = append(told, fmt.Sprint(l.Day, " ", l.Minutes, " ", l.Title, " ", l.Organiser, " ", l.Place, " ", l.FieldName))
		}
		if want := []string{"2026-07-13 45 아침 충장동 캠프 2층 급식지원", `2026-07-13 40 저녁 "봉사" \ 😀 충장동 캠프 2층 급식지원`,
			`2026-07-14 30 저녁 "봉사" \ 😀 충장동 캠프 2층 급식지원`}; !slices.Equal(told, want) {
			t.Errorf("%q", told)
		}
		if read.Digest(lines) != issued.ContentHash || read.ContentHash != issued.ContentHash || read.Minutes != 115 || read.LedgerSequence != 5 || read.LedgerHead == "" {
			t.Errorf("%+v\n%+v", read, issued)
		}
		if _, pdf, err := c.store.Paper(context.Background(), c.person.VolunteerID, issued.ID); err != nil || certificate.PaperHash(pdf) != read.PaperHash || string(pdf) != issued.ContentHash {
			t.Error(err, string(pdf))
		}
		by, err := c.store.ByNumber(context.Background(), issued.Number)
		if err != nil || by.ID != issued.ID || by.Status() != certificate.Valid {
			t.Error(by, err)
		}
		for _, other := range []id.ID{id.Nil, id.New()} {
			if _, _, err := c.store.One(context.Background(), other, issued.ID); !errors.Is(err, certificate.ErrNotFound) {
				t.Error(err)
			}
			if _, _, err := c.store.Paper(context.Background(), other, issued.ID); !errors.Is(err, certificate.ErrNotFound) {
				t.Error(err)
			}
			if list, err := c.store.Of(context.Background(), other, page.Request{Limit: 10}); err != nil || len(list.Items) != 0 {
				t.Error(list, err)
			}
		}
	})
}

func TestWhatSupersedes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		for _, x := range []struct {
			name string
			post func(c *city, certified, empty id.ID)
			want certificate.Status
		}{
			{"nothing", func(*city, id.ID, id.ID) {}, certificate.Valid},
			{"taken back", func(c *city, a, _ id.ID) { c.post(a, "2026-07-13", -60) }, certificate.Superseded},
			{"a minute less", func(c *city, a, _ id.ID) { c.post(a, "2026-07-13", -1) }, certificate.Superseded},
			{"a minute more", func(c *city, a, _ id.ID) { c.post(a, "2026-07-13", 1) }, certificate.Superseded},
			{"taken back and given again", func(c *city, a, _ id.ID) { c.post(a, "2026-07-13", -60); c.post(a, "2026-07-13", 60) }, certificate.Superseded},
			{"an entry without minutes", func(c *city, a, _ id.ID) { c.post(a, "2026-07-13", 0) }, certificate.Valid},
			{"another day of the same presence", func(c *city, a, _ id.ID) { c.post(a, "2026-07-14", 30) }, certificate.Valid},
			{"a day outside the period", func(c *city, a, _ id.ID) { c.post(a, "2026-07-12", 30) }, certificate.Valid},
			{"a new presence", func(c *city, _, _ id.ID) { c.post(c.attendance("새로", 15), "2026-07-13", 30) }, certificate.Valid},
			{"minutes for what had none", func(c *city, _, empty id.ID) { c.post(empty, "2026-07-13", 30) }, certificate.Valid},
		} {
			t.Run(x.name, func(t *testing.T) {
				c.t = t
				c.ctx, c.person = dbtest.Person(t, db, "홍길동")
				a, empty := c.attendance("확인된 봉사", 9), c.attendance("인정되지 않은 봉사", 10)
				c.post(a, "2026-07-13", 60)
				c.post(empty, "2026-07-13", 0)
				issued := c.issued("2026-07-13", "2026-07-14")
				x.post(c, a, empty)
				if now, err := c.store.ByNumber(context.Background(), issued.Number); err != nil || now.Status() != x.want {
					t.Errorf("%s %v", now.Status(), err)
				}
			})
		}
	})
}

// What was drawn is kept only if the ledger still stands where it stood.
func TestMinutesPostedWhileThePaperIsDrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		a := c.attendance("봉사", 9)
		c.post(a, "2026-07-13", 60)
		posts := 0
		c.during = func() {
			if posts++; posts == 1 {
				c.post(a, "2026-07-13", -15)
			}
		}
		if issued := c.issued("2026-07-13", "2026-07-13"); issued.Minutes != 45 || issued.Status() != certificate.Valid || posts != 2 {
			t.Errorf("%d minutes, drawn %d times", issued.Minutes, posts)
		}
		c.during = func() { c.post(a, "2026-07-13", 1) }
		if _, err := c.issue("2026-07-13", "2026-07-13"); err == nil || err.Error() != "certificate.account_moved" {
			t.Error(err)
		}
		if list, err := c.store.Of(context.Background(), c.person.VolunteerID, page.Request{Limit: 10}); err != nil || len(list.Items) != 1 {
			t.Error(list, err)
		}
	})
}

func TestWhoStoppedBeingSignedInGetsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		c.post(c.attendance("봉사", 9), "2026-07-13", 60)
		c.during = func() { c.exec(`UPDATE accounts SET disabled_at = ? WHERE id = ?`, now, c.person.AccountID) }
		if _, err := c.issue("2026-07-13", "2026-07-13"); !errors.Is(err, auth.ErrSignIn) {
			t.Error(err)
		}
	})
}

func TestCertificatesStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		c.post(c.attendance("봉사", 9), "2026-07-13", 60)
		issued := c.issued("2026-07-13", "2026-07-13")
		revoke := func() error {
			return c.store.Update(context.Background(), func(ctx context.Context, tx certificate.Tx) error {
				return tx.Certificates().Revoke(ctx, certificate.Revocation{CertificateID: issued.ID, RevokedAt: now, RevokedBy: id.New(), Reason: "x"})
			})
		}
		if err := revoke(); err != nil {
			t.Fatal(err)
		}
		if err := revoke(); !errors.Is(err, certificate.ErrRevoked) {
			t.Error(err)
		}
		for _, change := range []string{`UPDATE certificates SET name = 'x'`, `DELETE FROM certificates`, `UPDATE certificate_lines SET minutes = 1`,
			`DELETE FROM certificate_lines`, `UPDATE certificate_papers SET pdf = pdf`, `DELETE FROM certificate_papers`,
			`UPDATE certificate_revocations SET reason = ''`, `DELETE FROM certificate_revocations`} {
			if err := c.try(change); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", change, err)
			}
		}
	})
}
