package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"dure/api"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// linked consents to the link with other systems.
func (c *city) linked(people ...*client) {
	c.t.Helper()
	for _, p := range people {
		c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'link_1365', '1', ?, ?, 'online')`,
			id.New(), p.Volunteer, true, c.clock.Now())
	}
}

// secondOfficer is another officer than the city's first.
func (c *city) secondOfficer() *client {
	c.t.Helper()
	if p := c.people["second officer"]; p != nil {
		return p
	}
	p := c.volunteer("second officer")
	c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, 'test')`,
		id.New(), p.Account, auth.CentreOfficer, auth.City, id.Nil, c.clock.Now())
	return p
}

// imports sends rows of another system; the first one names the columns.
func (p *client) imports(system, key string, rows ...string) answer {
	p.t.Helper()
	return p.ask("POST", p.c.base+api.Prefix+"/transfers?system="+system, bytes.NewReader([]byte(strings.Join(rows, "\n"))), "text/csv", "Idempotency-Key", key)
}

// taken has a transfer confirmed by the second officer.
func (c *city) taken(a answer) answer {
	c.t.Helper()
	return c.secondOfficer().post("/transfers/"+a.want(http.StatusOK).text("transfer_id")+"/verification", nil).want(http.StatusOK)
}

const columns = "실적번호,봉사자번호,성명,봉사활동명,기관명,활동일,시작시간,종료시간,인정시간(분),분야코드,지역코드"

func TestHoursAreTakenOverOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v, w := c.officer(), c.volunteer("홍길동"), c.volunteer("김철수")
		c.linked(v)
		rows := []string{columns + ",비고",
			"V1," + v.Number + ",홍 길동,도시락 배달,무등복지관,2026-07-13,13:00,15:00,,식사,3590000,",
			"V2," + v.Number + ",홍길동,말벗,무등복지관,2026-07-13,14:00,16:00,60,생활편의지원 > 활동보조,,",
			"V3," + v.Number + ",김철수,말벗,무등복지관,2026-07-13,14:00,16:00,,,,",
			"V4," + w.Number + ",김철수,말벗,무등복지관,2026-07-13,14:00,16:00,,,,",
			"V5," + v.Number + ",홍길동,말벗,무등복지관,2026-07-16,14:00,16:00,,,,",
			"V6," + v.Number + ",홍길동,말벗,무등복지관,2026-07-13,16:00,16:30,31,,,",
			"V7," + v.Number + ",홍길동,말벗,무등복지관,2026-07-13,,,,,,",
			"V8," + v.Number + ",홍길동,말벗,무등복지관,2026-07-13,1:00,2:00,,9999,,",
			"V9," + v.Number + ",홍길동,말벗,무등복지관,2026-07-13,1:00,2:00,,,1234567,",
			"V1," + v.Number + ",홍길동,다른 봉사,무등복지관,2026-07-13,13:00,15:00,,식사,3590000,",
			",1234-5678,홍길동,말벗,무등복지관,어제,14:00,16:00,,,,",
			"V10," + v.Number + ",홍길동,,,2026-07-13,1:00,2:00,,,,",
		}
		officer.ask("POST", c.base+api.Prefix+"/transfers?system=vms", strings.NewReader(strings.Join(rows, "\n")), "text/csv").
			refused(http.StatusBadRequest, "idempotency.required")
		officer.imports("kakao", "k0", rows...).refused(http.StatusBadRequest, "request.query")
		officer.imports("", "k0", rows...).refused(http.StatusBadRequest, "request.query")
		c.head().imports("vms", "k0", rows...).refused(http.StatusForbidden, "auth.forbidden")

		before := contents(t, c.db)
		tried := officer.imports("vms&dry_run=true", "", rows...).want(http.StatusOK)
		if after := contents(t, c.db); after != before || tried.number("imported") != 2 || tried.value("transfer_id") != nil {
			t.Errorf("a dry run left %v: %s", onlyIn(before, after), tried.Body)
		}

		first := officer.imports("vms", "k1", rows...).want(http.StatusOK).
			wantAll("status", "imported", "imported", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused").
			wantAll("problem.code", "<nil>", "<nil>", "transfer.name_differs", "transfer.consent_missing", "attendance.in_future", "transfer.minutes_exceed_times",
				"transfer.times_missing", "transfer.field_unknown", "transfer.region_unknown", "transfer.changed_at_origin", "request.invalid", "request.invalid")
		v.get("/me/hours").wantHours(0, 180)
		kept := contents(t, c.db)
		if again := officer.imports("vms", "k2", rows...).want(http.StatusOK); again.number("imported") != 0 || again.number("duplicates") != 2 ||
			again.text("results.0.attendance_id") != first.text("results.0.attendance_id") || again.value("transfer_id") != nil {
			t.Errorf("%s", again.Body)
		}
		if now := contents(t, c.db); without(now, "idempotency_keys") != without(kept, "idempotency_keys") {
			t.Errorf("importing twice changed %v", onlyIn(kept, now))
		}

		path := "/transfers/" + first.text("transfer_id")
		officer.post(path+"/verification", nil).want(http.StatusOK).wantAll("problem.code", "duty.conflict_of_interest", "duty.conflict_of_interest")
		if got := c.secondOfficer().get("/transfers").want(http.StatusOK); got.number("items.0.waiting") != 2 || got.value("items.0.imported_by_me") != false {
			t.Errorf("%s", got.Body)
		}
		c.secondOfficer().get(path).want(http.StatusOK).golden("transfer")
		c.secondOfficer().post(path+"/verification", nil).want(http.StatusOK).wantAll("status", "verified", "verified")
		c.secondOfficer().post(path+"/verification", nil).want(http.StatusOK).wantAll("status", "already_verified", "already_verified")
		v.get("/me/hours").wantHours(120, 0) // 13–15 and 14–15 of V2: an hour of overlap
		c.secondOfficer().post("/transfers/"+id.New().String()+"/verification", nil).refused(http.StatusNotFound, "transfer.not_found")

		// nobody sees the site that stands for the system, nor signs up at it
		if found := c.volunteer("이웃").get("/demand-sites").want(200); found.count("items") != 0 {
			t.Errorf("%s", found.Body)
		}
		if found := c.stranger().get("/activities").want(200); found.count("items") != 0 {
			t.Errorf("%s", found.Body)
		}
		c.proved()
	})
}

