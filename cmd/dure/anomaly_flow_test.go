package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/repository/dbtest"
	proofstore "dure/repository/proof"
)

// crowd is a number of active volunteers who agreed to the texts. They have no accounts: of a sheet most never sign in.
func (c *city) crowd(n int) []*client {
	c.t.Helper()
	people := make([]*client, n)
	for i := range people {
		people[i] = c.paper(fmt.Sprintf("%s %d", c.t.Name(), i), "terms", "privacy")
	}
	return people
}

// paper is a person known from paper, who agreed to these texts.
func (c *city) paper(name string, purposes ...string) *client {
	c.t.Helper()
	p := c.stranger()
	p.Volunteer = id.New()
	p.Number = p.Volunteer.String()[24:]
	c.sql(`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
		VALUES (?, ?, ?, ?, '1980-05-05', 'male', ?, 'active', '2026-01-02', ?, 1)`, p.Volunteer, p.Number, name, name, dbtest.Dong, c.clock.Now())
	c.sql(`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head) VALUES (?, 'volunteer_minutes', ?, 'minute', 0, 0, '')`, id.New(), p.Volunteer)
	for _, purpose := range purposes {
		c.consent(p, purpose, true)
	}
	return p
}

func (c *city) consent(p *client, purpose string, granted bool) {
	c.t.Helper()
	c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, ?, '1', ?, ?, 'paper')`,
		id.New(), p.Volunteer, purpose, granted, c.clock.Now())
}

// of is a presence of somebody by his id.
func of(client string, who *client, shift, from, to string) map[string]any {
	item := presenceOf(client, who, shift, from, to)
	delete(item, "volunteer_number")
	item["volunteer_id"] = who.Volunteer
	return item
}

// rule writes a rule that holds from the beginning, as the database is set up before the story.
func (c *city) rule(kind string, threshold, second int) {
	c.t.Helper()
	var last int
	c.scan(&last, `SELECT MAX(version) FROM anomaly_rules`)
	c.sql(`INSERT INTO anomaly_rules (id, kind, threshold, second_threshold, active, effective_from, version, reference)
		VALUES (?, ?, ?, ?, ?, '2000-01-01', ?, 'test')`, id.New(), kind, threshold, second, true, last+1)
}

// A sheet as camps write them every day passes: 40 persons of one shift with the very same times, ten of them without a sign-up.
func TestAFullSheetIsNothingUnusual(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper := c.head(), c.keeper()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "김장 나눔"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		c.sql(`UPDATE shifts SET capacity = 40, confirmed = 30 WHERE id = ?`, shift)
		var items []any
		for i, p := range c.crowd(40) {
			if i < 30 {
				c.sql(`INSERT INTO sign_ups (id, shift_id, volunteer_id, state, starts_at, ends_at, applied_at, changed_at)
					VALUES (?, ?, ?, 'confirmed', ?, ?, ?, ?)`, id.New(), shift, p.Volunteer, c.clock.Now().Add(-21*time.Hour), c.clock.Now().Add(-17*time.Hour),
					c.clock.Now(), c.clock.Now())
			}
			items = append(items, of(fmt.Sprint("sheet:", i), p, shift, "2026-07-14T13:00", "2026-07-14T17:00"))
		}
		a := head.post("/camps/"+c.Camp.String()+"/attendances", batch(items...)).want(http.StatusOK).
			wantAll("status", slices.Repeat([]string{"recorded"}, 40)...).wantAll("state", slices.Repeat([]string{"pending"}, 40)...)
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": a.members("attendance_id")}).
			want(http.StatusOK).wantAll("status", slices.Repeat([]string{"verified"}, 40)...)
		if n := c.officer().get("/anomalies").want(http.StatusOK).count("items"); n != 0 {
			t.Error(n, "anomalies")
		}
	})
}

func TestWhatIsTooManyIsHeldAndWhatCameBeforeIsNot(t *testing.T) {
	eachCity(t, func(c *city) {
		c.rule("walk_ins_per_day", 3, 0)
		c.rule("entries_per_hour", 5, 0)
		head, keeper, officer := c.head(), c.keeper(), c.officer()
		path := "/camps/" + c.Camp.String() + "/attendances"
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		people := c.crowd(8)
		item := func(n int) map[string]any {
			return of(fmt.Sprint("t", n), people[n], shift, "2026-07-14T09:00", "2026-07-14T12:00")
		}
		head.post(path, batch(item(0), item(1))).want(http.StatusOK).wantAll("state", "pending", "pending")
		a := head.post(path, batch(item(2), item(3), item(4), item(5))).want(http.StatusOK).wantAll("status", "recorded", "recorded", "recorded", "recorded").
			wantAll("state", "pending", "held", "held", "held").
			wantAll("hold.reasons", "<nil>", "[walk_ins_per_day]", "[walk_ins_per_day]", "[entries_per_hour walk_ins_per_day]")
		head.post(path, batch(item(5))).want(http.StatusOK).wantAll("status", "duplicate").wantAll("state", "held").
			wantAll("hold.reasons", "[entries_per_hour walk_ins_per_day]")
		keeper.post(path, batch(item(6))).want(http.StatusOK).wantAll("state", "pending") // another account
		c.wait(time.Hour)
		head.post(path, batch(item(7))).want(http.StatusOK).wantAll("hold.reasons", "[walk_ins_per_day]")
		if n := officer.get("/anomalies?kind=entries_per_hour").want(http.StatusOK).count("items"); n != 1 {
			t.Error(n)
		}
		if l := officer.get("/anomalies?state=open&limit=2").want(http.StatusOK); l.count("items") != 2 || officer.get("/anomalies?state=open&limit=100&after="+l.text("next")).count("items") != 3 ||
			!strings.Contains(l.text("items.0.volunteer_name"), "*") || l.text("items.0.recorded_by") != head.Account.String() || l.text("items.0.organiser_id") != c.Camp.String() {
			t.Errorf("%s", l.Body)
		}
		// Nobody verifies, rejects or corrects what is held in passing.
		held := a.text("results.1.attendance_id")
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{held}}).wantAll("problem.code", "attendance.state")
		keeper.post("/camps/"+c.Camp.String()+"/rejections", map[string]any{"attendance_ids": []string{held}, "reason": "?"}).wantAll("problem.code", "attendance.state")
		keeper.post("/attendances/"+held+"/corrections", map[string]any{"checked_in_at": "2026-07-14T09:00:00+09:00", "checked_out_at": "2026-07-14T10:00:00+09:00", "reason": "?"}).
			refused(http.StatusConflict, "attendance.state")
	})
}

// Two batches of one account at the same moment together record no more than one may.
func TestConcurrentBatchesAreCountedTogether(t *testing.T) {
	eachCity(t, func(c *city) {
		c.rule("walk_ins_per_day", 10, 0)
		head := c.head()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		people := c.crowd(20)
		var wg sync.WaitGroup
		for i := range 5 {
			var items []any
			for n := i * 4; n < i*4+4; n++ {
				items = append(items, of(fmt.Sprint("t", n), people[n], shift, "2026-07-14T09:00", "2026-07-14T12:00"))
			}
			wg.Go(func() { head.post("/camps/"+c.Camp.String()+"/attendances", batch(items...)).want(http.StatusOK) })
		}
		wg.Wait()
		var held int
		if c.scan(&held, `SELECT count(*) FROM attendances WHERE state = 'held'`); held != 10 {
			t.Error(held, "of 20 are held, 10 are too many")
		}
	})
}

func TestSitesTooFarApart(t *testing.T) {
	eachCity(t, func(c *city) {
		c.sql(`UPDATE camps SET lat = 35.05 WHERE id = ?`, c.OtherCamp) // 11 km to the south
		officer, v := c.officer(), c.paper("홍길동", "terms", "privacy")
		near := c.session(c.head(), c.programme(c.head(), "camp", c.Camp, "가까운 일"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		activity := c.programme(c.otherHead(), "camp", c.OtherCamp, "먼 일")
		c.sql(`UPDATE activities SET lat = NULL, lon = NULL WHERE id = ?`, strings.TrimPrefix(activity, "/activities/"))
		far := c.session(c.otherHead(), activity, "2026-07-14T12:05", "2026-07-14T18:00", 0)
		officer.post("/camps/"+c.Camp.String()+"/attendances", batch(of("1", v, near, "2026-07-14T09:00", "2026-07-14T12:00"))).wantAll("state", "pending")
		path := "/camps/" + c.OtherCamp.String() + "/attendances"
		officer.post(path, batch(of("2", v, far, "2026-07-14T12:05", "2026-07-14T13:00"), of("3", v, far, "2026-07-14T13:10", "2026-07-14T14:00"))).
			wantAll("state", "held", "pending").wantAll("hold.reasons", "[too_far]", "<nil>")
	})
}

func TestNightLengthAndConsent(t *testing.T) {
	eachCity(t, func(c *city) {
		head := c.head()
		day := c.session(head, c.programme(head, "camp", c.Camp, "도서관 정리"), "2026-07-13T18:00", "2026-07-13T22:00", 0)
		night := c.session(head, c.programme(head, "camp", c.Camp, "심야 순찰"), "2026-07-13T22:00", "2026-07-14T02:00", 0)
		path := "/camps/" + c.Camp.String() + "/attendances"
		people := c.crowd(5)
		none, half, withdrawn := c.paper("동의 없음"), c.paper("반쪽", "terms"), c.paper("철회", "terms", "privacy")
		c.later(time.Second)
		c.consent(withdrawn, "privacy", false)
		head.post(path, batch(
			of("1", people[0], day, "2026-07-13T18:00", "2026-07-14T00:30"),
			of("2", people[1], day, "2026-07-13T18:00", "2026-07-13T23:30"),
			of("3", people[2], night, "2026-07-13T22:00", "2026-07-14T02:00"),
			of("4", people[3], day, "2026-07-13T09:30", "2026-07-13T21:00"),
			of("5", people[4], day, "2026-07-13T18:00", "2026-07-13T18:05"),
			of("6", none, day, "2026-07-13T18:00", "2026-07-13T22:00"),
			of("7", half, day, "2026-07-13T18:00", "2026-07-13T22:00"),
			of("8", withdrawn, day, "2026-07-13T18:00", "2026-07-13T22:00"),
		)).want(http.StatusOK).wantAll("hold.reasons", "[night]", "<nil>", "<nil>", "[unlike_shift]", "[unlike_shift]", "[no_consent]", "[no_consent]", "[no_consent]")
		c.later(time.Second)
		c.consent(withdrawn, "privacy", true)
		head.post(path, batch(of("9", withdrawn, night, "2026-07-13T22:00", "2026-07-14T02:00"))).wantAll("state", "pending")
	})
}

// A group that comes back with the same minutes day after day is held from the tenth day on, told in one batch, one by
// one, or the newest first; who came with others minutes, or less often, is not.
func TestTheSameGroupAgainAndAgain(t *testing.T) {
	for _, way := range []string{"batches", "one by one", "newest first"} {
		t.Run(way, func(t *testing.T) {
			eachCity(t, func(c *city) {
				c.rule("walk_ins_per_day", 1000, 0)
				head := c.head()
				activity := c.programme(head, "camp", c.Camp, "급식")
				path := "/camps/" + c.Camp.String() + "/attendances"
				people := c.crowd(6)
				for n := range 10 {
					on := 1 + n
					if way == "newest first" {
						on = 10 - n
					}
					day := fmt.Sprintf("2026-07-%02d", on)
					shift := c.session(head, activity, day+"T13:00", day+"T17:00", 0)
					var items []any
					for i, p := range people {
						to := "T16:47"
						if i == 5 {
							to = fmt.Sprintf("T16:%02d", on) // always different
						}
						items = append(items, of(fmt.Sprint(day, i), p, shift, day+"T13:00", day+to))
					}
					want := []string{"pending", "pending", "pending", "pending", "pending", "pending"}
					if n == 9 {
						want = []string{"held", "held", "held", "held", "held", "pending"}
					}
					if way != "one by one" {
						head.post(path, batch(items...)).want(http.StatusOK).wantAll("state", want...)
						continue
					}
					if n == 9 { // the fifth is the first that makes the group
						want = []string{"pending", "pending", "pending", "pending", "held", "pending"}
					}
					for i := range items {
						head.post(path, batch(items[i])).want(http.StatusOK).wantAll("state", want[i])
					}
				}
			})
		})
	}
}

// heldOne is a presence that a head recorded for somebody who signs in, held for one reason.
func (c *city) heldOne(v *client, client string) (attendance, anomaly string) {
	c.t.Helper()
	head := c.head()
	shift := c.session(head, c.programme(head, "camp", c.Camp, "벽화 그리기 "+client), "2026-07-14T13:00", "2026-07-14T15:00", 0)
	attendance = head.post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf(client, v, shift, "2026-07-14T08:00", "2026-07-14T15:00"))).
		want(http.StatusOK).wantAll("state", "held").text("results.0.attendance_id")
	c.scan(&anomaly, `SELECT CAST(id AS text) FROM anomalies WHERE attendance_id = ?`, attendance)
	return attendance, anomaly
}

func TestReleasedThenVerifiedThenCounted(t *testing.T) {
	eachCity(t, func(c *city) {
		keeper, officer, v := c.keeper(), c.officer(), c.volunteer("홍길동")
		attendance, anomaly := c.heldOne(v, "1")
		hours := v.get("/me/hours")
		hours.wantHours(0, 0)
		if hours.number("held_minutes") != 420 {
			t.Errorf("%s", hours.Body)
		}
		v.get("/me/attendances").want(http.StatusOK).golden("my-attendance-held")
		officer.get("/anomalies").want(http.StatusOK).golden("anomalies")
		reason := map[string]any{"reason": "현장에서 확인했습니다."}
		for _, who := range []*client{v, c.head(), keeper, c.analyst(), c.administrator()} {
			who.post("/anomalies/"+anomaly+"/release", reason).refused(http.StatusForbidden, "auth.forbidden")
		}
		officer.post("/anomalies/"+anomaly+"/release", map[string]any{"reason": " "}).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.post("/anomalies/"+id.New().String()+"/release", reason).refused(http.StatusNotFound, "anomaly.not_found")
		released := officer.post("/anomalies/"+anomaly+"/release", reason).want(http.StatusOK)
		if released.text("state") != "released" || released.text("attendance_state") != "pending" || released.text("decided_by") != officer.Account.String() {
			t.Errorf("%s", released.Body)
		}
		officer.post("/anomalies/"+anomaly+"/release", reason).want(http.StatusOK)
		officer.post("/anomalies/"+anomaly+"/rejection", reason).refused(http.StatusConflict, "anomaly.decided")
		v.get("/me/hours").wantHours(0, 420)
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).wantAll("status", "verified")
		v.get("/me/hours").wantHours(120, 0)
		if mine := v.get("/me/attendances"); mine.value("items.0.hold") != nil || mine.text("items.0.state") != "verified" {
			t.Errorf("%s", mine.Body)
		}
		var events int
		if c.scan(&events, `SELECT count(*) FROM audit_events WHERE action = 'anomaly.released' AND volunteer_id = ?`, v.Volunteer); events != 1 {
			t.Error(events, "events")
		}
	})
}

func TestRejectedForGood(t *testing.T) {
	eachCity(t, func(c *city) {
		keeper, officer, v := c.keeper(), c.officer(), c.volunteer("홍길동")
		attendance, anomaly := c.heldOne(v, "1")
		officer.post("/anomalies/"+anomaly+"/rejection", map[string]any{"reason": "그런 활동이 없었습니다."}).want(http.StatusOK)
		hours := v.get("/me/hours")
		if hours.wantHours(0, 0); hours.number("held_minutes") != 0 {
			t.Errorf("%s", hours.Body)
		}
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).wantAll("problem.code", "attendance.state")
		if n := officer.get("/anomalies?state=rejected").want(http.StatusOK).count("items"); n != 1 {
			t.Error(n)
		}
		wantSound(c)
	})
}

// wantSound fails unless all books are right.
func wantSound(c *city) {
	c.t.Helper()
	report, err := proof.Verify(c.t.Context(), proofstore.NewStore(c.db), proof.Options{Zone: c.clock.Zone, Batch: 1000})
	if err != nil || len(report.Findings) > 0 {
		c.t.Errorf("%+v %v", report.Findings, err)
	}
}

// Who entered a presence, whose it is, or who lives with him decides nothing about it; in one bulk each for itself.
func TestBulkDecisionsAnswerPerItem(t *testing.T) {
	eachCity(t, func(c *city) {
		officer := c.officer()
		second := c.volunteer("둘째 주무관")
		c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, 'city', ?, ?, 'test')`,
			id.New(), second.Account, auth.CentreOfficer, id.Nil, c.clock.Now().Add(-time.Hour))
		neighbour, flatmate := c.volunteer("이웃"), c.volunteer("동거인")
		c.sql(`INSERT INTO households (id, volunteer_id, other_id, declared_at, declared_by, reason) VALUES (?, ?, ?, ?, ?, '')`,
			id.New(), flatmate.Volunteer, officer.Volunteer, c.clock.Now(), flatmate.Account)
		_, fine := c.heldOne(neighbour, "1")
		_, own := c.heldOne(officer, "2")
		_, near := c.heldOne(flatmate, "3")
		shift := c.session(c.head(), c.programme(c.head(), "camp", c.Camp, "센터 행사"), "2026-07-13T13:00", "2026-07-13T15:00", 0)
		mine := officer.post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("4", neighbour, shift, "2026-07-13T06:00", "2026-07-13T15:00"))).
			wantAll("state", "held").text("results.0.attendance_id")
		var entered string
		c.scan(&entered, `SELECT CAST(id AS text) FROM anomalies WHERE attendance_id = ?`, mine)
		decisions := func(decision string) map[string]any {
			return map[string]any{"anomaly_ids": []string{fine, own, near, entered, id.New().String(), fine}, "decision": decision, "reason": "명단과 맞습니다."}
		}
		officer.post("/anomalies/"+entered+"/release", map[string]any{"reason": "제가 적었습니다."}).refused(http.StatusForbidden, "duty.conflict_of_interest")
		officer.post("/anomalies/decisions", decisions("release")).want(http.StatusOK).
			wantAll("status", "released", "refused", "refused", "refused", "refused", "already_released").
			wantAll("problem.code", "<nil>", "duty.conflict_of_interest", "duty.conflict_of_interest", "duty.conflict_of_interest", "anomaly.not_found", "<nil>").
			wantAll("problem.case", "<nil>", "self", "household", "entered", "<nil>", "<nil>").
			wantAll("attendance_state", "pending", "held", "held", "held", "<nil>", "pending")
		second.post("/anomalies/decisions", decisions("rejection")).want(http.StatusOK).
			wantAll("status", "refused", "rejected", "rejected", "rejected", "refused", "refused").
			wantAll("problem.code", "anomaly.decided", "<nil>", "<nil>", "<nil>", "anomaly.not_found", "anomaly.decided")
		second.post("/anomalies/decisions", decisions("perhaps")).refused(http.StatusUnprocessableEntity, "request.invalid")
		second.post("/anomalies/decisions", map[string]any{"anomaly_ids": []string{}, "decision": "release", "reason": "?"}).refused(http.StatusUnprocessableEntity, "request.invalid")
		wantSound(c)
	})
}

