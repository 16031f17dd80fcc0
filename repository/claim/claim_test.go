package claim_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dure/domain/claim"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
	"dure/domain/kernel/page"
	"dure/repository"
	store "dure/repository/claim"
	"dure/repository/dbtest"
	insurancestore "dure/repository/insurance"
	"dure/repository/vault"
)

var seoul = time.FixedZone("KST", 9*3600)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-07-"+text, seoul)
	if err != nil {
		panic(err)
	}
	return t
}

var clock = calendar.Clock{Instant: func() time.Time { return at("15 10:00") }, Zone: seoul}

// city has a contract, somebody who was at a shift on the 14th from 13:00 to 16:00, and claims officers.
type city struct {
	t        *testing.T
	db       *repository.DB
	service  *claim.Service
	person   auth.Principal
	ctx      context.Context
	officers []context.Context
	camp     id.ID
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	dbtest.Regions(t, db)
	v, err := vault.Open(vault.Place{Folder: filepath.Join(t.TempDir(), "v")}, vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	c := &city{t: t, db: db, service: claim.NewService(store.NewStore(db), v, clock), camp: id.New()}
	c.ctx, c.person = dbtest.Person(t, db, "홍길동")
	for range 3 {
		ctx, _ := dbtest.Person(t, db, "담당자", auth.Grant{Role: auth.ClaimsOfficer, ScopeType: auth.City})
		c.officers = append(c.officers, ctx)
	}
	officer, _ := dbtest.Person(t, db, "센터", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	contract := insurance.Contract{Insurer: "삼성화재", Number: "1", StartsOn: calendar.MustParse("2026-05-01"), EndsOn: calendar.MustParse("2027-04-30")}
	if _, err := insurance.NewService(insurancestore.NewStore(db), clock).Enter(officer, contract, insurance.Draft{
		Conditions: insurance.Conditions{ConsentRequired: true, Online: true, Paper: true, TravelBeforeMinutes: 120, TravelAfterMinutes: 60},
		Items:      []insurance.Item{{Kind: "liability", NameKo: "배상책임", NameEn: "Liability", LimitWon: 100_000, Unit: insurance.Sum}},
		Papers:     [][]insurance.Paper{{{Code: "receipts", NameKo: "영수증", NameEn: "Receipts"}}}}); err != nil {
		t.Fatal(err)
	}
	activity, shift, past := id.New(), id.New(), at("01 10:00")
	for _, row := range [][]any{
		{`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, ?, 'paper')`, id.New(), c.person.VolunteerID, true, past},
		{`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths, families, groups, state,
			created_by, created_at, decided_at, reason, version) VALUES (?, '급식', '급식', '', '0104', 'camp', ?, ?, '충장동', ?, ?, ?, ?, 'approved', ?, ?, ?, '', 1)`,
			activity, c.camp, dbtest.Dong, true, true, true, true, id.New(), past, past},
		{`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret) VALUES (?, ?, ?, ?, ?, 0, 10, 1, 's')`,
			shift, activity, c.camp, at("14 13:00"), at("14 16:00")},
		{`INSERT INTO sign_ups (id, shift_id, volunteer_id, state, starts_at, ends_at, applied_at, changed_at) VALUES (?, ?, ?, 'confirmed', ?, ?, ?, ?)`,
			id.New(), shift, c.person.VolunteerID, at("14 13:00"), at("14 16:00"), past, past},
	} {
		c.exec(row[0].(string), row[1:]...)
	}
	return c
}

func (c *city) exec(statement string, args ...any) {
	c.t.Helper()
	if err := c.try(statement, args...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) try(statement string, args ...any) error {
	return c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error })
}

// keyed is a request with an Idempotency-Key.
func keyed(ctx context.Context) context.Context {
	return idempotency.With(ctx, idempotency.Claim{ActorID: auth.From(ctx).AccountID, Key: id.New().String(), RequestID: id.New().String(), Route: "POST /x"})
}

func (c *city) reported(when string) id.ID {
	c.t.Helper()
	l, err := c.service.Report(keyed(c.ctx), claim.Report{HappenedAt: at(when), Place: "복지관", Text: "차를 긁었습니다.", Kinds: []string{"liability"}})
	if err != nil {
		c.t.Fatal(err)
	}
	return l.ID
}

func (c *city) decided(officer int, claimID id.ID, to claim.State, won int64) error {
	d := claim.Decision{ClaimID: claimID, To: to, Reason: "까닭"}
	if to == claim.Approved {
		d.Amounts = []claim.Approval{{Kind: "liability", AmountWon: won}}
	}
	ctx := c.ctx
	if officer >= 0 {
		ctx = c.officers[officer]
	}
	_, err := c.service.Decide(ctx, d)
	return err
}

func TestAClaimGoesItsWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		if _, err := c.service.Report(c.ctx, claim.Report{}); !errors.Is(err, idempotency.ErrRequired) {
			t.Error(err)
		}
		one := c.reported("14 16:59") // on the way home; a minute later it was his own time
		for officer, to := range map[int]claim.State{0: claim.Approved, 1: claim.Paid, 2: claim.Closed} {
			if err := c.decided(officer, one, to, 1); !errors.Is(err, claim.ErrState) {
				t.Errorf("%s: %v", to, err)
			}
		}
		for _, step := range []struct {
			officer int
			to      claim.State
		}{{0, claim.Filed}, {0, claim.Approved}, {1, claim.Paid}, {0, claim.Closed}} {
			if err := c.decided(step.officer, one, step.to, 100_000); err != nil {
				t.Fatal(step, err)
			}
		}
		f, err := c.service.Get(c.ctx, one)
		if err != nil || f.Text != "차를 긁었습니다." || len(f.Story) != 5 || f.Cover.Number != 3 || f.Cover.Basis != insurance.BySignUp || len(f.Missing) != 1 ||
			f.Amounts[0].AmountWon != 100_000 || !f.Cover.WindowEnd.Equal(at("14 17:00")) || f.DeadlineOn != calendar.MustParse("2029-07-14") || *f.OrganiserID != c.camp {
			t.Errorf("%+v %v", f, err)
		}
		after := c.reported("14 17:00")
		if l, err := c.service.List(c.officers[0], claim.Scope{}, claim.Filter{State: claim.Reported}, page.Request{Limit: 10}); err != nil || len(l.Items) != 1 ||
			l.Items[0].ID != after || l.Items[0].Cover.Reason != insurance.NoActivity {
			t.Errorf("%+v %v", l, err)
		}
		if l, err := c.service.List(c.officers[0], claim.Scope{OrganiserID: c.camp}, claim.Filter{}, page.Request{Limit: 10}); err != nil || len(l.Items) != 1 || l.Items[0].ID != one {
			t.Errorf("%+v %v", l, err)
		}
		for _, table := range []string{"claim_steps", "claim_covers", "claim_items", "claim_amounts", "claim_deadlines", "claims"} {
			if c.try(`DELETE FROM `+table) == nil {
				t.Error(table, " may be emptied")
			}
		}
		for _, statement := range []string{`UPDATE claim_steps SET reason = 'x'`, `UPDATE claim_covers SET age = 1`, `UPDATE claims SET paid_by = approved_by`,
			`UPDATE claims SET state = 'lost'`, `UPDATE claims SET approved_won = 0`} {
			if c.try(statement) == nil {
				t.Error(statement, " went through")
			}
		}
	})
}

