package proof_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dure/domain/attendance"
	"dure/domain/dispute"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	"dure/repository/dbtest"
	disputestore "dure/repository/dispute"
	ledgerstore "dure/repository/ledger"
	store "dure/repository/proof"
)

var seoul = time.FixedZone("KST", 9*3600)

// at reads a time of the city in July 2026, e.g. "14 13:00".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-07-"+s, seoul)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// city is a camp and people, on an empty database.
type city struct {
	t            *testing.T
	db           *repository.DB
	now          time.Time
	service      *attendance.Service
	camp         attendance.Organiser
	head, keeper person
	officer      person
	counter      int
}

type person struct {
	id, account id.ID
	ctx         context.Context
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	c := &city{t: t, db: db, now: at("15 20:00"), camp: attendance.Organiser{Type: "camp", ID: id.New()}}
	c.service = attendance.NewService(attendancestore.NewStore(db), attendancestore.NewStore(db), c.clock())
	dbtest.Regions(t, db)
	c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES (?, '충장동 캠프', '충장동 캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp.ID, dbtest.Dong)
	c.head, c.keeper, c.officer = c.person(), c.person(), c.person()
	c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'centre_officer', 'city', ?, ?, '')`,
		id.New(), c.officer.account, id.Nil, c.now.AddDate(-1, 0, 0))
	for role, p := range map[auth.Role]person{auth.CampHead: c.head, auth.CampKeeper: c.keeper} {
		c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, 'camp', ?, ?, '')`,
			id.New(), p.account, role, c.camp.ID, c.now.AddDate(-1, 0, 0))
	}
	return c
}

// clock follows the city's time.
func (c *city) clock() calendar.Clock {
	return calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul}
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Exec(query, args...).Error
	}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) person() person {
	c.t.Helper()
	p := person{id: id.New(), account: id.New()}
	session := id.New()
	c.exec(`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
		VALUES (?, ?, '홍길동', '홍길동', '1990-05-05', 'female', ?, 'active', '2025-01-01', ?, 1)`, p.id, p.id.String()[28:], dbtest.Dong, c.now)
	for _, purpose := range []string{"terms", "privacy"} {
		c.exec(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, ?, '1', ?, ?, 'paper')`,
			id.New(), p.id, purpose, true, c.now)
	}
	c.exec(`INSERT INTO accounts (id, login, password_hash, volunteer_id, created_at) VALUES (?, ?, '', ?, ?)`, p.account, p.account.String(), p.id, c.now)
	c.exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, session, p.account, c.now, c.now.AddDate(1, 0, 0))
	if err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		return ledgerstore.Ledger{Tx: tx}.OpenAccounts(ctx, p.id)
	}); err != nil {
		c.t.Fatal(err)
	}
	p.ctx = auth.With(context.Background(), auth.Principal{AccountID: p.account, VolunteerID: p.id, SessionID: session})
	return p
}

// shift makes an approved activity of its own with one shift.
func (c *city) shift(from, to string) id.ID {
	c.t.Helper()
	activity, shift := id.New(), id.New()
	c.exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
		families, groups, state, created_by, created_at, reason, version) VALUES (?, '급식 봉사', '급식 봉사', '', '0104', ?, ?, ?, '충장동', ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, c.camp.Type, c.camp.ID, dbtest.Dong, true, true, true, true, id.New(), c.now)
	c.exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, 10, 0, 's')`, shift, activity, c.camp.ID, at(from), at(to))
	return shift
}

// told records a presence over a whole shift of its own; it waits for verification.
func (c *city) told(p person, from, to string) id.ID {
	c.t.Helper()
	c.counter++
	results, err := c.service.Record(c.head.ctx, attendance.Record{Organiser: c.camp, Items: []attendance.Item{{
		ClientID: fmt.Sprint("c", c.counter), VolunteerID: p.id, ShiftID: c.shift(from, to),
		CheckedInAt: at(from), CheckedOutAt: at(to), Evidence: attendance.Leader}}})
	if err != nil || results[0].Status != attendance.Recorded {
		c.t.Fatal(results, err)
	}
	return results[0].Attendance.ID
}

// heldBack records a presence that is far longer than its shift.
func (c *city) heldBack(p person) id.ID {
	c.t.Helper()
	results, err := c.service.Record(c.head.ctx, attendance.Record{Organiser: c.camp, Items: []attendance.Item{{
		ClientID: "held", VolunteerID: p.id, ShiftID: c.shift("10 09:00", "10 11:00"), CheckedInAt: at("10 08:00"), CheckedOutAt: at("10 17:00")}}})
	if err != nil || results[0].Attendance.State != attendance.Held {
		c.t.Fatal(results, err)
	}
	return results[0].Attendance.ID
}