// An officer releases while another rejects: one of them is first, the other is told so.
func TestReleaseAndRejectionAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		for round := range 5 {
			_, anomaly := c.heldOne(v, fmt.Sprint(round))
			var wg sync.WaitGroup
			answers := make([]answer, 6)
			for i := range answers {
				wg.Go(func() {
					answers[i] = officer.post("/anomalies/"+anomaly+"/"+[]string{"release", "rejection"}[i%2], map[string]any{"reason": "까닭"})
				})
			}
			wg.Wait()
			won := map[int]int{}
			for i, a := range answers {
				if a.Status == http.StatusOK {
					won[i%2]++
				} else {
					a.refused(http.StatusConflict, "anomaly.decided")
				}
			}
			if len(won) != 1 {
				t.Fatal(won)
			}
			var events int
			if c.scan(&events, `SELECT count(*) FROM audit_events WHERE subject_id = ?`, anomaly); events != 1 {
				t.Error(events, "events")
			}
			c.sql(`UPDATE attendances SET state = 'rejected' WHERE state = 'pending'`) // room for the next round
		}
	})
}

// What somebody proved by the code and is held counts once an officer releases it: he is the second witness.
func TestAHeldCheckOutCountsOnRelease(t *testing.T) {
	eachCity(t, func(c *city) {
		head, officer, v := c.head(), c.officer(), c.volunteer("홍길동")
		c.later(time.Second)
		c.consent(v, "terms", false)
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-15T10:00", "2026-07-15T12:00", 0)
		code := func() map[string]any {
			return map[string]any{"code": head.get("/shifts/" + shift + "/check-in-code").text("code")}
		}
		v.post("/shifts/"+shift+"/check-ins", code()).want(http.StatusOK)
		c.wait(time.Hour)
		for range 2 {
			if out := v.post("/shifts/"+shift+"/check-outs", code()).want(http.StatusOK); out.text("state") != "held" || out.text("evidence") != "qr" {
				t.Fatalf("%s", out.Body)
			}
		}
		list := officer.get("/anomalies?state=open").want(http.StatusOK)
		if list.count("items") != 1 || list.text("items.0.kind") != "no_consent" {
			t.Fatalf("%s", list.Body)
		}
		released := officer.post("/anomalies/"+list.text("items.0.id")+"/release", map[string]any{"reason": "동의서를 받았습니다."}).want(http.StatusOK)
		if released.text("attendance_state") != "verified" {
			t.Errorf("%s", released.Body)
		}
		v.get("/me/hours").wantHours(60, 0)
		var by string
		if c.scan(&by, `SELECT CAST(verified_by AS text) FROM attendances WHERE id = ?`, released.text("attendance_id")); by != officer.Account.String() {
			t.Error("verified by", by)
		}
		wantSound(c)
	})
}

