package main

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/korean"

	"dure/api"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// programme is the path of an approved activity of a camp or demand site.
func (c *city) programme(by *client, kind string, organiser id.ID, title string) string {
	c.t.Helper()
	body := c.listing("title", title, "field_code", "0104", "organiser_type", kind, "organiser_id", organiser)
	path := "/activities/" + by.post("/activities", body).want(http.StatusCreated).text("id")
	by.post(path+"/submission", nil).want(http.StatusOK)
	c.officer().post(path+"/approval", nil).want(http.StatusOK)
	return path
}

// session is the id of a new shift of an activity; times such as 2026-07-14T13:00 are the city's.
func (c *city) session(by *client, activity, from, to string, breakMinutes int) string {
	c.t.Helper()
	return by.post(activity+"/shifts", map[string]any{"starts_at": from + ":00+09:00", "ends_at": to + ":00+09:00",
		"break_minutes": breakMinutes, "capacity": 20}).want(http.StatusCreated).text("items.0.id")
}

// wait moves the clock on; everybody's tokens are renewed.
func (c *city) wait(d time.Duration) {
	c.t.Helper()
	c.later(d)
	for _, p := range c.people {
		a := p.post("/auth/refresh", map[string]any{"refresh_token": p.Refresh}).want(http.StatusOK)
		p.Token, p.Refresh = a.text("access_token"), a.text("refresh_token")
	}
}

func presenceOf(client string, who *client, shift, from, to string) map[string]any {
	return map[string]any{"client_id": client, "volunteer_number": who.Number, "shift_id": shift, "evidence": "leader",
		"checked_in_at": from + ":00+09:00", "checked_out_at": to + ":00+09:00"}
}

func batch(items ...any) map[string]any { return map[string]any{"items": items} }

// members are the values of a member of all results.
func (a answer) members(name string) (all []string) {
	a.t.Helper()
	for i := range a.count("results") {
		all = append(all, fmt.Sprint(a.value(fmt.Sprintf("results.%d.%s", i, name))))
	}
	return all
}

func (a answer) wantAll(name string, want ...string) answer {
	a.t.Helper()
	if got := a.members(name); !slices.Equal(got, want) {
		a.t.Fatalf("%s: %s is %q, want %q: %s", a.request, name, got, want, a.Body)
	}
	return a
}

func (a answer) wantHours(recognised, pending int) {
	a.t.Helper()
	a.want(http.StatusOK)
	if r, p := a.number("recognised_minutes"), a.number("pending_minutes"); r != recognised || p != pending {
		a.t.Fatalf("%d recognised and %d pending, want %d and %d: %s", r, p, recognised, pending, a.Body)
	}
}

