package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// listing is the body of a new activity of the camp, with members changed or, by nil, taken away.
func (c *city) listing(changes ...any) map[string]any {
	body := map[string]any{"title": "어르신 말벗 봉사", "description": "이야기를 나눕니다.", "field_code": "0301", "organiser_type": "camp",
		"organiser_id": c.Camp, "region_code": dbtest.Dong, "place": "충장동 행정복지센터 2층", "lat": 35.15, "lon": 126.91}
	for i := 0; i+1 < len(changes); i += 2 {
		if body[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
			delete(body, changes[i].(string))
		}
	}
	return body
}

// listedActivity is the path of an activity that the camp's head wrote and the centre approved.
func (c *city) listedActivity(changes ...any) string {
	c.t.Helper()
	path := "/activities/" + c.head().post("/activities", c.listing(changes...)).want(http.StatusCreated).text("id")
	c.head().post(path+"/submission", nil).want(http.StatusOK)
	c.officer().post(path+"/approval", map[string]any{}).want(http.StatusOK)
	return path
}

func shiftAt(from, to string, capacity int) map[string]any {
	return map[string]any{"starts_at": "2026-07-" + from + ":00+09:00", "ends_at": "2026-07-" + to + ":00+09:00", "break_minutes": 10, "capacity": capacity}
}

// scheduled is the path of a new shift of an activity.
func (c *city) scheduled(activity, from, to string, capacity int) string {
	c.t.Helper()
	return "/shifts/" + c.head().post(activity+"/shifts", shiftAt(from, to, capacity)).want(http.StatusCreated).text("items.0.id")
}

func TestAnOrganisationBecomesADemandSiteAndListsAnActivity(t *testing.T) {
	eachCity(t, func(c *city) {
		applicant, officer, neighbour := c.volunteer("복지관 직원"), c.officer(), c.volunteer("이웃")
		body := map[string]any{"name": "동구노인종합복지관", "kind": "welfare", "region_code": dbtest.Dong, "address": "지호로 1", "phone": "062-608-2114"}
		applied := applicant.post("/demand-sites", body).want(http.StatusCreated).golden("demand-site-applied")
		path := "/demand-sites/" + applied.text("id")
		if applied.Header.Get("Location") != "/api/v1"+path {
			t.Error(applied.Header)
		}
		neighbour.get(path).refused(404, "site.not_found")
		neighbour.post(path+"/approval", nil).refused(404, "site.not_found")
		applicant.post(path+"/approval", nil).refused(403, "auth.forbidden")
		applicant.patch(path, map[string]any{"phone": "1"}).refused(428, "request.if_match")
		applicant.patch(path, map[string]any{"phone": "062-608-2115"}, "If-Match", `"7"`).refused(412, "request.changed")
		applicant.patch(path, map[string]any{"phone": "062-608-2115"}, "If-Match", applied.Header.Get("ETag")).want(200)
		officer.post(path+"/rejection", map[string]any{}).refused(422, "request.invalid")
		drafted := c.listing("organiser_type", "demand_site", "organiser_id", applied.text("id"))
		applicant.post("/activities", drafted).refused(404, "site.not_found")

		officer.post(path+"/approval", nil).want(200)
		officer.post(path+"/approval", nil).refused(409, "site.state")
		if got := neighbour.get("/demand-sites?q=노인종합&state=approved").want(200); got.count("items") != 1 {
			t.Error(string(got.Body))
		}
		neighbour.post("/activities", drafted).refused(403, "auth.forbidden")
		activity := "/activities/" + applicant.post("/activities", drafted).want(201).text("id")
		c.later(6 * time.Second) // reads know of a new role after five seconds at the latest
		applicant.get(path + "/activities").want(200).golden("demand-site-activities")
		neighbour.get(path+"/activities").refused(403, "auth.forbidden")

		officer.post(path+"/suspension", map[string]any{"reason": "현장 점검"}).want(200)
		applicant.post(activity+"/submission", nil).refused(409, "site.not_approved")
		applicant.get(path).want(200).golden("demand-site-suspended")
	})
}

