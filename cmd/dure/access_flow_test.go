package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// whats are the codes of an access log, newest first.
func (a answer) whats() (all []string) {
	a.t.Helper()
	for i := range a.count("items") {
		all = append(all, a.text(fmt.Sprintf("items.%d.what.code", i)))
	}
	return all
}

func TestEverybodySeesWhoLookedAtHisData(t *testing.T) {
	eachCity(t, func(c *city) {
		c.serve("DURE_TRUSTED_PROXIES=127.0.0.1,::1")
		head, keeper, officer, v, neighbour := c.head(), c.keeper(), c.officer(), c.volunteer("홍길동"), c.volunteer("이웃")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		path := "/camps/" + c.Camp.String()
		if n := v.get("/me/access-log").want(http.StatusOK).count("items"); n != 0 {
			t.Fatal(n, "lines before anybody did anything")
		}
		attendance := head.post(path+"/attendances", batch(presenceOf("t1", v, shift, "2026-07-14T13:00", "2026-07-14T17:00"),
			presenceOf("t2", head, shift, "2026-07-14T13:00", "2026-07-14T17:00"))).want(http.StatusOK).text("results.0.attendance_id")
		c.later(time.Minute)
		for range 3 {
			head.get(path+"/attendances", "X-Forwarded-For", "203.0.113.7").want(http.StatusOK)
			c.later(time.Minute)
		}
		head.get(path+"/attendances", "X-Forwarded-For", "203.0.113.8").want(http.StatusOK)
		c.later(time.Minute)
		ids := map[string]any{"attendance_ids": []string{attendance}}
		keeper.post(path+"/verifications", ids, "X-Forwarded-For", "203.0.113.9", "X-Request-Id", "tablet-1").want(http.StatusOK).wantAll("status", "verified")
		c.later(time.Minute)
		officer.get("/volunteers/"+v.Volunteer.String(), "X-Forwarded-For", "203.0.113.10").want(http.StatusOK)
		c.later(time.Minute)
		head.get(path+"/volunteers", "X-Forwarded-For", "203.0.113.7").want(http.StatusOK)
		v.get("/me").want(http.StatusOK)
		v.get("/me/attendances").want(http.StatusOK)
		v.get("/me/hours").want(http.StatusOK)

		log := v.get("/me/access-log").want(http.StatusOK).golden("access-log")
		want := []string{"volunteer.listed", "volunteer.read", "attendance.verified", "attendance.listed", "attendance.listed", "attendance.recorded"}
		if got := log.whats(); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if log.number("items.4.times") != 3 || log.number("items.3.times") != 1 || log.text("items.2.who.0.organisation") != "충장동 자원봉사캠프" {
			t.Errorf("%s", log.Body)
		}
		if strings.Contains(string(log.Body), "203.0.113") || strings.Contains(string(log.Body), keeper.Account.String()) {
			t.Error("who looked is told too exactly")
		}
		if text := v.get("/me/access-log", "Accept-Language", "en").text("items.2.what.text"); text != "Your presence was verified." {
			t.Error(text)
		}
		// Page by page it is the same list.
		var pages []string
		for next := ""; ; {
			a := v.get("/me/access-log?limit=1" + next).want(http.StatusOK)
			pages = append(pages, a.whats()...)
			if a.value("next") == nil {
				break
			}
			next = "&after=" + a.text("next")
		}
		if !slices.Equal(pages, want) {
			t.Errorf("%q", pages)
		}
		if n := neighbour.get("/me/access-log").count("items"); n != 0 {
			t.Error("the neighbour, whom nobody looked at, sees", n)
		}
		// Nobody looks at himself: the head, who is in the list, finds the looks of others only.
		if got := head.get("/me/access-log").whats(); len(got) != 0 {
			t.Errorf("%q", got)
		}
		keeper.get(path + "/attendances").want(http.StatusOK)
		if got := head.get("/me/access-log").whats(); !slices.Equal(got, []string{"attendance.listed"}) {
			t.Errorf("%q", got)
		}
		var own struct{ N int }
		if c.scan(&own, `SELECT COUNT(*) AS n FROM accesses l JOIN accounts a ON a.id = l.account_id WHERE a.volunteer_id = l.volunteer_id`); own.N != 0 {
			t.Error(own.N, "looks at oneself are kept")
		}
		// Next day is another line; who is no keeper any more was one then.
		c.sql(`UPDATE role_grants SET revoked_at = ? WHERE account_id = ?`, c.clock.Now(), keeper.Account)
		c.wait(24 * time.Hour)
		head.get(path+"/attendances", "X-Forwarded-For", "203.0.113.7").want(http.StatusOK)
		log = v.get("/me/access-log").want(http.StatusOK)
		if got := log.whats(); len(got) != 8 || got[0] != "attendance.listed" || log.text("items.4.who.0.role") != "camp_keeper" {
			t.Errorf("%q %s", got, log.Body)
		}
	})
}