func TestACampsBatchBecomesHours(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, v := c.head(), c.keeper(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 30)
		path := "/camps/" + c.Camp.String()
		v.get("/me/hours").golden("hours-none")

		item := presenceOf("t1", v, shift, "2026-07-14T12:50", "2026-07-14T17:10")
		item["volunteer_number"] = " " + strings.ReplaceAll(v.Number, "-", " ") // as it is read aloud
		first := head.post(path+"/attendances", batch(item)).want(http.StatusOK).wantAll("status", "recorded").wantAll("state", "pending")
		attendance := first.text("results.0.attendance_id")
		v.get("/me/hours").wantHours(0, 260)
		again := presenceOf("t2", v, shift, "2026-07-14T13:00", "2026-07-14T17:00") // the keeper's tablet has seen him, too
		keeper.post(path+"/attendances", batch(item, again)).want(http.StatusOK).wantAll("status", "duplicate", "duplicate").
			wantAll("attendance_id", attendance, attendance)

		ids := map[string]any{"attendance_ids": []string{attendance}}
		head.post(path+"/verifications", ids).want(http.StatusOK).wantAll("status", "refused").wantAll("problem.code", "duty.conflict_of_interest")
		waiting := keeper.get(path + "/attendances?state=pending&from=2026-07-14&to=2026-07-14").want(http.StatusOK)
		waiting.golden("attendances-of-camp")
		if waiting.value("items.0.recorded_by_me") != false || head.get(path+"/attendances").value("items.0.recorded_by_me") != true {
			t.Error("who recorded it is not told rightly")
		}
		if n := keeper.get(path + "/attendances?from=2026-07-15").count("items"); n != 0 {
			t.Error(n, "attendances of another day")
		}
		keeper.post(path+"/verifications", ids).want(http.StatusOK).wantAll("status", "verified").wantAll("state", "verified")
		keeper.post(path+"/verifications", ids).want(http.StatusOK).wantAll("status", "already_verified")

		v.get("/me/hours").want(http.StatusOK).golden("hours")
		entries := v.get("/me/hours/entries").want(http.StatusOK).golden("hours-entries")
		v.get("/me/hours/entries", "Accept-Language", "en").want(http.StatusOK).golden("hours-entries-english")
		entry := "/me/hours/entries/" + entries.text("items.0.id")
		if got := v.get(entry).want(http.StatusOK); got.number("minutes") != 210 {
			t.Errorf("%s", got.Body)
		}
		for _, verb := range []string{"PATCH", "PUT", "DELETE", "POST"} {
			v.do(verb, entry, map[string]any{"minutes": 480}).refused(http.StatusMethodNotAllowed, "request.method")
		}
		c.volunteer("남").get(entry).refused(http.StatusNotFound, "ledger.entry_not_found")
		v.get("/me/hours/entries/"+id.New().String()).refused(http.StatusNotFound, "ledger.entry_not_found")
		v.get("/me/hours/entries/x").refused(http.StatusNotFound, "request.not_found")
		v.get("/me/attendances").want(http.StatusOK).golden("my-attendances")
	})
}

func TestTwentyClientsPostTheSameBatch(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper := c.head(), c.keeper()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		var items []any
		for i := range 10 {
			items = append(items, presenceOf(fmt.Sprint("c", i), c.volunteer(fmt.Sprint("봉사자", i)), shift, "2026-07-14T09:00", "2026-07-14T12:00"))
		}
		var wg sync.WaitGroup
		answers := make([]answer, 20)
		for i := range answers {
			who, mine := head, slices.Clone(items)
			if i%2 == 1 {
				who = keeper
			}
			if i%3 == 0 {
				slices.Reverse(mine)
			}
			wg.Go(func() { answers[i] = who.post("/camps/"+c.Camp.String()+"/attendances", batch(mine...)) })
		}
		wg.Wait()
		counts := map[string]int{}
		for _, a := range answers {
			for _, status := range a.want(http.StatusOK).members("status") {
				counts[status]++
			}
		}
		var kept int
		c.scan(&kept, `SELECT count(*) FROM attendances`)
		if counts["recorded"] != 10 || counts["duplicate"] != 190 || kept != 10 {
			t.Error(counts, kept)
		}
	})
}

// One client id, taken by two tablets for two persons at the same moment: one of them is told so, nobody gets an error.
func TestAClientIDIsTakenOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper := c.head(), c.keeper()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		a, b := c.volunteer("가"), c.volunteer("나")
		for round := range 10 {
			var wg sync.WaitGroup
			var answers [2]answer
			for i, who := range []*client{head, keeper} {
				item := presenceOf(fmt.Sprint("same", round), []*client{a, b}[i], shift, fmt.Sprintf("2026-07-14T09:%02d", round*5), fmt.Sprintf("2026-07-14T09:%02d", round*5+3))
				wg.Go(func() { answers[i] = who.post("/camps/"+c.Camp.String()+"/attendances", batch(item)) })
			}
			wg.Wait()
			codes := []string{answers[0].want(http.StatusOK).members("problem.code")[0], answers[1].want(http.StatusOK).members("problem.code")[0]}
			slices.Sort(codes)
			if !slices.Equal(codes, []string{"<nil>", "attendance.client_id_reused"}) {
				t.Fatal(codes)
			}
		}
	})
}

