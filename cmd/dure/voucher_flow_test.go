package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
	"dure/domain/proof"
	"dure/domain/voucher"
	"dure/repository"
	pointstore "dure/repository/points"
	proofstore "dure/repository/proof"
	voucherstore "dure/repository/voucher"
)

type vouchersIn struct{ *repository.Tx }

func (u vouchersIn) Vouchers() voucher.Repository { return voucherstore.Vouchers{Tx: u.Tx} }

// given is a voucher that a programme gave to somebody.
func (c *city) given(holder *client, change func(v *voucher.Voucher)) string {
	c.t.Helper()
	v := voucher.Voucher{HolderID: holder.Volunteer, Title: "종량제 봉투 2장", Transferable: true,
		ValidFrom: calendar.MustParse("2026-07-01"), ValidTo: calendar.MustParse("2026-07-31")}
	if change != nil {
		change(&v)
	}
	var issued []voucher.Voucher
	if err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) (err error) {
		issued, err = voucher.Issue(ctx, vouchersIn{tx}, c.clock.Now(), v)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return issued[0].ID.String()
}

func (p *client) draw(voucher string) string {
	p.t.Helper()
	return p.do("PUT", "/me/vouchers/"+voucher+"/code", nil).want(http.StatusOK).text("code")
}

// redeem shows a code at a merchant's counter.
func (p *client) redeem(code, merchant, key string) answer {
	p.t.Helper()
	return p.post("/vouchers/"+code+"/redemptions", map[string]any{"merchant_id": merchant}, "Idempotency-Key", key)
}

func TestAVouchersStory(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		owner, person, other := c.volunteer("사장님"), c.volunteer("홍길동"), c.volunteer("이웃")
		merchant := c.shop(owner)
		elsewhere := c.shop(c.volunteer("둘째 사장님"), "business_number", "120-81-47521")
		held := c.given(person, nil)
		listed := person.get("/me/vouchers").want(200)
		if listed.count("items") != 1 || listed.text("items.0.state") != "issued" || strings.Contains(string(listed.Body), "code") {
			t.Fatal(string(listed.Body))
		}
		other.do("PUT", "/me/vouchers/"+held+"/code", nil).refused(404, "voucher.not_found")
		drawn := person.do("PUT", "/me/vouchers/"+held+"/code", nil).want(200)
		code := drawn.text("code")
		picture, err := base64.StdEncoding.DecodeString(drawn.text("qr_png"))
		if _, bad := png.Decode(bytes.NewReader(picture)); err != nil || bad != nil || len(code) != 34 || drawn.value("expires_at") != nil {
			t.Fatal(err, bad, code)
		}
		// Drawn again: the first code is worth nothing.
		first := code
		code = person.draw(held)
		owner.redeem(first, merchant, "a0").refused(404, "voucher.not_found")

		owner.post("/vouchers/"+code+"/redemptions", map[string]any{"merchant_id": merchant}).refused(400, "request.header")
		owner.redeem(code, elsewhere, "a1").refused(403, "auth.forbidden")
		person.redeem(code, merchant, "a1").refused(403, "auth.forbidden")
		owner.redeem(code[:33]+"*", merchant, "a1").refused(404, "voucher.not_found")
		owner.redeem("x", merchant, "a1").refused(404, "voucher.not_found")

		typed := strings.ToLower(strings.ReplaceAll(code, "-", ""))
		done := owner.redeem(typed, merchant, "k1").want(http.StatusCreated)
		if done.text("title") != "종량제 봉투 2장" || strings.Contains(string(done.Body), person.Volunteer.String()) || done.text("cancellable_until") != "2026-07-15T01:30:10Z" {
			t.Fatal(string(done.Body))
		}
		// A lost answer is told again, to the byte; under another key it was somebody's already.
		if again := owner.redeem(code, merchant, "k1").want(http.StatusCreated); string(again.Body) != string(done.Body) {
			t.Fatal(string(again.Body))
		}
		owner.redeem(code, merchant, "k2").refused(409, "voucher.already_redeemed")
		second := person.draw(c.given(person, nil))
		owner.redeem(second, merchant, "k1").refused(422, "idempotency.reused")
		person.do("PUT", "/me/vouchers/"+held+"/code", nil).refused(409, "voucher.already_redeemed")

		// Cancelled in time it is good again, once.
		path := "/merchants/" + merchant + "/redemptions/" + done.text("id") + "/cancellation"
		reason := map[string]any{"reason": "다른 물건을 찍음"}
		other.post(path, reason).refused(404, "voucher.redemption_not_found")
		owner.post(strings.Replace(path, merchant, elsewhere, 1), reason).refused(404, "voucher.redemption_not_found")
		owner.post(path, map[string]any{"reason": ""}).refused(422, "request.invalid")
		c.later(30 * time.Minute)
		for _, name := range []string{"사장님", "홍길동"} {
			c.signedInAgain(name)
		}
		if r := owner.post(path, reason).want(200); r.text("cancelled_at") == "" || r.text("reason") != "다른 물건을 찍음" {
			t.Fatal(string(r.Body))
		}
		owner.post(path, reason).refused(409, "voucher.already_cancelled")
		if s := person.get("/me/vouchers").want(200).text("items.1.state"); s != "issued" {
			t.Fatal(s)
		}
		third := owner.redeem(code, merchant, "k3").want(http.StatusCreated).text("id")
		c.later(30*time.Minute + time.Second)
		c.signedInAgain("사장님")
		owner.post("/merchants/"+merchant+"/redemptions/"+third+"/cancellation", reason).refused(409, "voucher.too_late_to_cancel")
		c.signedInAgain("centre_officer of "+id.Nil.String()).post("/merchants/"+merchant+"/redemptions/"+third+"/cancellation", reason).refused(409, "voucher.too_late_to_cancel")
		list := owner.get("/merchants/" + merchant + "/redemptions").want(200)
		if list.count("items") != 2 || list.value("items.0.cancelled_at") != nil || list.value("items.1.cancelled_at") == nil {
			t.Fatal(string(list.Body))
		}
		c.signedInAgain("홍길동").get("/merchants/"+merchant+"/redemptions").refused(403, "auth.forbidden")
	})
}