func TestAnActivityIsApprovedScheduledAndFound(t *testing.T) {
	eachCity(t, func(c *city) {
		head, officer, stranger := c.head(), c.officer(), c.stranger()
		drafted := head.post("/activities", c.listing()).want(http.StatusCreated)
		path := "/activities/" + drafted.text("id")
		if drafted.text("state") != "draft" || drafted.value("adults") != true || drafted.value("youths") != false {
			t.Error(string(drafted.Body))
		}
		stranger.get(path).refused(404, "activity.not_found")
		c.otherHead().patch(path, map[string]any{"title": "남의 것"}, "If-Match", "*").refused(404, "activity.not_found")
		edited := head.patch(path, map[string]any{"youths": true, "title": "어르신말벗봉사"}, "If-Match", drafted.Header.Get("ETag")).want(200)
		head.patch(path, map[string]any{"youths": true}, "If-Match", drafted.Header.Get("ETag")).refused(412, "request.changed")
		head.post(path+"/approval", nil).refused(403, "auth.forbidden")
		officer.post(path+"/approval", nil).refused(409, "activity.state")
		head.post(path+"/submission", "").want(200)
		head.patch(path, map[string]any{"youths": true}, "If-Match", "*").refused(409, "activity.state")
		if got := officer.get("/activity-submissions").want(200); got.count("items") != 1 {
			t.Error(string(got.Body))
		}
		officer.post(path+"/rejection", map[string]any{"reason": "장소를 더 적어 주십시오."}).want(200)
		if got := head.get("/camps/" + c.Camp.String() + "/activities?state=rejected").want(200); got.text("items.0.reason") != "장소를 더 적어 주십시오." {
			t.Error(string(got.Body))
		}
		head.patch(path, map[string]any{"place": "충장로 1, 2층"}, "If-Match", fmt.Sprintf(`"%d"`, edited.number("version")+2)).want(200)
		head.post(path+"/submission", nil).want(200)
		officer.post(path+"/approval", nil).want(200)

		weekly := shiftAt("20T09:00", "20T12:00", 5)
		weekly["repeat"] = map[string]any{"rule": "FREQ=WEEKLY;BYDAY=MO,WE", "until": "2026-07-27"}
		if got := head.post(path+"/shifts", weekly).want(201).golden("shifts-made"); got.count("items") != 3 {
			t.Error(string(got.Body))
		}
		head.post(path+"/shifts", weekly).refused(409, "activity.shift_exists")
		weekly["repeat"] = map[string]any{"rule": "FREQ=HOURLY"}
		head.post(path+"/shifts", weekly).refused(422, "request.invalid").golden("shifts-refused")
		head.post(path+"/shifts", map[string]any{"starts_at": "2026-07-20T09:00:00", "ends_at": "2026-07-20T12:00:00+09:00", "capacity": 1}).refused(422, "request.invalid")
		c.scheduled(path, "31T22:00", "31T23:59", 1)

		if got := stranger.get("/activities?q=말벗&region=" + dbtest.Gu + "&field=0300&from=2026-07-22&to=2026-07-22").want(200).golden("activities"); bytes.Contains(got.Body, []byte("secret")) {
			t.Error("the secret of check-in codes is told")
		}
		if got := stranger.get("/activities?q=말벗&from=2026-07-23&to=2026-07-26").want(200); got.count("items") != 0 {
			t.Error(string(got.Body))
		}
		if got := stranger.get(path + "/shifts?from=2026-07-22&limit=2").want(200); got.count("items") != 2 || got.text("next") == "" {
			t.Error(string(got.Body))
		} else if rest := stranger.get(path + "/shifts?from=2026-07-22&limit=2&after=" + got.text("next")).want(200); rest.count("items") != 1 {
			t.Error(string(rest.Body))
		}
		shifts := "/camps/" + c.Camp.String() + "/shifts"
		c.keeper().get(shifts + "?from=2026-07-20&to=2026-07-22").want(200).golden("camp-shifts")
		c.otherHead().get(shifts).refused(403, "auth.forbidden")
		c.analyst().get(shifts).refused(403, "auth.forbidden")
		officer.get("/camps/"+id.New().String()+"/shifts").refused(404, "camp.not_found")
		stranger.get("/activity-fields").want(200)

		head.post(path+"/cancellation", map[string]any{"reason": "기관 사정"}).want(200)
		stranger.get(path).refused(404, "activity.not_found")
	})
}

