package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
)

// approver is an officer who also approves late entries.
func (c *city) approver() *client {
	c.t.Helper()
	p := c.people["approver"]
	if p == nil {
		p = c.volunteer("approver")
		for _, role := range []auth.Role{auth.CentreOfficer, auth.LateApprover} {
			c.administrator().post("/role-grants", map[string]any{"account_id": p.Account, "role": role, "scope_type": "city", "reason": "기한 후 입력 승인"}).
				want(http.StatusCreated)
		}
	}
	return p
}

func late(item map[string]any, proof string) map[string]any {
	item["late_proof_id"] = proof
	return item
}

// The 14th of July and three months: the 14th of October is the last day, to its end in the city.
func TestPresencesAreEnteredWithinTheWindow(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		path := "/camps/" + c.Camp.String()
		early := head.post(path+"/attendances", batch(presenceOf("1", v, shift, "2026-07-14T13:00", "2026-07-14T14:00"))).want(200).wantAll("status", "recorded")
		c.on("2026-10-14T23:59:00+09:00")
		head.post(path+"/attendances", batch(presenceOf("2", v, shift, "2026-07-14T14:00", "2026-07-14T15:00"))).want(200).wantAll("status", "recorded")
		c.on("2026-10-15T00:00:00+09:00")
		over := presenceOf("3", v, shift, "2026-07-14T15:00", "2026-07-14T16:00")
		refused := head.post(path+"/attendances", batch(over, presenceOf("1", v, shift, "2026-07-14T13:00", "2026-07-14T14:00"))).want(200).
			wantAll("status", "rejected", "duplicate") // what was told before is still known
		if refused.text("results.0.problem.code") != "attendance.late_window_closed" || !strings.Contains(refused.text("results.0.problem.detail"), "2026-10-14") {
			t.Fatalf("%s", refused.Body)
		}
		line := "봉사자번호,날짜,시작,종료\n" + v.Number + ",2026-07-14,15:00,16:00\n"
		head.post(path+"/attendance-sheets", line, "Content-Type", "text/csv").want(200).wantAll("problem.code", "attendance.late_window_closed")

		attendance := early.text("results.0.attendance_id")
		times := map[string]any{"checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T13:30:00+09:00", "reason": "일찍 갔습니다."}
		for _, who := range []*client{head, v} {
			who.post("/attendances/"+attendance+"/corrections", times).refused(http.StatusConflict, "attendance.late_window_closed")
		}
		// What was entered in time is confirmed, and taken back, at any time.
		c.keeper().post(path+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).want(200).wantAll("status", "verified")
		head.post("/attendances/"+attendance+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated)
	})
}

