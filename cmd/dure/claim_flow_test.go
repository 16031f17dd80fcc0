package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// claimedItems are what can be claimed here: no death benefit under 15; three hospital days at most, of which the person bears
// 20,000 won himself; a lunch that was bad; what others suffered, less 20,000 won.
func claimedItems() []map[string]any {
	diagnosis := map[string]any{"code": "diagnosis", "name_ko": "진단서", "name_en": "Diagnosis"}
	bankBook := map[string]any{"code": "bank_book", "name_ko": "통장 사본", "name_en": "Bank book"}
	return []map[string]any{
		{"kind": "death", "name_ko": "상해 사망", "name_en": "Death by accident", "limit_won": 200_000_000, "unit": "sum", "age_from": 15},
		{"kind": "hospital_day", "name_ko": "입원일당", "name_en": "Hospital day", "limit_won": 70_000, "unit": "per_day", "max_days": 3, "deductible_won": 20_000,
			"papers": []map[string]any{diagnosis, bankBook}},
		{"kind": "food_poisoning", "name_ko": "식중독", "name_en": "Food poisoning", "limit_won": 1_000_000, "unit": "sum", "papers": []map[string]any{diagnosis}},
		{"kind": "liability", "name_ko": "배상책임", "name_en": "Liability", "limit_won": 1_000_000, "unit": "sum", "deductible_won": 20_000},
	}
}

// accidents is a city with a contract, and an insured person who was at a camp's shift on the 14th from 13:00 to 16:00.
type accidents struct {
	*city
	contract, shift, presence string
	v                         *client
	one, two                  *client // claims officers
}

