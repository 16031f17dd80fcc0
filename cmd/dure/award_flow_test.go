package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// scale sets badges for so many minutes, from today on.
func (c *city) scale(code string, minutes ...int) answer {
	c.t.Helper()
	var thresholds []any
	for _, m := range minutes {
		thresholds = append(thresholds, map[string]any{"code": fmt.Sprint("m", m), "minutes": m, "name_ko": fmt.Sprint(m, "분"), "name_en": fmt.Sprint(m, " minutes")})
	}
	return c.officer().post("/award-scales", map[string]any{"code": code, "name_ko": "영예인증", "name_en": "honour certification",
		"effective_from": c.clock.Day(c.clock.Now()), "owner": "city", "reference": "광주광역시 영예인증제", "thresholds": thresholds}).want(http.StatusCreated)
}

// badges are the codes of those that a person holds.
func (p *client) badges() (codes []string) {
	p.t.Helper()
	wall := p.get("/me/awards").want(http.StatusOK)
	for i := range wall.count("held") {
		codes = append(codes, wall.text(fmt.Sprintf("held.%d.code", i)))
	}
	slices.Sort(codes)
	return codes
}

// Four hours less a minute, exactly four, reversed, and four again.
func TestABadgeIsEarnedLostAndEarnedAgain(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		dbtest.Trust(t, c.db) // a minute is unusual
		c.scale("gwangju-honour", 240, 480)
		v := c.volunteer("홍길동")
		first := c.confirmed(v, "13:00", "16:59")
		wall := v.get("/me/awards").want(http.StatusOK)
		if wall.count("held")+wall.count("revoked") != 0 || wall.number("next.0.missing_minutes") != 1 || wall.text("next.0.code") != "m240" {
			t.Fatalf("%s", wall.Body)
		}
		head, keeper := c.head(), c.keeper()
		camp := "/camps/" + c.Camp.String()
		evening := c.session(head, c.programme(head, "camp", c.Camp, "야간 순찰"), "2026-07-14T18:00", "2026-07-14T22:00", 0)
		more := head.recorded(camp, presenceOf("e1", v, evening, "2026-07-14T18:00", "2026-07-14T18:01"))
		keeper.verify(camp, more).wantAll("status", "verified")
		if held := v.badges(); !slices.Equal(held, []string{"m240"}) {
			t.Fatal(held)
		}
		if held := v.badges(); !slices.Equal(held, []string{"m240"}) { // a look changes nothing
			t.Fatal(held)
		}

		c.later(60e9)
		change := head.post("/attendances/"+more+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated).text("id")
		keeper.post("/attendances/"+more+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		c.proved() // no review has seen it yet
		wall = v.get("/me/awards").want(http.StatusOK)
		entry := v.get("/me/hours/entries").text("items.0.id")
		if wall.count("held") != 0 || wall.count("revoked") != 1 || wall.text("revoked.0.reason") != "hours_reversed" || wall.text("revoked.0.revoked_entry_id") != entry ||
			wall.number("revoked.0.entry_minutes") != -1 || wall.number("revoked.0.balance_minutes") != 239 || wall.text("revoked.0.entry_day") != "2026-07-14" {
			t.Fatalf("%s", wall.Body)
		}
		english := v.get("/me/awards", "Accept-Language", "en").text("revoked.0.reason_text")
		if korean := wall.text("revoked.0.reason_text"); korean == english || !strings.Contains(english, "reversed") {
			t.Error(korean, english)
		}
		v.get("/me/hours/entries/" + entry).want(http.StatusOK)

		again := head.recorded(camp, presenceOf("e2", v, evening, "2026-07-14T19:00", "2026-07-14T19:01"))
		keeper.verify(camp, again).wantAll("status", "verified")
		c.later(60e9)
		if r, err := awards(c.dependencies).ReviewAll(t.Context()); err != nil || r.Issued != 1 || r.Revoked != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		v.get("/me/awards").want(http.StatusOK).golden("awards")

		// A correction takes it, too; the job finds it.
		times := map[string]any{"checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T16:00:00+09:00", "reason": "일찍 갔습니다."}
		change = head.post("/attendances/"+first+"/corrections", times).want(http.StatusCreated).text("id")
		keeper.post("/attendances/"+first+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		if r, err := awards(c.dependencies).ReviewAll(t.Context()); err != nil || r.Issued != 0 || r.Revoked != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		if why := v.get("/me/awards").text("revoked.0.reason"); why != "hours_corrected" {
			t.Error(why)
		}
		c.proved()
	})
}

