package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/api"
	"dure/domain/export"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
	exportstore "dure/repository/export"
)

// attended is an attendance of a person at a camp or site over a whole shift of its own, verified by another.
func (c *city) attended(by, verifier, who *client, path, kind string, organiser id.ID, from, to string) string {
	c.t.Helper()
	shift := c.session(by, c.programme(by, kind, organiser, "봉사 "+from), from, to, 0)
	attendance := by.post(path+"/attendances", batch(presenceOf(from, who, shift, from, to))).want(200).wantAll("status", "recorded").text("results.0.attendance_id")
	verifier.post(path+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).want(200).wantAll("status", "verified")
	return attendance
}

// atCamp is attended at the city's camp.
func (c *city) atCamp(who *client, from, to string) string {
	c.t.Helper()
	return c.attended(c.head(), c.keeper(), who, "/camps/"+c.Camp.String(), "camp", c.Camp, from, to)
}

// 29, 31 and 50 minutes in two organisations: 110 in every place that shows them, 1 hour and 50 minutes left in the school's view.
func TestOneNumberEverywhere(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		c.linked(v)
		c.atCamp(v, "2026-07-06T13:00", "2026-07-06T13:29")
		locked := c.atCamp(v, "2026-07-07T13:00", "2026-07-07T13:31")
		path := "/demand-sites/" + c.volunteer("복지관 직원").post("/demand-sites", map[string]any{"name": "=복지관", "kind": "welfare", "region_code": dbtest.Dong,
			"address": "지호로 1", "phone": "062-608-2114"}).want(http.StatusCreated).text("id")
		officer.post(path+"/approval", nil).want(http.StatusOK)
		site, err := id.Parse(strings.TrimPrefix(path, "/demand-sites/"))
		if err != nil {
			t.Fatal(err)
		}
		c.attended(c.with(auth.SiteManager, site), officer, v, path, "demand_site", site, "2026-07-07T14:00", "2026-07-07T14:50")

		const july = "from=2026-07-01&to=2026-07-15"
		v.get("/me/hours").wantHours(110, 0)
		entries, sum := v.get("/me/hours/entries").want(200), 0
		for i := range entries.count("items") {
			sum += entries.number(fmt.Sprintf("items.%d.minutes", i))
		}
		figures := c.officer().get("/statistics/participation?" + july + "&by=city").want(200)
		portal := officer.get("/exports/1365?" + july + "&reason=실적").want(200)
		school := v.get("/me/school-hours?" + july).want(200)
		sent := 0
		for i := range portal.count("items") {
			sent += portal.number(fmt.Sprintf("items.%d.minutes", i))
		}
		if sum != 110 || figures.number("items.0.minutes") != 110 || sent != 110 || portal.number("minutes") != 110 || portal.count("items") != 3 ||
			school.number("minutes") != 110 || school.number("school_hours") != 1 || school.number("remainder_minutes") != 50 {
			t.Errorf("entries %d, 1365 %d, statistics %s, school %s", sum, sent, figures.Body, school.Body)
		}
		portal.golden("export-1365")

		// the portal's file, in its own words, no cell a formula
		file := officer.get("/exports/1365?" + july + "&reason=실적&format=csv").want(200)
		lines := strings.Split(string(file.Body), "\r\n")
		if !strings.HasPrefix(lines[0], "\ufeffprogrmSj,") || len(lines) != 5 || !strings.Contains(lines[3], ",'=복지관,") || !strings.Contains(lines[1],
			",20260706,20260706,13,0,13,29,1000000,0104,생활편의지원 > 급식지원,6290000,3590000,"+v.Number+",홍길동,29,") {
			t.Errorf("%s", file.Body)
		}
		officer.get("/exports/1365?"+july).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.get("/exports/1365?from=2026-07-01&to=2026-08-01&reason=x").refused(http.StatusUnprocessableEntity, "request.invalid")
		c.head().get("/exports/1365?"+july+"&reason=x").refused(http.StatusForbidden, "auth.forbidden")

		// sent to the school: one hour, 50 minutes are carried; the attendances are locked
		change := c.head().post("/attendances/"+locked+"/reversals", map[string]any{"reason": "다른 사람"}).want(http.StatusCreated).text("id")
		send := map[string]any{"volunteer_numbers": []string{v.Number, c.volunteer("동의 없음").Number, "1111-1111"}, "from": "2026-07-01", "to": "2026-07-15",
			"school": "충장중학교", "reason": "1학기 나이스 전송", "dry_run": true}
		before := contents(t, c.db)
		officer.post("/exports/school", send).want(200).wantAll("status", "sent", "refused", "refused")
		if after := contents(t, c.db); after != before {
			t.Error("a dry run left ", onlyIn(before, after))
		}
		send["dry_run"] = false
		c.head().post("/exports/school", send).refused(http.StatusForbidden, "auth.forbidden")
		done := officer.post("/exports/school", send).want(200).wantAll("status", "sent", "refused", "refused").
			wantAll("problem.code", "<nil>", "transfer.consent_missing", "volunteer.number_wrong")
		if done.number("results.0.line.hours") != 1 || done.number("results.0.line.remainder_minutes") != 50 || done.number("results.0.line.minutes") != 110 {
			t.Errorf("%s", done.Body)
		}
		export := "/exports/school/" + done.text("export_id")
		officer.get(export).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.get(export + "?reason=입력").want(200).golden("export-school")
		if file := officer.get(export + "?reason=입력&format=csv").want(200); !strings.Contains(string(file.Body), "홍길동,1990-04-05,충장중학교,2026-07-01,2026-07-15,0,110,1,50") {
			t.Errorf("%s", file.Body)
		}
		officer.post("/exports/school", send).want(200).wantAll("problem.code", "export.nothing_new", "transfer.consent_missing", "volunteer.number_wrong")
		times := map[string]any{"checked_in_at": "2026-07-07T13:00:00+09:00", "checked_out_at": "2026-07-07T13:20:00+09:00", "reason": "일찍 감"}
		refusal := v.post("/attendances/"+locked+"/corrections", times).refused(http.StatusConflict, "export.locked_by_school")
		if !strings.Contains(refusal.text("detail"), "학교") {
			t.Errorf("%s", refusal.Body)
		}
		c.keeper().post("/attendances/"+locked+"/changes/"+change+"/verification", nil).refused(http.StatusConflict, "export.locked_by_school")
		c.keeper().post("/attendances/"+locked+"/changes/"+change+"/refusal", map[string]any{"reason": "전송됨"}).want(200)
		v.get("/me/hours").wantHours(110, 0)

		// ten minutes later the carried ones make the next hour
		c.atCamp(v, "2026-07-08T13:00", "2026-07-08T13:10")
		next := officer.post("/exports/school", send).want(200)
		if next.number("results.0.line.carried_minutes") != 50 || next.number("results.0.line.minutes") != 10 || next.number("results.0.line.hours") != 1 ||
			next.number("results.0.line.remainder_minutes") != 0 {
			t.Errorf("%s", next.Body)
		}
		var read int
		c.scan(&read, `SELECT COUNT(*) FROM audit_events WHERE volunteer_id = ? AND action LIKE 'export.%' AND reason <> ''`, v.Volunteer)
		if read != 6 { // twice to the portal, twice to the school, twice read
			t.Error(read, "downloads are kept")
		}
		c.proved()
	})
}

