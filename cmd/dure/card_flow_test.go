package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/id"
)

// device is a merchant's: it has seen the public keys once, and has no network.
type device struct {
	keys             map[string]ed25519.PublicKey
	issuer, audience string
}

func (c *city) device() device {
	c.t.Helper()
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(c.root("/.well-known/jwks.json").want(200).Body, &set); err != nil {
		c.t.Fatal(err)
	}
	d := device{map[string]ed25519.PublicKey{}, "dure", "dure/card"}
	for _, k := range set.Keys {
		if x, err := base64.RawURLEncoding.DecodeString(k["x"]); err == nil && k["kty"] == "OKP" && k["crv"] == "Ed25519" && k["alg"] == "EdDSA" {
			d.keys[k["kid"]] = x
		}
	}
	return d
}

// reads checks a card as the documentation tells, and gives what it says.
func (d device) reads(token string, at time.Time) (says map[string]any, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	var header map[string]string
	var raw [3][]byte
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.Strict().DecodeString(p); err != nil {
			return nil, false
		}
	}
	if json.Unmarshal(raw[0], &header) != nil || len(header) != 3 || header["alg"] != "EdDSA" || header["typ"] != "card+jwt" {
		return nil, false
	}
	key := d.keys[header["kid"]]
	if key == nil || !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), raw[2]) || json.Unmarshal(raw[1], &says) != nil {
		return nil, false
	}
	aud, _ := says["aud"].([]any)
	iat, _ := says["iat"].(float64)
	exp, _ := says["exp"].(float64)
	now := float64(at.Unix())
	return says, says["iss"] == d.issuer && len(aud) == 1 && aud[0] == d.audience && iat <= now+60 && now < exp && exp <= iat+300
}

func TestACardIsShownAndCheckedWithAndWithoutANetwork(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		owner, person, officer := c.volunteer("사장님"), c.volunteer("홍길동"), c.officer()
		merchant := c.shop(owner)
		device := c.device()
		shown := person.get("/me/card").want(http.StatusOK)
		if shown.text("level") != "general" || shown.text("name") != "홍*동" || shown.value("valid_until") != nil || shown.Header.Get("Cache-Control") != "no-store" {
			t.Fatal(string(shown.Body))
		}
		token := shown.text("token")
		says, ok := device.reads(token, *c.now.Load())
		if !ok || says["sub"] != shown.text("card_id") || says["level"] != "general" || says["name"] != "홍*동" {
			t.Fatal(says, ok)
		}
		for _, secret := range []string{person.Volunteer.String(), person.Account.String(), "홍길동", person.Number, person.Login} {
			if raw, _ := json.Marshal(says); strings.Contains(string(raw), secret) {
				t.Fatal("a card tells ", secret)
			}
		}
		if _, ok := device.reads(person.Token, *c.now.Load()); ok {
			t.Fatal("an access token is taken for a card")
		}
		tampered := token[:len(token)-4] + "AAAA"
		if _, ok := device.reads(tampered, *c.now.Load()); ok {
			t.Fatal("tampered")
		}
		other := *person
		other.Token = token
		other.get("/me").refused(401, "auth.sign_in")

		// At a counter with a network.
		ask := func(p *client, token string) answer {
			return p.post("/cards/checks", map[string]any{"merchant_id": merchant, "token": token})
		}
		checked := ask(owner, token).want(200)
		if checked.text("card_id") != shown.text("card_id") || checked.text("level") != "general" || checked.value("token") != nil {
			t.Fatal(string(checked.Body))
		}
		ask(person, token).refused(403, "auth.forbidden")
		ask(officer, token).refused(403, "auth.forbidden")
		ask(owner, tampered).refused(422, "card.token")
		ask(owner, owner.Token).refused(422, "card.token")
		ask(owner, "").refused(422, "card.token")
		owner.post("/cards/checks", map[string]any{"merchant_id": id.New(), "token": token}).refused(403, "auth.forbidden")
		var seen struct {
			N      int
			Detail string
		}
		c.scan(&seen, `SELECT COUNT(*) AS n, MAX(detail) AS detail FROM audit_events WHERE action = 'card.checked' AND subject_id = ?`, shown.text("card_id"))
		if seen.N != 1 || !strings.Contains(seen.Detail, merchant) {
			t.Fatal(seen)
		}

		// A picture of the card is worth nothing five minutes later.
		c.later(5*time.Minute - time.Second)
		if _, ok := device.reads(token, *c.now.Load()); !ok {
			t.Fatal("over too early")
		}
		c.later(time.Second)
		if _, ok := device.reads(token, *c.now.Load()); ok {
			t.Fatal("not over")
		}
		ask(owner, token).refused(422, "card.token")

		code := person.get("/me/card/qr").want(200)
		if picture, err := png.Decode(bytes.NewReader(code.Body)); err != nil || code.Header.Get("Content-Type") != "image/png" || picture.Bounds().Dx() < 400 {
			t.Fatal(err, code.Header)
		}
		// The day is over: another id. A closed shop looks at no cards.
		again := person.get("/me/card").want(200).text("card_id")
		if again != shown.text("card_id") {
			t.Fatal("two ids on one day")
		}
		c.later(24 * time.Hour)
		person = c.signedInAgain("홍길동")
		tomorrow := person.get("/me/card").want(200)
		if tomorrow.text("card_id") == again {
			t.Fatal("one id on two days")
		}
		c.signedInAgain("centre_officer of "+id.Nil.String()).post("/merchants/"+merchant+"/suspension", map[string]any{"reason": "점검"}).want(200)
		ask(c.signedInAgain("사장님"), tomorrow.text("token")).refused(409, "merchant.not_approved")
	})
}