func TestScalesThatAreRefused(t *testing.T) {
	eachCity(t, func(c *city) {
		good := func(changes ...any) map[string]any {
			body := map[string]any{"code": "vms", "name_ko": "인증", "name_en": "badges", "effective_from": "2026-07-15", "owner": "welfare",
				"reference": "지침", "thresholds": []any{map[string]any{"code": "green", "minutes": 12000, "name_ko": "그린", "name_en": "green"}}}
			for i := 0; i+1 < len(changes); i += 2 {
				body[changes[i].(string)] = changes[i+1]
			}
			return body
		}
		c.volunteer("홍길동").post("/award-scales", good()).refused(403, "auth.forbidden")
		for _, x := range []struct {
			changes []any
			path    string
		}{
			{[]any{"code", "Grün"}, "code"}, {[]any{"name_ko", ""}, "name_ko"}, {[]any{"region_code", dbtest.Dong}, "region_code"},
			{[]any{"effective_from", "2026-07-14"}, "effective_from"}, {[]any{"owner", "me"}, "owner"}, {[]any{"thresholds", []any{}}, "thresholds"},
			{[]any{"recent_visits", -1}, "recent_visits"},
			{[]any{"thresholds", []any{map[string]any{"code": "a", "minutes": 0, "name_ko": "가", "name_en": "a"}}}, "thresholds[0].minutes"},
			{[]any{"thresholds", []any{map[string]any{"code": "a", "minutes": 1, "name_ko": "가", "name_en": "a"},
				map[string]any{"code": "a", "minutes": 2, "name_ko": "가", "name_en": "a"}}}, "thresholds[1].code"},
		} {
			if a := c.officer().post("/award-scales", good(x.changes...)).refused(422, "request.invalid"); a.text("errors.0.path") != x.path || a.count("errors") != 1 {
				c.t.Errorf("%v: %s", x.changes, a.Body)
			}
		}
		first := c.officer().post("/award-scales", good(), "Idempotency-Key", "k").want(http.StatusCreated)
		if again := c.officer().post("/award-scales", good(), "Idempotency-Key", "k").want(http.StatusCreated); again.text("id") != first.text("id") {
			c.t.Errorf("%s", again.Body)
		}
		second := c.officer().post("/award-scales", good("region_code", dbtest.Gu, "recent_visits", 12, "recent_minutes", 1440)).want(http.StatusCreated)
		list := c.volunteer("홍길동").get("/award-scales?limit=1").want(http.StatusOK)
		if second.number("version") != 2 || list.text("items.0.id") != second.text("id") || list.text("next") == "" {
			c.t.Errorf("%s", list.Body)
		}
	})
}

func item(code, name string) map[string]any {
	return map[string]any{"code": code, "name_ko": name, "name_en": code}
}