func (c *city) accidents() accidents {
	c.t.Helper()
	body := contractOf("2026-05-01", "2027-04-30")
	body["items"] = claimedItems()
	a := accidents{city: c, v: c.volunteer("홍길동"), one: c.with(auth.ClaimsOfficer, id.Nil), two: c.volunteer("이청구").entrusted(auth.ClaimsOfficer, id.Nil)}
	a.contract = c.officer().post("/insurance-contracts", body).want(http.StatusCreated).text("id")
	a.consents(a.v)
	head := c.head()
	a.shift = c.session(head, c.programme(head, "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
	c.sql(`UPDATE activities SET decided_at = '2026-07-01 00:00:00.000000+00:00'`)
	camp := "/camps/" + c.Camp.String()
	a.presence = head.recorded(camp, presenceOf("1", a.v, a.shift, "2026-07-14T13:00", "2026-07-14T16:00"))
	c.keeper().verify(camp, a.presence).wantAll("status", "verified")
	return a
}

// consents lets the insurer know of a person.
func (c *city) consents(p *client) {
	c.sql(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, '2026-07-01 00:00:00.000000+00:00', 'paper')`,
		id.New(), p.Volunteer, true)
}

// accident is the report of one; changes are name, value pairs.
func accident(at string, items []string, changes ...any) map[string]any {
	body := map[string]any{"happened_at": at, "place": "금남로 버스 정류장", "text": "돌아가는 버스에서 넘어졌습니다.", "items": items}
	for i := 0; i+1 < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

// reports tells of an accident under a key of its own.
func (p *client) reports(body map[string]any) answer {
	p.t.Helper()
	return p.post("/claims", body, "Idempotency-Key", id.New().String())
}

func (p *client) hands(claim, purpose, code string) (document string) {
	p.t.Helper()
	document = p.handIn(purpose, code+".pdf", aPDF).want(http.StatusCreated).text("id")
	p.post(claim+"/documents", map[string]any{"document_id": document, "code": code}).want(http.StatusOK)
	return document
}

func pays(kind string, days any, won int) map[string]any {
	return map[string]any{"items": []map[string]any{{"kind": kind, "days": days, "amount_won": won}}, "reason": "심사 결과"}
}

func TestAFallOnTheWayHomeIsPaid(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		a := c.accidents()
		body := accident("2026-07-14T16:30:00+09:00", []string{"hospital_day"}, "attendance_id", a.presence, "health_text", "손목이 부러졌습니다.",
			"health_consent", true, "health_consent_version", "2026-05")
		a.v.post("/claims", body).refused(http.StatusBadRequest, "idempotency.required")
		reported := a.v.post("/claims", body, "Idempotency-Key", "fall").want(http.StatusCreated).golden("claim-reported")
		if again := a.v.post("/claims", body, "Idempotency-Key", "fall").want(http.StatusCreated); again.text("id") != reported.text("id") {
			t.Error(string(again.Body))
		}
		if reported.text("cover.status") != "covered" || reported.text("cover.basis") != "verified_attendance" || reported.text("cover.window.end") != "2026-07-14T08:00:00Z" {
			t.Fatal(string(reported.Body))
		}
		a.v.reports(body).refused(http.StatusConflict, "claim.reported_already")
		claim := "/claims/" + reported.text("id")

		// Nothing of what was written stands in the database, or open in the vault.
		if all := contents(t, c.db); strings.Contains(all, "손목") || strings.Contains(all, "넘어졌") {
			t.Error("what was written stands in the database")
		}
		if err := filepath.WalkDir(c.documents, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			if bytes.Contains(raw, []byte("손목")) || bytes.Contains(raw, []byte("넘어졌")) {
				t.Error("what was written lies open in the vault")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}

		// The camp sees where it stands and what is missing, no more.
		head := c.head()
		if limited := head.get(claim).want(http.StatusOK); limited.value("details") != nil || limited.count("missing_papers") != 2 || bytes.Contains(limited.Body, []byte("버스")) {
			t.Error(string(limited.Body))
		}
		for _, step := range []string{"filing", "approval", "refusal", "payment", "closure", "withdrawal"} {
			body := map[string]any{"reason": "까닭"}
			if step == "approval" {
				body = pays("hospital_day", 1, 1000)
			}
			head.post(claim+"/"+step, body).refused(http.StatusForbidden, "auth.forbidden")
			if step != "withdrawal" {
				a.v.post(claim+"/"+step, body).refused(http.StatusForbidden, "auth.forbidden")
			}
		}
		a.one.post(claim+"/withdrawal", nil).refused(http.StatusForbidden, "auth.forbidden")
		a.one.post(claim+"/health-consents", map[string]any{"granted": true, "version": "1"}).refused(http.StatusForbidden, "auth.forbidden")
		a.one.post(claim+"/documents", map[string]any{"document_id": id.New(), "code": "other"}).refused(http.StatusForbidden, "auth.forbidden")
		a.one.post(claim+"/filing", nil).refused(http.StatusConflict, "claim.papers_missing")
		a.v.hands(claim, "claim_health", "diagnosis")
		if l := head.get("/camps/" + c.Camp.String() + "/claims").want(http.StatusOK); l.text("items.0.state") != "documents" || l.count("items.0.missing_papers") != 1 ||
			l.text("items.0.missing_papers.0.code") != "bank_book" {
			t.Error(string(l.Body))
		}
		head.hands(claim, "claim", "bank_book")
		if a := a.v.post(claim+"/documents", map[string]any{"document_id": a.v.handIn("claim", "x.pdf", aPDF).text("id"), "code": "receipt"}).
			refused(http.StatusUnprocessableEntity, "request.invalid"); a.text("errors.0.code") != "unknown" {
			t.Error(string(a.Body))
		}
		filed := a.one.post(claim+"/filing", nil).want(http.StatusOK)
		if filed.text("state") != "filed" || filed.number("cover.step") != 3 {
			t.Error(string(filed.Body))
		}
		a.v.post(claim+"/documents", map[string]any{"document_id": a.v.handIn("claim", "x.pdf", aPDF).text("id"), "code": "other"}).refused(http.StatusConflict, "claim.state")

		// Three days at most, less what he bears himself: 3 × 70,000 − 20,000.
		for name, c := range map[string]struct {
			kind string
			days any
			won  int
			want string
		}{
			"a day too many": {"hospital_day", 4, 100_000, "range"}, "no days": {"hospital_day", nil, 100_000, "required"}, "no day": {"hospital_day", 0, 100_000, "range"},
			"a won too much": {"hospital_day", 3, 190_001, "range"}, "a won too much for two days": {"hospital_day", 2, 120_001, "range"},
			"nothing": {"hospital_day", 3, 0, "range"}, "not claimed": {"food_poisoning", nil, 1, "not_claimed"},
		} {
			if got := a.one.post(claim+"/approval", pays(c.kind, c.days, c.won)).refused(http.StatusUnprocessableEntity, "request.invalid").text("errors.0.code"); got != c.want {
				t.Errorf("%s: %s", name, got)
			}
		}
		a.one.post(claim+"/approval", pays("hospital_day", 3, 190_000)).want(http.StatusOK)
		if refused := a.one.post(claim+"/payment", nil).refused(http.StatusForbidden, "duty.conflict_of_interest"); refused.text("case") != "decided" {
			t.Error(string(refused.Body))
		}
		a.two.post(claim+"/payment", nil).want(http.StatusOK)
		a.two.post(claim+"/payment", nil).refused(http.StatusConflict, "claim.state")
		a.one.post(claim+"/closure", nil).want(http.StatusOK)
		whole := a.v.get(claim).want(http.StatusOK).golden("claim-closed")
		if whole.number("details.approved_won") != 190_000 || whole.count("details.steps") != 6 || whole.text("details.text") != "돌아가는 버스에서 넘어졌습니다." {
			t.Error(string(whole.Body))
		}
		if mine := a.v.get("/me/claims?state=closed").want(http.StatusOK); mine.count("items") != 1 {
			t.Error(string(mine.Body))
		}

		// A second accident of the same day shares its limits.
		second := "/claims/" + a.v.reports(accident("2026-07-14T16:40:00+09:00", []string{"hospital_day"})).want(http.StatusCreated).text("id")
		a.one.post(second+"/filing", map[string]any{"reason": "서류는 첫 청구에 있음"}).want(http.StatusOK)
		if got := a.one.post(second+"/approval", pays("hospital_day", 1, 1)).refused(http.StatusUnprocessableEntity, "request.invalid").text("errors.0.code"); got != "limit_used" {
			t.Error(got)
		}
		c.proved()
	})
}

func TestWhatIsNotCoveredIsTakenAndSaysWhy(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		a := c.accidents()
		c.at("2027-05-02T10:00:00+09:00")
		a.v, a.one = c.returning(a.v), c.returning(a.one)
		gap := a.v.reports(accident("2027-05-01T12:00:00+09:00", []string{"hospital_day"})).want(http.StatusCreated)
		if gap.text("cover.status") != "not_covered" || gap.text("cover.reason") != "policy_gap" || gap.value("cover.contract_id") != nil || gap.count("missing_papers") != 0 {
			t.Error(string(gap.Body))
		}
		last := a.v.reports(accident("2027-04-30T23:59:59+09:00", []string{"hospital_day"})).want(http.StatusCreated)
		if last.text("cover.reason") != "no_activity" || last.text("cover.contract_id") != a.contract {
			t.Error(string(last.Body))
		}
		a.one.post("/claims/"+gap.text("id")+"/filing", map[string]any{"reason": "확인"}).refused(http.StatusConflict, "claim.no_contract")
		a.one.post("/claims/"+gap.text("id")+"/refusal", map[string]any{"reason": ""}).refused(http.StatusUnprocessableEntity, "request.invalid")
		a.one.post("/claims/"+gap.text("id")+"/refusal", map[string]any{"reason": "계약 기간이 아님"}).want(http.StatusOK)
		a.one.post("/claims/"+last.text("id")+"/filing", map[string]any{"reason": "서류 없음"}).want(http.StatusOK)
		a.one.post("/claims/"+last.text("id")+"/approval", pays("hospital_day", 1, 1000)).refused(http.StatusConflict, "claim.not_covered")
		a.v.post("/claims/"+last.text("id")+"/withdrawal", map[string]any{"reason": "다른 날이었음"}).want(http.StatusOK)
		a.v.reports(accident("2027-05-02T11:00:00+09:00", []string{"hospital_day"})).refused(http.StatusUnprocessableEntity, "request.invalid")
		a.v.reports(accident("2026-07-14T14:00:00+09:00", []string{"tooth"})).refused(http.StatusUnprocessableEntity, "request.invalid")
		a.v.reports(accident("2026-07-14T14:00:00+09:00", []string{"hospital_day"}, "health_text", "골절")).refused(http.StatusUnprocessableEntity, "request.invalid")

		// Three years to the day.
		c.at("2029-07-14T23:59:59+09:00")
		a.v, a.one = c.returning(a.v), c.returning(a.one)
		if in := a.v.reports(accident("2026-07-14T14:00:00+09:00", []string{"liability"})).want(http.StatusCreated); in.value("deadline_passed") != false || in.text("deadline_on") != "2029-07-14" {
			t.Error(string(in.Body))
		}
		c.at("2029-07-15T00:00:00+09:00")
		late := a.v.reports(accident("2026-07-14T15:00:00+09:00", []string{"liability"})).want(http.StatusCreated)
		if late.value("deadline_passed") != true || late.text("cover.status") != "covered" {
			t.Error(string(late.Body))
		}
		a.one.post("/claims/"+late.text("id")+"/filing", nil).refused(http.StatusConflict, "claim.deadline_passed")
		c.proved()
	})
}

// returning is a person after so long that his token is of no use.
func (c *city) returning(p *client) *client {
	c.t.Helper()
	again := *p
	a := c.stranger().post("/auth/login", map[string]any{"login": p.Login, "password": secret}).want(http.StatusOK)
	again.Token = a.text("access_token")
	return &again
}

func TestALunchThatWasBadAndAChild(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		a := c.accidents()
		head := c.head()

		// The camp reports for its volunteer; others' camps know nobody of that kind.
		body := accident("2026-07-14T15:30:00+09:00", []string{"food_poisoning", "death"}, "volunteer_id", a.v.Volunteer, "shift_id", a.shift, "text", "도시락을 먹고 탈이 났습니다.")
		c.otherHead().reports(body).refused(http.StatusNotFound, "volunteer.not_found")
		c.officer().reports(body).refused(http.StatusNotFound, "volunteer.not_found")
		head.reports(accident("2026-07-14T15:30:00+09:00", []string{"food_poisoning"}, "volunteer_id", a.v.Volunteer, "health_text", "장염", "health_consent", true,
			"health_consent_version", "1")).refused(http.StatusForbidden, "auth.forbidden") // he has an account, and speaks for himself
		claim := "/claims/" + head.reports(body).want(http.StatusCreated).text("id")
		a.v.post(claim+"/documents", map[string]any{"document_id": a.v.handIn("claim_health", "x.pdf", aPDF).text("id"), "code": "diagnosis"}).
			refused(http.StatusForbidden, "claim.health_consent_missing")
		head.post(claim+"/health-consents", map[string]any{"granted": true, "version": "1"}).refused(http.StatusForbidden, "auth.forbidden")
		a.v.post(claim+"/health-consents", map[string]any{"granted": true, "version": "2026-05"}).want(http.StatusOK)
		a.v.hands(claim, "claim_health", "diagnosis")
		a.one.post(claim+"/filing", nil).want(http.StatusOK)

		// At 14 there is no death benefit; at 15 there is.
		c.sql(`UPDATE volunteers SET birth_date = '2011-07-15' WHERE id = ?`, a.v.Volunteer)
		if got := a.one.post(claim+"/approval", pays("death", nil, 1000)).refused(http.StatusUnprocessableEntity, "request.invalid").text("errors.0.code"); got != "not_paid" {
			t.Error(got)
		}
		a.one.post(claim+"/approval", pays("food_poisoning", nil, 1_000_001)).refused(http.StatusUnprocessableEntity, "request.invalid")
		a.one.post(claim+"/approval", pays("food_poisoning", 2, 1_000)).refused(http.StatusUnprocessableEntity, "request.invalid")
		c.sql(`UPDATE volunteers SET birth_date = '2011-07-14' WHERE id = ?`, a.v.Volunteer)
		a.one.post(claim+"/approval", map[string]any{"items": []map[string]any{{"kind": "food_poisoning", "amount_won": 1_000_000}, {"kind": "death", "amount_won": 1}}}).want(http.StatusOK)
		a.two.post(claim+"/payment", nil).want(http.StatusOK)

		// Scratched a car: less what he bears himself.
		car := "/claims/" + a.v.reports(accident("2026-07-14T12:30:00+09:00", []string{"liability"})).want(http.StatusCreated).text("id")
		a.one.post(car+"/filing", nil).want(http.StatusOK)
		a.one.post(car+"/approval", pays("liability", nil, 980_001)).refused(http.StatusUnprocessableEntity, "request.invalid")
		a.one.post(car+"/approval", pays("liability", nil, 980_000)).want(http.StatusOK)
		c.proved()
	})
}

func TestHealthDataAreReadByClaimsOfficersAlone(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		a := c.accidents()
		claim := "/claims/" + a.v.reports(accident("2026-07-14T14:30:00+09:00", []string{"hospital_day"}, "health_text", "손목이 부러졌습니다.", "health_consent", true,
			"health_consent_version", "2026-05")).want(http.StatusCreated).text("id")
		paper := a.v.hands(claim, "claim_health", "diagnosis")
		plain := a.v.hands(claim, "claim", "bank_book")

		for _, path := range []string{claim + "/health", claim + "/documents/" + paper, claim + "/documents/" + plain} {
			c.head().get(path).refused(http.StatusForbidden, "auth.forbidden")
			for _, who := range []*client{c.officer(), c.analyst(), c.otherHead(), c.administrator(), c.volunteer("이웃")} {
				who.get(path).refused(http.StatusNotFound, "claim.not_found")
			}
		}
		for _, who := range []*client{c.head(), c.officer(), c.analyst(), a.one, a.v} {
			who.get("/documents/"+paper).refused(http.StatusNotFound, "document.not_found") // only through the claim
		}
		c.officer().get("/documents/"+plain).refused(http.StatusNotFound, "document.not_found")
		if words := a.v.get(claim + "/health").want(http.StatusOK); words.text("text") != "손목이 부러졌습니다." {
			t.Error(string(words.Body))
		}
		if read := a.one.get(claim + "/health").want(http.StatusOK); read.text("text") != "손목이 부러졌습니다." || read.Header.Get("Cache-Control") != "no-store" {
			t.Error(string(read.Body))
		}
		if got := a.one.get(claim + "/documents/" + paper).want(http.StatusOK); string(got.Body) != aPDF {
			t.Error(string(got.Body))
		}
		var seen []string
		log := a.v.get("/me/access-log").want(http.StatusOK)
		for i := range log.count("items") {
			if code := log.text(fmt.Sprintf("items.%d.what.code", i)); strings.HasPrefix(code, "claim.") {
				seen = append(seen, code+" "+log.text(fmt.Sprintf("items.%d.who.0.role", i)))
			}
		}
		if !slices.Equal(seen, []string{"claim.health_read claims_officer", "claim.health_read claims_officer"}) {
			t.Error(seen)
		}

		// He takes it back: he himself still reads it, nobody else.
		a.v.post(claim+"/health-consents", map[string]any{"granted": false, "version": "2026-05"}).want(http.StatusOK)
		a.one.get(claim+"/health").refused(http.StatusForbidden, "claim.health_consent_missing")
		a.one.get(claim+"/documents/"+paper).refused(http.StatusForbidden, "claim.health_consent_missing")
		a.one.get(claim + "/documents/" + plain).want(http.StatusOK)
		a.v.get(claim + "/documents/" + paper).want(http.StatusOK)
		if whole := a.one.get(claim).want(http.StatusOK); whole.value("details.health_consent") != false || whole.count("details.consents") != 2 {
			t.Error(string(whole.Body))
		}
		if list := a.one.get("/claims?state=documents").want(http.StatusOK); list.count("items") != 1 || list.text("items.0.volunteer_name") != "홍*동" {
			t.Error(string(list.Body))
		}
		c.proved()
	})
}

// Other systems are told where a claim stands, step by step, and nothing of the accident or of anybody's health.
func TestOtherSystemsAreToldOfClaims(t *testing.T) {
	eachCity(t, func(c *city) {
		a := c.accidents()
		c.subscribed("https://hooks.example.kr/dure", "topics", []string{"claim.moved"}, "organiser_id", c.Camp)
		claim := "/claims/" + a.v.reports(accident("2026-07-14T16:30:00+09:00", []string{"hospital_day"}, "attendance_id", a.presence, "health_text", "손목이 부러졌습니다.",
			"health_consent", true, "health_consent_version", "1")).want(http.StatusCreated).text("id")
		a.v.hands(claim, "claim_health", "diagnosis")
		a.v.hands(claim, "claim", "bank_book")
		a.one.post(claim+"/filing", nil).want(http.StatusOK)
		a.one.post(claim+"/approval", pays("hospital_day", 1, 1000)).want(http.StatusOK)
		a.one.post(claim+"/payment", nil).refused(http.StatusForbidden, "duty.conflict_of_interest")
		a.two.post(claim+"/payment", nil).want(http.StatusOK)
		for number, state := range []string{"reported", "documents", "filed", "approved", "paid"} {
			var data string
			c.scan(&data, `SELECT data FROM webhook_deliveries WHERE topic = 'claim.moved' AND data LIKE ?`, `%"`+state+`"%`)
			want := fmt.Sprintf(`{"claim_id":%q,"organiser_id":%q,"state":%q,"step":%d,"volunteer_id":%q}`, strings.TrimPrefix(claim, "/claims/"), c.Camp, state, number+1, a.v.Volunteer)
			if data != want {
				c.t.Errorf("%s instead of %s", data, want)
			}
		}
	})
}

func TestTheInsurerGetsAFileOfClaims(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		a := c.accidents()
		claim := "/claims/" + a.v.reports(accident("2026-07-14T16:30:00+09:00", []string{"hospital_day"}, "place", "=HYPERLINK(1)")).want(http.StatusCreated).text("id")
		a.v.reports(accident("2026-07-14T16:31:00+09:00", []string{"liability"})).want(http.StatusCreated) // not filed
		a.one.post(claim+"/filing", map[string]any{"reason": "서류는 뒤에"}).want(http.StatusOK)
		a.one.post(claim+"/approval", pays("hospital_day", 2, 120_000)).want(http.StatusOK)
		path := "/insurance-contracts/" + a.contract + "/claim-file"
		wanted := map[string]any{"from": "2026-07-14", "to": "2026-07-14", "reason": "청구 접수", "format": "csv"}
		file := a.one.post(path, wanted).want(http.StatusOK)
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Body, []byte("\ufeff")))).ReadAll()
		want := "[제2026-05-01호 " + strings.TrimPrefix(claim, "/claims/") + " 홍길동 1990-04-05 여 2026-07-14 16:30 '=HYPERLINK(1) 충장동 자원봉사캠프 입원일당 2 120000 지급 결정]"
		if err != nil || len(rows) != 2 || fmt.Sprint(rows[1]) != want {
			t.Errorf("%v\n%v\n%s", err, rows, want)
		}
		wanted["format"] = "xlsx"
		book, err := excelize.OpenReader(bytes.NewReader(a.one.post(path, wanted, "Accept-Language", "en").want(http.StatusOK).Body))
		if err != nil {
			t.Fatal(err)
		}
		if cells, err := book.GetRows(book.GetSheetName(0)); err != nil || len(cells) != 2 || cells[1][8] != "Hospital day" || cells[1][6] != "'=HYPERLINK(1)" {
			t.Error(cells, err)
		}
		delete(wanted, "reason")
		a.one.post(path, wanted).refused(http.StatusUnprocessableEntity, "request.invalid")
		c.officer().post(path, wanted).refused(http.StatusForbidden, "auth.forbidden")
		var kept struct{ Reason, Detail string }
		c.scan(&kept, `SELECT reason, detail FROM audit_events WHERE action = 'claim.file_made' ORDER BY id LIMIT 1`)
		if kept.Reason != "청구 접수" || kept.Detail != `{"from":"2026-07-14","to":"2026-07-14","format":"csv","rows":1}` {
			t.Error(kept)
		}
		var looks int
		if c.scan(&looks, `SELECT times FROM accesses WHERE action = 'claim.file_made' AND volunteer_id = ?`, a.v.Volunteer); looks != 2 {
			t.Error(looks)
		}
	})
}

// Of two who pay at once one does; of an approval and a withdrawal at once one counts; one accident is reported once.
func TestClaimsAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		a := c.accidents()
		three := c.volunteer("박청구").entrusted(auth.ClaimsOfficer, id.Nil)
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
		body := accident("2026-07-14T16:30:00+09:00", []string{"liability"})
		if got := atOnce(6, func(int) answer { return a.v.reports(body) }); got[0] != 201 || got[1] != 409 || got[5] != 409 {
			t.Fatal(got)
		}
		claim := "/claims/" + a.v.get("/me/claims").text("items.0.id")
		a.one.post(claim+"/filing", nil).want(http.StatusOK)
		withdrawn := atOnce(2, func(i int) answer {
			if i == 0 {
				return a.one.post(claim+"/approval", pays("liability", nil, 100_000))
			}
			return a.v.post(claim+"/withdrawal", nil)
		})
		if !slices.Equal(withdrawn, []int{200, 409}) {
			t.Fatal(withdrawn)
		}
		if a.v.get(claim).text("state") == "withdrawn" {
			claim = "/claims/" + a.v.reports(body).want(http.StatusCreated).text("id")
			a.one.post(claim+"/filing", nil).want(http.StatusOK)
			a.one.post(claim+"/approval", pays("liability", nil, 100_000)).want(http.StatusOK)
		}
		payers := []*client{a.two, three}
		if got := atOnce(8, func(i int) answer { return payers[i%2].post(claim+"/payment", nil) }); got[0] != 200 || got[1] != 409 || got[7] != 409 {
			t.Fatal(got)
		}
		var steps int
		if c.scan(&steps, `SELECT COUNT(*) FROM claim_steps WHERE state = 'paid'`); steps != 1 {
			t.Error(steps)
		}

		// Two claims of one day share a limit, however close they are decided.
		var both []string
		for _, at := range []string{"2026-07-14T14:00:00+09:00", "2026-07-14T14:01:00+09:00"} {
			one := "/claims/" + a.v.reports(accident(at, []string{"food_poisoning"})).want(http.StatusCreated).text("id")
			a.one.post(one+"/filing", map[string]any{"reason": "나중에 냄"}).want(http.StatusOK)
			both = append(both, one)
		}
		if got := atOnce(2, func(i int) answer { return payers[i].post(both[i]+"/approval", pays("food_poisoning", nil, 600_000)) }); !slices.Equal(got, []int{200, 422}) {
			t.Error(got)
		}
		c.proved()
	})
}