func TestAuditorsReadWhoDidWhatFromWhere(t *testing.T) {
	eachCity(t, func(c *city) {
		c.serve("DURE_TRUSTED_PROXIES=127.0.0.1,::1")
		head, keeper, officer, administrator, v := c.head(), c.keeper(), c.officer(), c.administrator(), c.volunteer("홍길동")
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift := c.session(head, activity, "2026-07-14T13:00", "2026-07-14T17:00", 0)
		coming := c.session(head, activity, "2026-07-20T13:00", "2026-07-20T17:00", 0)
		path := "/camps/" + c.Camp.String()
		attendance := head.post(path+"/attendances", batch(presenceOf("t1", v, shift, "2026-07-14T13:00", "2026-07-14T17:00"))).text("results.0.attendance_id")
		keeper.post(path+"/verifications", map[string]any{"attendance_ids": []string{attendance}}, "X-Forwarded-For", "203.0.113.9", "X-Request-Id", "tablet-1").
			want(http.StatusOK).wantAll("status", "verified")
		change := head.post("/attendances/"+attendance+"/corrections", map[string]any{"checked_in_at": "2026-07-14T13:00:00+09:00",
			"checked_out_at": "2026-07-14T16:30:00+09:00", "reason": "일찍 갔습니다."}).want(http.StatusCreated).text("id")
		keeper.post("/attendances/"+attendance+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		head.patch("/shifts/"+coming, map[string]any{"capacity": 9}).want(http.StatusOK)
		officer.patch(path, map[string]any{"phone": "062-608-4302"}, "If-Match", "*").want(http.StatusOK)
		head.patch(activity, map[string]any{"groups": true}, "If-Match", "*")
		grant := administrator.post("/role-grants", map[string]any{"account_id": v.Account, "role": "camp_keeper", "scope_type": "camp",
			"scope_id": c.Camp, "reason": "위촉"}).want(http.StatusCreated).text("id")
		administrator.post("/role-grants/"+grant+"/revocation", map[string]any{"reason": "사임"}).want(http.StatusOK)
		head.post("/shifts/"+coming+"/cancellation", map[string]any{"reason": "비"}).want(http.StatusOK)

		found := administrator.get("/audit-events?subject_type=attendance&action=attendance.verified&subject_id=" + attendance + "&from=2026-07-15&to=2026-07-15").
			want(http.StatusOK).golden("audit-events")
		if found.count("items") != 1 || found.text("items.0.address") != "203.0.113.9" || found.text("items.0.request_id") != "tablet-1" ||
			found.text("items.0.account_id") != keeper.Account.String() {
			t.Errorf("%s", found.Body)
		}
		for query, change := range map[string]string{
			"action=attendance.correction.applied": `{"checked_in_at":"2026-07-14T04:00:00Z","checked_out_at":"2026-07-14T08:00:00Z","state":"verified"} {"checked_in_at":"2026-07-14T04:00:00Z","checked_out_at":"2026-07-14T07:30:00Z","state":"verified"}`,
			"action=shift.changed":                 `{"break_minutes":0,"capacity":20} {"break_minutes":0,"capacity":9}`,
			"action=activity.approved":             `{"state":"submitted"} {"state":"approved"}`,
			"action=shift.cancelled":               `{"cancelled_at":null} {"cancelled_at":"2026-07-15T01:00:00Z"}`,
			"action=role.revoked&volunteer_id=" + v.Volunteer.String(): fmt.Sprintf(
				`{"account_id":%q,"role":"camp_keeper","scope_id":%q,"scope_type":"camp","until":null} null`, v.Account, c.Camp),
		} {
			a := administrator.get("/audit-events?" + query).want(http.StatusOK)
			var page struct {
				Items []struct{ Before, After json.RawMessage }
			}
			if err := json.Unmarshal(a.Body, &page); err != nil || len(page.Items) != 1 {
				t.Errorf("%s: %v %s", query, err, a.Body)
			} else if got := fmt.Sprintf("%s %s", page.Items[0].Before, page.Items[0].After); got != change {
				t.Errorf("%s: %s", query, got)
			}
		}
		if a := administrator.get("/audit-events?action=camp.edited").want(http.StatusOK); a.text("items.0.before.phone") != "062-608-4301" || a.text("items.0.after.phone") != "062-608-4302" {
			t.Errorf("%s", a.Body)
		}
		if n := administrator.get("/audit-events?to=2026-07-14").count("items"); n != 0 {
			t.Error(n, "acts of the day before")
		}
		if n := administrator.get("/audit-events?action=audit_event.listed&limit=100&account_id=" + administrator.Account.String()).count("items"); n < 7 {
			t.Error("reading the log was kept", n, "times")
		}
		var pages []string
		for next := ""; ; {
			a := administrator.get("/audit-events?limit=2&account_id=" + head.Account.String() + next).want(http.StatusOK)
			for i := range a.count("items") {
				pages = append(pages, a.text(fmt.Sprintf("items.%d.id", i)))
			}
			if a.value("next") == nil {
				break
			}
			next = "&after=" + a.text("next")
		}
		all := administrator.get("/audit-events?limit=100&account_id=" + head.Account.String())
		if slices.Sort(pages); len(slices.Compact(pages)) != all.count("items") || len(pages) < 4 {
			t.Errorf("%d on pages, %d at once", len(pages), all.count("items"))
		}
		officer.get("/audit-events").refused(http.StatusForbidden, "auth.forbidden")
		administrator.get("/audit-events?account_id=x").refused(http.StatusBadRequest, "request.query")
	})
}

// Lists of disputes, of what is unusual and of hours taken over show other people's data, too.
func TestListsOfTheCentreAreLookedAt(t *testing.T) {
	eachCity(t, func(c *city) {
		v, officer := c.volunteer("홍길동"), c.officer()
		c.confirmed(v, "13:00", "16:00")
		v.disputing("entry_id", v.get("/me/hours/entries").want(http.StatusOK).text("items.0.id"), "13:00", "16:30").want(http.StatusCreated)
		c.heldOne(v, "held")
		c.later(time.Minute)
		officer.get("/disputes").want(http.StatusOK)
		c.later(time.Minute)
		c.head().get("/camps/" + c.Camp.String() + "/disputes").want(http.StatusOK)
		c.later(time.Minute)
		officer.get("/anomalies").want(http.StatusOK)
		got := v.get("/me/access-log").want(http.StatusOK).whats()
		if len(got) < 3 || !slices.Equal(got[:3], []string{"anomaly.listed", "dispute.listed", "dispute.listed"}) {
			t.Errorf("%q", got)
		}
	})
}