// round is the body of a round that is open from today to the end of August and verified in the first half of October.
func (c *city) round(changes ...any) map[string]any {
	body := map[string]any{"name": "대한민국 자원봉사대상", "year": 2026, "opens_on": "2026-07-15", "closes_on": "2026-08-31", "verified_from": "2026-10-01",
		"verified_to": "2026-10-14", "reference": "추천 공고", "categories": []any{item("individual", "개인")},
		"grades":    []any{item("order", "훈장"), item("commendation", "장관 표창")},
		"questions": []any{item("criminal-record", "범죄경력 없음"), item("awarded-before", "최근 2년 안에 같은 포상 없음")}}
	for i := 0; i+1 < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

func nominating(p *client, name string) map[string]any {
	return map[string]any{"category_code": "individual", "volunteer_number": p.Number, "name": name, "achievements": "12년 동안 매주 급식을 도왔습니다."}
}

// nominated is the path of a nomination by one of another, in a round of that name.
func (c *city) nominated(round string, by, of *client, name string) string {
	c.t.Helper()
	path := "/award-rounds/" + c.officer().post("/award-rounds", c.round("name", round)).want(http.StatusCreated).text("id")
	return "/nominations/" + by.post(path+"/nominations", nominating(of, name)).want(http.StatusCreated).text("id")
}

// supported has five others support a nomination.
func (c *city) supported(nomination string) {
	c.t.Helper()
	for i := range 5 {
		c.volunteer(fmt.Sprint("동의자", i)).post(nomination+"/supports", nil).want(http.StatusOK)
	}
}

func found(question string, passed bool) map[string]any {
	return map[string]any{"question_code": question, "passed": passed, "checked_on": "2026-07-15"}
}

var (
	proposal  = map[string]any{"outcome": "awarded", "grade_code": "commendation", "reason": "공적이 뚜렷합니다."}
	agreement = map[string]any{"decision": "confirmed", "reason": "심사위원회 의결"}
)

func TestANominationFromItsBeginningToTheHallOfFame(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		nominee, nominator, officer, second := c.volunteer("홍길동"), c.volunteer("김추천"), c.officer(), c.second()
		path := "/award-rounds/" + officer.post("/award-rounds", c.round()).want(http.StatusCreated).text("id")
		officer.post("/award-rounds", c.round()).refused(409, "award.round_exists")
		proof := nominator.handIn("nomination", "공적조서.pdf", aPDF).want(http.StatusCreated).text("id")
		body := nominating(nominee, "홍길동")
		body["document_ids"] = []string{officer.handIn("nomination", "남의 것.pdf", aPDF).want(http.StatusCreated).text("id")}
		nominator.post(path+"/nominations", body).refused(404, "document.not_found")
		body["document_ids"] = []string{proof}
		told := nominator.post(path+"/nominations", body, "Idempotency-Key", "n1").want(http.StatusCreated)
		nomination := "/nominations/" + told.text("id")
		if again := nominator.post(path+"/nominations", body, "Idempotency-Key", "n1").want(http.StatusCreated); again.text("id") != told.text("id") {
			t.Fatalf("%s", again.Body)
		}
		nominator.post(path+"/nominations", body).refused(409, "award.nominated_already")
		officer.get("/documents/" + proof).want(http.StatusOK)
		nominee.get("/documents/"+proof).refused(404, "document.not_found")

		// Everybody with the id sees what he would support, and no more.
		stranger := c.volunteer("지나가는이").get(nomination).want(http.StatusOK)
		if stranger.text("nominee_name") != "홍*동" || stranger.text("achievements") == "" || stranger.count("steps")+stranger.count("documents") != 0 {
			t.Fatalf("%s", stranger.Body)
		}
		officer.post(nomination+"/proposal", proposal).refused(409, "award.state")
		c.volunteer("동의자0").post(nomination+"/supports", nil).want(http.StatusOK)
		c.volunteer("동의자0").post(nomination+"/supports", nil).refused(409, "award.supported_already")
		for i := 1; i < 5; i++ {
			want := map[bool]string{true: "submitted", false: "open"}[i == 4]
			if a := c.volunteer(fmt.Sprint("동의자", i)).post(nomination+"/supports", nil).want(http.StatusOK); a.text("state") != want || a.number("supports") != i+1 {
				t.Fatalf("%s", a.Body)
			}
		}
		c.volunteer("동의자5").post(nomination+"/supports", nil).refused(409, "award.state")
		c.volunteer("지나가는이").get(nomination).refused(404, "award.nomination_not_found")

		officer.post(nomination+"/proposal", proposal).refused(409, "award.consent_missing")
		mine := "/me" + nomination + "/consent"
		nominator.post(mine, map[string]any{"granted": true}).refused(404, "award.nomination_not_found")
		nominee.post(mine, map[string]any{"granted": false, "published": true}).refused(422, "request.invalid")
		nominee.post(mine, map[string]any{"granted": true}).want(http.StatusOK)
		officer.post(nomination+"/proposal", proposal).refused(409, "award.checks_missing")
		officer.post(nomination+"/findings", found("hair-colour", true)).refused(422, "request.invalid")
		officer.post(nomination+"/findings", found("criminal-record", false)).want(http.StatusCreated)
		officer.post(nomination+"/findings", found("awarded-before", true)).want(http.StatusCreated)
		officer.post(nomination+"/proposal", proposal).refused(409, "award.excluded")
		officer.post(nomination+"/findings", found("criminal-record", true)).want(http.StatusCreated)
		officer.post(nomination+"/proposal", map[string]any{"outcome": "awarded", "grade_code": "medal", "reason": "."}).refused(422, "request.invalid")
		officer.post(nomination+"/proposal", proposal).want(http.StatusOK)
		officer.post(nomination+"/decision", agreement).refused(403, "duty.conflict_of_interest")
		second.post(nomination+"/decision", agreement).refused(409, "award.verification_going_on")
		if a := nominee.get(nomination).want(http.StatusOK); a.text("state") != "submitted" || a.value("outcome") != nil || a.count("findings") != 0 {
			t.Errorf("told before its time: %s", a.Body)
		}
		second.post(nomination+"/decision", map[string]any{"decision": "refused", "reason": "훈격을 다시"}).want(http.StatusOK)
		proposal := map[string]any{"outcome": "awarded", "grade_code": "order", "reason": "뚜렷합니다."}
		second.post(nomination+"/proposal", proposal).want(http.StatusOK)
		nominator.post(nomination+"/withdrawal", map[string]any{"reason": "까닭"}).refused(409, "award.state")
		if n := c.root("/api/v1/honours").want(http.StatusOK).count("items"); n != 0 {
			t.Error(n)
		}
		c.on("2026-10-14T23:59:00+09:00")
		officer.post(nomination+"/decision", agreement).refused(409, "award.verification_going_on")
		c.on("2026-10-15T00:00:00+09:00")
		if a := officer.post(nomination+"/decision", agreement).want(http.StatusOK); a.text("state") != "awarded" || a.text("grade_code") != "order" {
			t.Fatalf("%s", a.Body)
		}
		second.post(nomination+"/decision", agreement).refused(403, "duty.conflict_of_interest")

		hall := c.root("/api/v1/honours?round=" + told.text("round_id")).want(http.StatusOK)
		if hall.text("items.0.name") != "홍*동" || hall.text("items.0.decided_on") != "2026-10-15" || hall.text("items.0.grade_ko") != "훈장" {
			t.Fatalf("%s", hall.Body)
		}
		nominee.post(mine, map[string]any{"granted": false}).refused(409, "award.state")
		nominee.post(mine, map[string]any{"granted": true, "published": true}).want(http.StatusOK)
		if hall := c.root("/api/v1/honours").want(http.StatusOK); hall.text("items.0.name") != "홍길동" {
			t.Fatalf("%s", hall.Body)
		}
		nominee.post(mine, map[string]any{"granted": true, "published": false}).want(http.StatusOK)
		c.root("/api/v1/honours").want(http.StatusOK).golden("honours")
		if n := c.root("/api/v1/honours?round=" + id.New().String()).want(http.StatusOK).count("items"); n != 0 {
			t.Error(n)
		}
		officer.get(nomination).want(http.StatusOK).golden("nomination")
		if a := nominator.get("/me/nominations").want(http.StatusOK); a.count("items") != 1 || a.value("items.0.about_me") != false {
			t.Errorf("%s", a.Body)
		}
		if a := nominee.get("/me/nominations").want(http.StatusOK); a.count("items") != 1 || a.value("items.0.about_me") != true {
			t.Errorf("%s", a.Body)
		}
		if a := officer.get(path + "/nominations?state=awarded").want(http.StatusOK); a.count("items") != 1 || a.text("items.0.nominee_name") != "홍*동" {
			t.Errorf("%s", a.Body)
		}
		var looks int
		if c.scan(&looks, `SELECT COUNT(*) FROM accesses WHERE action = 'award.nominations_listed'`); looks != 2 {
			t.Error(looks, "looks")
		}
		officer.get("/award-rounds/"+id.New().String()+"/nominations").refused(404, "award.round_not_found")
		c.proved()
	})
}

