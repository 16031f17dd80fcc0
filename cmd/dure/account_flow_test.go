package main

import (
	"context"
	"strings"
	"testing"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/role"
	rolestore "dure/repository/role"
)

// joining is a registration, changed by name, value pairs.
func joining(changes ...any) map[string]any {
	body := map[string]any{
		"login": "gildong@example.kr", "password": secret, "name": "홍길동", "birth_date": "1987-03-14", "sex": "male", "region_code": "1221052500",
		"consents": []map[string]any{{"purpose": "terms", "version": "1", "granted": true}, {"purpose": "privacy", "version": "1", "granted": true},
			{"purpose": "insurance", "version": "1", "granted": true}, {"purpose": "messages", "version": "1", "granted": false}},
	}
	for i := 0; i < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

func TestAVolunteerJoinsSignsInAndOut(t *testing.T) {
	eachCity(t, func(c *city) {
		p := c.stranger()
		joined := p.post("/auth/register", joining("login", " GilDong@Example.KR ")).want(201).golden("register")
		if joined.Header.Get("Cache-Control") != "no-store" {
			t.Error(joined.Header)
		}
		p.post("/auth/register", joining()).refused(409, "account.login_taken")
		p.post("/auth/register", joining("login", "x@example.kr", "consents", []any{})).refused(422, "volunteer.consent_missing")
		p.post("/auth/register", joining("login", "x@example.kr", "birth_date", "2015-01-01")).refused(422, "request.invalid")
		p.post("/auth/register", joining("login", "x@example.kr", "volunteer_number", "1")).refused(400, "request.member")

		login := p.post("/auth/login", map[string]any{"login": "gildong@example.kr", "password": secret}).want(200)
		if login.text("token_type") != "Bearer" || login.number("expires_in") != 600 || login.Header.Get("Cache-Control") != "no-store" {
			t.Error(string(login.Body))
		}
		p.Token = login.text("access_token")
		me := p.get("/me").want(200)
		if me.text("volunteer_number") != joined.text("account.volunteer_number") || me.Header.Get("ETag") != `"1"` {
			t.Error(string(me.Body), me.Header)
		}
		p.get("/me", "If-None-Match", `"1"`).want(200)
		p.patch("/me", map[string]any{"name": "홍판서"}).refused(428, "request.if_match")
		p.patch("/me", map[string]any{"name": "홍판서", "status": "active"}, "If-Match", `"1"`).refused(400, "request.member")
		changed := p.patch("/me", map[string]any{"name": "홍판서", "region_code": "1221054500", "mobile": "+82 10-1234-5678"}, "If-Match", `"1"`).want(200)
		if changed.text("name") != "홍판서" || changed.text("region.dong_name") != "동명동" || changed.text("mobile") != "01012345678" || changed.Header.Get("ETag") != `"2"` {
			t.Error(string(changed.Body))
		}
		p.patch("/me", map[string]any{"name": "x"}, "If-Match", `"1"`).refused(412, "request.changed")
		p.patch("/me", map[string]any{"consents": []map[string]any{{"purpose": "terms", "version": "1", "granted": false}}}, "If-Match", `"2"`).
			refused(409, "volunteer.consent_required")

		p.do("PUT", "/me/password", map[string]any{"current_password": "wrong", "new_password": "가을비 내리는 영산강"}).refused(422, "account.wrong_password")
		p.do("PUT", "/me/password", map[string]any{"current_password": secret, "new_password": "가을비 내리는 영산강"}).want(204)
		p.get("/me").want(200)
		other := client{t: t, c: c, Token: joined.text("access_token")}
		other.get("/me").refused(401, "auth.sign_in")
		other.post("/auth/refresh", map[string]any{"refresh_token": joined.text("refresh_token")}).refused(401, "account.refresh_refused")

		fresh := p.post("/auth/refresh", map[string]any{"refresh_token": login.text("refresh_token")}).want(200)
		p.Token = fresh.text("access_token")
		p.post("/auth/refresh", map[string]any{"refresh_token": p.Token}).refused(401, "account.refresh_refused")
		p.post("/auth/logout", nil).want(204)
		p.get("/me").refused(401, "auth.sign_in")
		p.post("/auth/refresh", map[string]any{"refresh_token": fresh.text("refresh_token")}).refused(401, "account.refresh_refused")
	})
}

func TestRefusedSignInsAreAlike(t *testing.T) {
	eachCity(t, func(c *city) {
		p := c.volunteer("홍길동")
		c.stranger().post("/auth/login", map[string]any{"login": p.Login, "password": secret}).want(200)
		same := ""
		for _, try := range []map[string]any{
			{"login": p.Login, "password": "wrong"}, {"login": "nobody@example.kr", "password": secret}, {"login": "not a login", "password": "x"},
			{"login": p.Login, "password": strings.Repeat("가", 5000)}, {"login": "", "password": ""}, {},
			{"login": p.Login, "password": ""}, {"login": p.Login, "password": "1"}, {"login": p.Login, "password": "2"},
			{"login": p.Login, "password": secret}, // right, but too late
		} {
			a := c.stranger().post("/auth/login", try).refused(401, "account.wrong_login")
			body := strings.ReplaceAll(string(a.Body), a.text("instance"), "")
			if same == "" {
				same = body
			}
			if body != same {
				t.Errorf("%s is not %s", body, same)
			}
		}
	})
}

func TestACampRegistersOnPaperAndThePersonClaims(t *testing.T) {
	eachCity(t, func(c *city) {
		path := "/camps/" + c.Camp.String() + "/volunteers"
		paper := joining("mobile", "010-1234-5678")
		delete(paper, "login")
		delete(paper, "password")
		entered := c.keeper().post(path, paper, "Idempotency-Key", "sheet-1").want(201).golden("volunteer_from_paper")
		again := c.keeper().post(path, paper, "Idempotency-Key", "sheet-1").want(201)
		person := entered.text("volunteer_id")
		if again.text("volunteer_id") != person || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Error(string(again.Body))
		}
		c.keeper().get(path + "?q=%EA%B8%B8%EB%8F%99").want(200).golden("camp_volunteers")
		c.keeper().get(path + "?q=" + strings.ReplaceAll(entered.text("volunteer_number"), "-", "")).want(200).golden("camp_volunteers")
		c.keeper().get(path + "?q=5678").want(200).golden("camp_volunteers")
		c.otherHead().get(path).refused(403, "auth.forbidden")
		c.analyst().get(path).refused(403, "auth.forbidden")
		c.keeper().get("/camps/"+id.New().String()+"/volunteers").refused(404, "camp.not_found")
		c.otherHead().post(path, paper).refused(403, "auth.forbidden")

		c.keeper().get("/volunteers/"+person).refused(404, "volunteer.not_found")
		c.officer().get("/volunteers/" + person).want(200).golden("volunteer_record")

		code := path + "/" + person + "/claim-code"
		c.otherHead().do("PUT", "/camps/"+c.OtherCamp.String()+"/volunteers/"+person+"/claim-code", nil).refused(404, "volunteer.not_found")
		handed := c.keeper().do("PUT", code, nil).want(200)
		claim := map[string]any{"volunteer_number": handed.text("volunteer_number"), "claim_code": strings.ToLower(handed.text("claim_code"))}
		c.stranger().post("/auth/register", joining("name", "김길동", "claim", claim)).refused(422, "account.claim_refused")
		claimed := c.stranger().post("/auth/register", joining("claim", claim)).want(201)
		if claimed.text("account.volunteer_id") != person || claimed.text("account.mobile") != "01012345678" || claimed.text("account.email") != "gildong@example.kr" {
			t.Error(string(claimed.Body))
		}
		c.keeper().do("PUT", code, nil).refused(409, "volunteer.claimed")
	})
}

