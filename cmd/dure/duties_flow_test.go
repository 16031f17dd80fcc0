package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/api"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// entrusted gives a person a role behind the program's back.
func (p *client) entrusted(role auth.Role, scope id.ID) *client {
	p.t.Helper()
	kind, _ := auth.ScopeOf(role)
	p.c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, 'test')`,
		id.New(), p.Account, role, kind, scope, p.c.clock.Now())
	return p
}

// livesWith declares a household; the other one is asked nothing.
func (p *client) livesWith(number, name string) string {
	p.t.Helper()
	return p.post("/me/household", map[string]any{"volunteer_number": number, "name": name}).want(http.StatusOK).text("household_id")
}

// verdict is a decision that somebody near to the matter must not make.
type verdict struct {
	path  string
	body  any
	near  string // the case for his household, where that is not it
	self  string // the case for him whose matter it is himself; empty where it is his right, or he cannot ask
	items bool   // the answer tells of each item
}

// Every route that writes stands here: as a decision on somebody's matter, which is refused to who is near to it, or as
// none, with the reason why.
func TestNobodyDecidesOnWhatIsHisOwnOrHisHouseholds(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, keeper := c.head(), c.keeper()
		kin, near := c.volunteer("박서방"), c.volunteer("김아내").entrusted(auth.CentreOfficer, id.Nil)
		household := near.livesWith(kin.Number, "박서방")
		kin.entrusted(auth.CentreOfficer, id.Nil)
		camp := "/camps/" + c.Camp.String()
		reason := map[string]any{"reason": "까닭"}

		// What he has asked for.
		organisation := func(name string) string {
			return "/demand-sites/" + kin.post("/demand-sites", map[string]any{"name": name, "kind": "welfare", "region_code": dbtest.Dong,
				"address": "지호로 1", "phone": "062-608-2114"}).want(http.StatusCreated).text("id")
		}
		applied, approved := organisation("새 복지관"), organisation("복지관")
		c.officer().post(approved+"/approval", nil).want(http.StatusOK)
		written := "/activities/" + kin.post("/activities", c.listing()).want(http.StatusCreated).text("id")
		head.post(written+"/submission", nil).want(http.StatusOK)
		submitted := "/activities/" + head.post("/activities", c.listing("title", "남이 쓴 일감")).want(http.StatusCreated).text("id")
		kin.post(submitted+"/submission", nil).want(http.StatusOK)

		// Where he was, and wants to be.
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift := c.session(head, activity, "2026-07-14T09:00", "2026-07-14T17:00", 0)
		coming := c.session(head, activity, "2026-07-20T13:00", "2026-07-20T17:00", 0)
		signUp := kin.post("/shifts/"+coming+"/sign-ups", nil).want(http.StatusCreated).text("id")
		pending := head.recorded(camp, presenceOf("1", kin, shift, "2026-07-14T09:00", "2026-07-14T10:00"))
		corrected := head.recorded(camp, presenceOf("2", kin, shift, "2026-07-14T11:00", "2026-07-14T12:00"))
		reversed := head.recorded(camp, presenceOf("3", kin, shift, "2026-07-14T13:00", "2026-07-14T14:00"))
		keeper.verify(camp, corrected, reversed).wantAll("status", "verified", "verified")
		times := map[string]any{"checked_in_at": "2026-07-14T11:00:00+09:00", "checked_out_at": "2026-07-14T12:30:00+09:00", "reason": "더 있었습니다."}
		correction := "/attendances/" + corrected + "/changes/" + head.post("/attendances/"+corrected+"/corrections", times).want(http.StatusCreated).text("id")
		reversal := "/attendances/" + reversed + "/changes/" + head.post("/attendances/"+reversed+"/reversals", reason).want(http.StatusCreated).text("id")
		claimed := "/incentive-claims/" + kin.post("/me/incentives/"+c.incentiveWith("card-1365", "approval", "officer")+"/claims", nil).want(http.StatusCreated).text("id")
		site, manager := c.welfareCentre("동구복지관")
		house := "/demand-sites/" + site.String()
		bath := c.session(manager, c.programme(manager, "demand_site", site, "목욕 봉사"), "2026-07-14T15:00", "2026-07-14T17:00", 0)
		atSite := manager.recorded(house, presenceOf("4", kin, bath, "2026-07-14T15:00", "2026-07-14T16:00"))

		// What he objects to.
		opened := "/disputes/" + kin.disputing("attendance_id", corrected, "11:00", "12:30").want(http.StatusCreated).text("id")
		answered := "/disputes/" + kin.disputing("attendance_id", reversed, "13:00", "14:30").want(http.StatusCreated).text("id")
		head.post(answered+"/answer", map[string]any{"text": "까닭"}).want(http.StatusOK)

		// What he holds, and who lives with him.
		granted := c.officer().post("/role-grants", map[string]any{"account_id": kin.Account, "role": "camp_keeper", "scope_type": "camp",
			"scope_id": c.OtherCamp, "reason": "위촉"}).want(http.StatusCreated).text("id")
		entered := func(changes ...any) (person, number string) {
			body := joining(changes...)
			delete(body, "login")
			delete(body, "password")
			a := head.post(camp+"/volunteers", body).want(http.StatusCreated)
			return a.text("volunteer_id"), a.text("volunteer_number")
		}
		mother, number := entered("name", "최할머니", "birth_date", "1947-03-14")
		near.livesWith(number, "최할머니")
		child, number := entered("name", "박아이", "birth_date", "2015-01-01", "guardian", map[string]any{"name": "박서방", "mobile": "010-9999-8888", "relation": "부"})
		near.livesWith(number, "박아이")
		kin.patch("/me", map[string]any{"mobile": "010-9999-8888"}, "If-Match", "*").want(http.StatusOK)

		short := c.session(manager, c.programme(manager, "demand_site", site, "말벗 봉사"), "2026-07-13T15:00", "2026-07-13T16:00", 0)
		manager.recorded(house, presenceOf("5", kin, short, "2026-07-13T10:00", "2026-07-13T16:00"))
		anomaly := c.officer().get("/anomalies").want(http.StatusOK).text("items.0.id")
		held := func(decision string) any {
			return map[string]any{"anomaly_ids": []string{anomaly}, "decision": decision, "reason": "까닭"}
		}
		c.linked(kin)
		transfer := "/transfers/" + c.officer().imports("vms", "duties", columns, "P1,"+kin.Number+",박서방,청소,동구청,2026-07-10,09:00,10:00,,0801,").
			want(http.StatusOK).text("transfer_id")
		certificate := "/certificates/" + kin.post("/me/certificates", july()).want(http.StatusCreated).text("number")

		// What he is nominated for, waiting for checks, for a proposal, and for a decision.
		waits, proposed := c.nominated("자원봉사대상", c.volunteer("추천인"), kin, "박서방"), c.nominated("지역 표창", c.volunteer("추천인"), kin, "박서방")
		c.supported(waits)
		c.supported(proposed)
		open := c.nominated("구 표창", c.volunteer("추천인"), kin, "박서방")
		rounds := "/award-rounds/" + c.officer().post("/award-rounds", c.round("name", "시장 표창")).want(http.StatusCreated).text("id") + "/nominations"
		c.officer().post(proposed+"/proposal", map[string]any{"outcome": "declined", "reason": "까닭"}).want(http.StatusOK)

		shop := func(number string) string {
			return "/merchants/" + kin.post("/merchants", noodles("business_number", number)).want(http.StatusCreated).text("id")
		}
		shopApplied, shopOpen := shop("124-81-00998"), shop("120-81-47521")
		c.officer().post(shopOpen+"/approval", nil).want(http.StatusOK)
		counter := strings.TrimPrefix(shopOpen, "/merchants/")
		counterID, err := id.Parse(counter)
		if err != nil {
			t.Fatal(err)
		}
		near.entrusted(auth.MerchantManager, counterID)
		cashier := c.with(auth.MerchantManager, counterID)
		spent := shopOpen + "/redemptions/" + cashier.redeem(kin.draw(c.given(kin, nil)), counter, "k").want(http.StatusCreated).text("id") + "/cancellation"
		showing := "/vouchers/" + kin.draw(c.given(kin, nil)) + "/redemptions"

		// What happened to him, while he and his wife handle claims.
		near.entrusted(auth.ClaimsOfficer, id.Nil)
		kin.entrusted(auth.ClaimsOfficer, id.Nil)
		handler := c.with(auth.ClaimsOfficer, id.Nil)
		c.officer().post("/insurance-contracts", contractOf("2026-05-01", "2027-04-30")).want(http.StatusCreated)
		c.consents(kin)
		c.sql(`UPDATE activities SET decided_at = '2026-07-01 00:00:00.000000+00:00' WHERE decided_at IS NOT NULL`)
		reported := func(at string, steps ...string) string {
			path := "/claims/" + kin.reports(accident("2026-07-14T"+at+":00+09:00", []string{"hospital_day"})).want(http.StatusCreated).text("id")
			for _, step := range steps {
				body := any(reason)
				if step == "approval" {
					body = pays("hospital_day", 1, 1000)
				}
				handler.post(path+"/"+step, body).want(http.StatusOK)
			}
			return path
		}
		accidental, filed, paid, refused := reported("11:01"), reported("11:02", "filing"), reported("11:03", "filing", "approval"), reported("11:04", "refusal")

		// What he proposed to publish, and what his shop is owed of June as he prepared it.
		published := "/statistics/publications/" + kin.post("/statistics/publications", map[string]any{"year": 2025, "audience": "analyst", "reason": "까닭"}).
			want(http.StatusAccepted).text("id")
		statement, owed := id.New(), shopOpen+"/settlements/2026-06"
		c.sql(`INSERT INTO settlements (id, merchant_id, number, month, opening, redeemed, cancelled, paid, closing, carried, payable, lines, prepared_at, prepared_by,
			previous_hash, hash) VALUES (?, ?, 1, '2026-06-01', 0, 100, 0, 0, 100, 0, 100, 1, ?, ?, '', 'x')`, statement, counterID, c.clock.Now(), kin.Account)
		c.sql(`INSERT INTO settlement_steps (statement_id, number, state, happened_at, account_id, reason, reference) VALUES (?, 1, 'prepared', ?, ?, '', '')`,
			statement, c.clock.Now(), kin.Account)

		verdicts := map[string][]verdict{
			"POST /statistics/publications/{publication_id}/release":                 {{path: published + "/release", self: duty.Proposed}},
			"POST /statistics/publications/{publication_id}/rejection":               {{path: published + "/rejection", body: reason, self: duty.Proposed}},
			"POST /merchants/{merchant_id}/settlements/{month}/confirmation":         {{path: owed + "/confirmation"}},
			"POST /merchants/{merchant_id}/settlements/{month}/dispute":              {{path: owed + "/dispute", body: reason}},
			"POST /merchants/{merchant_id}/settlements/{month}/answer":               {{path: owed + "/answer", body: reason, self: duty.Self}},
			"POST /merchants/{merchant_id}/settlements/{month}/approval":             {{path: owed + "/approval", self: duty.Self}},
			"POST /merchants/{merchant_id}/settlements/{month}/payment":              {{path: owed + "/payment", body: map[string]any{"reference": "지급 1", "paid_on": "2026-07-10"}, self: duty.Self}},
			"POST /award-rounds/{round_id}/nominations":                              {{path: rounds, body: nominating(kin, "박서방"), self: duty.Self}},
			"POST /nominations/{nomination_id}/supports":                             {{path: open + "/supports", self: duty.Self}},
			"POST /nominations/{nomination_id}/findings":                             {{path: waits + "/findings", body: found("criminal-record", true), self: duty.Self}},
			"POST /nominations/{nomination_id}/proposal":                             {{path: waits + "/proposal", body: proposal, self: duty.Self}},
			"POST /nominations/{nomination_id}/decision":                             {{path: proposed + "/decision", body: map[string]any{"decision": "refused", "reason": "까닭"}, self: duty.Self}},
			"POST /merchants/{merchant_id}/approval":                                 {{path: shopApplied + "/approval", self: duty.Proposed}},
			"POST /merchants/{merchant_id}/rejection":                                {{path: shopApplied + "/rejection", body: reason, self: duty.Proposed}},
			"POST /merchants/{merchant_id}/suspension":                               {{path: shopOpen + "/suspension", body: reason, self: duty.Proposed}},
			"POST /merchants/{merchant_id}/closure":                                  {{path: shopOpen + "/closure", body: reason, self: duty.Proposed}},
			"POST /vouchers/{code}/redemptions":                                      {{path: showing, body: map[string]any{"merchant_id": counter}, self: duty.Self}},
			"POST /merchants/{merchant_id}/redemptions/{redemption_id}/cancellation": {{path: spent, body: reason, self: duty.Self}},
			"POST /claims/{claim_id}/filing":                                         {{path: accidental + "/filing", body: reason, self: duty.Self}},
			"POST /claims/{claim_id}/approval":                                       {{path: filed + "/approval", body: pays("hospital_day", 1, 1000), self: duty.Self}},
			"POST /claims/{claim_id}/refusal":                                        {{path: filed + "/refusal", body: reason, self: duty.Self}},
			"POST /claims/{claim_id}/payment":                                        {{path: paid + "/payment", body: reason, self: duty.Self}},
			"POST /claims/{claim_id}/closure":                                        {{path: refused + "/closure", body: reason, self: duty.Self}},
			"POST /certificates/{number}/revocation":                                 {{path: certificate + "/revocation", body: reason, self: duty.Self}},
			"POST /activities/{activity_id}/approval":                                {{path: written + "/approval", self: duty.Proposed}, {path: submitted + "/approval", self: duty.Proposed}},
			"POST /activities/{activity_id}/rejection":                               {{path: written + "/rejection", body: reason, self: duty.Proposed}, {path: submitted + "/rejection", body: reason, self: duty.Proposed}},
			"POST /anomalies/{anomaly_id}/release":                                   {{path: "/anomalies/" + anomaly + "/release", body: reason, self: duty.Self}},
			"POST /anomalies/{anomaly_id}/rejection":                                 {{path: "/anomalies/" + anomaly + "/rejection", body: reason, self: duty.Self}},
			"POST /anomalies/decisions": {{path: "/anomalies/decisions", body: held("release"), self: duty.Self, items: true},
				{path: "/anomalies/decisions", body: held("rejection"), self: duty.Self, items: true}},
			"POST /attendances/{attendance_id}/changes/{change_id}/refusal": {{path: correction + "/refusal", body: reason, self: duty.Self},
				{path: reversal + "/refusal", body: reason, self: duty.Self}},
			"POST /attendances/{attendance_id}/changes/{change_id}/verification": {{path: correction + "/verification", self: duty.Self}, {path: reversal + "/verification", self: duty.Self}},
			"POST /attendances/{attendance_id}/corrections":                      {{path: "/attendances/" + corrected + "/corrections", body: times, self: duty.Self}}, // saying the same as another is deciding
			"POST /attendances/{attendance_id}/reversals":                        {{path: "/attendances/" + reversed + "/reversals", body: reason, self: duty.Self}},
			"POST /camps/{camp_id}/rejections":                                   {{path: camp + "/rejections", body: decided(pending), self: duty.Self, items: true}},
			"POST /camps/{camp_id}/verifications":                                {{path: camp + "/verifications", body: confirmed(pending), self: duty.Self, items: true}},
			"PUT /camps/{camp_id}/volunteers/{volunteer_id}/claim-code":          {{path: camp + "/volunteers/" + mother + "/claim-code"}},
			"POST /demand-sites/{site_id}/approval":                              {{path: applied + "/approval", self: duty.Proposed}},
			"POST /demand-sites/{site_id}/closure":                               {{path: approved + "/closure", body: reason, self: duty.Proposed}},
			"POST /demand-sites/{site_id}/rejection":                             {{path: applied + "/rejection", body: reason, self: duty.Proposed}},
			"POST /demand-sites/{site_id}/rejections":                            {{path: house + "/rejections", body: decided(atSite), self: duty.Self, items: true}},
			"POST /demand-sites/{site_id}/suspension":                            {{path: approved + "/suspension", body: reason, self: duty.Proposed}},
			"POST /demand-sites/{site_id}/verifications":                         {{path: house + "/verifications", body: confirmed(atSite), self: duty.Self, items: true}},
			"POST /disputes/{dispute_id}/answer":                                 {{path: opened + "/answer", body: map[string]any{"text": "까닭"}, self: duty.Self}},
			"POST /disputes/{dispute_id}/decision": {{path: answered + "/decision", body: map[string]any{"decision": "granted", "reason": "까닭"}, self: duty.Self},
				{path: answered + "/decision", body: map[string]any{"decision": "declined", "reason": "까닭"}, self: duty.Self}},
			"POST /incentive-claims/{incentive_claim_id}/approval": {{path: claimed + "/approval", self: duty.Self}},
			"POST /incentive-claims/{incentive_claim_id}/refusal":  {{path: claimed + "/refusal", body: reason, self: duty.Self}},
			"POST /role-grants": {{path: "/role-grants", self: duty.Self, body: map[string]any{"account_id": kin.Account, "role": "camp_head", "scope_type": "camp",
				"scope_id": c.Camp, "reason": "위촉"}}},
			"POST /role-grants/{grant_id}/revocation":           {{path: "/role-grants/" + granted + "/revocation", body: reason, self: duty.Self}},
			"POST /sign-ups/{sign_up_id}/cancellation":          {{path: "/sign-ups/" + signUp + "/cancellation"}}, // his own he gives back himself
			"POST /transfers/{transfer_id}/rejection":           {{path: transfer + "/rejection", body: reason, self: duty.Self, items: true}},
			"POST /transfers/{transfer_id}/verification":        {{path: transfer + "/verification", self: duty.Self, items: true}},
			"POST /volunteers/{volunteer_id}/guardian-consents": {{path: "/volunteers/" + child + "/guardian-consents", body: map[string]any{"method": "phone"}, self: duty.Guardian}},
			"POST /volunteers/{volunteer_id}/household": {{path: "/volunteers/" + mother + "/household",
				body: map[string]any{"volunteer_number": kin.Number, "name": "박서방"}, self: duty.Self}},
			"POST /volunteers/{volunteer_id}/household/{household_id}/end": {{path: "/volunteers/" + kin.Volunteer.String() + "/household/" + household + "/end",
				body: reason, near: duty.Self, self: duty.Household}},
		}
		for _, r := range routesOf(features(dependencies{})) {
			route := r.method + " " + strings.TrimPrefix(r.path, api.Prefix)
			if _, ok := verdicts[route]; r.signedIn && r.method != "GET" && ok == slices.Contains(noVerdicts, route) {
				t.Errorf("%s: is it a decision on somebody's matter, or none?", route)
			}
		}

		// Near is one of his household, kin it is himself.
		before := contents(t, c.db)
		for route, list := range verdicts {
			method, _, _ := strings.Cut(route, " ")
			for _, v := range list {
				for who, is := range map[*client]string{near: cmp.Or(v.near, duty.Household), kin: v.self} {
					if is == "" {
						continue
					}
					var headers []string
					if strings.HasPrefix(v.path, "/vouchers/") {
						headers = []string{"Idempotency-Key", "k-" + is}
					}
					a := who.do(method, v.path, v.body, headers...)
					code, which := "code", "case"
					if v.items {
						a.want(http.StatusOK)
						code, which = "results.0.problem.code", "results.0.problem.case"
					} else {
						a.want(http.StatusForbidden)
					}
					if a.text(code) != "duty.conflict_of_interest" || a.text(which) != is {
						t.Errorf("%s %s: not refused as %s: %s", method, v.path, is, a.Body)
					}
				}
				if after := contents(t, c.db); after != before {
					t.Errorf("%s changed something: %v", route, onlyIn(before, after))
					before = after
				}
			}
		}

		// Somebody who is near to nobody decides the same, so that nothing else was the reason.
		other := c.volunteer("이센터").entrusted(auth.CentreOfficer, id.Nil).entrusted(auth.ClaimsOfficer, id.Nil)
		for _, route := range []string{"POST /nominations/{nomination_id}/supports", "POST /nominations/{nomination_id}/findings", "POST /nominations/{nomination_id}/decision",
			"POST /award-rounds/{round_id}/nominations", "POST /activities/{activity_id}/approval", "POST /attendances/{attendance_id}/changes/{change_id}/verification",
			"POST /camps/{camp_id}/verifications", "PUT /camps/{camp_id}/volunteers/{volunteer_id}/claim-code", "POST /demand-sites/{site_id}/approval",
			"POST /demand-sites/{site_id}/closure", "POST /demand-sites/{site_id}/verifications", "POST /disputes/{dispute_id}/answer", "POST /role-grants", "POST /role-grants/{grant_id}/revocation",
			"POST /sign-ups/{sign_up_id}/cancellation", "POST /volunteers/{volunteer_id}/guardian-consents", "POST /volunteers/{volunteer_id}/household",
			"POST /volunteers/{volunteer_id}/household/{household_id}/end", "POST /claims/{claim_id}/filing", "POST /claims/{claim_id}/approval",
			"POST /claims/{claim_id}/payment", "POST /claims/{claim_id}/closure"} {
			method, _, _ := strings.Cut(route, " ")
			for _, v := range verdicts[route] {
				if a := other.do(method, v.path, v.body); a.Status >= 300 || v.items && a.text("results.0.status") != "verified" {
					t.Errorf("%s by somebody else: %d %s", v.path, a.Status, a.Body)
				}
			}
		}
	})
}

// noVerdicts are the routes that write and decide on nobody's matter.
var noVerdicts = []string{
	// What one asks for, offers or tells, and what another person decides on before it counts.
	"POST /activities", "PATCH /activities/{activity_id}", "POST /activities/{activity_id}/submission", "POST /activities/{activity_id}/shifts",
	"POST /camps/{camp_id}/attendances", "POST /camps/{camp_id}/attendance-sheets", "POST /demand-sites", "PATCH /demand-sites/{site_id}",
	"POST /demand-sites/{site_id}/attendances", "POST /demand-sites/{site_id}/attendance-sheets",
	"POST /merchants", "PATCH /merchants/{merchant_id}",
	// Tells what a card says, and decides nothing.
	"POST /cards/checks",
	// One's own.
	"POST /auth/logout", "PATCH /me", "PUT /me/password", "POST /me/household", "POST /shifts/{shift_id}/check-ins", "POST /shifts/{shift_id}/check-outs",
	"POST /shifts/{shift_id}/sign-ups",
	"POST /documents", "POST /me/certificates", "POST /me/points/donations",
	"POST /me/incentives/{programme_id}/claims",
	"POST /claims", "POST /claims/{claim_id}/documents", "POST /claims/{claim_id}/health-consents", "POST /claims/{claim_id}/withdrawal",
	"POST /me/vouchers", "PUT /me/vouchers/{voucher_id}/code",
	"POST /me/nominations/{nomination_id}/consent", "POST /nominations/{nomination_id}/withdrawal",
	"POST /me/disputes", "POST /disputes/{dispute_id}/escalation", "POST /disputes/{dispute_id}/withdrawal",
	// An organiser's own offer, alike for all who signed up.
	"POST /activities/{activity_id}/cancellation", "PATCH /shifts/{shift_id}", "POST /shifts/{shift_id}/cancellation",
	// The city's furniture: alike for everybody.
	// What all are insured for, and who they are: nobody's in particular.
	"POST /insurance-contracts", "POST /insurance-contracts/{contract_id}/items", "POST /insurance-contracts/{contract_id}/roster",
	"POST /incentive-programmes", "POST /incentive-programmes/{programme_id}/versions", "POST /incentive-programmes/{programme_id}/closure",
	"POST /incentive-programmes/{programme_id}/evaluations",
	"POST /insurance-contracts/{contract_id}/claim-file",
	"POST /camps", "PATCH /camps/{camp_id}", "POST /recognition-rules", "POST /late-windows", "POST /anomaly-rules", "POST /card-levels",
	"POST /class-periods", "POST /disaster-areas", "POST /award-scales", "POST /award-rounds", "POST /points/causes", "POST /points/causes/{cause_id}/end",
	"POST /points/budgets/{programme_id}/funding", "POST /holidays", "DELETE /holidays/{day}", "POST /targets", "PATCH /targets/{target_id}",
	// Where other systems are told, of nobody in particular.
	"POST /webhook-endpoints", "PATCH /webhook-endpoints/{endpoint_id}", "DELETE /webhook-endpoints/{endpoint_id}",
	"PUT /webhook-endpoints/{endpoint_id}/secret", "POST /webhook-deliveries/{delivery_id}/replay",
	// What another officer decides on before it counts, and what only shows what counts.
	"POST /transfers", "POST /exports/school", "POST /statistics/publications", "POST /merchants/{merchant_id}/settlements", "POST /settlements",
	// What is asked of figures that are nobody's.
	"POST /statistics/tabulations",
	// Gives nobody anything: who is entered cannot act before he claims the record or his guardian is asked.
	"POST /camps/{camp_id}/volunteers",
}

func confirmed(attendance string) any { return map[string]any{"attendance_ids": []string{attendance}} }

func decided(attendance string) any {
	return map[string]any{"attendance_ids": []string{attendance}, "reason": "까닭"}
}

// A sheet of fifty: what is the keeper's own, his ward's and his household's waits for somebody else, the others count.
func TestABulkDecisionTellsOfEach(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		dbtest.Trust(t, c.db) // fifty came without a sign-up
		head, keeper := c.head(), c.keeper()
		camp := "/camps/" + c.Camp.String()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		ward, wife := c.volunteer("아이"), c.volunteer("아내")
		keeper.patch("/me", map[string]any{"mobile": "010-9999-8888"}, "If-Match", "*").want(http.StatusOK)
		c.sql(`INSERT INTO guardians (id, volunteer_id, name, mobile, relation, declared_at) VALUES (?, ?, '지기', '01099998888', '부', ?)`, id.New(), ward.Volunteer, c.clock.Now())
		wife.livesWith(keeper.Number, "camp_keeper of "+c.Camp.String())
		people := []*client{keeper, ward, wife}
		for i := range 47 {
			people = append(people, c.volunteer(fmt.Sprint("봉사자", i)))
		}
		var items []any
		for i, p := range people {
			items = append(items, presenceOf(fmt.Sprint("c", i), p, shift, "2026-07-14T09:00", "2026-07-14T12:00"))
		}
		sheet := head.post(camp+"/attendances", batch(items...)).want(http.StatusOK).members("attendance_id")
		told := keeper.verify(camp, sheet...)
		for i, status := range told.members("status") {
			want, code, which := "verified", "<nil>", "<nil>"
			if i < 3 {
				want, code, which = "refused", "duty.conflict_of_interest", []string{duty.Self, duty.Guardian, duty.Household}[i]
			}
			item := fmt.Sprintf("results.%d.", i)
			if status != want || fmt.Sprint(told.value(item+"problem.code")) != code || fmt.Sprint(told.value(item+"problem.case")) != which {
				t.Errorf("%d: %v", i, told.value(fmt.Sprintf("results.%d", i)))
			}
		}
		var verified int
		if c.scan(&verified, `SELECT count(*) FROM attendances WHERE state = 'verified'`); verified != 47 {
			t.Error(verified, "are verified")
		}
		wife.get("/me/hours").wantHours(0, 180)
		keeper.post(camp+"/rejections", map[string]any{"attendance_ids": sheet[:4], "reason": "모두 아님"}).want(http.StatusOK).
			wantAll("problem.code", "duty.conflict_of_interest", "duty.conflict_of_interest", "duty.conflict_of_interest", "attendance.state")

		// The centre decides on the three; but whoever entered something takes it back himself, even of his family.
		c.officer().verify(camp, sheet[:3]...).wantAll("status", "verified", "verified", "verified")
		wife.get("/me/hours").wantHours(180, 0)
		late := c.session(head, c.programme(head, "camp", c.Camp, "야간 순찰"), "2026-07-14T20:00", "2026-07-14T22:00", 0)
		slip := keeper.recorded(camp, presenceOf("slip", wife, late, "2026-07-14T20:00", "2026-07-14T22:00"))
		keeper.verify(camp, slip).wantAll("problem.case", duty.Household)
		keeper.post(camp+"/rejections", map[string]any{"attendance_ids": []string{slip}, "reason": "잘못 적음"}).want(http.StatusOK).wantAll("status", "rejected")
		wife.get("/me/hours").wantHours(180, 0)
		c.proved()
	})
}

// A household is declared by number and name; who guesses learns nothing, and is slowed down without standing in another's way.
func TestWhoGuessesAtNamesIsSlowedDown(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		p, other, officer := c.volunteer("홍길동"), c.volunteer("김영희"), c.officer()
		declaration := func(number, name string) any { return map[string]any{"volunteer_number": number, "name": name} }
		p.post("/me/household", declaration("1234-5670", "김영희")).refused(422, "volunteer.number_wrong")
		p.post("/me/household", declaration(p.Number, "홍길동")).refused(422, "request.invalid")
		wrong := p.post("/me/household", declaration(other.Number, "김영자")).refused(422, "volunteer.household_unknown")
		nobody := p.post("/me/household", declaration("1000-0004", "김영희")).refused(422, "volunteer.household_unknown")
		if wrong.text("detail") != nobody.text("detail") || strings.Contains(string(wrong.Body), other.Number) {
			t.Errorf("%s %s", wrong.Body, nobody.Body)
		}
		for range 3 {
			p.post("/me/household", declaration(other.Number, "김영자")).refused(422, "volunteer.household_unknown")
		}
		if a := p.post("/me/household", declaration(other.Number, "김영희")).refused(429, "request.rate"); a.Header.Get("Retry-After") != "600" {
			t.Error(a.Header)
		}
		for range 7 { // right ones are no guesses
			other.post("/me/household", declaration(p.Number, "홍길동")).want(http.StatusOK)
		}
		c.wait(10 * time.Minute)
		declared := p.post("/me/household", declaration(" "+strings.ReplaceAll(other.Number, "-", ""), " 김영희")).want(http.StatusOK)
		if declared.text("name") != "김*희" || declared.text("declared_by") != "other" {
			t.Errorf("%s", declared.Body)
		}
		p.get("/me/household").want(http.StatusOK).golden("household")
		officer.get("/volunteers/" + other.Volunteer.String() + "/household").want(http.StatusOK).golden("household-of-another")

		end := "/household/" + declared.text("household_id") + "/end"
		p.post("/volunteers/"+p.Volunteer.String()+end, map[string]any{"reason": "분가"}).refused(404, "volunteer.not_found")
		officer.post("/volunteers/"+officer.Volunteer.String()+end, map[string]any{"reason": "분가"}).refused(404, "volunteer.household_not_found")
		officer.post("/volunteers/"+p.Volunteer.String()+end, map[string]any{"reason": ""}).refused(422, "request.invalid")
		officer.post("/volunteers/"+p.Volunteer.String()+end, map[string]any{"reason": "분가"}).want(http.StatusNoContent)
		officer.post("/volunteers/"+p.Volunteer.String()+end, map[string]any{"reason": "분가"}).refused(409, "volunteer.household_ended")
		if n := other.get("/me/household").want(http.StatusOK).count("items"); n != 0 {
			t.Error(n)
		}
	})
}

// Ten wrong codes at a shift, even at the same moment, and the account waits for the next one; others check in meanwhile.
func TestWhoGuessesAtCodesIsSlowedDown(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, p, other := c.head(), c.volunteer("홍길동"), c.volunteer("김영희")
		programme := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift, second := c.session(head, programme, "2026-07-15T10:00", "2026-07-15T12:00", 0), c.session(head, programme, "2026-07-15T09:00", "2026-07-15T13:00", 0)
		code := head.get("/shifts/" + shift + "/check-in-code").want(http.StatusOK).text("code")
		wrong := map[string]any{"code": fmt.Sprintf("%08d", 1)}
		var wg sync.WaitGroup
		statuses := make(chan int, 40)
		for range cap(statuses) {
			wg.Go(func() { statuses <- p.post("/shifts/"+shift+"/check-ins", wrong).Status })
		}
		wg.Wait()
		close(statuses)
		counts := map[int]int{}
		for status := range statuses {
			counts[status]++
		}
		if counts[422] != 10 || counts[429] != 30 {
			t.Error(counts)
		}
		p.post("/shifts/"+shift+"/check-outs", map[string]any{"code": code}).refused(429, "request.rate")
		p.post("/shifts/"+second+"/check-ins", wrong).refused(422, "attendance.code_wrong")
		for range 12 {
			other.post("/shifts/"+shift+"/check-ins", map[string]any{"code": code}).want(http.StatusOK)
		}
		c.later(30 * time.Second)
		code = head.get("/shifts/" + shift + "/check-in-code").want(http.StatusOK).text("code")
		p.post("/shifts/"+shift+"/check-ins", map[string]any{"code": code}).want(http.StatusOK)
	})
}

// At a demand site that was suspended or closed nothing new is recorded; what was recorded before is still decided on.
func TestASuspendedSitesPresencesAreDecidedOn(t *testing.T) {
	eachCity(t, func(c *city) {
		site, manager := c.welfareCentre("동구복지관")
		officer, v := c.officer(), c.volunteer("홍길동")
		house := "/demand-sites/" + site.String()
		programme := c.programme(manager, "demand_site", site, "목욕 봉사")
		shift, today := c.session(manager, programme, "2026-07-14T09:00", "2026-07-14T12:00", 0), c.session(manager, programme, "2026-07-15T09:00", "2026-07-15T12:00", 0)
		var ids []string
		for i, hour := range []string{"09", "10", "11"} {
			ids = append(ids, manager.recorded(house, presenceOf(fmt.Sprint(i), v, shift, "2026-07-14T"+hour+":00", "2026-07-14T"+hour+":30")))
		}
		code := map[string]any{"code": manager.get("/shifts/" + today + "/check-in-code").want(http.StatusOK).text("code")}
		late := presenceOf("late", v, shift, "2026-07-14T11:30", "2026-07-14T12:00")
		rejection := func(ids ...string) any {
			return map[string]any{"attendance_ids": ids, "reason": "먼저 갔습니다."}
		}
		reason := map[string]any{"reason": "점검"}

		officer.post(house+"/suspension", reason).want(http.StatusOK)
		for _, who := range []*client{manager, officer} {
			who.post(house+"/attendances", batch(late)).refused(http.StatusConflict, "site.not_approved")
		}
		v.post(house+"/attendances", batch(late)).refused(http.StatusNotFound, "attendance.organiser_not_found")
		c.head().post(house+"/verifications", confirmed(ids[0])).refused(http.StatusNotFound, "attendance.organiser_not_found")
		v.post("/shifts/"+today+"/check-ins", code).refused(http.StatusConflict, "site.not_approved")
		officer.verify(house, ids[0]).wantAll("status", "verified")
		manager.post(house+"/rejections", rejection(ids[1])).want(http.StatusOK).wantAll("status", "rejected")
		v.get("/me/hours").wantHours(30, 30)

		officer.post(house+"/closure", reason).want(http.StatusOK)
		c.later(6 * time.Second) // what reads know of an account is up to five seconds old
		manager.post(house+"/rejections", rejection(ids[2])).refused(http.StatusNotFound, "attendance.organiser_not_found")
		officer.verify(house, ids[2]).wantAll("status", "verified")
		change := officer.post("/attendances/"+ids[0]+"/reversals", reason).want(http.StatusCreated).text("id")
		c.volunteer("이센터").entrusted(auth.CentreOfficer, id.Nil).post("/attendances/"+ids[0]+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		v.get("/me/hours").wantHours(30, 0)
		officer.post(house+"/attendances", batch(late)).refused(http.StatusConflict, "site.not_approved")
	})
}
