package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
	"dure/domain/proof"
	pointsstore "dure/repository/points"
	proofstore "dure/repository/proof"
)

// budget opens the budget of a programme.
func (c *city) budget() id.ID {
	c.t.Helper()
	programme := id.New()
	c.budgetOf(programme.String())
	return programme
}

// budgetOf opens a programme's budget.
func (c *city) budgetOf(named string) {
	c.t.Helper()
	programme, err := id.Parse(named)
	if err != nil {
		c.t.Fatal(err)
	}
	c.points(func(ctx context.Context, tx points.Tx, _ points.Cause) error {
		return points.OpenBudget(ctx, tx, programme)
	})
}

// points moves points as a programme or a voucher does.
func (c *city) points(fn func(ctx context.Context, tx points.Tx, why points.Cause) error) {
	c.t.Helper()
	why := points.Cause{Reason: "7월 활동 적립", Now: c.clock.Now(), Today: c.clock.Day(c.clock.Now())}
	if err := pointsstore.NewStore(c.db).Update(context.Background(), func(ctx context.Context, tx points.Tx) error { return fn(ctx, tx, why) }); err != nil {
		c.t.Fatal(err)
	}
}

// verified ends the test unless every invariant holds.
func (c *city) verified() {
	c.t.Helper()
	report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: c.clock.Zone, Batch: 100})
	if err != nil || len(report.Findings) > 0 {
		c.t.Fatal(report.Findings, err)
	}
}

func TestAVolunteersPoints(t *testing.T) {
	eachCity(t, func(c *city) {
		person, officer, programme := c.volunteer("김봉사"), c.officer(), c.budget()
		person.get("/me/points").want(http.StatusOK).golden("points_none")
		path := "/points/budgets/" + programme.String()
		funding := map[string]any{"points": 5000, "reason": "2026년 마일리지 예산 배정"}
		for range 2 { // the same key is served once
			officer.post(path+"/funding", funding, "Idempotency-Key", "budget-1").want(http.StatusCreated).golden("points_funded")
		}
		officer.post("/points/budgets/"+id.New().String()+"/funding", funding).refused(http.StatusNotFound, "points.budget_not_found")
		officer.post(path+"/funding", map[string]any{"points": 0, "reason": " "}).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.get("/points/budgets/"+id.New().String()).refused(http.StatusNotFound, "points.budget_not_found")

		c.points(func(ctx context.Context, tx points.Tx, why points.Cause) error {
			gift := func(n int, until string) points.Gift {
				return points.Gift{VolunteerID: person.Volunteer, ProgrammeID: programme, Points: n, Year: 2026, ExpiresOn: calendar.MustParse(until), Donatable: n > 600}
			}
			if _, err := points.Grant(ctx, tx, why, gift(2400, "2026-12-31"), gift(600, "2026-09-30")); err != nil {
				return err
			}
			_, err := points.Spend(ctx, tx, why, points.Purchase{VolunteerID: person.Volunteer, MerchantID: id.New(), Points: 500, SourceType: "voucher", SourceID: id.New()})
			return err
		})
		person.get("/me/points").want(http.StatusOK).golden("points_mine")

		cause := officer.post("/points/causes", map[string]any{"name": "광주푸드뱅크"}).want(http.StatusCreated).text("id")
		officer.post("/points/causes", map[string]any{"name": "광주푸드뱅크"}).refused(http.StatusConflict, "points.cause_taken")
		if person.get("/points/causes").want(http.StatusOK).text("items.0.name") != "광주푸드뱅크" {
			c.t.Error("the cause is not listed")
		}
		gift := map[string]any{"cause_id": cause, "points": 300}
		first := person.post("/me/points/donations", gift, "Idempotency-Key", "gift").want(http.StatusCreated).text("entry_id")
		if again := person.post("/me/points/donations", gift, "Idempotency-Key", "gift").want(http.StatusCreated).text("entry_id"); again != first {
			c.t.Error("given twice")
		}
		a := person.post("/me/points/donations", map[string]any{"cause_id": cause, "points": 2101}).refused(http.StatusConflict, "points.insufficient")
		if !strings.Contains(a.text("detail"), "2100") {
			c.t.Errorf("%s", a.Body)
		}
		person.post("/me/points/donations", map[string]any{"cause_id": cause, "points": -1}).refused(http.StatusUnprocessableEntity, "request.invalid")
		person.post("/me/points/donations", map[string]any{"cause_id": id.New(), "points": 1}).refused(http.StatusNotFound, "points.cause_not_found")
		c.volunteer("이웃").post("/me/points/donations", gift).refused(http.StatusConflict, "points.insufficient")
		officer.post("/points/causes/"+cause+"/end", nil).want(http.StatusOK)
		person.post("/me/points/donations", gift).refused(http.StatusNotFound, "points.cause_not_found")

		// Its minutes are gone: what is held goes back, what was used is owed by name, and the next points settle it first.
		c.wait(time.Hour)
		c.points(func(ctx context.Context, tx points.Tx, why points.Cause) error {
			why.Reason = "인정시간이 취소되어 회수합니다."
			_, err := points.TakeBack(ctx, tx, why, points.Claim{VolunteerID: person.Volunteer, ProgrammeID: programme, Points: 3000, Year: 2026})
			return err
		})
		person.get("/me/points").want(http.StatusOK).golden("points_owed")
		c.points(func(ctx context.Context, tx points.Tx, why points.Cause) error {
			_, err := points.Grant(ctx, tx, why, points.Gift{VolunteerID: person.Volunteer, ProgrammeID: programme, Points: 1000, Year: 2026, ExpiresOn: calendar.MustParse("2026-12-31")})
			return err
		})

		// The year ends.
		c.at("2027-01-01T00:10:00+09:00")
		for _, p := range []*client{person, officer} {
			p.Token = p.post("/auth/login", map[string]any{"login": p.Login, "password": secret}, "Authorization", "").want(http.StatusOK).text("access_token")
		}
		if a := person.get("/me/points").want(http.StatusOK); a.number("points") != 0 || a.number("owed") != 0 {
			c.t.Errorf("%s", a.Body)
		}
		for range 2 {
			c.runJob("expire points")
		}
		person.get("/me/points/entries?limit=100").want(http.StatusOK).golden("points_entries")
		officer.get(path).want(http.StatusOK).golden("points_budget")

		// Page by page it is the same list.
		var told []string
		for next := ""; ; {
			a := person.get("/me/points/entries?limit=3" + next).want(http.StatusOK)
			for i := range a.count("items") {
				told = append(told, a.text("items."+string(rune('0'+i))+".kind"))
			}
			if a.value("next") == nil {
				break
			}
			next = "&after=" + a.text("next")
		}
		if got := strings.Join(told, " "); got != "expiry settlement grant take_back donation redemption grant grant" {
			c.t.Error(got)
		}
		c.verified()
	})
}

func TestAnAccountWithoutAPersonHasNoPoints(t *testing.T) {
	eachCity(t, func(c *city) {
		admin := c.administrator()
		c.sql(`UPDATE accounts SET volunteer_id = NULL WHERE id = ?`, admin.Account)
		c.at("2026-07-15T10:00:10+09:00") // what is known of a session is five seconds old at most
		admin.get("/me/points").refused(http.StatusForbidden, "points.no_person")
		admin.get("/me/points/entries").refused(http.StatusForbidden, "points.no_person")
		admin.post("/me/points/donations", map[string]any{"cause_id": id.New(), "points": 1}).refused(http.StatusForbidden, "points.no_person")
	})
}