func without(contents, table string) string {
	var rest []string
	for line := range strings.SplitSeq(contents, "\n") {
		if !strings.HasPrefix(line, table) {
			rest = append(rest, line)
		}
	}
	return strings.Join(rest, "\n")
}

func TestTheSameFileTwiceAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, second := c.officer(), c.secondOfficer()
		rows := []string{columns}
		for i := range 20 {
			v := c.volunteer(fmt.Sprint("봉사자", i))
			c.linked(v)
			rows = append(rows, fmt.Sprintf("D%d,%s,봉사자%d,청소,수련관,2026-07-13,13:00,15:00,,0801,", i, v.Number, i))
		}
		var wg sync.WaitGroup
		answers := make([]answer, 8)
		for i := range answers {
			who := officer
			if i%2 == 1 {
				who = second
			}
			wg.Go(func() { answers[i] = who.imports("dovol", fmt.Sprint("k", i), rows...) })
		}
		wg.Wait()
		taken := 0
		for _, a := range answers {
			taken += a.want(http.StatusOK).number("imported")
		}
		var n int
		c.scan(&n, `SELECT COUNT(*) FROM attendances WHERE evidence = 'imported'`)
		if taken != 20 || n != 20 {
			t.Errorf("%d taken, %d kept", taken, n)
		}
		c.proved()
	})
}

// What was imported and what was seen here run through one day: overlaps count once, and eight hours are the most.
func TestImportedHoursShareTheDay(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, officer, v := c.head(), c.keeper(), c.officer(), c.volunteer("홍길동")
		c.linked(v)
		shift := c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-13T13:00", "2026-07-13T17:00", 0)
		own := head.post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("1", v, shift, "2026-07-13T13:00", "2026-07-13T17:00"))).
			want(200).text("results.0.attendance_id")
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{own}}).want(200)
		c.taken(officer.imports("1365", "a", columns, "9001,"+v.Number+",홍길동,도시락,복지관,2026-07-13,15:00,18:00,,0104,3590000"))
		v.get("/me/hours").wantHours(300, 0)
		// 90 minutes without times: they are put where nothing is known, and count whole
		untimed := officer.imports("vms", "b", columns, "9002,"+v.Number+",홍길동,상담,복지관,2026-07-13,,,90,0301,", "9003,"+v.Number+",홍길동,상담,복지관,2026-07-13,,,60,0301,")
		untimed.wantAll("checked_in_at", "2026-07-13T13:30:00Z", "2026-07-13T12:30:00Z")
		c.taken(untimed)
		v.get("/me/hours").wantHours(450, 0)
		c.taken(officer.imports("vms", "c", columns, "9004,"+v.Number+",홍길동,청소,복지관,2026-07-13,08:00,10:00,,0801,"))
		v.get("/me/hours").wantHours(480, 0)
		c.proved()
	})
}

