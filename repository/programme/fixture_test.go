package programme_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/programme"
	"dure/repository"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
	store "dure/repository/programme"
)

var seoul = time.FixedZone("KST", 9*3600)

const (
	bukgu     = "1230000000"
	bukguDong = "1230051000"
)

// city has two gu, a camp in each and a demand site, on an empty database; its day is 10 December 2026.
type city struct {
	t                *testing.T
	db               *repository.DB
	now              time.Time
	service          *programme.Service
	camp, other      id.ID // in Buk-gu, in Dong-gu
	site             id.ID // in Dong-gu
	activities       map[string]id.ID
	officer          context.Context
	officerPrincipal auth.Principal
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	c := &city{t: t, db: db, now: time.Date(2026, 12, 10, 1, 0, 0, 0, time.UTC), camp: id.New(), other: id.New(), site: id.New(), activities: map[string]id.ID{}}
	c.service = programme.NewService(store.NewStore(db), store.NewStore(db), calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
	dbtest.Regions(t, db)
	c.exec(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES (?, 'gu', ?, '북구', '2026-07-01'), (?, 'dong', ?, '중흥1동', '2026-07-01')`,
		bukgu, dbtest.City, bukguDong, bukgu)
	for camp, dong := range map[id.ID]string{c.camp: bukguDong, c.other: dbtest.Dong} {
		c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
			VALUES (?, '캠프', '캠프', ?, '1', '', 35, 126, '', '2014-03-03', 1)`, camp, dong)
	}
	c.exec(`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at, reason, version)
		VALUES (?, '복지관', '복지관', 'welfare', ?, '2', '', 'approved', ?, ?, '', 1)`, c.site, dbtest.OtherDong, id.New(), c.now)
	c.officer, c.officerPrincipal = dbtest.Person(t, db, "담당자", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	return c
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	c.tx(func(_ context.Context, u store.Unit) error { return u.Tx.Exec(query, args...).Error })
}

func (c *city) tx(fn func(ctx context.Context, u store.Unit) error) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, store.Unit{Tx: tx}) }); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) today() calendar.Day { return calendar.Of(c.now, seoul) }

// person is somebody of the camp in Buk-gu.
func (c *city) person() (context.Context, auth.Principal) {
	c.t.Helper()
	ctx, p := dbtest.Person(c.t, c.db, "홍길동")
	c.exec(`UPDATE volunteers SET camp_id = ?, region_code = ? WHERE id = ?`, c.camp, bukguDong, p.VolunteerID)
	return ctx, p
}

// served is what is posted for somebody; zero members are the camp in Buk-gu, field 0104, by the leader.
type served struct {
	day             string
	minutes, visits int
	field, evidence string
	organiser       id.ID
	remote          bool
}

