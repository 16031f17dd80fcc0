package main

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	proofstore "dure/repository/proof"
)

// pays has somebody pay points at a counter.
func (p *client) pays(owner *client, merchant string, points int) (redemption string) {
	p.t.Helper()
	made := p.post("/me/vouchers", map[string]any{"points": points}).want(http.StatusCreated).text("id")
	return owner.redeem(p.draw(made), merchant, id.New().String()).want(http.StatusCreated).text("id")
}

// day moves the clock on and signs everybody in again.
func (c *city) day(instant string) {
	c.t.Helper()
	c.at(instant)
	for name := range c.people {
		c.signedInAgain(name)
	}
}

func TestAMerchantIsPaidByTheMonth(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		owner, person, officer, second := c.volunteer("사장님"), c.volunteer("홍길동"), c.officer(), c.second()
		merchant := c.shop(owner)
		elsewhere := c.volunteer("둘째 사장님")
		other := c.shop(elsewhere, "business_number", "120-81-47521")
		c.funds(person, 50_000)
		person.pays(owner, merchant, 5000)
		person.pays(owner, merchant, 3000)
		wrong := person.pays(owner, merchant, 1000)
		owner.post("/merchants/"+merchant+"/redemptions/"+wrong+"/cancellation", map[string]any{"reason": "잘못 찍음"}).want(200)
		c.day("2026-07-31T23:50:00+09:00")
		late := person.pays(owner, merchant, 2000)
		c.day("2026-08-01T00:01:00+09:00")
		owner.post("/merchants/"+merchant+"/redemptions/"+late+"/cancellation", map[string]any{"reason": "잘못 찍음"}).want(200) // of July, posted in August

		path := "/merchants/" + merchant + "/settlements"
		july := map[string]any{"month": "2026-07"}
		officer.post(path, july).refused(409, "settlement.month_open")
		c.day("2026-08-03T10:00:00+09:00")
		owner.post(path, july).refused(403, "auth.forbidden")
		for _, bad := range []string{"", "2026-13", "2026-7", "July"} {
			if a := officer.post(path, map[string]any{"month": bad}).refused(422, "request.invalid"); a.text("errors.0.path") != "month" {
				t.Fatal(string(a.Body))
			}
		}
		officer.post(path, map[string]any{"month": "2026-06"}).refused(409, "settlement.nothing_posted")
		all := officer.post("/settlements", july).want(200)
		if all.count("prepared") != 1 || all.text("prepared.0.merchant_id") != merchant || all.text("prepared.0.month") != "2026-07" || all.value("more") != false {
			t.Fatal(string(all.Body))
		}
		officer.post("/settlements", july).want(200)
		officer.post(path, july).refused(409, "settlement.prepared_already")

		one := path + "/2026-07"
		told := owner.get(one).want(200)
		if told.number("opening") != 0 || told.number("redeemed") != 11_000 || told.number("cancelled") != 1000 || told.number("payable") != 10_000 ||
			told.number("closing") != 10_000 || told.number("lines") != 5 || told.text("state") != "prepared" || len(told.text("hash")) != 64 {
			t.Fatal(string(told.Body))
		}
		if points, _ := c.owed(merchant); points != 8000 { // 2,000 were cancelled after midnight
			t.Fatal(points)
		}
		first := owner.get(one + "/lines?limit=3").want(200)
		if first.count("items") != 3 || first.text("items.0.kind") != "redemption" || first.number("items.0.points") != 5000 || first.text("items.0.redemption_id") == "" ||
			strings.Contains(string(first.Body), person.Volunteer.String()) {
			t.Fatal(string(first.Body))
		}
		if rest := owner.get(one + "/lines?limit=3&after=" + first.text("next")).want(200); rest.count("items") != 2 || rest.number("items.1.number") != 5 || rest.value("next") != nil {
			t.Fatal(string(rest.Body))
		}

		// Others see nothing of it.
		for _, p := range []string{one, one + "/lines", one + "/file"} {
			elsewhere.get(p).refused(404, "settlement.not_found")
			person.get(p).refused(404, "settlement.not_found")
		}
		elsewhere.get(path).refused(404, "settlement.not_found")
		person.get("/settlements").refused(403, "auth.forbidden")
		if n := elsewhere.get("/settlements").want(200).count("items"); n != 0 {
			t.Fatal(n)
		}
		owner.get(path+"/2026-13").refused(404, "request.not_found")
		owner.get("/settlements?month=2026-13").refused(400, "request.query")

		// A file whose last column adds up to what is owed.
		csv := owner.get(one+"/file", "Accept-Language", "en").want(200)
		lines := strings.Split(strings.TrimSpace(string(csv.Body)), "\r\n")
		if len(lines) != 13 || !strings.HasPrefix(lines[0], "\ufeffMerchant,무등산방 국수,Month,2026-07") || lines[3] == "" || !strings.HasSuffix(lines[7], ",10000") ||
			!strings.Contains(lines[12], "To be paid,,10000") {
			t.Fatal(lines)
		}
		book, err := excelize.OpenReader(bytes.NewReader(owner.get(one + "/file?format=xlsx").want(200).Body))
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := book.GetRows("정산서"); err != nil || len(rows) != 13 || rows[12][2] != "지급할 포인트" || rows[12][4] != "10000" {
			t.Fatal(rows, err)
		}

		// Disputed, answered, confirmed; approved by a second officer; paid by the first.
		reason := map[string]any{"reason": "한 건이 빠졌습니다."}
		owner.post(one+"/dispute", map[string]any{"reason": ""}).refused(422, "request.invalid")
		officer.post(one+"/dispute", reason).refused(403, "auth.forbidden")
		owner.post(one+"/dispute", reason).want(200)
		second.post(one+"/approval", nil).refused(409, "settlement.state")
		officer.post(one+"/answer", map[string]any{"reason": "8월 1일에 취소하신 건입니다."}).want(200)
		second.post(one+"/approval", nil).refused(409, "settlement.objection_period")
		owner.post(one+"/confirmation", nil).want(200)
		officer.post(one+"/approval", nil).refused(403, "duty.conflict_of_interest")
		owner.post(one+"/approval", nil).refused(403, "auth.forbidden")
		second.post(one+"/approval", nil).want(200)
		payment := map[string]any{"reference": "2026-0803-001", "paid_on": "2026-08-03"}
		second.post(one+"/payment", payment).refused(403, "duty.conflict_of_interest")
		officer.post(one+"/payment", map[string]any{"reference": "", "paid_on": "2026-08-04"}).refused(422, "request.invalid")
		paid := officer.post(one+"/payment", payment, "Idempotency-Key", "pay").want(200)
		if again := officer.post(one+"/payment", payment, "Idempotency-Key", "pay").want(200); string(again.Body) != string(paid.Body) {
			t.Fatal(string(again.Body))
		}
		officer.post(one+"/payment", payment).refused(409, "settlement.state")
		if paid.text("state") != "paid" || paid.count("steps") != 6 || paid.text("steps.5.reference") != "2026-0803-001" || paid.text("steps.5.paid_on") != "2026-08-03" ||
			paid.text("steps.5.entry_id") == "" || paid.value("steps.4.paid_on") != nil {
			t.Fatal(string(paid.Body))
		}
		if points, _ := c.owed(merchant); points != -2000 {
			t.Fatal(points)
		}

		// August begins with what July's end was too much.
		person.pays(owner, merchant, 7000)
		person.pays(elsewhere, other, 100)
		c.day("2026-09-01T09:00:00+09:00")
		made := officer.post(path, map[string]any{"month": "2026-08"}).want(http.StatusCreated)
		if made.Header.Get("Location") != "/api/v1"+path+"/2026-08" || made.number("number") != 2 || made.number("opening") != 10_000 || made.number("paid") != 10_000 ||
			made.number("cancelled") != 2000 || made.number("payable") != 5000 || made.number("closing") != 5000 {
			t.Fatal(string(made.Body))
		}
		officer.post("/settlements", map[string]any{"month": "2026-08"}).want(200)
		if list := officer.get("/settlements?state=prepared").want(200); list.count("items") != 2 {
			t.Fatal(string(list.Body))
		}
		if list := owner.get("/settlements").want(200); list.count("items") != 2 || list.text("items.0.month") != "2026-08" || list.text("items.1.state") != "paid" {
			t.Fatal(string(list.Body))
		}

		// Ten days without a word; then both officers press the button at once, many times.
		c.day("2026-09-12T09:00:00+09:00")
		august := path + "/2026-08"
		second.post(august+"/approval", nil).want(200)
		var wg sync.WaitGroup
		var mu sync.Mutex
		told2 := map[int]int{}
		for range 20 {
			wg.Go(func() {
				a := officer.post(august+"/payment", map[string]any{"reference": "2026-0912", "paid_on": "2026-09-12"})
				mu.Lock()
				defer mu.Unlock()
				told2[a.Status]++
			})
		}
		wg.Wait()
		if points, _ := c.owed(merchant); points != 0 || told2[200] != 1 || told2[409] != 19 {
			t.Fatal(points, told2)
		}
		report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: c.clock.Zone, Batch: 100})
		if err != nil || len(report.Findings) != 0 {
			t.Fatal(report.Findings, err)
		}
	})
}