func TestWhoHasAPartNeitherSupportsNorDecides(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		nominee, nominator := c.volunteer("홍길동").entrusted(auth.CentreOfficer, id.Nil), c.volunteer("김추천").entrusted(auth.CentreOfficer, id.Nil)
		wife, hers := c.volunteer("아내").entrusted(auth.CentreOfficer, id.Nil), c.volunteer("추천인 아내").entrusted(auth.CentreOfficer, id.Nil)
		wife.livesWith(nominee.Number, "홍길동")
		hers.livesWith(nominator.Number, "김추천")
		path := "/award-rounds/" + c.officer().post("/award-rounds", c.round()).want(http.StatusCreated).text("id")
		conflict := func(a answer, which string) {
			t.Helper()
			if a.refused(403, "duty.conflict_of_interest"); a.text("case") != which {
				t.Errorf("%s", a.Body)
			}
		}
		conflict(nominee.post(path+"/nominations", nominating(nominee, "홍길동")), duty.Self)
		conflict(wife.post(path+"/nominations", nominating(nominee, "홍길동")), duty.Household)
		nominator.post(path+"/nominations", nominating(nominee, "홍길순")).refused(422, "award.nominee_unknown")
		nomination := "/nominations/" + nominator.post(path+"/nominations", nominating(nominee, "홍길동")).want(http.StatusCreated).text("id")
		conflict(nominee.post(nomination+"/supports", nil), duty.Self)
		conflict(wife.post(nomination+"/supports", nil), duty.Household)
		conflict(nominator.post(nomination+"/supports", nil), duty.Nominated)
		c.volunteer("동의자0").entrusted(auth.CentreOfficer, id.Nil)
		c.supported(nomination)
		for who, which := range map[*client]string{nominee: duty.Self, wife: duty.Household, nominator: duty.Nominated, hers: duty.Household, c.volunteer("동의자0"): duty.Supported} {
			conflict(who.post(nomination+"/findings", found("criminal-record", true)), which)
			conflict(who.post(nomination+"/proposal", proposal), which)
			conflict(who.post(nomination+"/decision", agreement), which)
		}
		c.volunteer("이웃").post(nomination+"/proposal", proposal).refused(403, "auth.forbidden")
		// What should not be honoured takes two as well; nobody has to consent to that.
		c.officer().post(nomination+"/proposal", map[string]any{"outcome": "declined", "reason": "공적이 모자랍니다."}).want(http.StatusOK)
		near := c.volunteer("담당자 아내").entrusted(auth.CentreOfficer, id.Nil)
		near.livesWith(c.officer().Number, fmt.Sprintf("%s of %s", auth.CentreOfficer, id.Nil))
		conflict(near.post(nomination+"/decision", agreement), duty.Household)
		c.on("2026-10-15T09:00:00+09:00")
		if a := c.second().post(nomination+"/decision", agreement).want(http.StatusOK); a.text("state") != "declined" {
			t.Errorf("%s", a.Body)
		}
		if n := c.root("/api/v1/honours").want(http.StatusOK).count("items"); n != 0 {
			t.Error(n)
		}
		c.proved()
	})
}