func TestRulesOfTheUnusualAreDecreed(t *testing.T) {
	eachCity(t, func(c *city) {
		officer := c.officer()
		body := func(changes ...any) map[string]any {
			b := map[string]any{"kind": "walk_ins_per_day", "threshold": 0, "second_threshold": 0, "active": true, "effective_from": "2026-07-16", "reference": "축제 뒤"}
			for i := 0; i+1 < len(changes); i += 2 {
				if b[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
					delete(b, changes[i].(string))
				}
			}
			return b
		}
		for _, wrong := range []map[string]any{body("kind", "luck"), body("kind", nil), body("threshold", -1), body("second_threshold", 1), body("active", nil),
			body("effective_from", "2026-07-15"), body("effective_from", nil), body("reference", ""), body("kind", "repeated_group", "threshold", 5),
			body("kind", "unlike_shift", "threshold", 99), body("kind", "night", "threshold", 1440)} {
			officer.post("/anomaly-rules", wrong).refused(http.StatusUnprocessableEntity, "request.invalid")
		}
		added := officer.post("/anomaly-rules", body()).want(http.StatusCreated)
		if list := officer.get("/anomaly-rules?limit=1").want(http.StatusOK); list.text("items.0.id") != added.text("id") || list.number("items.0.version") != 8 ||
			officer.get("/anomaly-rules?after="+list.text("next")).count("items") != 7 {
			t.Errorf("%s", list.Body)
		}
		head := c.head()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		people := c.crowd(2)
		path := "/camps/" + c.Camp.String() + "/attendances"
		head.post(path, batch(of("1", people[0], shift, "2026-07-14T09:00", "2026-07-14T12:00"))).wantAll("state", "pending")
		c.wait(14 * time.Hour) // the 16th
		head.post(path, batch(of("2", people[1], shift, "2026-07-14T09:00", "2026-07-14T12:00"))).wantAll("hold.reasons", "[walk_ins_per_day]")
		officer.post("/anomaly-rules", body("active", false, "effective_from", "2026-07-17")).want(http.StatusCreated)
		c.wait(24 * time.Hour)
		head.post(path, batch(of("3", people[1], shift, "2026-07-14T09:00", "2026-07-14T12:00"))).wantAll("status", "duplicate")
		head.post(path, batch(of("4", c.crowd(1)[0], shift, "2026-07-14T09:00", "2026-07-14T12:00"))).wantAll("state", "pending")
	})
}