// An officer does not decide on the shop that he runs beside his office.
func TestAnOfficersOwnShopIsSettledByOthers(t *testing.T) {
	eachCity(t, func(c *city) {
		second, person := c.second(), c.volunteer("홍길동")
		merchant := c.shop(second)
		c.funds(person, 1000)
		person.pays(second, merchant, 1000)
		c.day("2026-08-03T10:00:00+09:00")
		one := "/merchants/" + merchant + "/settlements/2026-07"
		c.officer().post("/merchants/"+merchant+"/settlements", map[string]any{"month": "2026-07"}).want(http.StatusCreated)
		second.post(one+"/confirmation", nil).want(200)
		second.post(one+"/approval", nil).refused(403, "duty.conflict_of_interest")
		third := c.volunteer("셋째 담당자")
		c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, 'test')`,
			id.New(), third.Account, auth.CentreOfficer, auth.City, id.Nil, c.clock.Now().Add(-time.Hour))
		third.post(one+"/approval", nil).want(200)
		second.post(one+"/payment", map[string]any{"reference": "1", "paid_on": "2026-08-03"}).refused(403, "duty.conflict_of_interest")
		c.officer().post(one+"/payment", map[string]any{"reference": "1", "paid_on": "2026-08-03"}).want(200)
	})
}