func TestNominationsHaveTheirTime(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		v, by := c.volunteer("홍길동"), c.volunteer("김추천")
		for _, x := range [][]any{{"closes_on", "2026-07-14"}, {"verified_from", "2026-08-31"}, {"verified_to", "2026-09-30"}, {"year", 2030}, {"categories", []any{}},
			{"grades", []any{item("a", "가"), item("a", "나")}}, {"name", ""}} {
			c.officer().post("/award-rounds", c.round(x...)).refused(422, "request.invalid")
		}
		by.post("/award-rounds", c.round()).refused(403, "auth.forbidden")
		path := "/award-rounds/" + c.officer().post("/award-rounds", c.round("opens_on", "2026-07-16")).want(http.StatusCreated).text("id")
		by.post(path+"/nominations", nominating(v, "홍길동")).refused(409, "award.round_closed")
		c.on("2026-08-31T23:59:00+09:00")
		nomination := "/nominations/" + by.post(path+"/nominations", nominating(v, "홍길동")).want(http.StatusCreated).text("id")
		supporter := c.volunteer("동의자0")
		c.on("2026-09-01T00:00:00+09:00")
		supporter.post(nomination+"/supports", nil).refused(409, "award.round_closed")
		v.post(nomination+"/withdrawal", map[string]any{"reason": "까닭"}).refused(403, "auth.forbidden")
		by.post(nomination+"/withdrawal", map[string]any{"reason": ""}).refused(422, "request.invalid")
		by.post(nomination+"/withdrawal", map[string]any{"reason": "까닭"}).want(http.StatusOK)
		v.post("/me"+nomination+"/consent", map[string]any{"granted": true}).refused(409, "award.state")
		if a := by.get("/award-rounds").want(http.StatusOK); a.count("items") != 1 || a.count("items.0.questions") != 2 {
			t.Errorf("%s", a.Body)
		}
		c.proved()
	})
}