// What came from 1365 does not go back there, nor what people did not consent to; what came from elsewhere does go.
func TestTheirOwnHoursDoNotGoBack(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v, w := c.officer(), c.volunteer("홍길동"), c.volunteer("김철수")
		c.linked(v)
		c.atCamp(w, "2026-07-06T13:00", "2026-07-06T15:00")
		c.taken(officer.imports("1365", "a", columns, "1,"+v.Number+",홍길동,청소,동구청,2026-07-07,09:00,10:00,,0801,3590000"))
		c.taken(officer.imports("vms", "b", columns, "1,"+v.Number+",홍길동,식사,복지관,2026-07-08,22:00,01:00,180,0104,동구"))
		a := officer.get("/exports/1365?from=2026-07-01&to=2026-07-15&reason=실적").want(200)
		if a.count("items") != 2 || a.number("minutes") != 180 || a.number("left_out_imported") != 1 || a.number("left_out_no_consent") != 1 ||
			a.number("items.0.act_end_tm") != 24 || a.text("items.0.progrm_bgnde") != "20260708" || a.number("items.1.act_begin_tm") != 0 ||
			a.number("items.1.minutes") != 60 || a.text("items.1.act_wkdy") != "0001000" {
			t.Errorf("%s", a.Body)
		}
	})
}