func TestWhatIsNotRedeemed(t *testing.T) {
	eachCity(t, func(c *city) {
		owner, person := c.volunteer("사장님"), c.volunteer("홍길동")
		merchant := c.shop(owner)
		elsewhere, err := id.Parse(c.shop(c.volunteer("둘째 사장님"), "business_number", "120-81-47521"))
		if err != nil {
			c.t.Fatal(err)
		}
		key := 0
		refused := func(change func(v *voucher.Voucher), status int, code string) {
			c.t.Helper()
			key++
			owner.redeem(person.draw(c.given(person, change)), merchant, strings.Repeat("k", key)).refused(status, code)
		}
		refused(func(v *voucher.Voucher) { v.MerchantID = &elsewhere }, 409, "voucher.not_here")
		refused(func(v *voucher.Voucher) { v.MerchantKind = "public" }, 409, "voucher.not_here")
		refused(func(v *voucher.Voucher) { v.ValidFrom = calendar.MustParse("2026-07-16") }, 409, "voucher.not_yet")
		over := c.given(person, func(v *voucher.Voucher) { v.ValidTo = calendar.MustParse("2026-07-15") })
		kept := person.draw(over)
		// The holder's own counter, and his family's.
		own := owner.draw(c.given(owner, nil))
		owner.redeem(own, merchant, "own").refused(403, "duty.conflict_of_interest")
		owner.post("/me/household", map[string]any{"volunteer_number": person.Number, "name": "홍길동"}).want(http.StatusOK)
		owner.redeem(person.draw(c.given(person, nil)), merchant, "family").refused(403, "duty.conflict_of_interest")
		c.sql(`UPDATE households SET ended_at = ?, ended_by = ?`, c.clock.Now(), owner.Account)

		// A voucher that is not transferable is drawn at the counter.
		mine := c.given(person, func(v *voucher.Voucher) { v.Transferable = false })
		drawn := person.do("PUT", "/me/vouchers/"+mine+"/code", nil).want(200)
		if drawn.text("expires_at") == "" {
			c.t.Fatal(string(drawn.Body))
		}
		c.later(voucher.CodeLife)
		owner.redeem(drawn.text("code"), merchant, "late").refused(409, "voucher.code_expired")
		owner.redeem(person.draw(mine), merchant, "late").want(http.StatusCreated) // the same key: a refusal is no answer to keep

		// Revoked.
		gone := c.given(person, nil)
		code := person.draw(gone)
		goneID, _ := id.Parse(gone)
		if err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
			taken, err := voucher.Revoke(ctx, vouchersIn{tx}, c.clock.Now(), "시간이 취소됨", goneID)
			if len(taken) != 1 {
				c.t.Fatal(taken)
			}
			return err
		}); err != nil {
			c.t.Fatal(err)
		}
		owner.redeem(code, merchant, "gone").refused(409, "voucher.revoked")
		if v := person.get("/me/vouchers").want(200); v.text("items.0.state") != "revoked" || v.text("items.0.reason") != "시간이 취소됨" {
			c.t.Fatal(string(v.Body))
		}

		// A shop that is suspended takes nothing.
		good := person.draw(c.given(person, nil))
		c.officer().post("/merchants/"+merchant+"/suspension", map[string]any{"reason": "점검"}).want(200)
		owner.redeem(good, merchant, "suspended").refused(409, "merchant.not_approved")
		c.officer().post("/merchants/"+merchant+"/approval", nil).want(200)

		// Its last day counts to its end.
		c.at("2026-07-15T23:59:59+09:00")
		c.signedInAgain("사장님")
		c.later(time.Second)
		owner.redeem(kept, merchant, "over").refused(409, "voucher.expired")
		if s := c.signedInAgain("홍길동").get("/me/vouchers?limit=100").want(200); !strings.Contains(string(s.Body), `"expired"`) {
			c.t.Fatal(string(s.Body))
		}
	})
}