func TestAChildWaitsForItsGuardian(t *testing.T) {
	eachCity(t, func(c *city) {
		guardian := map[string]any{"name": "홍판서", "mobile": "010-9999-8888", "relation": "부"}
		child := c.stranger().post("/auth/register", joining("birth_date", "2015-01-01", "guardian", guardian)).want(201)
		if child.text("account.status") != "pending_guardian" {
			t.Error(string(child.Body))
		}
		path := "/volunteers/" + child.text("account.volunteer_id") + "/guardian-consents"
		c.head().post(path, map[string]any{"method": "phone"}).refused(404, "volunteer.not_found")
		c.officer().post(path, map[string]any{"method": "hearsay"}).refused(422, "request.invalid")
		c.officer().post(path, map[string]any{"method": "phone", "confirmed_on": "2026-07-15", "note": "통화함"}).want(201).golden("guardian_confirmed")
		c.officer().post(path, map[string]any{"method": "phone"}).refused(409, "volunteer.not_pending")
		me := client{t: t, c: c, Token: child.text("access_token")}
		if a := me.get("/me").want(200); a.text("status") != "active" {
			t.Error(string(a.Body))
		}
	})
}

func TestRolesWorkAtOnce(t *testing.T) {
	eachCity(t, func(c *city) {
		p := c.volunteer("김지기")
		people := "/camps/" + c.Camp.String() + "/volunteers"
		p.get(people).refused(403, "auth.forbidden")
		body := map[string]any{"login": p.Login, "role": "camp_keeper", "scope_type": "camp", "scope_id": c.Camp, "until": "2027-12-31T00:00:00+09:00", "reason": "위촉"}
		p.post("/role-grants", body).refused(403, "auth.forbidden")
		c.otherHead().post("/role-grants", body).refused(403, "auth.forbidden")
		granted := c.head().post("/role-grants", body).want(201).golden("role_granted")
		c.head().post("/role-grants", body).refused(409, "role.held")
		if a := p.get("/me").want(200); a.text("roles.0.scope_id") != c.Camp.String() || a.text("roles.0.until") != "2027-12-30T15:00:00Z" {
			t.Error(string(a.Body))
		}
		p.get(people).want(200)
		if n := c.head().get("/role-grants").want(200).count("items"); n != 2 {
			t.Errorf("the head sees %d grants", n)
		}
		p.get("/role-grants").refused(403, "auth.forbidden")
		revocation := "/role-grants/" + granted.text("id") + "/revocation"
		p.post(revocation, map[string]any{"reason": "사임"}).refused(404, "role.not_found")
		c.head().post(revocation, map[string]any{"reason": "사임"}).want(200)
		c.head().post(revocation, map[string]any{"reason": "사임"}).refused(409, "role.revoked")
		p.get(people).refused(403, "auth.forbidden")
		if a := p.get("/me").want(200); a.count("roles") != 0 {
			t.Error(string(a.Body))
		}
		c.administrator().post("/role-grants", map[string]any{"account_id": c.administrator().Account, "role": "analyst", "scope_type": "city", "reason": "x"}).
			refused(403, "duty.conflict_of_interest")
		c.administrator().get("/role-grants?state=all&role=camp_keeper&limit=1").want(200)
	})
}

func TestAnAdministratorIsNoVolunteer(t *testing.T) {
	eachCity(t, func(c *city) {
		s := role.NewService(rolestore.NewStore(c.db), c.clock, func(id.ID) {})
		hasher := account.NewHasher(account.Cost{Memory: 64, Time: 1, Threads: 1}, 1)
		if _, err := s.CreateAdministrator(context.Background(), hasher, "admin@example.kr", secret); err != nil {
			t.Fatal(err)
		}
		p := c.stranger()
		p.Token = p.post("/auth/login", map[string]any{"login": "admin@example.kr", "password": secret}).want(200).text("access_token")
		me := p.get("/me").want(200).golden("me_administrator")
		if me.text("roles.0.role") != string(auth.Administrator) {
			t.Error(string(me.Body))
		}
		p.patch("/me", map[string]any{"name": "관리자"}, "If-Match", "*").refused(409, "volunteer.no_person")
	})
}
