package role_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/role"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/role"
)

// city is the feature on a database with a camp, a demand site and an administrator.
type city struct {
	*role.Service
	t         *testing.T
	db        *repository.DB
	now       time.Time
	camp      id.ID
	site      id.ID
	admin     context.Context
	forgotten atomic.Int64
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	dbtest.Regions(t, db)
	c := &city{t: t, db: db, now: time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC), camp: id.New(), site: id.New()}
	c.Service = role.NewService(store.NewStore(db), calendar.Clock{Instant: func() time.Time { return c.now }, Zone: time.UTC},
		func(id.ID) { c.forgotten.Add(1) })
	c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES (?, '캠프', '캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp, dbtest.Dong)
	c.exec(`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at, reason, version)
		VALUES (?, '복지관', '복지관', 'welfare', ?, '제봉로 2', '', 'approved', ?, ?, '', 1)`, c.site, dbtest.Dong, id.New(), c.now)
	a, err := c.CreateAdministrator(context.Background(), account.NewHasher(account.Cost{Memory: 64, Time: 1, Threads: 1}, 2), "Admin@Example.kr", "느티나무 그늘 2026")
	if err != nil || a.Login != "admin@example.kr" {
		t.Fatal(a, err)
	}
	c.admin = c.session(a.ID)
	return c
}

func (c *city) exec(statement string, args ...any) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error }); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) session(accountID id.ID) context.Context {
	session := id.New()
	c.exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, session, accountID, c.now, c.now.AddDate(1, 0, 0))
	return auth.With(context.Background(), auth.Principal{AccountID: accountID, SessionID: session})
}

func (c *city) somebody(login string) id.ID {
	accountID := id.New()
	c.exec(`INSERT INTO accounts (id, login, password_hash, created_at) VALUES (?, ?, 'x', ?)`, accountID, login, c.now)
	return accountID
}

func (c *city) entrust(ctx context.Context, who id.ID, r auth.Role, scope id.ID) (role.Listed, error) {
	kind, _ := auth.ScopeOf(r)
	return c.Grant(ctx, role.Entrust{AccountID: who, Role: r, ScopeType: kind, ScopeID: scope, Reason: "위촉"})
}

func (c *city) roles(ctx context.Context) []auth.Grant {
	c.t.Helper()
	p, err := c.db.Grants().Current(ctx, auth.From(ctx), c.now)
	if err != nil {
		c.t.Fatal(err)
	}
	return p.Grants
}

func TestRolesAreGrantedAndRevokedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		officer, head, keeper := c.somebody("officer@example.kr"), c.somebody("01012345678"), c.somebody("keeper@example.kr")
		if _, err := c.entrust(c.admin, officer, auth.CentreOfficer, id.Nil); err != nil {
			t.Fatal(err)
		}
		as := map[id.ID]context.Context{officer: c.session(officer), head: c.session(head), keeper: c.session(keeper)}
		l, err := c.Grant(as[officer], role.Entrust{Login: "+82 10-1234-5678", Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: c.camp, Reason: "위촉"})
		if err != nil || l.AccountID != head || l.Login != "01012345678" {
			t.Fatal(l, err)
		}
		held, err := c.entrust(as[head], keeper, auth.CampKeeper, c.camp)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.roles(as[keeper]); len(got) != 1 || got[0] != (auth.Grant{Role: auth.CampKeeper, ScopeType: auth.Camp, ScopeID: c.camp}) {
			t.Fatalf("%+v", got)
		}
		for name, want := range map[string]struct {
			err  error
			want error
		}{
			"the same again":        {second(c.entrust(as[head], keeper, auth.CampKeeper, c.camp)), role.ErrHeld},
			"another camp":          {second(c.entrust(as[head], keeper, auth.CampKeeper, id.New())), auth.ErrForbidden},
			"by a keeper":           {second(c.entrust(as[keeper], officer, auth.CampKeeper, c.camp)), auth.ErrForbidden},
			"to himself":            {second(c.entrust(as[officer], officer, auth.CampHead, c.camp)), duty.ErrConflict},
			"no such camp":          {second(c.entrust(as[officer], keeper, auth.CampHead, id.New())), fault.ErrInvalid},
			"a site as camp":        {second(c.entrust(as[officer], keeper, auth.CampHead, c.site)), fault.ErrInvalid},
			"nobody":                {second(c.entrust(as[officer], id.New(), auth.CampHead, c.camp)), fault.ErrInvalid},
			"a stranger":            {second(c.entrust(context.Background(), keeper, auth.CampHead, c.camp)), auth.ErrSignIn},
			"officers by officers":  {second(c.entrust(as[officer], keeper, auth.CentreOfficer, id.Nil)), auth.ErrForbidden},
			"revoked by the holder": {second(c.Revoke(as[keeper], held.ID, "사임")), role.ErrNotFound},
			"without a reason":      {second(c.Revoke(as[head], held.ID, "")), fault.ErrInvalid},
			"what is not there":     {second(c.Revoke(as[head], id.New(), "사임")), role.ErrNotFound},
			"not to be seen":        {second(c.Revoke(as[head], grantOf(c, officer), "x")), role.ErrNotFound},
			"his own":               {second(c.Revoke(as[head], l.ID, "x")), auth.ErrForbidden},
		} {
			if !errors.Is(want.err, want.want) {
				t.Errorf("%s: %v", name, want.err)
			}
		}
		if n := c.forgotten.Load(); n != 3 {
			t.Errorf("forgotten %d times", n)
		}
		revoked, err := c.Revoke(as[head], held.ID, "사임")
		if err != nil || revoked.RevokedAt == nil || *revoked.RevokedBy != head {
			t.Fatal(revoked, err)
		}
		if got := c.roles(as[keeper]); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		if _, err := c.Revoke(as[head], held.ID, "사임"); !errors.Is(err, role.ErrRevoked) {
			t.Error(err)
		}
		if _, err := c.entrust(as[head], keeper, auth.CampKeeper, c.camp); err != nil {
			t.Error("once revoked, it can be granted anew: ", err)
		}
		if _, err := c.entrust(as[officer], keeper, auth.SiteManager, c.site); err != nil {
			t.Error(err)
		}
		for who, want := range map[context.Context]int{c.admin: 6, as[officer]: 4, as[head]: 3} {
			for live, gone := range map[bool]int{true: 1, false: 0} {
				n, p := 0, page.Request{Limit: 2}
				for {
					got, err := c.List(who, role.Filter{Live: live}, p)
					if err != nil {
						t.Fatal(err)
					}
					n += len(got.Items)
					if p.After = got.Next; got.Next == nil {
						break
					}
				}
				if n != want-gone {
					t.Errorf("%d grants instead of %d", n, want-gone)
				}
			}
		}
		if _, err := c.List(as[keeper], role.Filter{}, page.Request{Limit: 2}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if got, err := c.List(c.admin, role.Filter{AccountID: keeper, ScopeID: c.camp, Role: auth.CampKeeper}, page.Request{Limit: 9}); err != nil || len(got.Items) != 2 || got.Items[0].Login != "keeper@example.kr" {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func grantOf(c *city, accountID id.ID) id.ID {
	var grant struct{ ID id.ID }
	if err := c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT id FROM role_grants WHERE account_id = ?`, accountID).Scan(&grant).Error
	}); err != nil {
		c.t.Fatal(err)
	}
	return grant.ID
}

func second[T any](_ T, err error) error { return err }

func TestARoleIsHeldOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		analyst := c.somebody("analyst@example.kr")
		var all sync.WaitGroup
		var won atomic.Int64
		for range 10 {
			all.Go(func() {
				if _, err := c.entrust(c.admin, analyst, auth.Analyst, id.Nil); err == nil {
					won.Add(1)
				} else if !errors.Is(err, role.ErrHeld) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d grants", won.Load())
		}
	})
}

func TestATermEndsByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		analyst := c.somebody("analyst@example.kr")
		ctx := c.session(analyst)
		until := c.now.Add(time.Hour)
		cmd := role.Entrust{AccountID: analyst, Role: auth.Analyst, ScopeType: auth.City, Until: &until, Reason: "한 시간"}
		if _, err := c.Grant(c.admin, cmd); err != nil {
			t.Fatal(err)
		}
		if got := c.roles(ctx); len(got) != 1 || !got[0].Until.Equal(until) {
			t.Fatalf("%+v", got)
		}
		c.now = until
		if got := c.roles(ctx); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		later := until.Add(time.Hour)
		cmd.Until = &later
		if _, err := c.Grant(c.admin, cmd); err != nil {
			t.Fatal("a term that is over stands in the way: ", err)
		}
		if got := c.roles(ctx); len(got) != 1 {
			t.Fatalf("%+v", got)
		}
	})
}
