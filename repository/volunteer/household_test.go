package volunteer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
	"dure/repository"
	"dure/repository/dbtest"
)

// tie is the case that stands between two persons; empty for none.
func (c *centre) tie(a, b id.ID) string {
	c.t.Helper()
	var ties duty.Ties
	if err := c.store.Update(context.Background(), func(ctx context.Context, tx volunteer.Tx) (err error) {
		ties, err = tx.Duties().Ties(ctx, a)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return ties[b]
}

func TestOneDeclarationBindsBoth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		he, she, third := c.enter(somebody("홍길동", "1980-01-01")), c.enter(somebody("김 영희", "1981-01-01")), c.enter(somebody("이웃", "1982-01-01"))
		him, her := c.signedIn(&he.ID, auth.Volunteer, "", id.Nil), c.signedIn(&she.ID, auth.CentreOfficer, auth.City, id.Nil)
		declare := func(ctx context.Context, of id.ID, number, name string) error {
			return second(c.DeclareHousehold(ctx, volunteer.Declare{VolunteerID: of, Number: number, Name: name}))
		}
		c.exec(`UPDATE volunteers SET status = 'withdrawn' WHERE id = ?`, third.ID)
		nobody, _ := volunteer.ParseNumber("1000-0004")
		for name, refused := range map[string]struct{ err, want error }{
			"another name":       {declare(him, id.Nil, she.Number, "김영자"), volunteer.ErrHouseholdUnknown},
			"nobody's number":    {declare(him, id.Nil, nobody, "김 영희"), volunteer.ErrHouseholdUnknown},
			"who has left":       {declare(him, id.Nil, third.Number, "이웃"), volunteer.ErrHouseholdUnknown},
			"a slip of the pen":  {declare(him, id.Nil, "1000-0005", "김 영희"), volunteer.ErrNumber},
			"no name":            {declare(him, id.Nil, she.Number, " "), fault.ErrInvalid},
			"himself":            {declare(him, id.Nil, he.Number, "홍길동"), fault.ErrInvalid},
			"for another":        {declare(him, she.ID, he.Number, "홍길동"), volunteer.ErrNotFound},
			"for nobody":         {declare(c.officer, id.New(), he.Number, "홍길동"), volunteer.ErrNotFound},
			"no person":          {declare(c.officer, id.Nil, he.Number, "홍길동"), volunteer.ErrNoPerson},
			"a stranger":         {declare(context.Background(), id.Nil, he.Number, "홍길동"), auth.ErrSignIn},
			"read by a stranger": {second(c.MyHousehold(context.Background())), auth.ErrSignIn},
			"read by a keeper":   {second(c.ReadHousehold(c.keeper, he.ID)), volunteer.ErrNotFound},
		} {
			if !errors.Is(refused.err, refused.want) {
				t.Errorf("%s: %v", name, refused.err)
			}
		}
		if n := c.count("households") + c.count("audit_events WHERE subject_type = 'household'"); n != 0 {
			t.Fatal(n, "traces of refused declarations")
		}

		if err := declare(him, id.Nil, " "+she.Number, "김  영희"); err != nil {
			t.Fatal(err)
		}
		if err := declare(her, id.Nil, he.Number, "홍길동"); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		mine, err := c.MyHousehold(him)
		hers, herErr := c.MyHousehold(her)
		if err != nil || herErr != nil || len(mine) != 1 || len(hers) != 1 || mine[0].ID != hers[0].ID || mine[0].Declared == hers[0].Declared ||
			mine[0].Name != "김 영희" || hers[0].Name != "홍길동" {
			t.Fatal(mine, hers, err, herErr)
		}
		if a, b := c.tie(he.ID, she.ID), c.tie(she.ID, he.ID); a != duty.Household || b != duty.Household {
			t.Fatal(a, b)
		}

		if n, kept := c.count("households"), c.count("audit_events WHERE action = 'volunteer.household_declared'"); n != 1 || kept != 2 {
			t.Fatal(n, kept)
		}
		household := mine[0].ID
		son := c.enter(somebody("홍아들", "2000-01-01"))
		sons := c.signedIn(&son.ID, auth.CentreOfficer, auth.City, id.Nil)
		if err := declare(c.officer, son.ID, she.Number, "김 영희"); err != nil {
			t.Fatal(err)
		}
		for name, refused := range map[string]struct{ err, want error }{
			"one of the two":      {c.EndHousehold(her, he.ID, household, "따로 삽니다."), duty.ErrConflict},
			"the son":             {c.EndHousehold(sons, he.ID, household, "따로 삽니다."), duty.ErrConflict},
			"the son declares":    {declare(sons, he.ID, she.Number, "김 영희"), duty.ErrConflict},
			"a keeper":            {c.EndHousehold(c.keeper, he.ID, household, "따로 삽니다."), volunteer.ErrNotFound},
			"without a reason":    {c.EndHousehold(c.officer, he.ID, household, ""), fault.ErrInvalid},
			"another's household": {c.EndHousehold(c.officer, son.ID, household, "따로 삽니다."), volunteer.ErrHouseholdNotFound},
			"no household":        {c.EndHousehold(c.officer, he.ID, id.New(), "따로 삽니다."), volunteer.ErrHouseholdNotFound},
		} {
			if !errors.Is(refused.err, refused.want) {
				t.Errorf("%s: %v", name, refused.err)
			}
		}
		ended := make(chan error, 4)
		for range cap(ended) {
			wg.Go(func() { ended <- c.EndHousehold(c.officer, he.ID, household, "등본으로 분가 확인") })
		}
		wg.Wait()
		close(ended)
		won := 0
		for err := range ended {
			if err == nil {
				won++
			} else if !errors.Is(err, volunteer.ErrHouseholdEnded) {
				t.Error(err)
			}
		}
		if kept := c.count("audit_events WHERE action = 'volunteer.household_ended' AND reason = '등본으로 분가 확인'"); won != 1 || kept != 2 || c.tie(he.ID, she.ID) != "" {
			t.Error(won, kept, c.tie(he.ID, she.ID))
		}
		if err := declare(her, id.Nil, he.Number, "홍길동"); err != nil || c.count("households") != 3 || c.tie(he.ID, she.ID) != duty.Household {
			t.Error("it cannot be declared anew: ", err)
		}
		if all, err := c.ReadHousehold(c.officer, she.ID); err != nil || len(all) != 2 || !all[0].Declared || all[1].Declared ||
			c.count("audit_events WHERE action = 'volunteer.household_read'") != 1 {
			t.Error(all, err)
		}
	})
}