// signedInAgain is a person of the story with a fresh token.
func (c *city) signedInAgain(name string) *client {
	c.t.Helper()
	p := c.people[name]
	a := c.stranger().post("/auth/login", map[string]any{"login": p.Login, "password": secret}).want(http.StatusOK)
	p.Token, p.Refresh = a.text("access_token"), a.text("refresh_token")
	return p
}

func TestLevelsOfTheCardAreData(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		person, officer := c.volunteer("홍길동"), c.officer()
		if n := person.get("/card-levels").want(200).count("items"); n != 2 {
			t.Fatal(n)
		}
		level := func(more ...any) map[string]any {
			m := map[string]any{"code": "silver", "rank": 5, "name": "은", "name_en": "Silver", "counted": "total", "minutes": 60,
				"effective_from": "2026-07-16", "reference": "동구 예우 기준"}
			for i := 0; i+1 < len(more); i += 2 {
				m[more[i].(string)] = more[i+1]
			}
			return m
		}
		officer.post("/card-levels", level("effective_from", "2026-07-15", "minutes", -2, "counted", "week")).refused(422, "request.invalid")
		officer.post("/card-levels", level("rank", 10)).refused(409, "card.level")
		officer.post("/card-levels", level("code", "excellent")).refused(409, "card.level")
		officer.post("/card-levels", level()).want(http.StatusCreated)
		officer.post("/card-levels", level("minutes", -1, "effective_from", "2026-07-17")).want(http.StatusCreated)

		// An hour of yesterday, verified.
		shift := c.session(c.head(), c.programme(c.head(), "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		record := c.head().post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("1", person, shift, "2026-07-14T13:00", "2026-07-14T14:00"))).want(200)
		c.keeper().post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{record.text("results.0.attendance_id")}}).want(200)
		for _, want := range []string{"general", "silver", "general"} {
			if got := person.get("/me/card").want(200).text("level"); got != want {
				t.Fatal(got, " instead of ", want)
			}
			c.later(24 * time.Hour)
			person = c.signedInAgain("홍길동")
		}
		c.sql(`UPDATE volunteers SET status = 'withdrawn' WHERE id = ?`, person.Volunteer)
		person.get("/me/card").refused(409, "card.none")
		person.get("/me/card/qr").refused(409, "card.none")
	})
}
