package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/repository"
)

// second is another officer of the centre.
func (c *city) second() *client {
	c.t.Helper()
	p := c.volunteer("다른 담당자")
	var held int
	c.scan(&held, `SELECT COUNT(*) FROM role_grants WHERE account_id = ?`, p.Account)
	if held == 0 {
		c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'centre_officer', 'city', ?, ?, 'test')`,
			id.New(), p.Account, id.Nil, c.clock.Now().Add(-time.Hour))
	}
	return p
}

// presence is recorded by the head for a shift on the 14th from 13:00 to 17:00.
func (c *city) presence(v *client, from, to string) string {
	c.t.Helper()
	shift := c.session(c.head(), c.programme(c.head(), "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
	return c.head().post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("t"+shift, v, shift, "2026-07-14T"+from, "2026-07-14T"+to))).
		want(http.StatusOK).wantAll("status", "recorded").text("results.0.attendance_id")
}

// confirmed is a presence that the keeper verified.
func (c *city) confirmed(v *client, from, to string) string {
	c.t.Helper()
	a := c.presence(v, from, to)
	c.keeper().post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{a}}).wantAll("status", "verified")
	return a
}

// disputing opens a dispute; times of the 14th may be empty.
func (p *client) disputing(member, about, from, to string) answer {
	p.t.Helper()
	body := map[string]any{member: about, "text": "뒷정리까지 있었습니다."}
	if from != "" {
		body["checked_in_at"], body["checked_out_at"] = "2026-07-14T"+from+":00+09:00", "2026-07-14T"+to+":00+09:00"
	}
	return p.post("/me/disputes", body)
}

func (p *client) decides(dispute, decision string, times ...string) answer {
	p.t.Helper()
	body := map[string]any{"decision": decision, "reason": "출석부와 사진을 보았습니다."}
	if len(times) > 0 {
		body["checked_in_at"], body["checked_out_at"] = "2026-07-14T"+times[0]+":00+09:00", "2026-07-14T"+times[1]+":00+09:00"
	}
	return p.post("/disputes/"+dispute+"/decision", body)
}

func (p *client) answers(dispute string) answer {
	p.t.Helper()
	return p.post("/disputes/"+dispute+"/answer", map[string]any{"text": "출석부에는 16시까지로 적혀 있습니다."})
}

// wantState ends the test unless the dispute stands there.
func (a answer) wantState(state string) answer {
	a.t.Helper()
	if got := a.want(http.StatusOK).text("state"); got != state {
		a.t.Fatalf("%s: %s instead of %s: %s", a.request, got, state, a.Body)
	}
	return a
}

// steps are what happened to a dispute, in order.
func (p *client) steps(dispute string) (kinds []string) {
	p.t.Helper()
	story := p.get("/disputes/" + dispute).want(http.StatusOK)
	for i := range story.count("steps") {
		step := story.value("steps").([]any)[i].(map[string]any)
		kinds = append(kinds, step["kind"].(string)+" by "+step["by"].(string))
	}
	return kinds
}

// 180 credited, disputed, 210 granted: by a new entry that names the dispute; the first is there to the last byte.
func TestADisputeIsGranted(t *testing.T) {
	eachCity(t, func(c *city) {
		v, head, keeper, officer := c.volunteer("홍길동"), c.head(), c.keeper(), c.officer()
		c.confirmed(v, "13:00", "16:00")
		v.get("/me/hours").wantHours(180, 0)
		entries := v.get("/me/hours/entries").want(http.StatusOK)
		first := "/me/hours/entries/" + entries.text("items.0.id")
		before := v.get(first).want(http.StatusOK).Body
		credited := c.clock.Now()

		c.later(time.Minute)
		opened := v.disputing("entry_id", entries.text("items.0.id"), "13:00", "16:30").want(http.StatusCreated)
		opened.golden("dispute-opened")
		dispute := opened.text("id")
		v.disputing("entry_id", entries.text("items.0.id"), "13:00", "17:00").refused(http.StatusConflict, "dispute.open_already")
		officer.decides(dispute, "granted").refused(http.StatusConflict, "dispute.state") // the other side is heard first
		keeper.answers(dispute).wantState("answered")
		keeper.answers(dispute).refused(http.StatusConflict, "dispute.state")
		waiting := head.get("/camps/" + c.Camp.String() + "/disputes?state=answered").want(http.StatusOK)
		if waiting.count("items") != 1 || waiting.text("items.0.volunteer_name") != "홍*동" || head.get("/camps/"+c.Camp.String()+"/disputes?state=opened").count("items") != 0 {
			t.Errorf("%s", waiting.Body)
		}

		c.later(time.Minute)
		granted := officer.decides(dispute, "granted").wantState("granted")
		if granted.number("posted_minutes") != 30 {
			t.Errorf("%s", granted.Body)
		}
		v.get("/me/hours").wantHours(210, 0)
		officer.decides(dispute, "granted").refused(http.StatusConflict, "dispute.state")

		after := v.get("/me/hours/entries").want(http.StatusOK)
		if after.count("items") != 2 || after.number("items.0.minutes") != 30 || after.text("items.0.dispute_id") != dispute ||
			after.text("items.0.kind") != "correction" || after.text("items.0.reason") != "출석부와 사진을 보았습니다." {
			t.Errorf("%s", after.Body)
		}
		if now := v.get(first).Body; !bytes.Equal(now, before) {
			t.Errorf("the first entry was %s and is %s", before, now)
		}
		c.later(3 * time.Minute)
		then := url.QueryEscape(credited.Format(time.RFC3339))
		if known := v.get("/me/hours?as_of=" + then).want(http.StatusOK); known.number("recognised_minutes") != 180 {
			t.Errorf("before the grant: %s", known.Body)
		}
		story := v.get("/disputes/" + dispute).want(http.StatusOK)
		story.golden("dispute-granted")
		if story.count("entries") != 1 || story.text("entries.0.id") != after.text("items.0.id") {
			t.Errorf("%s", story.Body)
		}
		var events []string
		c.db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT action FROM audit_events WHERE subject_type = 'dispute' ORDER BY id`).Scan(&events).Error
		})
		if !slices.Equal(events, []string{"dispute.opened", "dispute.answered", "dispute.decided"}) {
			t.Error(events)
		}
		c.proved()

		// Fourteen days later nothing can follow any more.
		c.on("2026-07-31T09:00:00+09:00")
		for range 2 {
			if _, err := disputes(c.dependencies).Expire(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := v.steps(dispute); !slices.Equal(got, []string{"opened by volunteer", "answered by organiser", "granted by centre", "closed by system"}) {
			t.Error(got)
		}
		c.proved()
	})
}