// Both sides declare it at the same moment, several times each: one row, whichever was first, and nobody is refused.
func TestTheSameDeclarationRacesItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		const pairs = 15
		for range pairs {
			a, b := c.enter(somebody("홍길동", "1980-01-01")), c.enter(somebody("김영희", "1981-01-01"))
			his, hers := c.signedIn(&a.ID, auth.Volunteer, "", id.Nil), c.signedIn(&b.ID, auth.Volunteer, "", id.Nil)
			var wg sync.WaitGroup
			start, refused := make(chan struct{}), make(chan error, 8)
			for i := range cap(refused) {
				ctx, cmd := his, volunteer.Declare{Number: b.Number, Name: "김영희"}
				if i%2 == 1 {
					ctx, cmd = hers, volunteer.Declare{Number: a.Number, Name: "홍길동"}
				}
				wg.Go(func() {
					<-start
					refused <- second(c.DeclareHousehold(ctx, cmd))
				})
			}
			close(start)
			wg.Wait()
			for range cap(refused) {
				if err := <-refused; err != nil {
					t.Fatal(err)
				}
			}
		}
		if n, kept := c.count("households"), c.count("audit_events WHERE action = 'volunteer.household_declared'"); n != pairs || kept != 2*pairs {
			t.Error(n, kept)
		}
	})
}

func TestAHouseholdHasItsBounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		me := c.enter(somebody("홍길동", "1980-01-01"))
		ctx := c.signedIn(&me.ID, auth.Volunteer, "", id.Nil)
		var err error
		for i := range 21 {
			if err != nil {
				t.Fatal(i, err)
			}
			other := c.enter(somebody(fmt.Sprint("가족", i), "1980-01-01"))
			err = second(c.DeclareHousehold(ctx, volunteer.Declare{Number: other.Number, Name: other.Name}))
		}
		if !errors.Is(err, volunteer.ErrHouseholdFull) || c.count("households") != 20 {
			t.Error(err)
		}
	})
}
