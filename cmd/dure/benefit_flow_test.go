package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The last story: 300 of 500 hours are reversed. The card, the points, the voucher and the badge that rested on them are taken
// back, nothing else is, and he is told every step.
func TestThreeHundredOfFiveHundredHoursAreReversed(t *testing.T) {
	eachCity(t, func(c *city) {
		v, officer := c.volunteer("홍길동"), c.officer()
		activity := c.programme(c.head(), "camp", c.Camp, "경로당 급식 봉사")
		c.scale("gwangju-honour", 12_000, 30_000)
		five := func(n int) []any {
			return []any{map[string]any{"any_of": []any{map[string]any{"measure": "minutes", "at_least": n, "window": map[string]any{"kind": "lifetime"},
				"scope": map[string]any{"kind": "city"}, "entries": map[string]any{}}}}}
		}
		card := c.incentiveWith("hwacheon-card", "requirements", five(30_000), "payment", map[string]any{"kind": "at_once"}) // level excellent, two years
		kept, badge, green := c.incentive("gwangju-card"), c.incentive("vms-badge-500"), c.incentive("vms-badge-200")
		gift := c.incentiveWith("hwacheon-coupon", "requirements", five(30_000), "repeat", "once", "benefit", map[string]any{"kind": "voucher", "won": 5000},
			"budget", map[string]any{"won": 50_000, "each": "year"})
		miles := c.incentive("suwon-mileage") // 300 an hour, from the day of the claim on; may be donated
		budget := "/points/budgets/" + miles
		officer.post(budget+"/funding", map[string]any{"points": 200_000, "reason": "2026년 마일리지 예산"}).want(http.StatusCreated)
		if b := officer.get("/points/budgets/" + gift).want(http.StatusOK); b.number("funded") != 50_000 || b.number("available") != 50_000 {
			c.t.Fatalf("%s", b.Body)
		}
		v.post("/me/incentives/"+miles+"/claims", nil).want(http.StatusCreated)

		var attendances []string
		for i, day := range []string{"2026-07-16", "2026-08-14", "2026-09-12"} { // 504 h
			attendances = append(attendances, c.days(v, activity, day, []int{29, 29, 5}[i])...)
		}
		officer = c.officer()
		v = c.volunteer("홍길동")
		c.runJob("bring points for recognised minutes")
		if got := v.get("/me/points").want(http.StatusOK); got.number("points") != 151_200 {
			c.t.Fatalf("%s", got.Body)
		}
		for _, p := range []string{card, kept, badge, green, gift} {
			v.post("/me/incentives/"+p+"/claims", nil).want(http.StatusCreated)
		}
		if got := v.get("/me/points").want(http.StatusOK); got.number("points") != 156_200 {
			c.t.Fatalf("%s", got.Body)
		}
		cause := officer.post("/points/causes", map[string]any{"name": "광주푸드뱅크"}).want(http.StatusCreated).text("id")
		v.post("/me/points/donations", map[string]any{"cause_id": cause, "points": 151_201}).refused(http.StatusConflict, "points.insufficient") // 5,000 are a voucher's
		v.post("/me/points/donations", map[string]any{"cause_id": cause, "points": 1200}).want(http.StatusCreated)
		if held := v.badges(); !slices.Equal(held, []string{"m12000", "m30000"}) {
			c.t.Error(held)
		}
		if shown := v.get("/me/card").want(http.StatusOK); shown.text("level") != "excellent" || shown.text("valid_until") != "2028-09-15" {
			c.t.Errorf("%s", shown.Body)
		}
		voucher := v.get("/me/vouchers").want(http.StatusOK)
		if voucher.count("items") != 1 || voucher.text("items.0.state") != "issued" || voucher.number("items.0.points") != 5000 || voucher.value("items.0.transferable") != false {
			c.t.Errorf("%s", voucher.Body)
		}
		code := v.draw(voucher.text("items.0.id"))
		c.sound()

		c.moved("2026-09-17T10:00:00+09:00")
		for _, attendance := range attendances[25:] { // 304 h; 200 are left
			c.agreed(attendance, "reversals", map[string]any{"reason": "다른 사람이었습니다."})
		}
		if shown := v.get("/me/card").want(http.StatusOK); shown.text("level") != "excellent" || shown.text("valid_until") != "2027-12-31" { // by this year's 200 h alone
			c.t.Errorf("%s", shown.Body)
		}
		told := v.get("/me/incentives").want(http.StatusOK)
		points := v.get("/me/points/entries?limit=100").want(http.StatusOK)
		for name, want := range map[string]struct {
			state string
			last  []string
			steps int
		}{
			"hwacheon-card":   {"taken_back", []string{"taken_back minutes_reversed"}, 40}, // granted, 38 entries and the taking back at one of them
			"vms-badge-500":   {"taken_back", []string{"taken_back minutes_reversed"}, 40},
			"hwacheon-coupon": {"taken_back", []string{"decreased voucher_revoked", "decreased points_taken_back 5000 0"}, 42},
			"suwon-mileage":   {"held", []string{"decreased points_taken_back 151200 60000"}, 40},
			"gwangju-card":    {"held", []string{"granted earned"}, 1},
			"vms-badge-200":   {"held", []string{"granted earned"}, 1},
		} {
			path := told.named("holdings", name)
			if told.text(path+".state") != want.state || told.count(path+".steps") != want.steps {
				c.t.Errorf("%s: %s, %d steps", name, told.text(path+".state"), told.count(path+".steps"))
			}
			var lines []string
			for i := range told.count(path + ".steps") {
				step := fmt.Sprintf("%s.steps.%d", path, i)
				line := told.text(step+".what") + " " + told.text(step+".why")
				if told.text(step+".text") == "" {
					c.t.Errorf("%s is not explained", step)
				}
				switch entry := told.value(step + ".entry_id"); {
				case strings.HasSuffix(line, " points_taken_back"):
					line += fmt.Sprintf(" %d %d", told.number(step+".before"), told.number(step+".after"))
					if !strings.Contains(string(points.Body), told.text(step+".entry_id")) {
						c.t.Errorf("%s names no entry of points", step)
					}
				case entry != nil:
					v.get("/me/hours/entries/" + told.text(step+".entry_id")).want(http.StatusOK)
				}
				if slices.Contains(want.last, line) || want.state == "taken_back" && strings.HasPrefix(line, "taken_back") {
					lines = append(lines, line)
				}
			}
			for _, last := range want.last {
				if !slices.Contains(lines, last) {
					c.t.Errorf("%s: %q is not among %q", name, last, lines)
				}
			}
		}
		if held := v.badges(); !slices.Equal(held, []string{"m12000"}) {
			c.t.Error(held)
		}
		wall := v.get("/me/awards").want(http.StatusOK)
		if wall.count("revoked") != 1 || wall.text("revoked.0.reason") != "hours_reversed" {
			c.t.Errorf("%s", wall.Body)
		}
		if got := v.get("/me/points").want(http.StatusOK); got.number("points") != 58_800 || got.number("owed") != 0 {
			c.t.Errorf("%s", got.Body)
		}
		if got := v.get("/me/vouchers").want(http.StatusOK); got.text("items.0.state") != "revoked" || !strings.Contains(got.text("items.0.reason"), "인정시간") {
			c.t.Errorf("%s", got.Body)
		}
		owner := c.volunteer("사장님")
		owner.redeem(code, c.shop(owner), "k1").refused(http.StatusConflict, "voucher.revoked")

		// Whatever runs again, and whoever looks again, changes nothing.
		for _, job := range []string{"take back what is not earned any more", "bring points for recognised minutes", "review badges", "expire points"} {
			c.runJob(job)
		}
		if again := v.get("/me/incentives").want(http.StatusOK); string(again.Body) != string(told.Body) {
			c.t.Error("looking again changes something")
		}
		officer = c.officer()
		for path, want := range map[string][3]int{budget: {200_000, 140_000, 151_200}, "/points/budgets/" + gift: {50_000, 50_000, 5000}} {
			b := officer.get(path).want(http.StatusOK)
			if b.number("funded") != want[0] || b.number("available") != want[1] || b.number("granted") != want[2] ||
				b.number("granted") != b.number("held")+b.number("spent")+b.number("expired")+b.number("donated")+b.number("taken_back") {
				c.t.Errorf("%s", b.Body)
			}
		}
		c.sound()
	})
}