// The portal's file goes out part by part: all of it as it was posted when it was begun, nobody's data before that is kept, each
// person once, and no part that could be taken for the whole.
func TestThePortalsFileGoesOutPartByPart(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		officer, v, w := c.officer(), c.volunteer("홍길동"), c.volunteer("김철수")
		c.linked(v, w)
		c.atCamp(v, "2026-07-06T13:00", "2026-07-06T14:00")
		c.atCamp(v, "2026-07-07T13:00", "2026-07-07T14:00")
		c.atCamp(w, "2026-07-07T15:00", "2026-07-07T16:00")
		told := func() (of map[id.ID]int) {
			t.Helper()
			var rows []struct {
				VolunteerID id.ID
				N           int
			}
			if err := c.db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
				return tx.Raw(`SELECT volunteer_id, COUNT(*) AS n FROM audit_events WHERE action = 'export.portal' AND reason = '실적' GROUP BY 1`).Scan(&rows).Error
			}); err != nil {
				t.Fatal(err)
			}
			of = map[id.ID]int{}
			for _, r := range rows {
				of[r.VolunteerID] = r.N
			}
			return of
		}
		var session struct{ ID id.ID }
		c.scan(&session, `SELECT id FROM sessions WHERE account_id = ?`, officer.Account)
		ctx := auth.With(t.Context(), auth.Principal{AccountID: officer.Account, SessionID: session.ID})
		portal := export.NewService(exportstore.NewStore(c.db), c.clock).Portal(export.Period{From: calendar.MustParse("2026-07-05"), To: calendar.MustParse("2026-07-08")}, "실적")
		next := func(rows int, of map[id.ID]int) {
			t.Helper()
			part, more, err := portal.Next(ctx)
			if err != nil || !more || len(part.Rows) != rows || !maps.Equal(told(), of) {
				t.Errorf("%+v, %v, %v; kept %v", part, more, err, told())
			}
		}
		next(0, map[id.ID]int{})
		next(1, map[id.ID]int{v.Volunteer: 1})
		c.later(time.Minute)
		c.atCamp(w, "2026-07-07T17:00", "2026-07-07T18:00") // posted after it was begun
		next(2, map[id.ID]int{v.Volunteer: 1, w.Volunteer: 1})
		c.sql(`UPDATE role_grants SET revoked_at = ? WHERE account_id = ? AND role = 'centre_officer'`, c.clock.Now(), officer.Account)
		if _, _, err := portal.Next(ctx); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		c.sql(`UPDATE role_grants SET revoked_at = NULL WHERE account_id = ?`, officer.Account)
		next(0, map[id.ID]int{v.Volunteer: 1, w.Volunteer: 1})
		if part, more, err := portal.Next(ctx); err != nil || more || len(part.Rows) > 0 {
			t.Error(part, more, err)
		}
		const july = "/exports/1365?from=2026-07-01&to=2026-07-15&reason="
		if all := officer.get(july + "again").want(http.StatusOK); all.number("minutes") != 240 || all.count("items") != 4 {
			t.Errorf("%s", all.Body)
		}

		// parts of any size are the same day: a person's presences together, each once
		var whole []export.PortalRow
		for _, entries := range []int{1000, 1, 2, 3} {
			var rows []export.PortalRow
			for after, parts := id.Nil, 0; parts == 0 || after != id.Nil; parts++ {
				if err := c.db.Snapshot(t.Context(), func(ctx context.Context, tx *repository.Tx) error {
					part, err := exportstore.Exports{Tx: tx}.Portal(ctx, calendar.MustParse("2026-07-07"), after, entries, c.clock.Now())
					rows, after = append(rows, part.Rows...), part.Last
					return err
				}); err != nil || parts > 4 {
					t.Fatal(err, parts)
				}
			}
			if entries == 1000 {
				whole = rows
			}
			if len(rows) != 3 || !slices.Equal(rows, whole) {
				t.Errorf("by %d entries: %+v", entries, rows)
			}
		}

		// that w's data goes out cannot be kept
		broken := `CREATE TRIGGER broken BEFORE INSERT ON audit_events WHEN NEW.volunteer_id = '%s' BEGIN SELECT RAISE(ABORT, 'broken'); END`
		if c.db.Dialect() == repository.Postgres {
			broken = `ALTER TABLE audit_events ADD CONSTRAINT broken CHECK (volunteer_id <> '%s') NOT VALID`
		}
		c.sql(fmt.Sprintf(broken, w.Volunteer))
		for _, format := range []string{"json", "csv"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", c.base+api.Prefix+july+"broken&format="+format, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+officer.Token)
			answer, err := c.http.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			part, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK || err == nil || strings.Contains(string(part), w.Number) {
				t.Errorf("%d, %v: %s", answer.StatusCode, err, part)
			}
		}
		officer.get("/exports/1365?from=2026-07-07&to=2026-07-07&reason=broken").want(http.StatusInternalServerError) // on the first day it is told properly
	})
}