func TestBloodDonationsCountFourHoursUpToTheYear(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		c.linked(v)
		rows := []string{"헌혈번호,봉사자번호,성명,헌혈일,헌혈종류"}
		for i, day := range []string{"2025-12-01", "2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05", "2026-06-05"} {
			rows = append(rows, fmt.Sprintf("B%d,%s,홍길동,%s,전혈", i, v.Number, day))
		}
		rows = append(rows, "B8,"+v.Number+",홍길동,2026-06-20,혈장", "B9,"+v.Number+",홍길동,2009-06-20,전혈", "B10,"+v.Number+",홍길동,2026-06-21,머리카락")
		a := officer.imports("blood", "k", rows...).want(http.StatusOK).
			wantAll("problem.code", "<nil>", "<nil>", "<nil>", "<nil>", "<nil>", "<nil>", "transfer.donations_over", "<nil>", "transfer.donation_kind", "transfer.donation_kind")
		if detail := a.text("results.6.problem.detail"); !strings.Contains(detail, "전혈") || !strings.Contains(detail, "5회") {
			t.Error(detail)
		}
		c.taken(a)
		v.get("/me/hours").wantHours(7*240, 0)
		// what an officer refuses never counts
		officer.imports("blood", "k2", rows[0], rows[7]).wantAll("problem.code", "transfer.donations_over")
		extra := officer.imports("blood", "k3", rows[0], "B20,"+v.Number+",홍길동,2025-11-01,전혈").want(200)
		c.secondOfficer().post("/transfers/"+extra.text("transfer_id")+"/rejection", map[string]any{"reason": "다른 사람"}).want(200).wantAll("status", "rejected")
		v.get("/me/hours").wantHours(7*240, 0)
		c.proved()
	})
}

// Donations that come from several systems at once share one count: it is the person's lock that keeps it, not a system's.
func TestDonationsFromSeveralSystemsAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer := c.officer()
		var people []*client
		for i := range 40 {
			people = append(people, c.volunteer(fmt.Sprint("봉사자", i)))
		}
		c.linked(people...)
		var wg sync.WaitGroup
		answers := make([]answer, 4)
		for i, system := range []string{"blood", "vms", "dovol", "1365"} {
			rows := []string{"헌혈번호,봉사자번호,성명,헌혈일,헌혈종류,분야"}
			for p, v := range people {
				for n := range 4 {
					rows = append(rows, fmt.Sprintf("%d-%d,%s,봉사자%d,2026-0%d-%02d,전혈,0503", p, n, v.Number, p, i+1, n+1))
				}
			}
			wg.Go(func() { answers[i] = officer.imports(system, system, rows...) })
		}
		wg.Wait()
		taken := 0
		for _, a := range answers {
			taken += a.want(http.StatusOK).number("imported")
		}
		if taken != 5*len(people) {
			t.Errorf("%d donations of %d people are taken", taken, len(people))
		}
	})
}

// One number told of two people at once is one's alone; the other telling is refused.
func TestOneNumberForTwoPeopleAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, people := c.officer(), []*client{c.volunteer("홍길동"), c.volunteer("김철수")}
		c.linked(people...)
		for round := range 10 {
			var wg sync.WaitGroup
			answers := make([]answer, 2)
			for i, name := range []string{"홍길동", "김철수"} {
				row := fmt.Sprintf("R%d,%s,%s,청소,동구청,2026-07-%02d,09:00,10:00,,0801,", round, people[i].Number, name, round+1)
				wg.Go(func() { answers[i] = officer.imports("vms", fmt.Sprint("k", round, "-", i), columns, row) })
			}
			wg.Wait()
			if a, b := answers[0].want(http.StatusOK), answers[1].want(http.StatusOK); a.number("imported")+b.number("imported") != 1 ||
				a.number("refused")+b.number("refused") != 1 {
				t.Fatalf("%s\n%s", a.Body, b.Body)
			}
		}
		c.proved()
	})
}