func TestOneBadItemRollsNothingBack(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		n := 0
		with := func(changes ...any) map[string]any {
			n++
			item := presenceOf(fmt.Sprint("c", n), v, shift, "2026-07-14T09:00", "2026-07-14T12:00")
			for i := 0; i+1 < len(changes); i += 2 {
				if item[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
					delete(item, changes[i].(string))
				}
			}
			return item
		}
		var items []any
		var want []string
		for _, x := range []struct {
			item any
			code string
		}{
			{with("checked_in_at", "2026-07-14T09:00:00"), "request.invalid"},
			{with("checked_in_at", "0001-01-01T00:00:00Z"), "request.invalid"},
			{with("checked_out_at", "9999-12-31T23:59:59Z"), "request.invalid"},
			{with("checked_out_at", "2026-07-14T09:00:00+09:00"), "attendance.end_before_start"},
			{with("checked_out_at", nil), "attendance.times_missing"},
			{with("shift_id", "13시 회차"), "request.invalid"},
			{with("shift_id", id.New()), "attendance.shift_unknown"},
			{with("volunteer_number", 12345678), "request.type"},
			{with("volunteer_number", "1234-5670"), "volunteer.number_wrong"},
			{with("volunteer_number", nil), "attendance.volunteer_unknown"},
			{with("volunteer_number", nil, "volunteer_id", id.New()), "attendance.volunteer_unknown"},
			{with("colour", "red"), "request.member"},
			{with("travel_minutes", 1.5), "request.type"},
			{with("travel_minutes", int64(1)<<62), "attendance.travel"},
			{with("travel_minutes", -1), "attendance.travel"},
			{with("evidence", "qr"), "attendance.evidence_not_allowed"},
			{with("evidence", "trust me"), "attendance.evidence_not_allowed"},
			{with("client_id", nil), "attendance.client_id_missing"},
			{with("client_id", "a\x00b"), "request.text"},
			{5, "request.type"},
			{nil, "request.type"},
			{with("volunteer_number", nil, "volunteer_id", v.Volunteer), "<nil>"},
		} {
			items, want = append(items, x.item), append(want, x.code)
		}
		a := head.post("/camps/"+c.Camp.String()+"/attendances", batch(items...)).want(http.StatusOK).wantAll("problem.code", want...)
		if a.text("results.0.client_id") != "c1" || a.text("results.0.problem.errors.0.path") != "items[0].checked_in_at" || a.text("results.21.status") != "recorded" {
			t.Errorf("%s", a.Body)
		}
		a.golden("batch-refusals")
		head.post("/camps/"+c.Camp.String()+"/attendances", batch(items...), "Accept-Language", "en").want(http.StatusOK).golden("batch-refusals-english")
		v.get("/me/hours").wantHours(0, 180)
	})
}