// However many do the same at once, one does it.
func TestOfManyAtOnceOneCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		race := func(n int, refused *fault.Error, do func(i int) error) {
			t.Helper()
			var wg sync.WaitGroup
			errs := make([]error, n)
			for i := range n {
				wg.Go(func() { errs[i] = do(i) })
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, refused) {
					t.Error(err)
				}
			}
			if won != 1 {
				t.Error(won, " of ", n, " went through: ", errs)
			}
		}
		race(6, claim.ErrReported, func(int) error {
			_, err := c.service.Report(keyed(c.ctx), claim.Report{HappenedAt: at("14 13:00"), Place: "복지관", Text: "차를 긁었습니다.", Kinds: []string{"liability"}})
			return err
		})
		one, two, three := c.reported("14 14:00"), c.reported("14 14:01"), c.reported("14 14:02")
		race(6, claim.ErrState, func(i int) error { return c.decided(i%3, one, claim.Filed, 0) })
		race(2, claim.ErrState, func(i int) error { // an approval and a withdrawal
			if i == 0 {
				return c.decided(0, one, claim.Approved, 1)
			}
			return c.decided(-1, one, claim.Withdrawn, 0)
		})
		for _, i := range []id.ID{two, three} {
			if err := c.decided(0, i, claim.Filed, 0); err != nil {
				t.Fatal(err)
			}
		}
		race(2, fault.ErrInvalid, func(i int) error { return c.decided(0, []id.ID{two, three}[i], claim.Approved, 60_000) }) // one limit
		approved, err := c.service.List(c.officers[0], claim.Scope{}, claim.Filter{State: claim.Approved}, page.Request{Limit: 10})
		if err != nil || len(approved.Items) == 0 {
			t.Fatal(err)
		}
		race(6, claim.ErrState, func(i int) error { return c.decided(1+i%2, approved.Items[0].ID, claim.Paid, 0) })
		if err := c.decided(0, two, claim.Paid, 0); !errors.Is(err, duty.ErrConflict) && !errors.Is(err, claim.ErrState) {
			t.Error(err)
		}
	})
}

