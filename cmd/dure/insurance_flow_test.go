package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"dure/domain/kernel/id"
)

// coveredItems are what contracts here pay for: no death benefit under 15, and less for a hospital day than before.
func coveredItems(hospitalWon int) []map[string]any {
	return []map[string]any{
		{"kind": "death", "name_ko": "상해 사망", "name_en": "Death by accident", "limit_won": 200_000_000, "unit": "sum", "age_from": 15},
		{"kind": "hospital_day", "name_ko": "입원일당", "name_en": "Hospital day", "limit_won": hospitalWon, "unit": "per_day", "max_days": 180,
			"papers": []map[string]any{{"code": "diagnosis", "name_ko": "진단서", "name_en": "Diagnosis"}}},
	}
}

func contractOf(from, to string) map[string]any {
	return map[string]any{"insurer": "삼성화재", "number": "제" + from + "호", "starts_on": from, "ends_on": to, "reference": "자원봉사 종합보험 안내",
		"conditions": map[string]any{"consent_required": true, "online": true, "paper": true, "travel_before_minutes": 120, "travel_after_minutes": 60},
		"items":      coveredItems(100_000)}
}

func amendment(from string) map[string]any {
	return map[string]any{"effective_from": from, "reason": "일당 조정", "items": coveredItems(70_000)}
}

func rosterOf(from, to, format string) map[string]any {
	return map[string]any{"from": from, "to": to, "reason": "피보험자 명부 제출", "format": format}
}