func TestBatchesThatAreRefusedAsAWhole(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		good := batch(presenceOf("c", v, shift, "2026-07-14T09:00", "2026-07-14T12:00"))
		path := "/camps/" + c.Camp.String() + "/attendances"
		c.otherHead().post(path, good).refused(http.StatusForbidden, "auth.forbidden")
		c.analyst().post(path, good).refused(http.StatusForbidden, "auth.forbidden")
		v.post(path, good).refused(http.StatusForbidden, "auth.forbidden")
		c.stranger().post(path, good).refused(http.StatusUnauthorized, "auth.sign_in")
		c.officer().post("/camps/"+id.New().String()+"/attendances", good).refused(http.StatusNotFound, "attendance.organiser_not_found")
		c.officer().get("/camps/"+id.New().String()+"/attendances").refused(http.StatusNotFound, "attendance.organiser_not_found")
		head.post("/demand-sites/"+c.Camp.String()+"/attendances", good).refused(http.StatusNotFound, "attendance.organiser_not_found")
		head.post("/camps/x/attendances", good).refused(http.StatusNotFound, "request.not_found")
		for _, who := range []*client{c.otherHead(), c.analyst(), v} {
			who.get(path).refused(http.StatusForbidden, "auth.forbidden")
			who.get("/camps/"+c.Camp.String()+"/attendance-changes").refused(http.StatusForbidden, "auth.forbidden")
			who.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []id.ID{id.New()}}).refused(http.StatusForbidden, "auth.forbidden")
			who.post("/camps/"+c.Camp.String()+"/rejections", map[string]any{"attendance_ids": []id.ID{id.New()}, "reason": "?"}).refused(http.StatusForbidden, "auth.forbidden")
			who.get("/shifts/"+shift+"/check-in-code").refused(http.StatusForbidden, "auth.forbidden")
		}
		head.post(path, `{"items":[{"client_id":"a","client_id":"b"}]}`).refused(http.StatusBadRequest, "request.member")
		head.post(path, `{"items":[`).refused(http.StatusBadRequest, "request.json")
		head.post(path, `{"items":{}}`).refused(http.StatusBadRequest, "request.type")
		head.post(path, `{"item":[]}`).refused(http.StatusBadRequest, "request.member")
		head.post(path, `{"items":[]}`).refused(http.StatusUnprocessableEntity, "request.invalid")
		head.post(path, `{"items":null}`).refused(http.StatusUnprocessableEntity, "request.invalid")
		head.post(path, `{"items":[`+strings.Repeat(`{},`, 1000)+`{}]}`).refused(http.StatusUnprocessableEntity, "request.invalid")
		head.post(path, `{"items":["`+strings.Repeat("x", 5<<20)+`"]}`).refused(http.StatusRequestEntityTooLarge, "request.too_large")
		head.get(path+"?state=lost").refused(http.StatusBadRequest, "request.query")
		head.get(path+"?limit=1000000000").refused(http.StatusBadRequest, "request.query")
		var kept int
		if c.scan(&kept, `SELECT count(*) FROM attendances`); kept != 0 {
			t.Error(kept, "attendances were kept")
		}
	})
}