func TestASchoolDayIsShorter(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		c.linked(v)
		add := func(school string, periods int, first, last string) {
			officer.post("/class-periods", map[string]any{"school": school, "first_day": first, "last_day": last, "weekdays": "1111100", "periods": periods,
				"reference": "교육과정"}).want(http.StatusCreated)
		}
		add("", 6, "2026-03-02", "2026-07-17")
		add("충장중학교", 7, "2026-03-02", "2026-07-17")
		add("충장중학교", 0, "2026-07-08", "2026-07-08") // its own holiday
		c.atCamp(v, "2026-07-07T13:00", "2026-07-07T16:00")
		c.atCamp(v, "2026-07-08T13:00", "2026-07-08T16:00")
		c.atCamp(v, "2026-07-11T13:00", "2026-07-11T16:00") // a Saturday
		const july = "/me/school-hours?from=2026-07-01&to=2026-07-15"
		if a := v.get(july + "&school=충장중학교").want(200); a.number("minutes") != 540 || a.number("school_minutes") != 60+180+180 || a.number("school_hours") != 7 {
			t.Errorf("%s", a.Body)
		}
		if a := v.get(july).want(200); a.number("school_minutes") != 120+120+180 {
			t.Errorf("%s", a.Body)
		}
		officer.post("/class-periods", map[string]any{"first_day": "2026-07-02", "last_day": "2026-07-01", "weekdays": "월화", "periods": 9, "reference": ""}).
			refused(http.StatusUnprocessableEntity, "request.invalid")
		if list := v.get("/class-periods").want(200); list.count("items") != 3 || list.number("items.0.version") != 3 {
			t.Errorf("%s", list.Body)
		}

		// of blood donations in one school year the school counts three, all four count in general
		rows := []string{"헌혈번호,봉사자번호,성명,헌혈일,헌혈종류"}
		for i, day := range []string{"2026-01-17", "2026-03-07", "2026-04-04", "2026-05-02", "2026-06-06"} { // Saturdays, the first of the year before
			rows = append(rows, fmt.Sprintf("B%d,%s,홍길동,%s,전혈", i, v.Number, day))
		}
		c.taken(officer.imports("blood", "k", rows...))
		if a := v.get("/me/school-hours?from=2026-06-01&to=2026-06-30").want(200); a.number("minutes") != 240 || a.number("school_minutes") != 0 {
			t.Errorf("%s", a.Body)
		}
		if a := v.get("/me/school-hours?from=2026-01-01&to=2026-06-30").want(200); a.number("minutes") != 5*240 || a.number("school_minutes") != 4*240 {
			t.Errorf("%s", a.Body)
		}
		c.proved()
	})
}

func TestDaysOfDisaster(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		c.atCamp(v, "2026-06-30T09:00", "2026-06-30T17:00") // before
		c.atCamp(v, "2026-07-07T09:00", "2026-07-07T17:00")
		c.atCamp(v, "2026-07-08T13:00", "2026-07-08T13:20")
		area := map[string]any{"name": "7월 호우", "region_code": dbtest.Gu, "first_day": "2026-07-01", "last_day": "2026-09-30", "won_per_day": 80000, "reference": "공고 400호"}
		officer.post("/disaster-areas", area).want(http.StatusCreated)
		area["region_code"] = "0000000000"
		officer.post("/disaster-areas", area).refused(http.StatusUnprocessableEntity, "request.invalid")
		v.get("/me/tax-certificate?year=2026").want(200).golden("tax-certificate")
		if a := v.get("/me/tax-certificate?year=2025").want(200); a.count("items") != 0 || a.number("won") != 0 {
			t.Errorf("%s", a.Body)
		}
		v.get("/me/tax-certificate").refused(http.StatusBadRequest, "request.query")
		if list := v.get("/disaster-areas").want(200); list.count("items") != 1 {
			t.Errorf("%s", list.Body)
		}
	})
}