func TestLateEntriesTakeAProofAndWhoApprovesThem(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, keeper, officer, approver, v := c.head(), c.keeper(), c.officer(), c.approver(), c.volunteer("홍길동")
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift := c.session(head, activity, "2026-07-14T13:00", "2026-07-14T17:00", 0)
		recent := c.session(head, activity, "2026-11-09T13:00", "2026-11-09T17:00", 0)
		path := "/camps/" + c.Camp.String()
		c.on("2026-11-10T10:00:00+09:00")
		proof := head.handIn("late_proof", "7월 활동일지.pdf", aPDF).want(http.StatusCreated).text("id")
		others := keeper.handIn("late_proof", "남의 것.pdf", aPDF).want(http.StatusCreated).text("id")
		forDispute := head.handIn("dispute", "다툼.pdf", aPDF).want(http.StatusCreated).text("id")
		told := func(client, with string) map[string]any {
			return late(presenceOf(client, v, shift, "2026-07-14T13:00", "2026-07-14T17:00"), with)
		}
		for i, with := range []string{others, forDispute, id.New().String()} {
			head.post(path+"/attendances", batch(told(fmt.Sprint("x", i), with))).want(200).wantAll("problem.code", "document.not_found")
		}
		head.post(path+"/attendances", batch(late(presenceOf("r", v, recent, "2026-11-09T13:00", "2026-11-09T17:00"), proof))).want(200).
			wantAll("problem.code", "attendance.late_proof_not_needed")
		recorded := head.post(path+"/attendances", batch(told("t1", proof), presenceOf("r", v, recent, "2026-11-09T13:00", "2026-11-09T17:00"))).want(200).
			wantAll("status", "recorded", "recorded").wantAll("state", "pending", "pending")
		head.post(path+"/attendances", batch(told("t1", proof))).want(200).wantAll("status", "duplicate")
		attendance := recorded.text("results.0.attendance_id")
		listed := approver.get(path + "/attendances?state=pending&to=2026-07-31").want(200)
		if listed.text("items.0.evidence") != "late_proof" || listed.text("items.0.late_proof_id") != proof {
			t.Fatalf("%s", listed.Body)
		}
		approver.get("/documents/" + proof).want(200)
		keeper.get("/documents/"+proof).refused(http.StatusNotFound, "document.not_found")
		v.get("/me/hours").wantHours(0, 480)

		ids := map[string]any{"attendance_ids": []string{attendance}}
		for _, who := range []*client{head, keeper, officer} {
			who.post(path+"/verifications", ids).want(200).wantAll("status", "refused").wantAll("problem.code", "attendance.late_approval_required")
		}
		v.get("/me/hours").wantHours(0, 480)
		approver.post(path+"/verifications", ids).want(200).wantAll("status", "verified")
		v.get("/me/hours").wantHours(240, 240)
		c.wantEvidence(v, "late_proof 240")
		keeper.post(path+"/verifications", map[string]any{"attendance_ids": []string{recorded.text("results.1.attendance_id")}}).want(200).wantAll("status", "verified")

		// Who approves does not approve what he entered himself.
		own := approver.handIn("late_proof", "사진.pdf", aPDF).want(http.StatusCreated).text("id")
		other := c.volunteer("김철수")
		mine := approver.post(path+"/attendances", batch(late(presenceOf("t2", other, shift, "2026-07-14T13:00", "2026-07-14T17:00"), own))).want(200)
		ids = map[string]any{"attendance_ids": []string{mine.text("results.0.attendance_id")}}
		approver.post(path+"/verifications", ids).want(200).wantAll("problem.code", "duty.conflict_of_interest")
		keeper.post(path+"/rejections", map[string]any{"attendance_ids": ids["attendance_ids"], "reason": "증빙이 다릅니다."}).want(200).wantAll("status", "rejected")
		c.proved()
	})
}

func TestLateCorrectionsTakeAProofAndWhoApprovesThem(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, keeper, officer, approver, v := c.head(), c.keeper(), c.officer(), c.approver(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		path := "/camps/" + c.Camp.String()
		attendance := head.post(path+"/attendances", batch(presenceOf("1", v, shift, "2026-07-14T13:00", "2026-07-14T16:00"))).want(200).text("results.0.attendance_id")
		keeper.post(path+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).want(200).wantAll("status", "verified")
		path = "/attendances/" + attendance
		times := map[string]any{"checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T17:00:00+09:00", "reason": "더 남았습니다."}
		proof := v.handIn("late_proof", "사진.pdf", aPDF).want(http.StatusCreated).text("id")
		v.post(path+"/corrections", late(times, proof)).refused(http.StatusUnprocessableEntity, "attendance.late_proof_not_needed")
		c.on("2026-11-10T10:00:00+09:00")
		v.post(path+"/corrections", late(times, keeper.handIn("late_proof", "a.pdf", aPDF).text("id"))).refused(http.StatusNotFound, "document.not_found")
		change := v.post(path+"/corrections", late(times, proof)).want(http.StatusCreated)
		if change.text("late_proof_id") != proof {
			t.Fatalf("%s", change.Body)
		}
		delete(times, "late_proof_id")
		for _, who := range []*client{head, officer} {
			who.post(path+"/corrections", times).refused(http.StatusForbidden, "attendance.late_approval_required") // the very same is a verification
			who.post(path+"/changes/"+change.text("id")+"/verification", nil).refused(http.StatusForbidden, "attendance.late_approval_required")
		}
		v.get("/me/hours").wantHours(180, 0)
		approver.post(path+"/changes/"+change.text("id")+"/verification", nil).want(200)
		v.get("/me/hours").wantHours(240, 0)
		c.wantEvidence(v, "leader 180", "late_proof 60")
		c.proved()
	})
}