// insuredPerson consents to the passing on of his data.
func (c *city) insuredPerson(name string) *client {
	p := c.volunteer(name)
	c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, ?, 'online')`,
		id.New(), p.Volunteer, true, c.clock.Now())
	return p
}

func (p *client) coverage(person *client, at string) answer {
	p.t.Helper()
	return p.get("/coverage?volunteer_id=" + person.Volunteer.String() + "&at=" + url.QueryEscape(at)).want(http.StatusOK)
}

func TestWhoComesIsToldWhetherHeIsInsured(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, officer, outsider := c.head(), c.officer(), c.volunteer("외부인")
		insured, bare := c.insuredPerson("이보험"), c.volunteer("김무보")
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift := c.session(head, activity, "2026-07-15T13:00", "2026-07-15T17:00", 0)
		insured.post("/shifts/"+shift+"/sign-ups", nil).want(http.StatusCreated)

		// Without a contract nobody is covered, and it is said.
		if a := insured.get("/me/insurance?at=2026-07-15T04:00:00Z").want(200); a.text("status") != "not_covered" || a.text("reason") != "policy_gap" || a.value("contract") != nil {
			t.Fatal(string(a.Body))
		}
		contract := officer.post("/insurance-contracts", contractOf("2026-05-01", "2027-04-30")).want(http.StatusCreated).golden("insurance-contract").text("id")
		officer.post("/insurance-contracts", contractOf("2027-04-30", "2028-04-29")).refused(http.StatusConflict, "insurance.contract_overlap")

		// A sign-up covers the way there, from two hours before, and not a minute sooner.
		for at, want := range map[string]string{"2026-07-15T10:59:59+09:00": "no_activity", "2026-07-15T11:00:00+09:00": "", "2026-07-15T17:59:59+09:00": "", "2026-07-15T18:00:00+09:00": "no_activity"} {
			if a := officer.coverage(insured, at); a.text("reason") != want || want == "" && a.text("basis") != "sign_up" {
				t.Errorf("%s: %s", at, a.Body)
			}
		}
		head.coverage(insured, "2026-07-15T13:00:00+09:00").golden("coverage")
		c.otherHead().get("/coverage?volunteer_id="+insured.Volunteer.String()+"&at=2026-07-15T04:00:00Z").refused(http.StatusNotFound, "volunteer.not_found")
		outsider.get("/coverage?volunteer_id="+insured.Volunteer.String()).refused(http.StatusNotFound, "volunteer.not_found")
		officer.get("/coverage?volunteer_id="+id.New().String()).refused(http.StatusNotFound, "volunteer.not_found")
		officer.get("/coverage").refused(http.StatusBadRequest, "request.query")
		officer.get("/coverage?volunteer_id="+insured.Volunteer.String()+"&at=2026-07-15").refused(http.StatusBadRequest, "request.query")

		list := head.get("/shifts/" + shift + "/sign-ups").want(200)
		if list.text("items.0.insurance.status") != "covered" {
			t.Error(string(list.Body))
		}

		// At the door.
		c.on("2026-07-15T12:50:00+09:00")
		code := map[string]any{"code": head.get("/shifts/" + shift + "/check-in-code").want(200).text("code")}
		in := insured.post("/shifts/"+shift+"/check-ins", code).want(200)
		if in.text("insurance.status") != "covered" || in.text("insurance.contract.id") != contract || in.value("insurance.reason") != nil {
			t.Error(string(in.Body))
		}
		bad := bare.post("/shifts/"+shift+"/check-ins", code, "Accept-Language", "en").want(200)
		if bad.text("insurance.status") != "not_covered" || bad.text("insurance.reason") != "no_consent" || !strings.Contains(bad.text("insurance.detail"), "consent") ||
			bad.text("insurance.contract.number") == "" {
			t.Error(string(bad.Body))
		}
		if again := insured.post("/shifts/"+shift+"/check-ins", code).want(200); again.text("id") != in.text("id") || again.text("insurance.status") != "covered" {
			t.Error(string(again.Body))
		}
		if a := insured.get("/me/insurance").want(200); a.text("basis") != "check_in" || a.text("activity.attendance_id") != in.text("id") || a.count("items") != 2 {
			t.Error(string(a.Body))
		}
		c.on("2026-07-15T14:00:00+09:00")
		code = map[string]any{"code": head.get("/shifts/" + shift + "/check-in-code").want(200).text("code")}
		if out := insured.post("/shifts/"+shift+"/check-outs", code).want(200); out.text("state") != "verified" || out.value("insurance") != nil {
			t.Error(string(out.Body))
		}
		// The way home is an hour from when he left, not from when the shift ends.
		for at, want := range map[string]string{"2026-07-15T14:59:59+09:00": "", "2026-07-15T15:00:00+09:00": "no_activity", "2026-07-15T10:50:00+09:00": "", "2026-07-15T10:49:59+09:00": "no_activity"} {
			if a := officer.coverage(insured, at); a.text("reason") != want || want == "" && a.text("basis") != "verified_attendance" {
				t.Errorf("%s: %s", at, a.Body)
			}
		}

		// Who takes his consent back is covered until then.
		c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, ?, 'online')`,
			id.New(), insured.Volunteer, false, c.clock.Now())
		if a := officer.coverage(insured, "2026-07-15T14:00:00+09:00"); a.text("reason") != "no_consent" {
			t.Error(string(a.Body))
		}
		if a := officer.coverage(insured, "2026-07-15T13:59:00+09:00"); a.text("status") != "covered" {
			t.Error(string(a.Body))
		}

		// A batch tells only of those who were not insured.
		earlier := c.session(head, activity, "2026-07-14T13:00", "2026-07-14T17:00", 0)
		fresh := c.insuredPerson("박보험")
		c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, '2026-07-01 00:00:00.000000+00:00', 'paper')`,
			id.New(), fresh.Volunteer, true)
		batched := head.post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("1", fresh, earlier, "2026-07-14T13:00", "2026-07-14T14:00"),
			presenceOf("2", bare, earlier, "2026-07-14T13:00", "2026-07-14T14:00"))).want(200).wantAll("status", "recorded", "recorded")
		// The activity was approved on the 15th: nobody was insured at it before.
		if batched.text("results.0.insurance.reason") != "activity_not_approved" || batched.text("results.1.insurance.reason") != "no_consent" {
			t.Error(string(batched.Body))
		}
		c.sql(`UPDATE activities SET decided_at = '2026-07-01 00:00:00.000000+00:00'`)
		batched = head.post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("3", fresh, earlier, "2026-07-14T15:00", "2026-07-14T16:00"))).want(200).wantAll("status", "recorded")
		if batched.value("results.0.insurance") != nil {
			t.Error(string(batched.Body))
		}
	})
}

func TestAContractIsChangedByVersions(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		officer := c.officer()
		path := "/insurance-contracts/" + officer.post("/insurance-contracts", contractOf("2026-05-01", "2027-04-30")).want(http.StatusCreated).text("id")
		officer.post("/insurance-contracts", map[string]any{"insurer": "삼성화재", "number": "2", "starts_on": "2028-05-01", "ends_on": "2028-04-30",
			"conditions": map[string]any{"travel_before_minutes": 1441}, "items": []map[string]any{{"kind": "Death", "limit_won": 0, "unit": "month", "max_days": 3, "age_from": -1}}}).
			refused(http.StatusUnprocessableEntity, "request.invalid").golden("insurance-contract-refused")
		officer.post(path+"/items", amendment("2027-05-01")).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.post("/insurance-contracts/"+id.New().String()+"/items", amendment("2026-08-01")).refused(http.StatusNotFound, "insurance.contract_not_found")

		// Versions are numbered however many come at once.
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() { officer.post(path+"/items", amendment("2026-08-01")).want(http.StatusCreated) })
		}
		wg.Wait()
		whole := c.volunteer("누구나").get(path).want(200)
		if whole.count("versions") != 7 || whole.number("versions.6.version") != 7 || whole.number("versions.6.items.1.limit_won") != 70_000 ||
			whole.number("versions.0.items.1.limit_won") != 100_000 || whole.number("versions.6.conditions.travel_before_minutes") != 120 {
			t.Fatal(string(whole.Body))
		}
		if a := officer.get("/insurance-contracts").want(200); a.count("items") != 1 {
			t.Error(string(a.Body))
		}
		key := "insurance-2027"
		first := officer.post("/insurance-contracts", contractOf("2027-05-01", "2028-04-30"), "Idempotency-Key", key).want(http.StatusCreated)
		if again := officer.post("/insurance-contracts", contractOf("2027-05-01", "2028-04-30"), "Idempotency-Key", key).want(http.StatusCreated); again.text("id") != first.text("id") {
			t.Error(string(again.Body))
		}
	})
}

// Amounts of the version of the day, and no death benefit for children.
func TestItemsAreThoseOfTheDayAndAge(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, officer, p := c.head(), c.officer(), c.insuredPerson("이보험")
		path := "/insurance-contracts/" + officer.post("/insurance-contracts", contractOf("2026-05-01", "2027-04-30")).want(http.StatusCreated).text("id")
		officer.post(path+"/items", amendment("2026-07-21")).want(http.StatusCreated)
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		night := c.session(head, activity, "2026-07-20T22:00", "2026-07-21T02:00", 0)
		p.post("/shifts/"+night+"/sign-ups", nil).want(http.StatusCreated)
		c.sql(`UPDATE volunteers SET birth_date = '2011-07-21' WHERE id = ?`, p.Volunteer)
		before, after := officer.coverage(p, "2026-07-20T23:59:59+09:00"), officer.coverage(p, "2026-07-21T00:00:00+09:00")
		if before.number("age") != 14 || before.count("items") != 1 || before.number("items.0.limit_won") != 100_000 || before.text("items.0.papers.0.code") != "diagnosis" {
			t.Error(string(before.Body))
		}
		if after.number("age") != 15 || after.count("items") != 2 || after.text("items.0.kind") != "death" || after.number("items.1.limit_won") != 70_000 || after.number("contract.version") != 2 {
			t.Error(string(after.Body))
		}
	})
}

func TestTheInsurerGetsARoster(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, officer := c.head(), c.officer()
		path := "/insurance-contracts/" + officer.post("/insurance-contracts", contractOf("2026-05-01", "2027-04-30")).want(http.StatusCreated).text("id")
		planned, came, bare, gone := c.insuredPerson("=1+1"), c.insuredPerson("이출석"), c.volunteer("김무보"), c.insuredPerson("박철회")
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift := c.session(head, activity, "2026-07-15T13:00", "2026-07-15T17:00", 0)
		for _, p := range []*client{planned, bare, gone} {
			p.post("/shifts/"+shift+"/sign-ups", nil).want(http.StatusCreated)
		}
		c.on("2026-07-15T12:50:00+09:00")
		came.post("/shifts/"+shift+"/check-ins", map[string]any{"code": head.get("/shifts/" + shift + "/check-in-code").want(200).text("code")}).want(200)
		c.on("2026-07-16T10:00:00+09:00")
		c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, ?, 'online')`,
			id.New(), gone.Volunteer, false, c.clock.Now())

		file := officer.post(path+"/roster", rosterOf("2026-07-15", "2026-07-15", "csv")).want(200)
		if !bytes.HasPrefix(file.Body, []byte("\ufeff")) || file.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/csv") {
			t.Error(file.Header)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Body, []byte("\ufeff")))).ReadAll()
		want := "[[증권번호 성명 생년월일 성별 시작 종료 활동처 활동명 근거] [제2026-05-01호 이출석 1990-04-05 여 2026-07-15 12:50 2026-07-15 17:00 충장동 자원봉사캠프 경로당 급식 봉사 출석]" +
			" [제2026-05-01호 '=1+1 1990-04-05 여 2026-07-15 13:00 2026-07-15 17:00 충장동 자원봉사캠프 경로당 급식 봉사 신청]]"
		if got := fmt.Sprint(rows); err != nil || got != want {
			t.Errorf("%v\n%s\n%s", err, got, want)
		}
		book, err := excelize.OpenReader(bytes.NewReader(officer.post(path+"/roster", rosterOf("2026-07-15", "2026-07-15", "xlsx"), "Accept-Language", "en").want(200).Body))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := book.GetRows(book.GetSheetName(0))
		if err != nil || len(cells) != 3 || cells[0][1] != "Name" || cells[2][1] != "'=1+1" || cells[2][8] != "Sign-up" {
			t.Error(cells, err)
		}
		// Under a key it is made once, and nobody finds the list among the answers that are kept.
		officer.post(path+"/roster", rosterOf("2026-07-15", "2026-07-15", "csv"), "Idempotency-Key", "roster-1").want(200)
		officer.post(path+"/roster", rosterOf("2026-07-15", "2026-07-15", "csv"), "Idempotency-Key", "roster-1").refused(http.StatusConflict, "idempotency.in_use")
		var keptBodies int
		if c.scan(&keptBodies, `SELECT COUNT(*) FROM idempotency_keys WHERE body IS NOT NULL`); keptBodies != 0 {
			t.Error(keptBodies, " answers are kept")
		}
		officer.post(path+"/roster", rosterOf("2026-04-30", "2026-07-15", "pdf")).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.post(path+"/roster", map[string]any{"from": "2026-07-15", "to": "2026-07-15", "format": "csv"}).refused(http.StatusUnprocessableEntity, "request.invalid")
		var kept struct{ Reason, Detail string }
		c.scan(&kept, `SELECT reason, detail FROM audit_events WHERE action = 'insurance.roster_made' ORDER BY id LIMIT 1`)
		if kept.Reason != "피보험자 명부 제출" || kept.Detail != `{"from":"2026-07-15","to":"2026-07-15","format":"csv","rows":2}` {
			t.Error(kept)
		}
		var seen int
		if c.scan(&seen, `SELECT COUNT(*) FROM accesses WHERE action = 'insurance.roster_made' AND volunteer_id IN (?, ?) AND times = 3`, planned.Volunteer, came.Volunteer); seen != 2 {
			t.Error(seen, " people are told that they were looked at")
		}
	})
}