func TestEverythingAboutMe(t *testing.T) {
	eachCity(t, func(c *city) {
		v, w := c.volunteer("홍길동"), c.volunteer("김철수")
		c.linked(v)
		c.atCamp(v, "2026-07-07T09:00", "2026-07-07T11:00")
		c.atCamp(w, "2026-07-07T12:00", "2026-07-07T12:07")
		a := v.get("/me/export").want(200)
		if a.text("sections.person.0.name") != "홍길동" || a.text("sections.person.0.birth_date") != "1990-04-05" || a.count("sections.consents") != 3 ||
			a.count("sections.attendances") != 1 || a.number("sections.hours.0.minutes") != 120 || a.text("sections.hours.0.effective_day") != "2026-07-07" ||
			a.text("sections.attendances.0.checked_in_at") != "2026-07-07T00:00:00Z" || a.value("sections.attendances.0.walk_in") != true || a.value("sections.person.0.mobile") != nil {
			t.Errorf("%s", a.Body)
		}
		for _, other := range []string{"김철수", w.Number, "password", "claim_hash"} {
			if strings.Contains(string(a.Body), other) {
				t.Errorf("%s is told: %s", other, a.Body)
			}
		}
		if again := v.get("/me/export").want(200); !strings.Contains(fmt.Sprint(again.value("sections.log")), "export.personal") {
			t.Errorf("%s", again.Body)
		}
		file := v.get("/me/export?format=csv").want(200)
		archive, err := zip.NewReader(bytes.NewReader(file.Body), int64(len(file.Body)))
		if err != nil {
			t.Fatal(err)
		}
		part, err := archive.Open("hours.csv")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(part)
		if err != nil || !strings.HasPrefix(string(raw), "\ufeffsequence,kind,") || strings.Count(string(raw), "\r\n") != 2 {
			t.Errorf("%q %v", raw, err)
		}
		v.get("/me/export?format=xml").refused(http.StatusBadRequest, "request.query")
	})
}

// A correction that is agreed to while the hours go to the school comes before it, or not at all.
func TestTheSchoolAndACorrectionAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, keeper := c.officer(), c.keeper()
		for i := range 6 {
			v := c.volunteer(fmt.Sprint("학생", i))
			c.linked(v)
			day := fmt.Sprintf("2026-07-%02dT", 1+i)
			path := "/attendances/" + c.atCamp(v, day+"13:00", day+"15:00")
			change := c.head().post(path+"/corrections", map[string]any{"checked_in_at": day + "13:00:00+09:00", "checked_out_at": day + "14:00:00+09:00",
				"reason": "일찍 감"}).want(http.StatusCreated).text("id")
			var wg sync.WaitGroup
			var agreed, sent answer
			wg.Go(func() { agreed = keeper.post(path+"/changes/"+change+"/verification", nil) })
			wg.Go(func() {
				sent = officer.post("/exports/school", map[string]any{"volunteer_numbers": []string{v.Number}, "from": "2026-07-01", "to": "2026-07-15",
					"school": "충장중학교", "reason": "전송"})
			})
			wg.Wait()
			want := 60
			if agreed.Status != http.StatusOK {
				agreed.refused(http.StatusConflict, "export.locked_by_school")
				want = 120
			}
			if got := sent.want(http.StatusOK).number("results.0.line.minutes"); got != want {
				t.Errorf("the school has %d minutes, the ledger %d", got, want)
			}
			v.get("/me/hours").wantHours(want, 0)
		}
		c.proved()
	})
}

// The same pupils sent twice at once are sent once.
func TestTheSamePupilTwiceAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		c.linked(v)
		c.atCamp(v, "2026-07-07T13:00", "2026-07-07T15:00")
		var wg sync.WaitGroup
		answers := make([]answer, 6)
		for i := range answers {
			wg.Go(func() {
				answers[i] = officer.post("/exports/school", map[string]any{"volunteer_numbers": []string{v.Number, v.Number}, "from": "2026-07-01", "to": "2026-07-15",
					"school": "충장중학교", "reason": "전송"})
			})
		}
		wg.Wait()
		sent := 0
		for _, a := range answers {
			sent += strings.Count(string(a.want(http.StatusOK).Body), `"status":"sent"`)
		}
		if sent != 1 {
			t.Errorf("sent %d times", sent)
		}
		c.proved()
	})
}