// The newest word counts, and a document is handed in once.
func TestConsentAndPapers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		one := c.reported("14 14:00")
		handed := func(purpose document.Purpose) id.ID {
			d := id.New()
			c.exec(`INSERT INTO documents (id, purpose, content_type, size, sha256, file_name, uploaded_by, volunteer_id, uploaded_at)
				VALUES (?, ?, 'application/pdf', 1, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '', ?, ?, ?)`,
				d, purpose, c.person.AccountID, c.person.VolunteerID, at("15 10:00"))
			return d
		}
		health, plain, other := handed(document.ClaimHealth), handed(document.Claim), handed(document.Dispute)
		add := func(d id.ID, code string) error {
			_, err := c.service.AddPaper(c.ctx, claim.Paper{ClaimID: one, DocumentID: d, Code: code})
			return err
		}
		for _, c := range []struct {
			d    id.ID
			want error
		}{{health, claim.ErrNoConsent}, {other, document.ErrNotFound}, {id.New(), document.ErrNotFound}, {plain, nil}, {plain, claim.ErrUsed}} {
			if err := add(c.d, claim.Other); !errors.Is(err, c.want) {
				t.Error(err, " instead of ", c.want)
			}
		}
		for _, granted := range []bool{true, false, true} {
			if _, err := c.service.Consent(c.ctx, one, "1", granted); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(health, "receipts"); err != nil {
			t.Error(err)
		}
		f, err := c.service.Get(c.officers[0], one)
		if err != nil || len(f.Missing) != 0 || len(f.Papers) != 2 || !f.Consented() || len(f.Consents) != 3 || len(f.Story) != 2 {
			t.Errorf("%+v %v", f, err)
		}
	})
}

// The widened CHECKs take what is new, keep what was, and refuse the rest.
func TestRolesAndPurposesAreBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		for role, may := range map[string]bool{"claims_officer": true, "late_entry_approver": true, "camp_head": true, "claims": false, "": false} {
			err := c.try(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, 'city', ?, ?, '')`,
				id.New(), c.person.AccountID, role, id.Nil, at("01 10:00"))
			if (err == nil) != may {
				t.Errorf("%q: %v", role, err)
			}
		}
		for purpose, may := range map[string]bool{"claim_health": true, "claim": true, "dispute": true, "late_proof": true, "health": false} {
			err := c.try(`INSERT INTO documents (id, purpose, content_type, size, sha256, file_name, uploaded_by, uploaded_at)
				VALUES (?, ?, 'application/pdf', 1, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '', ?, ?)`, id.New(), purpose, c.person.AccountID, at("15 10:00"))
			if (err == nil) != may {
				t.Errorf("%q: %v", purpose, err)
			}
		}
	})
}