// 200 devices at two merchants show one code at once: one of them has it.
func TestOneOfTwoHundredRedeems(t *testing.T) {
	eachCity(t, func(c *city) {
		person := c.volunteer("홍길동")
		owners := []*client{c.volunteer("사장님"), c.volunteer("둘째 사장님")}
		merchants := []string{c.shop(owners[0]), c.shop(owners[1], "business_number", "120-81-47521")}
		c.serve("DURE_VOUCHER_GUESS_RATE=0") // so many at once from one account are slowed down otherwise
		code := person.draw(c.given(person, nil))
		var mu sync.Mutex
		told := map[int]int{}
		codes := map[string]int{}
		won := answer{}
		winner := 0
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				a := owners[i%2].redeem(code, merchants[i%2], "try-"+id.New().String())
				mu.Lock()
				defer mu.Unlock()
				told[a.Status]++
				if a.Status == http.StatusCreated {
					won, winner = a, i%2
				} else {
					codes[a.text("code")]++
				}
			})
		}
		wg.Wait()
		if told[201] != 1 || told[409] != 199 || codes["voucher.already_redeemed"] != 199 {
			c.t.Fatal(told, codes)
		}
		var rows struct{ N int }
		if c.scan(&rows, `SELECT COUNT(*) AS n FROM voucher_redemptions`); rows.N != 1 {
			c.t.Fatal(rows)
		}
		if at := owners[winner].get("/merchants/" + merchants[winner] + "/redemptions").want(200).text("items.0.id"); at != won.text("id") {
			c.t.Fatal(at)
		}
		// And one device that asks with one key twenty times at once is told one thing.
		second, bodies := person.draw(c.given(person, nil)), map[string]int{}
		for range 20 {
			wg.Go(func() {
				a := owners[0].redeem(second, merchants[0], "one-key")
				mu.Lock()
				defer mu.Unlock()
				bodies[string(a.Body)]++
				told[a.Status]++
			})
		}
		wg.Wait()
		if len(bodies) != 1 || told[201] != 21 {
			c.t.Fatal(told, bodies)
		}
		// Twenty cancel it at once.
		var redemption struct{ ID string }
		c.scan(&redemption, `SELECT CAST(id AS text) AS id FROM voucher_redemptions ORDER BY redeemed_at DESC, id DESC LIMIT 1`)
		cancelled := map[int]int{}
		for range 20 {
			wg.Go(func() {
				a := owners[0].post("/merchants/"+merchants[0]+"/redemptions/"+redemption.ID+"/cancellation", map[string]any{"reason": "잘못 찍음"})
				mu.Lock()
				defer mu.Unlock()
				cancelled[a.Status]++
			})
		}
		wg.Wait()
		if cancelled[200] != 1 || cancelled[409] != 19 {
			c.t.Fatal(cancelled)
		}
	})
}