// verified is told, and then verified.
func (c *city) verified(p person, from, to string) id.ID {
	c.t.Helper()
	a := c.told(p, from, to)
	verdicts, err := c.service.Verify(c.keeper.ctx, c.camp, []id.ID{a})
	if err != nil || verdicts[0].Status != attendance.WasVerified {
		c.t.Fatal(verdicts, err)
	}
	return a
}

// agreed has a proposed change verified by the keeper.
func (c *city) agreed(change attendance.Change, err error) id.ID {
	c.t.Helper()
	if err == nil {
		_, err = c.service.DecideChange(c.keeper.ctx, change.AttendanceID, change.ID, true, "")
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return change.ID
}

// granted has the officer grant other times by a dispute that the head answered and a person opened about a presence of his.
func (c *city) granted(p person, disputed id.ID, from, to string) id.ID {
	c.t.Helper()
	disputes := disputestore.NewStore(c.db)
	service := dispute.NewService(disputes, disputes, c.clock(), dispute.Deadlines{Answer: 7, Appeal: 14})
	in, out := at(from), at(to)
	d, err := service.Open(p.ctx, dispute.Opening{AttendanceID: disputed, CheckedInAt: &in, CheckedOutAt: &out, Claim: "더 있었습니다."})
	if err == nil {
		_, err = service.Answer(c.head.ctx, d.ID, "확인하지 못했습니다.")
	}
	if err == nil {
		_, err = service.Decide(c.officer.ctx, d.ID, dispute.Decision{Outcome: dispute.ForHim, Reason: "확인했습니다."})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return d.ID
}

// byCode checks a person in and out with the camp's changing code.
func (c *city) byCode(p person, from, to string) id.ID {
	c.t.Helper()
	before, shift := c.now, c.shift(from, to)
	defer func() { c.now = before }()
	code := func(instant string) string {
		c.now = at(instant)
		shown, err := c.service.CheckInCode(c.head.ctx, shift)
		if err != nil {
			c.t.Fatal(err)
		}
		return shown.Digits
	}
	if _, err := c.service.CheckIn(p.ctx, shift, code(from)); err != nil {
		c.t.Fatal(err)
	}
	out, err := c.service.CheckOut(p.ctx, shift, code(to))
	if err != nil || out.State != attendance.Verified {
		c.t.Fatal(out, err)
	}
	return out.ID
}

func (c *city) seal() proof.Seal {
	c.t.Helper()
	s, err := proof.NewSealer(store.NewStore(c.db), c.clock()).Seal(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *city) verify() proof.Report {
	c.t.Helper()
	report, err := proof.Verify(context.Background(), store.NewStore(c.db), options)
	if err != nil {
		c.t.Fatal(err)
	}
	return report
}

// options read one account after the other, so that every test turns pages.
var options = proof.Options{Zone: seoul, Batch: 1}

// wantClean fails unless every invariant holds.
func (c *city) wantClean() proof.Report {
	c.t.Helper()
	report := c.verify()
	for _, f := range report.Findings {
		c.t.Errorf("%s: %v", f.Invariant, f.Rows)
	}
	return report
}

var errUndo = errors.New("undo")

// tampered tells what is found after somebody with all rights changed rows by hand; then everything is undone.
func (c *city) tampered(by func(tx *repository.Tx) error) (report proof.Report) {
	c.t.Helper()
	err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		if err := unguarded(tx, by); err != nil {
			return err
		}
		var err error
		if report, err = proof.Check(ctx, store.View{Tx: tx}, options); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		c.t.Fatal(err)
	}
	return report
}

// unguarded runs with all guards off, and puts them up again.
func unguarded(tx *repository.Tx, by func(tx *repository.Tx) error) error {
	if tx.Postgres() {
		if err := tx.Exec(`SET LOCAL session_replication_role = replica`).Error; err != nil {
			return err
		}
		if err := by(tx); err != nil {
			return err
		}
		return tx.Exec(`SET LOCAL session_replication_role = origin`).Error
	}
	var triggers []struct{ Name, SQL string }
	if err := tx.Raw(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`).Scan(&triggers).Error; err != nil {
		return err
	}
	statements := []string{`PRAGMA defer_foreign_keys = 1`, `PRAGMA ignore_check_constraints = 1`}
	for _, t := range triggers {
		statements = append(statements, `DROP TRIGGER `+t.Name)
	}
	if err := all(tx, statements...); err != nil {
		return err
	}
	if err := by(tx); err != nil {
		return err
	}
	statements = []string{`PRAGMA ignore_check_constraints = 0`}
	for _, t := range triggers {
		statements = append(statements, t.SQL)
	}
	return all(tx, statements...)
}

func all(tx *repository.Tx, statements ...string) error {
	for _, s := range statements {
		if err := tx.Exec(s).Error; err != nil {
			return err
		}
	}
	return nil
}
