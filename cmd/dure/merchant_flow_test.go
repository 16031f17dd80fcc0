package main

import (
	"net/http"
	"strings"
	"testing"

	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// noodles is a shop that applies.
func noodles(more ...any) map[string]any {
	m := map[string]any{"name": "무등산방 국수", "kind": "merchant", "business_number": "124-81-00998", "region_code": dbtest.Dong,
		"address": "충장로 12", "phone": "062-000-1212", "lat": 35.1506, "lon": 126.9154, "discount": "식사 10% 할인", "discount_percent": 10,
		"valid_from": "2026-07-01"}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	return m
}

// shop is an approved merchant, and who applied for it: its manager.
func (c *city) shop(owner *client, more ...any) (merchant string) {
	c.t.Helper()
	merchant = owner.post("/merchants", noodles(more...)).want(http.StatusCreated).text("id")
	c.officer().post("/merchants/"+merchant+"/approval", nil).want(http.StatusOK)
	c.later(rolesLife) // what a role may read is known then
	return merchant
}

func TestAMerchantsStory(t *testing.T) {
	eachCity(t, func(c *city) {
		owner, officer, stranger := c.volunteer("사장님"), c.officer(), c.stranger()
		applied := owner.post("/merchants", noodles(), "Idempotency-Key", "apply-1").want(http.StatusCreated)
		if applied.text("state") != "applied" || applied.text("business_number") != "124-81-00998" {
			c.t.Fatal(string(applied.Body))
		}
		again := owner.post("/merchants", noodles(), "Idempotency-Key", "apply-1").want(http.StatusCreated)
		if again.text("id") != applied.text("id") || again.Header.Get("Idempotency-Replayed") != "true" {
			c.t.Fatal(string(again.Body))
		}
		path, register := "/merchants/"+applied.text("id"), "/merchant-register/"+applied.text("id")
		if applied.Header.Get("Location") != "/api/v1"+register {
			c.t.Fatal(applied.Header)
		}
		owner.post("/merchants", noodles("name", "다른 국수")).refused(409, "merchant.already_registered")
		wrong := owner.post("/merchants", noodles("business_number", "124-81-00999", "lat", 135, "discount_won", 1000)).refused(422, "request.invalid")
		if wrong.count("errors") != 3 {
			c.t.Fatal(string(wrong.Body))
		}
		owner.post("/merchants", noodles("region_code", dbtest.Gu)).refused(422, "request.invalid")

		// Until it is approved nobody but the applicant and the centre knows of it.
		stranger.get(path).refused(404, "merchant.not_found")
		if n := stranger.get("/merchants").want(200).count("items"); n != 0 {
			c.t.Fatal(n)
		}
		c.volunteer("이웃").get(register).refused(404, "merchant.not_found")
		c.volunteer("이웃").patch(path, map[string]any{"phone": "1"}, "If-Match", "*").refused(404, "merchant.not_found")
		c.volunteer("이웃").post(path+"/approval", nil).refused(404, "merchant.not_found")
		if n := officer.get("/merchant-register?state=applied&region=" + dbtest.Gu).want(200).count("items"); n != 1 {
			c.t.Fatal(n)
		}

		edited := owner.patch(path, map[string]any{"discount": "식사 1,000원 할인", "discount_won": 1000}, "If-Match", applied.Header.Get("ETag")).want(200)
		if edited.number("discount_won") != 1000 || edited.value("discount_percent") != nil {
			c.t.Fatal(string(edited.Body))
		}
		owner.patch(path, map[string]any{"phone": "1"}, "If-Match", applied.Header.Get("ETag")).refused(412, "request.changed")
		owner.patch(path, map[string]any{"phone": "1"}).refused(428, "request.if_match")
		owner.post(path+"/approval", nil).refused(403, "auth.forbidden")
		officer.post(path+"/rejection", nil).refused(422, "request.invalid")
		officer.post(path+"/approval", nil).want(200)
		c.later(rolesLife)

		found := stranger.get("/merchants?near=35.15,126.915&radius_m=1000&q=국수").want(200)
		if found.count("items") != 1 || found.number("items.0.distance_m") < 1 || found.value("items.0.business_number") != nil || found.value("items.0.state") != nil {
			c.t.Fatal(string(found.Body))
		}
		found.golden("merchants")
		if n := stranger.get("/merchants?near=35.15,126.915&radius_m=10").want(200).count("items"); n != 0 {
			c.t.Fatal(n)
		}
		stranger.get("/merchants?near=x").refused(400, "request.query")
		stranger.get("/merchants/"+id.New().String()).refused(404, "merchant.not_found")

		owner.patch(path, map[string]any{"phone": "062-000-9999"}, "If-Match", "*").want(200)
		owner.patch(path, map[string]any{"discount_percent": 50}, "If-Match", "*").refused(403, "auth.forbidden")
		officer.post(path+"/suspension", map[string]any{"reason": "민원 확인"}).want(200)
		stranger.get(path).refused(404, "merchant.not_found")
		if r := owner.get(register).want(200); r.text("state") != "suspended" || r.text("reason") != "민원 확인" {
			c.t.Fatal(string(r.Body))
		}
		officer.post(path+"/closure", map[string]any{"reason": "폐업"}).want(200)
		officer.post(path+"/approval", nil).refused(409, "merchant.state")
		officer.patch(path, map[string]any{"phone": "1"}, "If-Match", "*").refused(409, "merchant.state")
		c.later(rolesLife)
		if roles := string(owner.get("/me").want(200).Body); strings.Contains(roles, "merchant_manager") {
			c.t.Fatal(roles)
		}
		// Roles of merchants are granted by hand as those of sites are.
		owner.post("/role-grants", map[string]any{}).want(422)
		other := c.shop(c.volunteer("둘째 사장님"), "business_number", "120-81-47521")
		officer.post("/role-grants", map[string]any{"login": c.volunteer("직원").Login, "role": "merchant_manager", "scope_type": "merchant",
			"scope_id": other, "reason": "계산대 직원"}).want(http.StatusCreated)
		officer.post("/role-grants", map[string]any{"login": c.volunteer("직원").Login, "role": "merchant_manager", "scope_type": "demand_site",
			"scope_id": other, "reason": "계산대 직원"}).refused(422, "request.invalid")
	})
}

// deedsAtShops are the routes of merchants, cards and vouchers, for the test of who may do what.
func deedsAtShops(shop string) map[string]deed {
	reason := map[string]any{"reason": "까닭"}
	return map[string]deed{
		"POST /merchants":                                                        {nil, "everyone", 0},
		"PATCH /merchants/{merchant_id}":                                         {map[string]any{"phone": "1"}, "merchant-manager officer", 403},
		"POST /merchants/{merchant_id}/approval":                                 {nil, "officer", 403},
		"POST /merchants/{merchant_id}/rejection":                                {reason, "officer", 403},
		"POST /merchants/{merchant_id}/suspension":                               {reason, "officer", 403},
		"POST /merchants/{merchant_id}/closure":                                  {reason, "officer", 403},
		"GET /merchant-register":                                                 {nil, "everyone", 0},
		"GET /merchant-register/{merchant_id}":                                   {nil, "merchant-manager officer", 404},
		"GET /me/vouchers":                                                       {nil, "everyone", 0},
		"POST /me/vouchers":                                                      {nil, "everyone", 0},
		"PUT /me/vouchers/{voucher_id}/code":                                     {nil, "", 404},
		"POST /vouchers/{code}/redemptions":                                      {map[string]any{"merchant_id": shop}, "merchant-manager", 403},
		"GET /merchants/{merchant_id}/redemptions":                               {nil, "merchant-manager officer", 403},
		"POST /merchants/{merchant_id}/redemptions/{redemption_id}/cancellation": {reason, "merchant-manager officer", 404},
		"GET /settlements":                                                       {nil, "merchant-manager officer", 403},
		"POST /settlements":                                                      {map[string]any{"month": "2026-06"}, "officer", 403},
		"GET /merchants/{merchant_id}/settlements":                               {nil, "merchant-manager officer", 404},
		"POST /merchants/{merchant_id}/settlements":                              {map[string]any{"month": "2026-06"}, "officer", 403},
		"GET /merchants/{merchant_id}/settlements/{month}":                       {nil, "merchant-manager officer", 404},
		"GET /merchants/{merchant_id}/settlements/{month}/lines":                 {nil, "merchant-manager officer", 404},
		"GET /merchants/{merchant_id}/settlements/{month}/file":                  {nil, "merchant-manager officer", 404},
		"POST /merchants/{merchant_id}/settlements/{month}/confirmation":         {nil, "merchant-manager officer", 404}, // and the centre is told to leave it to the merchant
		"POST /merchants/{merchant_id}/settlements/{month}/dispute":              {reason, "merchant-manager officer", 404},
		"POST /merchants/{merchant_id}/settlements/{month}/answer":               {reason, "merchant-manager officer", 404},
		"POST /merchants/{merchant_id}/settlements/{month}/approval":             {nil, "merchant-manager officer", 404},
		"POST /merchants/{merchant_id}/settlements/{month}/payment":              {map[string]any{"reference": "1", "paid_on": "2026-07-01"}, "merchant-manager officer", 404},
		"GET /me/card":       {nil, "everyone", 0},
		"GET /me/card/qr":    {nil, "everyone", 0},
		"POST /cards/checks": {map[string]any{"merchant_id": shop, "token": "x"}, "merchant-manager", 403},
		"GET /card-levels":   {nil, "everyone", 0},
		"POST /card-levels": {map[string]any{"code": "gold", "rank": 20, "name": "금", "name_en": "Gold", "counted": "total", "minutes": 60000,
			"effective_from": "2027-01-01", "reference": "지침"}, "officer", 403},
	}
}