func TestWhoGuessesCodesIsSlowedDown(t *testing.T) {
	eachCity(t, func(c *city) {
		owner, person := c.volunteer("사장님"), c.volunteer("홍길동")
		merchant := c.shop(owner)
		c.serve("DURE_VOUCHER_GUESS_BURST=3")
		good := person.draw(c.given(person, nil))
		for i := range 10 { // right ones do not count, redeemed or not
			owner.redeem(good, merchant, strings.Repeat("g", i+1))
		}
		for i := range 3 {
			owner.redeem("7K3M-9QXA-0B2C-4D5E-6F7G-8H9J-K0M1", merchant, strings.Repeat("w", i+1)).refused(404, "voucher.not_found")
		}
		slow := owner.redeem(person.draw(c.given(person, nil)), merchant, "w").refused(429, "request.rate")
		if slow.Header.Get("Retry-After") == "" {
			c.t.Fatal(slow.Header)
		}
		c.later(10 * time.Second)
		owner.redeem(person.draw(c.given(person, nil)), merchant, "x").want(http.StatusCreated)
	})
}

// No code is in a log line, nor anywhere in the database.
func TestACodeIsWrittenNowhere(t *testing.T) {
	eachCity(t, func(c *city) {
		owner, person := c.volunteer("사장님"), c.volunteer("홍길동")
		merchant := c.shop(owner)
		var log bytes.Buffer
		var mu sync.Mutex
		d, err := connect(c.t.Context(), c.config(), c.db, c.clock)
		if err != nil {
			c.t.Fatal(err)
		}
		engine, err := newEngine(c.t.Context(), c.config(), d, slog.New(slog.NewJSONHandler(locked{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug})), nil)
		if err != nil {
			c.t.Fatal(err)
		}
		server := httptest.NewServer(engine)
		defer server.Close()
		c.base, c.http = server.URL, server.Client()
		code := person.draw(c.given(person, nil))
		owner.redeem(code, merchant, "k1").want(http.StatusCreated)
		owner.redeem(code, merchant, "k1").want(http.StatusCreated)
		owner.redeem(code, merchant, "k2").refused(409, "voucher.already_redeemed")
		wrong := "7K3M-9QXA-0B2C-4D5E-6F7G-8H9J-K0M1"
		owner.redeem(wrong, merchant, "k3").refused(404, "voucher.not_found")
		mu.Lock()
		lines := log.String()
		mu.Unlock()
		if !strings.Contains(lines, "/vouchers/:code/redemptions") {
			c.t.Fatal("nothing was logged: ", lines)
		}
		everything := lines + contents(c.t, c.db)
		for _, secret := range []string{code, strings.ReplaceAll(code, "-", ""), wrong} {
			if strings.Contains(everything, secret) {
				c.t.Error("a code was written down")
			}
		}
	})
}

type locked struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}