func TestADemandSiteWorksTheSameWay(t *testing.T) {
	eachCity(t, func(c *city) {
		site := id.New()
		c.sql(`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at, reason, version)
			VALUES (?, '동구 복지관', '동구 복지관', 'welfare', ?, '제봉로 3', '', 'approved', ?, ?, '', 1)`, site, dbtest.Dong, id.New(), c.clock.Now())
		manager, officer, v := c.with(auth.SiteManager, site), c.officer(), c.volunteer("홍길동")
		shift := c.session(manager, c.programme(manager, "demand_site", site, "목욕 봉사"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		path := "/demand-sites/" + site.String()
		a := manager.post(path+"/attendances", batch(presenceOf("1", v, shift, "2026-07-14T09:00", "2026-07-14T10:00"), presenceOf("2", v, shift, "2026-07-14T10:00", "2026-07-14T12:00"))).
			want(http.StatusOK).wantAll("status", "recorded", "recorded")
		one, two := a.text("results.0.attendance_id"), a.text("results.1.attendance_id")
		officer.post(path+"/verifications", map[string]any{"attendance_ids": []string{one}}).wantAll("status", "verified")
		c.head().post(path+"/verifications", map[string]any{"attendance_ids": []string{two}}).refused(http.StatusForbidden, "auth.forbidden")
		manager.post(path+"/rejections", map[string]any{"attendance_ids": []string{one, two, two}, "reason": "먼저 갔습니다."}).want(http.StatusOK).
			wantAll("status", "refused", "rejected", "already_rejected").wantAll("problem.code", "attendance.state", "<nil>", "<nil>")
		manager.post(path+"/rejections", map[string]any{"attendance_ids": []string{two}, "reason": ""}).refused(http.StatusUnprocessableEntity, "request.invalid")
		v.get("/me/hours").wantHours(60, 0)
		if list := officer.get(path + "/attendances?limit=1"); list.text("items.0.id") != two || officer.get(path+"/attendances?limit=1&after="+list.text("next")).text("items.0.id") != one {
			t.Errorf("%s", list.Body)
		}
		if n := manager.get(path + "/attendance-changes").want(http.StatusOK).count("items"); n != 0 {
			t.Error(n)
		}
	})
}

func TestThePhoneChecksInAndOut(t *testing.T) {
	eachCity(t, func(c *city) {
		head, v := c.head(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-15T10:30", "2026-07-15T12:00", 0)
		path := "/shifts/" + shift
		shown := head.get(path + "/check-in-code").want(http.StatusOK)
		code := shown.text("code")
		if shown.text("qr") != "dure:check-in:"+shift+":"+code || len(code) != 8 || shown.text("valid_until") != "2026-07-15T01:00:30Z" {
			t.Errorf("%s", shown.Body)
		}
		v.get(path+"/check-in-code").refused(http.StatusForbidden, "auth.forbidden")
		head.get("/shifts/"+id.New().String()+"/check-in-code").refused(http.StatusNotFound, "attendance.shift_not_found")
		v.post(path+"/check-outs", map[string]any{"code": code}).refused(http.StatusConflict, "attendance.not_checked_in")
		for _, wrong := range []string{"", "00000000", code + "0", "dure:check-in:" + id.New().String() + ":" + code} {
			v.post(path+"/check-ins", map[string]any{"code": wrong}).refused(http.StatusUnprocessableEntity, "attendance.code_wrong")
		}
		in := v.post(path+"/check-ins", map[string]any{"code": code[:4] + " " + code[4:], "phone_time": "2026-07-15T09:50:00+09:00"}).want(http.StatusOK)
		if in.number("clock_skew_seconds") != -600 || in.text("state") != "open" || in.text("evidence") != "qr" || in.value("checked_out_at") != nil {
			t.Errorf("%s", in.Body)
		}
		again := v.post(path+"/check-ins", map[string]any{"code": shown.text("qr"), "phone_time": "2026-07-15T10:04:00+09:00"}).want(http.StatusOK)
		if again.text("id") != in.text("id") || again.value("clock_skew_seconds") != nil {
			t.Errorf("%s", again.Body)
		}
		c.wait(90 * time.Minute) // 11:30
		v.post(path+"/check-outs", map[string]any{"code": code}).refused(http.StatusUnprocessableEntity, "attendance.code_wrong")
		code = head.get(path + "/check-in-code").text("code")
		out := v.post(path+"/check-outs", map[string]any{"code": code}).want(http.StatusOK).golden("check-out")
		if out.text("state") != "verified" {
			t.Errorf("%s", out.Body)
		}
		v.get("/me/hours").wantHours(60, 0)

		// The head's own presence waits, for he may read the code.
		head.post(path+"/check-ins", map[string]any{"code": code}).want(http.StatusOK)
		c.wait(time.Minute)
		own := head.post(path+"/check-outs", map[string]any{"code": head.get(path + "/check-in-code").text("code")}).want(http.StatusOK)
		if own.text("state") != "pending" || own.text("evidence") != "self" {
			t.Errorf("%s", own.Body)
		}

		// Whoever forgets to check out waits for a person.
		late := c.volunteer("김철수")
		late.post(path+"/check-ins", map[string]any{"code": head.get(path + "/check-in-code").text("code")}).want(http.StatusOK)
		c.wait(2 * time.Hour)
		late.post(path+"/check-outs", map[string]any{"code": head.get(path + "/check-in-code").text("code")}).refused(http.StatusConflict, "attendance.shift_over")
		if n, err := attendances(dependencies{db: c.db, clock: c.clock}).CloseForgotten(t.Context()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		late.get("/me/hours").wantHours(0, 29)
		if state := late.get("/me/attendances").text("items.0.state"); state != "auto_closed" {
			t.Error(state)
		}
		late.post(path+"/check-outs", map[string]any{"code": head.get(path + "/check-in-code").text("code")}).refused(http.StatusConflict, "attendance.shift_over")
		v.post(path+"/check-ins", map[string]any{"code": head.get(path + "/check-in-code").text("code")}).refused(http.StatusConflict, "attendance.shift_over")
	})
}

func TestCorrectionsAndReversalsNeedTwo(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, v := c.head(), c.keeper(), c.volunteer("홍길동")
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		path := "/camps/" + c.Camp.String()
		attendance := head.post(path+"/attendances", batch(presenceOf("c", v, shift, "2026-07-14T09:00", "2026-07-14T11:00"))).text("results.0.attendance_id")
		keeper.post(path+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).wantAll("status", "verified")
		v.get("/me/hours").wantHours(120, 0)

		a := "/attendances/" + attendance
		times := map[string]any{"checked_in_at": "2026-07-14T09:00:00+09:00", "checked_out_at": "2026-07-14T11:30:00+09:00", "reason": "30분 더 있었습니다."}
		c.volunteer("남").post(a+"/corrections", times).refused(http.StatusNotFound, "attendance.not_found")
		c.otherHead().post(a+"/corrections", times).refused(http.StatusNotFound, "attendance.not_found")
		v.post(a+"/reversals", map[string]any{"reason": "?"}).refused(http.StatusForbidden, "auth.forbidden")
		v.post(a+"/corrections", map[string]any{"checked_in_at": times["checked_out_at"], "checked_out_at": times["checked_in_at"], "reason": "?"}).
			refused(http.StatusUnprocessableEntity, "attendance.end_before_start")
		v.post(a+"/corrections", map[string]any{"reason": "?"}).refused(http.StatusUnprocessableEntity, "attendance.times_missing")
		change := v.post(a+"/corrections", times).want(http.StatusCreated)
		keeper.post(a+"/reversals", map[string]any{"reason": "?"}).refused(http.StatusConflict, "attendance.change_open")
		keeper.get(path + "/attendance-changes?state=proposed").want(http.StatusOK).golden("attendance-changes")
		decision := a + "/changes/" + change.text("id")
		v.post(decision+"/verification", nil).refused(http.StatusForbidden, "auth.forbidden")
		c.otherHead().post(decision+"/verification", nil).refused(http.StatusNotFound, "attendance.not_found")
		keeper.post(a+"/changes/"+id.New().String()+"/verification", nil).refused(http.StatusNotFound, "attendance.change_not_found")
		if done := keeper.post(decision+"/verification", map[string]any{}).want(http.StatusOK); done.text("state") != "applied" {
			t.Errorf("%s", done.Body)
		}
		keeper.post(decision+"/verification", nil).refused(http.StatusConflict, "attendance.change_decided")
		v.get("/me/hours").wantHours(150, 0)

		change = head.post(a+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated)
		decision = a + "/changes/" + change.text("id")
		head.post(decision+"/verification", nil).refused(http.StatusForbidden, "duty.conflict_of_interest")
		keeper.post(decision+"/refusal", map[string]any{"reason": ""}).refused(http.StatusUnprocessableEntity, "request.invalid")
		if refused := keeper.post(decision+"/refusal", map[string]any{"reason": "본인이 맞습니다."}).want(http.StatusOK); refused.text("state") != "refused" {
			t.Errorf("%s", refused.Body)
		}
		v.get("/me/hours").wantHours(150, 0)
		head.post(a+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated)
		if same := keeper.post(a+"/reversals", map[string]any{"reason": "저도 그렇게 봅니다."}).want(http.StatusOK); same.text("state") != "applied" {
			t.Errorf("%s", same.Body) // both said the same: that is two
		}
		hours := v.get("/me/hours")
		hours.wantHours(0, 0)
		if hours.number("reversed_minutes") != 150 || hours.count("by_year") != 0 || hours.count("by_field") != 0 {
			t.Errorf("%s", hours.Body)
		}
		first := v.get("/me/hours/entries?limit=2").want(http.StatusOK)
		rest := v.get("/me/hours/entries?limit=2&after=" + first.text("next")).want(http.StatusOK)
		if first.number("items.0.minutes") != -150 || first.number("items.1.minutes") != 30 || rest.number("items.0.minutes") != 120 || rest.value("next") != nil {
			t.Errorf("%s %s", first.Body, rest.Body)
		}
	})
}

// upload sends a file as the body, or in a form when it has no type of its own.
func (p *client) upload(path, contentType string, file []byte) answer {
	p.t.Helper()
	body := bytes.NewBuffer(file)
	if contentType == "" {
		body = &bytes.Buffer{}
		form := multipart.NewWriter(body)
		w, err := form.CreateFormFile("file", "출석부.csv")
		if err == nil {
			_, err = w.Write(file)
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			p.t.Fatal(err)
		}
		contentType = form.FormDataContentType()
	}
	return p.ask("POST", p.c.base+api.Prefix+path, body, contentType)
}

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func TestASheetIsTriedThenKeptThenKnown(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, v, w := c.head(), c.keeper(), c.volunteer("홍길동"), c.volunteer("김철수")
		meals, lane := c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), c.programme(head, "camp", c.Camp, "골목 청소")
		noon := c.session(head, meals, "2026-07-14T11:00", "2026-07-14T14:00", 0)
		c.session(head, lane, "2026-07-14T13:00", "2026-07-14T17:00", 0)
		night := c.session(head, lane, "2026-07-13T22:00", "2026-07-14T02:00", 0)
		sheet := strings.Join([]string{
			"연번,봉사자번호,날짜,활동,시작,종료,회차번호",
			"1," + v.Number + ",2026-07-14,경로당  급식 봉사,11:00,오후 2:00,",
			"2," + w.Number + ",2026.7.14,,9:00,12:00,",                        // the only one at that time
			"3," + w.Number + ",2026-07-14,,13:00,15:00,",                      // two at that time
			"4," + w.Number + ",2026-07-14,김장,13:00,15:00,",                    // no such name
			"5," + w.Number + ",2026-07-13,골목 청소,22:00,1:30,",                  // over midnight
			"6," + w.Number + ",2026-07-14,경로당 급식 봉사,13:00,9:00,",              // backwards
			"7,1234-5670,어제,,11:00,12:00,",                                     // unreadable
			"8,1234-5670,2026-07-14,,11:00,12:00,",                             // nobody's number
			"9," + v.Number + ",2026-07-14,,11:30,12:00," + noon,               // again
			"10," + v.Number + ",2026-07-14,,11:30,12:00," + id.New().String(), // nobody's shift
			"11,,,,,,",
		}, "\r\n")
		path := "/camps/" + c.Camp.String() + "/attendance-sheets"
		tried := head.upload(path+"?dry_run=true", "text/csv", []byte(sheet)).want(http.StatusOK)
		tried.wantAll("status", "recorded", "recorded", "rejected", "rejected", "recorded", "rejected", "rejected", "rejected", "duplicate", "rejected")
		tried.wantAll("problem.code", "<nil>", "<nil>", "attendance.shift_ambiguous", "attendance.shift_none", "<nil>", "attendance.end_before_start",
			"request.invalid", "volunteer.number_wrong", "<nil>", "attendance.shift_unknown")
		tried.wantAll("row", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")
		if tried.value("results.0.attendance_id") != nil || tried.text("results.4.shift_id") != night || tried.text("results.4.checked_out_at") != "2026-07-13T16:30:00Z" {
			t.Errorf("%s", tried.Body)
		}
		var kept int
		if c.scan(&kept, `SELECT count(*) FROM attendances`); kept != 0 {
			t.Fatal("the trial was kept")
		}
		encoded, err := korean.EUCKR.NewEncoder().String(sheet)
		if err != nil {
			t.Fatal(err)
		}
		done := head.upload(path, "", []byte(encoded)).want(http.StatusOK).golden("attendance-sheet")
		if done.number("recorded") != 3 || done.number("duplicates") != 1 || done.number("rejected") != 6 {
			t.Errorf("%s", done.Body)
		}
		if again := head.upload(path, "text/csv", []byte(sheet)).want(http.StatusOK); again.number("recorded") != 0 || again.number("duplicates") != 4 {
			t.Errorf("%s", again.Body)
		}
		// The keeper types the same into a workbook: still the same presence, and he may verify what the head has entered.
		book := excelize.NewFile()
		defer book.Close()
		book.SetSheetRow("Sheet1", "A1", &[]any{"봉사자 번호", "활동일", "시작 시간", "종료 시간", "활동명"})
		book.SetSheetRow("Sheet1", "A2", &[]any{v.Number, time.Date(2026, 7, 14, 0, 0, 0, 0, time.UTC), 11.0 / 24, "14시", "경로당 급식 봉사"})
		var file bytes.Buffer
		if err := book.Write(&file); err != nil {
			t.Fatal(err)
		}
		typed := keeper.upload(path, xlsx, file.Bytes()).want(http.StatusOK).wantAll("status", "duplicate")
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": typed.members("attendance_id")}).wantAll("status", "verified")
		v.get("/me/hours").wantHours(180, 0)

		for _, x := range []struct {
			contentType string
			file        []byte
			status      int
			code        string
		}{
			{"text/csv", []byte("봉사자번호,날짜,시작\n1,2,3\n"), 422, "sheet.columns_missing"},
			{"text/csv", []byte("봉사자번호,날짜,시작,종료\n" + strings.Repeat("1,2,3,4\n", 1001)), 422, "request.invalid"},
			{"text/csv", []byte("봉사자번호,날짜,시작,종료\n"), 422, "sheet.empty"},
			{"text/csv", []byte("봉사자번호,날짜,시작,종료\n\"1,2,3,4\n"), 400, "sheet.broken_line"},
			{"text/csv", []byte("\xff\xff\x80"), 400, "sheet.encoding"},
			{xlsx, []byte("PK\x03\x04"), 400, "sheet.broken"},
			{xlsx, []byte("%PDF-1.7"), 415, "sheet.kind"},
			{"", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 415, "sheet.locked_or_old"},
			{"application/json", []byte("{}"), 415, "request.media_type"},
			{"multipart/form-data; boundary=x", []byte("--y"), 400, "request.form"},
			{"text/csv", bytes.Repeat([]byte("1,2\n"), 5<<18+1), 413, "request.too_large"},
		} {
			head.upload(path, x.contentType, x.file).refused(x.status, x.code)
		}
		head.upload(path+"?dry_run=maybe", "text/csv", []byte(sheet)).refused(http.StatusBadRequest, "request.query")
		c.otherHead().upload(path, "text/csv", []byte(sheet)).refused(http.StatusForbidden, "auth.forbidden")
		c.stranger().upload(path, "text/csv", []byte(sheet)).refused(http.StatusUnauthorized, "auth.sign_in")
		if c.scan(&kept, `SELECT count(*) FROM attendances`); kept != 3 {
			t.Error(kept, "attendances")
		}
	})
}