func TestCentresSetTheirWindow(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, keeper, officer, v := c.head(), c.keeper(), c.officer(), c.volunteer("홍길동")
		good := map[string]any{"gu_code": dbtest.Gu, "months": 1, "effective_from": "2026-07-16", "reference": "동구자원봉사센터 운영지침 제12조"}
		with := func(name string, value any) map[string]any {
			changed := map[string]any{name: value}
			for n, v := range good {
				if n != name {
					changed[n] = v
				}
			}
			return changed
		}
		for name, value := range map[string]any{"gu_code": dbtest.Dong, "months": 0, "effective_from": "2026-07-15", "reference": ""} {
			a := officer.post("/late-windows", with(name, value)).refused(http.StatusUnprocessableEntity, "request.invalid")
			if a.text("errors.0.path") != name || a.count("errors") != 1 {
				t.Errorf("%s", a.Body)
			}
		}
		officer.post("/late-windows", good).want(http.StatusCreated)
		v.get("/late-windows").want(200).golden("late-windows")

		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		before := c.session(head, activity, "2026-07-15T08:00", "2026-07-15T09:00", 0)
		after := c.session(head, activity, "2026-07-16T22:00", "2026-07-17T00:00", 0) // ends with the 16th
		path := "/camps/" + c.Camp.String()
		c.on("2026-08-16T23:00:00+09:00")
		head.post(path+"/attendances", batch(presenceOf("1", v, after, "2026-07-16T22:00", "2026-07-16T23:00"))).want(200).wantAll("status", "recorded")
		c.on("2026-08-17T00:30:00+09:00")
		head.post(path+"/attendances", batch(presenceOf("2", v, after, "2026-07-16T23:00", "2026-07-17T00:00"),
			presenceOf("3", v, before, "2026-07-15T08:00", "2026-07-15T09:00"))).want(200).wantAll("status", "rejected", "recorded").
			wantAll("problem.code", "attendance.late_window_closed", "<nil>")
		keeper.get("/late-windows?limit=1").want(200)

		// A gu keeps its window under the code that follows its own.
		c.sql(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES ('1221900000', 'gu', ?, '새동구', '2026-08-01')`, dbtest.City)
		c.sql(`UPDATE regions SET successor = '1221900000', valid_to = '2026-07-31' WHERE code = ?`, dbtest.Gu)
		officer.post("/late-windows", with("effective_from", "2026-08-18")).refused(http.StatusUnprocessableEntity, "request.invalid") // the old code is over
		anew := with("gu_code", "1221900000")
		anew["effective_from"], anew["months"] = "2026-08-18", 2
		officer.post("/late-windows", anew).want(http.StatusCreated)
		next := c.session(head, activity, "2026-08-18T08:00", "2026-08-18T09:00", 0)
		c.on("2026-10-18T12:00:00+09:00")
		head.post(path+"/attendances", batch(presenceOf("4", v, next, "2026-08-18T08:00", "2026-08-18T08:30"))).want(200).wantAll("status", "recorded")
		c.on("2026-10-19T12:00:00+09:00")
		head.post(path+"/attendances", batch(presenceOf("5", v, next, "2026-08-18T08:30", "2026-08-18T09:00"))).want(200).wantAll("status", "rejected")
	})
}

// wantEvidence wants the entries of a person to be of this evidence and these minutes, in the order of posting.
func (c *city) wantEvidence(p *client, want ...string) {
	c.t.Helper()
	var rows []struct {
		Evidence string
		Amount   int
	}
	if err := c.db.View(c.t.Context(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT e.evidence, p.amount FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id
			WHERE e.volunteer_id = ? ORDER BY e.sequence`, p.Volunteer).Scan(&rows).Error
	}); err != nil {
		c.t.Fatal(err)
	}
	got := make([]string, len(rows))
	for i, r := range rows {
		got[i] = fmt.Sprint(r.Evidence, " ", r.Amount)
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("the entries are %q, want %q", got, want)
	}
}