// Nobody decides who entered, verified, corrected or answered, nor the volunteer and those near to him.
func TestWhoMayNotDecideADispute(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, officer := c.head(), c.keeper(), c.officer()
		v := c.volunteer("홍길동")
		refused := func(p *client, dispute, code, text string) {
			t.Helper()
			for _, decision := range []string{"granted", "declined"} {
				if got := p.decides(dispute, decision).refused(http.StatusForbidden, code); text != "" && got.text("detail") != text {
					t.Errorf("%s: %s", got.request, got.text("detail"))
				}
			}
		}
		const conflict = "duty.conflict_of_interest"

		mine := c.confirmed(v, "13:00", "16:00")
		dispute := v.disputing("attendance_id", mine, "13:00", "16:30").want(http.StatusCreated).text("id")
		c.second().answers(dispute).wantState("answered")
		refused(head, dispute, conflict, "직접 기록하신 것은 다른 분이 확인해야 합니다.")
		refused(keeper, dispute, "auth.forbidden", "") // keepers answer
		refused(v, dispute, "auth.forbidden", "")
		refused(c.second(), dispute, conflict, "이의신청에 답변하신 분은 결정할 수 없습니다. 다른 분이 결정해야 합니다.")
		c.otherHead().decides(dispute, "granted").refused(http.StatusNotFound, "dispute.not_found")
		c.analyst().decides(dispute, "granted").refused(http.StatusNotFound, "dispute.not_found")

		// An officer who verified it, and one who lives with the volunteer.
		verifier := c.volunteer("확인한 담당자")
		for _, p := range []*client{verifier, c.volunteer("가족 담당자"), v} {
			c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'centre_officer', 'city', ?, ?, 'test')`,
				id.New(), p.Account, id.Nil, c.clock.Now().Add(-time.Hour))
		}
		c.sql(`INSERT INTO households (id, volunteer_id, other_id, declared_at, declared_by, reason) VALUES (?, ?, ?, ?, ?, '')`,
			id.New(), v.Volunteer, c.volunteer("가족 담당자").Volunteer, c.clock.Now(), v.Account)
		c.wait(6 * time.Second) // grants are read anew
		refused(c.volunteer("가족 담당자"), dispute, conflict, "함께 사시는 분의 일은 다른 분이 결정해야 합니다.")
		refused(v, dispute, conflict, "본인의 일은 다른 분이 결정해야 합니다.")
		v.answers(v.disputing("attendance_id", c.confirmed(v, "13:00", "14:00"), "13:00", "15:00").want(http.StatusCreated).text("id")).
			refused(http.StatusForbidden, conflict)

		other := c.volunteer("성춘향")
		seen := c.presence(other, "13:00", "16:00")
		verifier.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{seen}}).wantAll("status", "verified")
		second := other.disputing("attendance_id", seen, "13:00", "16:30").want(http.StatusCreated).text("id")
		head.answers(second).wantState("answered")
		refused(verifier, second, conflict, "이미 결정에 참여하신 일은 다른 분이 결정해야 합니다.")
		officer.decides(second, "granted").wantState("granted")

		// Who corrected it before, and who granted the last dispute about it.
		third := other.disputing("attendance_id", seen, "13:00", "17:00").want(http.StatusCreated).text("id")
		head.answers(third).wantState("answered")
		refused(officer, third, conflict, "이미 결정에 참여하신 일은 다른 분이 결정해야 합니다.")
		c.second().decides(third, "granted").wantState("granted")
		other.get("/me/hours").wantHours(240, 0)

		officer.decides(dispute, "granted").wantState("granted")
		c.proved()
	})
}

// The head of a camp who had no part in it decides.
func TestAHeadWithoutAPartDecides(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, v := c.head(), c.keeper(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		told := keeper.post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("k", v, shift, "2026-07-14T13:00", "2026-07-14T14:00"))).text("results.0.attendance_id")
		dispute := v.disputing("attendance_id", told, "13:00", "15:00").want(http.StatusCreated).text("id")
		keeper.answers(dispute).wantState("answered")
		head.decides(dispute, "granted", "13:00", "14:30").wantState("granted")
		v.get("/me/hours").wantHours(90, 0) // a waiting presence was confirmed by it
		c.proved()
	})
}

// What nobody recorded begins with the grant: told by the volunteer, verified by who decided.
func TestAMissingPresenceIsGranted(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		v.disputing("shift_id", shift, "", "").refused(http.StatusUnprocessableEntity, "request.invalid")
		v.disputing("shift_id", shift, "17:00", "13:00").refused(http.StatusUnprocessableEntity, "attendance.end_before_start")
		v.disputing("shift_id", shift, "09:00", "10:00").refused(http.StatusUnprocessableEntity, "attendance.outside_shift")
		v.disputing("shift_id", id.New().String(), "13:00", "17:00").refused(http.StatusNotFound, "attendance.shift_not_found")
		dispute := v.disputing("shift_id", shift, "13:00", "15:00").want(http.StatusCreated)
		if dispute.text("about") != "missing" {
			t.Errorf("%s", dispute.Body)
		}
		v.disputing("shift_id", shift, "13:00", "15:00").refused(http.StatusConflict, "dispute.open_already")
		head.answers(dispute.text("id")).wantState("answered")
		granted := c.officer().decides(dispute.text("id"), "granted").wantState("granted")
		v.get("/me/hours").wantHours(120, 0)
		mine := v.get("/me/attendances").want(http.StatusOK)
		if mine.text("items.0.id") != granted.text("granted_attendance_id") || mine.text("items.0.evidence") != "self" || mine.text("items.0.state") != "verified" {
			t.Errorf("%s", mine.Body)
		}
		var told struct{ RecordedBy, VerifiedBy id.ID }
		c.scan(&told, `SELECT recorded_by, verified_by FROM attendances WHERE id = ?`, granted.text("granted_attendance_id"))
		if told.RecordedBy != v.Account || told.VerifiedBy != c.officer().Account {
			t.Error(told)
		}
		v.disputing("shift_id", shift, "14:00", "16:00").refused(http.StatusConflict, "dispute.presence_recorded")
		c.proved()
	})
}

// A no-show mark that was wrong: the mark stays to be read, and the presence counts.
func TestANoShowIsGranted(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-16T13:00", "2026-07-16T17:00", 0)
		place := v.post("/shifts/"+shift+"/sign-ups", nil).want(http.StatusCreated).text("id")
		early := c.volunteer("성춘향") // who objects before the mark is made
		early.post("/shifts/"+shift+"/sign-ups", nil).want(http.StatusCreated)
		c.at("2026-07-17T09:00:00+09:00")
		c.wait(0)
		times := map[string]any{"decision": "granted", "reason": "사진에 있습니다.", "checked_in_at": "2026-07-16T13:00:00+09:00", "checked_out_at": "2026-07-16T16:00:00+09:00"}
		missing := early.post("/me/disputes", map[string]any{"shift_id": shift, "text": "있었습니다.", "checked_in_at": times["checked_in_at"],
			"checked_out_at": times["checked_out_at"]}).want(http.StatusCreated)
		head.answers(missing.text("id")).wantState("answered")
		c.on("2026-07-25T10:00:00+09:00")
		for _, j := range jobs(c.dependencies) {
			if j.name == "mark no-shows" {
				if err := j.run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		marked := c.clock.Now()
		c.wait(time.Hour)
		dispute := v.disputing("sign_up_id", place, "", "").want(http.StatusCreated)
		if dispute.text("about") != "no_show" || dispute.text("no_show_at") != marked.Format(time.RFC3339) {
			t.Errorf("%s", dispute.Body)
		}
		head.answers(dispute.text("id")).wantState("answered")
		c.officer().decides(dispute.text("id"), "granted").refused(http.StatusUnprocessableEntity, "attendance.times_missing")
		granted := c.officer().post("/disputes/"+dispute.text("id")+"/decision", times).wantState("granted")
		v.get("/me/hours").wantHours(180, 0)
		if mine := v.get("/me/sign-ups").want(http.StatusOK); mine.text("items.0.state") != "attended" {
			t.Errorf("%s", mine.Body)
		}
		if granted.text("no_show_at") != marked.Format(time.RFC3339) || granted.text("sign_up_id") != place {
			t.Errorf("the mark is gone: %s", granted.Body)
		}
		turned := c.officer().decides(missing.text("id"), "granted").wantState("granted")
		if missing.text("about") != "missing" || turned.text("about") != "no_show" || turned.text("no_show_at") != marked.Format(time.RFC3339) {
			t.Errorf("the mark that came meanwhile is gone: %s", turned.Body)
		}
		early.get("/me/hours").wantHours(180, 0)
		var walkIn bool
		c.scan(&walkIn, `SELECT walk_in FROM attendances WHERE id = ?`, granted.text("granted_attendance_id"))
		if walkIn {
			t.Error("he had signed up")
		}
		c.proved()
	})
}

// What was rejected counts after all; what was reversed stays reversed, and another presence begins.
func TestRejectedAndReversedPresencesAreGranted(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, v := c.head(), c.keeper(), c.volunteer("홍길동")
		path := "/camps/" + c.Camp.String()
		rejected := c.presence(v, "13:00", "15:00")
		keeper.post(path+"/rejections", map[string]any{"attendance_ids": []string{rejected}, "reason": "없었습니다."}).wantAll("status", "rejected")
		dispute := v.disputing("attendance_id", rejected, "", "").want(http.StatusCreated).text("id")
		head.answers(dispute).wantState("answered")
		granted := c.officer().decides(dispute, "granted").wantState("granted")
		if granted.text("granted_attendance_id") != rejected || granted.number("posted_minutes") != 120 {
			t.Errorf("%s", granted.Body)
		}
		v.get("/me/hours").wantHours(120, 0)
		c.proved()

		withheld := c.volunteer("이몽룡") // what a rule holds back counts when the dispute is granted
		held := c.presence(withheld, "13:00", "15:00")
		c.sql(`UPDATE attendances SET state = 'held' WHERE id = ?`, held)
		dispute = withheld.disputing("attendance_id", held, "", "").want(http.StatusCreated).text("id")
		keeper.answers(dispute).wantState("answered")
		c.officer().decides(dispute, "granted").wantState("granted")
		withheld.get("/me/hours").wantHours(120, 0)

		other := c.volunteer("성춘향")
		reversed := c.confirmed(other, "13:00", "16:00")
		change := head.post("/attendances/"+reversed+"/reversals", map[string]any{"reason": "다른 사람"}).want(http.StatusCreated).text("id")
		keeper.post("/attendances/"+reversed+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		other.get("/me/hours").wantHours(0, 0)
		dispute = other.disputing("attendance_id", reversed, "", "").want(http.StatusCreated).text("id")
		keeper.answers(dispute).wantState("answered")
		head.decides(dispute, "granted").refused(http.StatusForbidden, "duty.conflict_of_interest")
		granted = c.officer().decides(dispute, "granted").wantState("granted")
		if granted.text("granted_attendance_id") == reversed || granted.number("posted_minutes") != 180 {
			t.Errorf("%s", granted.Body)
		}
		if hours := other.get("/me/hours"); hours.number("recognised_minutes") != 180 || hours.number("reversed_minutes") != 180 {
			t.Errorf("%s", hours.Body)
		}
		c.proved()
	})
}

// Nobody answers: the centre has it after seven days, once, however often and late the job runs.
func TestUnansweredDisputesEscalate(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		dispute := v.disputing("attendance_id", c.confirmed(v, "13:00", "16:00"), "13:00", "16:30").want(http.StatusCreated)
		if dispute.text("due_at") != "2026-07-22T15:00:00Z" { // the end of the seventh day
			t.Errorf("%s", dispute.Body)
		}
		path := dispute.text("id")
		job := disputes(c.dependencies)
		expire := func(moved int) {
			t.Helper()
			if n, err := job.Expire(t.Context()); err != nil || n != moved {
				t.Fatal(n, err)
			}
		}
		c.at("2026-07-22T23:59:59+09:00")
		expire(0)
		c.at("2026-07-25T09:00:00+09:00") // days late
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := job.Expire(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		expire(0)
		c.on("2026-07-25T09:00:00+09:00")
		if got := v.steps(path); !slices.Equal(got, []string{"opened by volunteer", "escalated by system"}) {
			t.Fatal(got)
		}
		if n := c.officer().get("/disputes?state=escalated").want(http.StatusOK).count("items"); n != 1 {
			t.Error(n, "wait for the centre")
		}
		c.head().answers(path).refused(http.StatusConflict, "dispute.state")
		c.head().decides(path, "granted").refused(http.StatusForbidden, "auth.forbidden")
		closed := c.officer().decides(path, "granted").wantState("closed") // final
		if closed.text("outcome") != "granted" {
			t.Errorf("%s", closed.Body)
		}
		v.get("/me/hours").wantHours(210, 0)
		c.proved()
	})
}

// Declined, taken to the centre, decided for good by another officer; or left alone, and closed.
func TestADeclinedDisputeGoesToTheCentre(t *testing.T) {
	eachCity(t, func(c *city) {
		head, officer, v := c.head(), c.officer(), c.volunteer("홍길동")
		disputed := c.confirmed(v, "13:00", "16:00")
		dispute := v.disputing("attendance_id", disputed, "13:00", "16:30").want(http.StatusCreated).text("id")
		v.post("/disputes/"+dispute+"/escalation", nil).refused(http.StatusConflict, "dispute.state")
		head.answers(dispute).wantState("answered")
		officer.decides(dispute, "declined", "13:00", "16:30").refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.decides(dispute, "maybe").refused(http.StatusUnprocessableEntity, "request.invalid")
		if declined := officer.decides(dispute, "declined").wantState("declined"); declined.text("outcome") != "declined" || declined.text("due_at") != "2026-07-29T15:00:00Z" {
			t.Errorf("%s", declined.Body)
		}
		v.disputing("attendance_id", disputed, "13:00", "16:30").refused(http.StatusConflict, "dispute.open_already")
		head.post("/disputes/"+dispute+"/escalation", nil).refused(http.StatusForbidden, "auth.forbidden")
		if again := v.post("/disputes/"+dispute+"/escalation", map[string]any{"text": "사진이 있습니다."}).wantState("escalated"); again.value("outcome") != nil {
			t.Errorf("%s", again.Body)
		}
		officer.decides(dispute, "granted").refused(http.StatusForbidden, "duty.conflict_of_interest")
		head.decides(dispute, "granted").refused(http.StatusForbidden, "auth.forbidden")
		c.second().decides(dispute, "granted", "13:00", "16:20").wantState("closed")
		v.get("/me/hours").wantHours(200, 0)
		if got := v.steps(dispute); !slices.Equal(got, []string{"opened by volunteer", "answered by organiser", "declined by centre", "escalated by volunteer",
			"granted by centre", "closed by centre"}) {
			t.Error(got)
		}
		c.proved()

		// Who waits too long has accepted it.
		other := c.volunteer("성춘향")
		late := other.disputing("attendance_id", c.confirmed(other, "13:00", "16:00"), "13:00", "16:30").want(http.StatusCreated).text("id")
		head.answers(late).wantState("answered")
		officer.decides(late, "declined").wantState("declined")
		c.on("2026-07-30T00:00:00+09:00")
		other.post("/disputes/"+late+"/escalation", nil).refused(http.StatusConflict, "dispute.too_late")
		if n, err := disputes(c.dependencies).Expire(t.Context()); err != nil || n != 1 {
			t.Error(n, err)
		}
		if closed := other.get("/disputes/" + late); closed.text("state") != "closed" || closed.text("outcome") != "declined" {
			t.Errorf("%s", closed.Body)
		}
		other.get("/me/hours").wantHours(180, 0)
		c.proved()
	})
}

func TestADisputeIsWithdrawn(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		disputed := c.confirmed(v, "13:00", "16:00")
		dispute := v.disputing("attendance_id", disputed, "13:00", "16:30").want(http.StatusCreated).text("id")
		c.head().post("/disputes/"+dispute+"/withdrawal", nil).refused(http.StatusForbidden, "auth.forbidden")
		c.volunteer("남").post("/disputes/"+dispute+"/withdrawal", nil).refused(http.StatusNotFound, "dispute.not_found")
		if gone := v.post("/disputes/"+dispute+"/withdrawal", map[string]any{"text": "제가 잘못 알았습니다."}).wantState("closed"); gone.text("outcome") != "withdrawn" {
			t.Errorf("%s", gone.Body)
		}
		v.post("/disputes/"+dispute+"/withdrawal", nil).refused(http.StatusConflict, "dispute.state")
		c.officer().decides(dispute, "granted").refused(http.StatusConflict, "dispute.state")
		v.get("/me/hours").wantHours(180, 0)
		again := v.disputing("attendance_id", disputed, "13:00", "16:30").want(http.StatusCreated).text("id") // he has thought better of it
		if mine := v.get("/me/disputes").want(http.StatusOK); mine.count("items") != 2 || mine.text("items.0.id") != again {
			t.Errorf("%s", mine.Body)
		}
		page := v.get("/me/disputes?limit=1").want(http.StatusOK)
		if rest := v.get("/me/disputes?limit=1&after=" + page.text("next")).want(http.StatusOK); rest.text("items.0.id") != dispute || rest.value("next") != nil {
			t.Errorf("%s", rest.Body)
		}
		c.proved()
	})
}

// A volunteer's evidence is his own, was handed in for disputes, and is read by the centre.
func TestADisputeWithEvidence(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		disputed := c.confirmed(v, "13:00", "16:00")
		open := func(documents ...string) answer {
			return v.post("/me/disputes", map[string]any{"attendance_id": disputed, "text": "사진을 붙입니다.", "document_ids": documents,
				"checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T16:30:00+09:00"})
		}
		paper := v.handIn("dispute", "사진.pdf", aPDF).want(http.StatusCreated).text("id")
		for _, other := range []string{c.volunteer("남").handIn("dispute", "사진.pdf", aPDF).text("id"), v.handIn("late_proof", "사진.pdf", aPDF).text("id"), id.New().String()} {
			open(paper, other).refused(http.StatusNotFound, "document.not_found")
		}
		dispute := open(paper).want(http.StatusCreated).text("id")
		for _, reader := range []*client{v, c.keeper(), c.officer()} {
			if a := reader.get("/disputes/" + dispute).want(http.StatusOK); a.count("documents") != 1 || a.text("documents.0.id") != paper {
				t.Errorf("%s", a.Body)
			}
		}
		c.officer().get("/documents/" + paper).want(http.StatusOK)
		c.keeper().get("/documents/"+paper).refused(http.StatusNotFound, "document.not_found")
		var looks int
		c.scan(&looks, `SELECT COUNT(*) FROM audit_events WHERE action = 'dispute.read' AND subject_id = ? AND volunteer_id = ?`, dispute, v.Volunteer)
		if looks != 2 {
			t.Error(looks, "looks by others were kept")
		}
	})
}

// What cannot be disputed.
func TestOpeningsThatAreRefused(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		disputed := c.confirmed(v, "13:00", "16:00")
		for name, body := range map[string]map[string]any{
			"nothing":   {"text": "까닭"},
			"two":       {"attendance_id": disputed, "shift_id": disputed, "text": "까닭"},
			"no text":   {"attendance_id": disputed, "checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T16:30:00+09:00"},
			"half":      {"attendance_id": disputed, "checked_in_at": "2026-07-14T13:00:00+09:00", "text": "까닭"},
			"it counts": {"attendance_id": disputed, "text": "까닭"},
			"too long":  {"attendance_id": disputed, "text": string(bytes.Repeat([]byte("가"), 2001))},
			"a bell":    {"attendance_id": disputed, "text": "\a"},
			"a paper twice": {"attendance_id": disputed, "text": "까닭", "checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T16:30:00+09:00",
				"document_ids": []string{disputed, disputed}},
			"a wrong one": {"attendance_id": disputed, "text": "까닭", "checked_in_at": nil, "checked_out_at": "2026-07-14T16:30:00+09:00"},
		} {
			if got := v.post("/me/disputes", body); got.Status != http.StatusUnprocessableEntity || got.text("code") != "request.invalid" || got.count("errors") == 0 {
				t.Errorf("%s: %d %s", name, got.Status, got.Body)
			}
		}
		v.disputing("attendance_id", disputed, "13:00", "23:59").want(http.StatusCreated)
		other := c.volunteer("남")
		other.disputing("attendance_id", disputed, "13:00", "16:30").refused(http.StatusNotFound, "attendance.not_found")
		other.disputing("entry_id", v.get("/me/hours/entries").text("items.0.id"), "13:00", "16:30").refused(http.StatusNotFound, "ledger.entry_not_found")
		other.disputing("sign_up_id", id.New().String(), "13:00", "16:30").refused(http.StatusNotFound, "signup.not_found")
		c.otherHead().get("/camps/"+c.Camp.String()+"/disputes").refused(http.StatusForbidden, "auth.forbidden")
		c.head().get("/disputes").refused(http.StatusForbidden, "auth.forbidden")
		c.officer().get("/camps/"+id.New().String()+"/disputes").refused(http.StatusNotFound, "attendance.organiser_not_found")
		c.officer().get("/disputes?state=lost").refused(http.StatusBadRequest, "request.query")
		c.sql(`UPDATE accounts SET volunteer_id = NULL WHERE id = ?`, other.Account)
		c.wait(6 * time.Second)
		other.disputing("attendance_id", disputed, "13:00", "16:30").refused(http.StatusForbidden, "attendance.no_person")
		other.get("/me/disputes").refused(http.StatusForbidden, "attendance.no_person")
	})
}

// Of many who decide at once one wins; of many openings one stands; under one key one answer is given.
func TestDisputesAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		disputed := c.confirmed(v, "13:00", "16:00")
		atOnce := func(n int, do func(i int) answer) (statuses []int) {
			var wg sync.WaitGroup
			answers := make([]answer, n)
			for i := range n {
				wg.Go(func() { answers[i] = do(i) })
			}
			wg.Wait()
			for _, a := range answers {
				statuses = append(statuses, a.Status)
			}
			slices.Sort(statuses)
			return statuses
		}
		if got := atOnce(8, func(int) answer { return v.disputing("attendance_id", disputed, "13:00", "16:30") }); got[0] != 201 || got[1] != 409 || got[7] != 409 {
			t.Fatal(got)
		}
		dispute := v.get("/me/disputes").text("items.0.id")
		head.answers(dispute).wantState("answered")
		deciders := []*client{c.officer(), c.second()}
		if got := atOnce(8, func(i int) answer {
			return deciders[i%2].decides(dispute, []string{"granted", "declined"}[i/2%2])
		}); got[0] != 200 || got[1] != 409 || got[7] != 409 {
			t.Fatal(got)
		}
		var row struct {
			State string
			Steps int
		}
		c.scan(&row, `SELECT state, (SELECT COUNT(*) FROM dispute_steps WHERE dispute_id = disputes.id) AS steps FROM disputes`)
		minutes := map[string]int{"granted": 210, "declined": 180}[row.State]
		if v.get("/me/hours").wantHours(minutes, 0); row.Steps != 3 {
			t.Error(row)
		}

		other := c.volunteer("성춘향")
		body, err := json.Marshal(map[string]any{"attendance_id": c.confirmed(other, "13:00", "16:00"), "text": "까닭",
			"checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T16:30:00+09:00"})
		if err != nil {
			t.Fatal(err)
		}
		first := other.post("/me/disputes", string(body), "Idempotency-Key", "k").want(http.StatusCreated)
		if again := other.post("/me/disputes", string(body), "Idempotency-Key", "k").want(http.StatusCreated); !bytes.Equal(first.Body, again.Body) {
			t.Errorf("%s and %s", first.Body, again.Body)
		}
		c.proved()
	})
}

// A demand site's manager who entered it does not decide; the site works as a camp does.
func TestADisputeAtADemandSite(t *testing.T) {
	eachCity(t, func(c *city) {
		owner, v := c.volunteer("복지관 직원"), c.volunteer("홍길동")
		site := owner.post("/demand-sites", map[string]any{"name": "복지관", "kind": "welfare", "region_code": "1221054500", "address": "지호로 1",
			"phone": "062-608-2114"}).want(http.StatusCreated).text("id")
		c.officer().post("/demand-sites/"+site+"/approval", nil).want(http.StatusOK)
		siteID, err := id.Parse(site)
		if err != nil {
			t.Fatal(err)
		}
		manager := c.with(auth.SiteManager, siteID)
		shift := c.session(manager, c.programme(manager, "demand_site", siteID, "도시락 배달"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		told := manager.post("/demand-sites/"+site+"/attendances", batch(presenceOf("s", v, shift, "2026-07-14T13:00", "2026-07-14T14:00"))).text("results.0.attendance_id")
		dispute := v.disputing("attendance_id", told, "13:00", "15:00").want(http.StatusCreated).text("id")
		c.officer().answers(dispute).wantState("answered")
		manager.decides(dispute, "granted").refused(http.StatusForbidden, "duty.conflict_of_interest")
		c.second().decides(dispute, "granted").wantState("granted")
		if list := manager.get("/demand-sites/" + site + "/disputes").want(http.StatusOK); list.text("items.0.outcome") != "granted" {
			t.Errorf("%s", list.Body)
		}
		v.get("/me/hours").wantHours(120, 0)
		c.proved()
	})
}

// What is held and disputed counts by the grant, and nothing unusual about it stays open.
func TestAHeldPresenceIsGranted(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		v, head, officer := c.volunteer("홍길동"), c.head(), c.officer()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T15:00", "2026-07-14T16:00", 0)
		held := head.recorded("/camps/"+c.Camp.String(), presenceOf("1", v, shift, "2026-07-14T10:00", "2026-07-14T16:00"))
		if n := v.get("/me/hours").number("held_minutes"); n != 360 {
			t.Fatalf("%d minutes are held", n)
		}
		dispute := "/disputes/" + v.post("/me/disputes", map[string]any{"attendance_id": held, "text": "일찍 와서 준비했습니다.",
			"checked_in_at": "2026-07-14T10:00:00+09:00", "checked_out_at": "2026-07-14T16:00:00+09:00"}).want(http.StatusCreated).text("id")
		head.post(dispute+"/answer", map[string]any{"text": "맞습니다."}).want(http.StatusOK)
		officer.post(dispute+"/decision", map[string]any{"decision": "granted", "reason": "확인함"}).want(http.StatusOK)
		v.get("/me/hours").wantHours(60, 0)
		if n := officer.get("/anomalies?state=open").want(http.StatusOK).count("items"); n != 0 {
			t.Errorf("%d anomalies are still open", n)
		}
		c.proved()
	})
}