func TestVolunteersSignUpWaitAndAreCalled(t *testing.T) {
	eachCity(t, func(c *city) {
		activity := c.listedActivity()
		shift, overlapping := c.scheduled(activity, "20T09:00", "20T12:00", 1), c.scheduled(activity, "20T11:00", "20T13:00", 5)
		first, second, third := c.volunteer("김하나"), c.volunteer("이두리"), c.volunteer("박서이")
		mine := first.post(shift+"/sign-ups", nil).want(201).golden("sign-up")
		first.post(shift+"/sign-ups", map[string]any{}).refused(409, "signup.exists")
		first.post(shift+"/sign-ups", map[string]any{"volunteer_id": second.Volunteer}).refused(400, "request.member")
		first.post(overlapping+"/sign-ups", nil).refused(409, "signup.overlap")
		if got := second.post(shift+"/sign-ups", nil, "Idempotency-Key", "k").want(201); got.text("state") != "waitlisted" || got.number("position") != 1 {
			t.Error(string(got.Body))
		}
		if again := second.post(shift+"/sign-ups", nil, "Idempotency-Key", "k").want(201); again.Header.Get("Idempotency-Replayed") != "true" {
			t.Error(again.Header)
		}
		if got := third.post(shift+"/sign-ups", nil).want(201); got.number("position") != 2 {
			t.Error(string(got.Body))
		}
		c.keeper().get(shift + "/sign-ups").want(200).golden("shift-sign-ups")
		c.otherHead().get(shift+"/sign-ups").refused(403, "auth.forbidden")
		second.get(shift+"/sign-ups").refused(403, "auth.forbidden")
		second.patch(shift, map[string]any{"capacity": 2}).refused(403, "auth.forbidden")

		cancel := "/sign-ups/" + mine.text("id") + "/cancellation"
		second.post(cancel, nil).refused(404, "signup.not_found")
		first.post(cancel, map[string]any{"reason": "몸이 좋지 않습니다."}).want(200)
		first.post(cancel, nil).refused(409, "signup.state")
		second.get("/me/sign-ups?from=2026-07-20&to=2026-07-20").want(200).golden("my-sign-ups")
		if got := c.head().patch(shift, map[string]any{"capacity": 2}).want(200); got.number("confirmed") != 2 {
			t.Error(string(got.Body))
		}
		c.head().patch(shift, map[string]any{"capacity": 1}).refused(409, "signup.capacity_taken")

		feed := third.get("/me/calendar.ics").want(200)
		text := string(feed.Body)
		if feed.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Count(text, "BEGIN:VEVENT") != 1 ||
			!strings.Contains(text, "DTSTART:20260720T000000Z\r\nDTEND:20260720T030000Z\r\n") || !strings.Contains(text, "SUMMARY:어르신 말벗 봉사\r\n") ||
			!strings.Contains(text, "X-WR-TIMEZONE:Asia/Seoul\r\n") || !strings.Contains(text, "@dure\r\n") {
			t.Error(text)
		}
		if again := third.get("/me/calendar.ics").want(200); !bytes.Equal(again.Body, feed.Body) {
			t.Error("the feed differs from itself")
		}
		c.stranger().get("/me/calendar.ics").refused(401, "auth.sign_in")

		c.head().post(shift+"/cancellation", map[string]any{"reason": "비"}).want(200)
		if got := third.get("/me/sign-ups?state=cancelled").want(200); got.count("items") != 1 {
			t.Error(string(got.Body))
		}
		third.post(shift+"/sign-ups", nil).refused(409, "activity.shift_cancelled")
		third.post("/shifts/"+id.New().String()+"/sign-ups", nil).refused(404, "activity.shift_not_found")
		c.with(auth.Analyst, id.Nil).get(shift+"/sign-ups").refused(403, "auth.forbidden")
	})
}

func TestListingsAreImportedFromTheCommandLine(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		dbtest.Regions(t, dbtest.Open(t, url))
		file := filepath.Join(t.TempDir(), "listings.json")
		if err := os.WriteFile(file, []byte(`{"response":{"header":{"resultCode":"0000","resultMsg":"OK"},"body":{"items":{"item":[
			{"progrmRegistNo":3168803,"progrmSj":"어르신 말벗 봉사","progrmBgnde":20260713,"progrmEndde":20260726,"actBeginTm":9,"actEndTm":12,"actWkdy":111111,
			"rcritNmpr":5,"srvcClCode":"상담 > 말벗.상담","adultPosblAt":"Y","mnnstNm":"동구노인종합복지관","gugunCd":3590000,"telno":"062-000-0000"},
			{"progrmRegistNo":3168804,"gugunCd":3250000}]},"numOfRows":2,"pageNo":1,"totalCount":2}}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"1 activities created, 0 updated, 0 unchanged, 1 skipped\n  3168804: region\n",
			"0 activities created, 0 updated, 1 unchanged, 1 skipped\n  3168804: region\n"} {
			var out, errs bytes.Buffer
			if err := importFile(t.Context(), shell{out: &out, err: &errs, environ: []string{"DURE_DATABASE_URL=" + url}}, []string{"activities", file}); err != nil || out.String() != want {
				t.Errorf("%v %s %s", err, out.String(), errs.String())
			}
		}
	})
}