// funds gives a programme a budget, and somebody points of it.
func (c *city) funds(holder *client, granted int) (programme id.ID) {
	c.t.Helper()
	programme = id.New()
	store := pointstore.NewStore(c.db)
	if err := store.Update(context.Background(), func(ctx context.Context, tx points.Tx) error {
		cause := points.Cause{Now: c.clock.Now(), Today: c.clock.Day(c.clock.Now())}
		if err := points.OpenBudget(ctx, tx, programme); err != nil {
			return err
		}
		if _, err := points.Fund(ctx, tx, cause, programme, 100_000); err != nil {
			return err
		}
		_, err := points.Grant(ctx, tx, cause, points.Gift{VolunteerID: holder.Volunteer, ProgrammeID: programme, Points: granted, Year: 2026,
			ExpiresOn: calendar.MustParse("2026-12-31")})
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return programme
}

// owed is the sum of what was posted to a merchant, and how often.
func (c *city) owed(merchant string) (points, postings int) {
	c.t.Helper()
	var row struct{ Points, Postings int }
	c.scan(&row, `SELECT COALESCE(SUM(p.amount), 0) AS points, COUNT(p.entry_id) AS postings FROM ledger_accounts a
		JOIN ledger_postings p ON p.account_id = a.id WHERE a.kind = 'merchant_points' AND a.owner_id = ?`, merchant)
	return row.Points, row.Postings
}

// Points are paid at the counter, once, whatever happens on the way.
func TestPointsArePaidAtTheCounter(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		owner, person := c.volunteer("사장님"), c.volunteer("홍길동")
		merchant := c.shop(owner)
		c.serve("DURE_VOUCHER_GUESS_RATE=0")
		c.funds(person, 8000)
		person.post("/me/vouchers", map[string]any{"points": 0}).refused(422, "request.invalid")
		person.post("/me/vouchers", map[string]any{"points": 5000, "merchant_id": id.New()}).refused(404, "merchant.not_found")
		made := person.post("/me/vouchers", map[string]any{"points": 5000, "merchant_id": merchant}, "Idempotency-Key", "p1").want(http.StatusCreated)
		if made.number("points") != 5000 || made.value("transferable") != false || made.text("valid_to") != "2026-07-22" {
			t.Fatal(string(made.Body))
		}
		code := person.draw(made.text("id"))
		var wg sync.WaitGroup
		var mu sync.Mutex
		told := map[string]int{}
		receipt := answer{}
		for range 200 {
			wg.Go(func() {
				a := owner.redeem(code, merchant, "try-"+id.New().String())
				mu.Lock()
				defer mu.Unlock()
				if a.Status == http.StatusCreated {
					receipt = a
				}
				told[a.text("code")]++
			})
		}
		wg.Wait()
		if told[""] != 1 || told["voucher.already_redeemed"] != 199 || receipt.number("points") != 5000 {
			t.Fatal(told)
		}
		if points, postings := c.owed(merchant); points != 5000 || postings != 1 {
			t.Fatal(points, postings)
		}
		// There are 3,000 left: another voucher of 5,000 is refused and stays good, and is paid when the first is cancelled.
		second := person.draw(person.post("/me/vouchers", map[string]any{"points": 5000}).want(http.StatusCreated).text("id"))
		owner.redeem(second, merchant, "s1").refused(409, "points.insufficient")
		owner.post("/merchants/"+merchant+"/redemptions/"+receipt.text("id")+"/cancellation", map[string]any{"reason": "잘못 찍음"}).want(200)
		if points, postings := c.owed(merchant); points != 0 || postings != 2 {
			t.Fatal(points, postings)
		}
		owner.redeem(second, merchant, "s1").want(http.StatusCreated)
		owner.redeem(second, merchant, "s1").want(http.StatusCreated)
		if points, postings := c.owed(merchant); points != 5000 || postings != 3 {
			t.Fatal(points, postings)
		}
		for i := range 20 {
			if a := person.post("/me/vouchers", map[string]any{"points": 1}); i == 19 {
				a.refused(409, "voucher.too_many_open")
			}
		}
		report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: c.clock.Zone, Batch: 100})
		if err != nil || len(report.Findings) != 0 {
			t.Fatal(report.Findings, err)
		}
	})
}