func TestRulesOfRecognition(t *testing.T) {
	eachCity(t, func(c *city) {
		v, officer := c.volunteer("홍길동"), c.officer()
		if n := v.get("/recognition-rules").want(http.StatusOK).golden("recognition-rules").count("items"); n != 3 {
			t.Error(n)
		}
		rule := map[string]any{"kind": "travel", "field_code": "1200", "minutes": 120, "effective_from": "2026-07-16", "effective_to": "2026-08-31",
			"owner": "nation", "reference": "특별재난지역 자원봉사 인정 기준"}
		for _, who := range []*client{v, c.head(), c.analyst(), c.administrator()} {
			who.post("/recognition-rules", rule).refused(http.StatusForbidden, "auth.forbidden")
		}
		if got := officer.post("/recognition-rules", rule).want(http.StatusCreated); got.number("version") != 4 {
			t.Errorf("%s", got.Body)
		}
		rule["effective_from"], rule["kind"] = "2026-07-15", "bonus"
		a := officer.post("/recognition-rules", rule).refused(http.StatusUnprocessableEntity, "request.invalid")
		if a.count("errors") != 2 {
			t.Errorf("%s", a.Body)
		}
	})
}

// An account of the centre's staff that belongs to no volunteer has no hours, and says so.
func TestAnAccountWithoutAPersonHasNoHours(t *testing.T) {
	eachCity(t, func(c *city) {
		staff := c.officer()
		c.sql(`UPDATE accounts SET volunteer_id = NULL WHERE id = ?`, staff.Account)
		c.later(6 * time.Second) // what reads know of an account is up to five seconds old
		staff.get("/me/hours").refused(http.StatusForbidden, "ledger.no_person")
		staff.get("/me/hours/entries").refused(http.StatusForbidden, "ledger.no_person")
		staff.get("/me/hours/entries/"+id.New().String()).refused(http.StatusForbidden, "ledger.no_person")
		staff.get("/me/attendances").refused(http.StatusForbidden, "attendance.no_person")
	})
}