// posted puts entries into somebody's ledger, each of a presence of its own.
func (c *city) posted(volunteer id.ID, all ...served) {
	c.t.Helper()
	c.tx(func(ctx context.Context, u store.Unit) error {
		var drafts []ledger.Draft
		for _, s := range all {
			if s.field == "" {
				s.field = "0104"
			}
			if s.evidence == "" {
				s.evidence = "leader"
			}
			if s.organiser == id.Nil {
				s.organiser = c.camp
			}
			attendance := id.New()
			activity, err := c.activity(u, s)
			if err != nil {
				return err
			}
			if err := u.Tx.Exec(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, checked_out_at, counted_in_at,
					counted_out_at, travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day, recorded_at, recorded_by,
					verified_at, verified_by, reason)
				SELECT ?, id, activity_id, organiser_id, ?, ?, ?, ?, ?, 0, ?, false, 'verified', 0, 0, ?, ?, ?, ?, ?, '' FROM shifts WHERE activity_id = ?`,
				attendance, volunteer, c.now, c.now, c.now, c.now, s.evidence, s.day, c.now, id.New(), c.now, id.New(), activity).Error; err != nil {
				return err
			}
			drafts = append(drafts, ledger.Draft{Kind: ledger.Recognition, VolunteerID: volunteer, SourceType: "attendance", SourceID: attendance,
				EffectiveDay: calendar.MustParse(s.day), Minutes: s.minutes, Visits: s.visits, FieldCode: s.field, Evidence: s.evidence, Reason: ""})
		}
		return c.post(ctx, u, volunteer, drafts)
	})
}

func (c *city) post(ctx context.Context, u store.Unit, volunteer id.ID, drafts []ledger.Draft) error {
	accounts, err := ledgerstore.Ledger{Tx: u.Tx}.Lock(ctx, []id.ID{volunteer})
	if err != nil {
		return err
	}
	entries, after, err := ledger.Post(accounts, drafts, c.now)
	if err != nil {
		return err
	}
	return ledgerstore.Ledger{Tx: u.Tx}.Append(ctx, entries, after)
}

// reversed takes back what the n-th entry of somebody recognised.
func (c *city) reversed(volunteer id.ID, n ...int64) {
	c.t.Helper()
	c.tx(func(ctx context.Context, u store.Unit) error {
		var drafts []ledger.Draft
		f, err := u.Programmes().Facts(ctx, volunteer)
		if err != nil {
			return err
		}
		for _, i := range n {
			x := f.Entries[i-1]
			var source id.ID
			if err := u.Tx.Raw(`SELECT source_id FROM ledger_entries WHERE id = ?`, x.ID).Row().Scan(&source); err != nil {
				return err
			}
			drafts = append(drafts, ledger.Draft{Kind: ledger.Reversal, VolunteerID: volunteer, SourceType: "attendance", SourceID: source, EffectiveDay: x.Day,
				Minutes: -x.Minutes, Visits: -x.Visits, FieldCode: x.Field, Evidence: x.Evidence, Reason: "다른 사람이었습니다."})
		}
		return c.post(ctx, u, volunteer, drafts)
	})
}

func (c *city) activity(u store.Unit, s served) (id.ID, error) {
	key := fmt.Sprint(s.field, s.organiser, s.remote)
	if found, ok := c.activities[key]; ok {
		return found, nil
	}
	kind, activity := "camp", id.New()
	if s.organiser == c.site {
		kind = "demand_site"
	}
	if err := u.Tx.Exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
		families, groups, state, created_by, created_at, reason, version, remote) VALUES (?, '봉사', '봉사', '', ?, ?, ?, ?, '곳', ?, ?, ?, ?, 'approved', ?, ?, '', 1, ?)`,
		activity, s.field, kind, s.organiser, dbtest.Dong, true, true, true, true, id.New(), c.now, s.remote).Error; err != nil {
		return id.Nil, err
	}
	c.activities[key] = activity
	return activity, u.Tx.Exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, 10, 0, 's')`, id.New(), activity, s.organiser, c.now, c.now.Add(time.Hour)).Error
}

// drafts are the real programmes of the demo city.
func drafts(t *testing.T) []programme.Draft {
	t.Helper()
	raw, err := os.ReadFile("../../cmd/dure/demo/data/programmes.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Code, Name, Owner, Source string
		NameEn                    string `json:"name_en"`
		Terms                     programme.Terms
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	all := make([]programme.Draft, len(rows))
	for i, r := range rows {
		all[i] = programme.Draft{Code: r.Code, Name: r.Name, NameEn: r.NameEn, Owner: r.Owner, Source: r.Source, Terms: r.Terms}
	}
	return all
}

// entered enters programmes by their codes; all when none is named.
func (c *city) entered(codes ...string) map[string]programme.Whole {
	c.t.Helper()
	all := map[string]programme.Whole{}
	for _, d := range drafts(c.t) {
		for _, code := range codes {
			if d.Code == code {
				all[code] = c.enter(d)
			}
		}
		if len(codes) == 0 {
			all[d.Code] = c.enter(d)
		}
	}
	return all
}

func (c *city) enter(d programme.Draft) programme.Whole {
	c.t.Helper()
	w, err := c.service.Create(c.officer, d)
	if err != nil {
		c.t.Fatal(d.Code, err)
	}
	return w
}

// evaluated evaluates a programme over the city, a few persons at once, and gives whom it found.
func (c *city) evaluated(w programme.Whole, persons int) map[id.ID]programme.Result {
	c.t.Helper()
	e, made, err := c.service.Evaluate(c.officer, w.ID)
	if err != nil || !made {
		c.t.Fatal(made, err)
	}
	for more := true; more; {
		if more, err = c.service.Work(context.Background(), persons); err != nil {
			c.t.Fatal(w.Code, err)
		}
	}
	return c.results(w, e.ID)
}

func (c *city) results(w programme.Whole, evaluation id.ID) map[id.ID]programme.Result {
	c.t.Helper()
	found := map[id.ID]programme.Result{}
	c.tx(func(_ context.Context, u store.Unit) error {
		var rows []struct {
			VolunteerID id.ID
			Place       int
			Measured    string
		}
		if err := u.Tx.Raw(`SELECT volunteer_id, place, measured FROM programme_results WHERE evaluation_id = ?`, evaluation).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			one := programme.Result{VolunteerID: r.VolunteerID, Place: r.Place}
			if err := json.Unmarshal([]byte(r.Measured), &one.Measured); err != nil {
				return err
			}
			found[r.VolunteerID] = one
		}
		return nil
	})
	return found
}
