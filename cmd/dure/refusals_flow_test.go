package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// opening is the body of a new camp, with members changed or, by nil, taken away.
func opening(changes ...any) map[string]any {
	body := map[string]any{"name": "산수동 자원봉사캠프", "region_code": dbtest.Dong, "address": "제봉로 2", "phone": "062-608-4302",
		"lat": 35.151, "lon": 126.92, "opening_hours": "평일 10:00-17:00", "opened_on": "2026-07-01"}
	for i := 0; i+1 < len(changes); i += 2 {
		if body[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
			delete(body, changes[i].(string))
		}
	}
	return body
}

func (c *city) camps() (n int) {
	c.t.Helper()
	c.scan(&n, `SELECT count(*) FROM camps`)
	return n
}

func TestBodiesThatCannotBeReadChangeNothing(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, before := c.officer(), c.camps()
		with := func(member, literal string) string {
			raw, err := json.Marshal(opening(member, nil))
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimSuffix(string(raw), "}") + `,"` + member + `":` + literal + "}"
		}
		for name, x := range map[string]struct {
			body   string
			status int
			code   string
		}{
			"nothing":            {"", 400, "request.json"},
			"half an object":     {`{"name":"가"`, 400, "request.json"},
			"a list":             {`[{}]`, 400, "request.json"},
			"null":               {`null`, 400, "request.json"},
			"two objects":        {`{}{}`, 400, "request.json"},
			"a comment":          {`{/* */}`, 400, "request.json"},
			"deep nesting":       {with("name", strings.Repeat("[", 100)+strings.Repeat("]", 100)), 400, "request.json"},
			"unknown member":     {with("colour", `"red"`), 400, "request.member"},
			"member twice":       {with("name", `"가","name":"나"`), 400, "request.member"},
			"member case-folded": {with("Name", `"가"`), 400, "request.member"},
			"prototype":          {with("__proto__", `{}`), 400, "request.member"},
			"number for a text":  {with("name", `5`), 400, "request.type"},
			"text for a number":  {with("lat", `"35"`), 400, "request.type"},
			"object for a text":  {with("name", `{}`), 400, "request.type"},
			"infinite number":    {with("lat", `1e400`), 400, "request.type"},
			"NUL":                {with("name", `"가\u0000나"`), 400, "request.text"},
			"half a surrogate":   {with("name", `"\ud800"`), 400, "request.text"},
			"no UTF-8":           {with("name", "\"\xb0\xa1\""), 400, "request.text"},
			"over the limit":     {with("name", `"`+strings.Repeat("가", 400_000)+`"`), 413, "request.too_large"},
			"empty member":       {with("name", `""`), 422, "request.invalid"},
			"blank member":       {with("name", `" \t"`), 422, "request.invalid"},
			"null member":        {with("name", `null`), 422, "request.invalid"},
			"too long":           {with("name", `"`+strings.Repeat("가", 101)+`"`), 422, "request.invalid"},
			"control characters": {with("name", `"가\u0007"`), 422, "request.invalid"},
			"beyond the pole":    {with("lat", `90.1`), 422, "request.invalid"},
			"no day":             {with("opened_on", `"2026-02-30"`), 422, "request.invalid"},
			"a day in short":     {with("opened_on", `"2026-7-1"`), 422, "request.invalid"},
			"year 1":             {with("opened_on", `"0001-01-01"`), 422, "request.invalid"},
			"year 9999":          {with("opened_on", `"9999-12-31"`), 422, "request.invalid"},
			"a day as a number":  {with("opened_on", `20260701`), 422, "request.invalid"},
			"no such dong":       {with("region_code", `"9999999999"`), 422, "camp.region_unknown"},
			"a gu for a dong":    {with("region_code", `"`+dbtest.Gu+`"`), 422, "camp.region_unknown"},
			"SQL for a dong":     {with("region_code", `"' OR '1'='1"`), 422, "camp.region_unknown"},
		} {
			t.Run(name, func(t *testing.T) { officer.in(t).post("/camps", x.body).refused(x.status, x.code) })
		}
		for contentType, headers := range map[string][]string{
			"none":       {"Content-Type", ""},
			"a form":     {"Content-Type", "application/x-www-form-urlencoded"},
			"text":       {"Content-Type", "text/plain"},
			"nonsense":   {"Content-Type", "json"},
			"EUC-KR":     {"Content-Type", "application/json; charset=euc-kr"},
			"compressed": {"Content-Encoding", "gzip"},
		} {
			t.Run(contentType, func(t *testing.T) {
				officer.in(t).post("/camps", opening(), headers...).refused(415, "request.media_type")
			})
		}
		if c.camps() != before {
			t.Error("something came in")
		}
	})
}

// All wrong members are told at once, by their paths in the request.
func TestWrongMembersAreToldTogether(t *testing.T) {
	eachCity(t, func(c *city) {
		c.officer().post("/camps", opening("name", "", "lat", 91, "lon", -181, "opened_on", nil)).
			refused(422, "request.invalid").golden("refusal_members")
	})
}

func TestHangulIsComposed(t *testing.T) {
	eachCity(t, func(c *city) {
		const name = "각화동 캠프"
		if got := c.officer().post("/camps", opening("name", norm.NFD.String(name))).want(201).text("name"); got != name {
			t.Errorf("%+q", got)
		}
		found := c.stranger().get("/camps?q=" + url.QueryEscape(norm.NFD.String("각화"))).want(200)
		if found.count("items") != 1 || found.text("items.0.name") != name {
			t.Errorf("%s", found.Body)
		}
	})
}

func TestQueriesThatCannotBeRead(t *testing.T) {
	eachCity(t, func(c *city) {
		for _, query := range []string{"limit=0", "limit=-1", "limit=1000000000", "limit=9223372036854775808", "limit=ten", "limit=1.5",
			"limit=1&limit=2", "page=2", "q=%zz", "q=%00", "q=%ff", "q=" + strings.Repeat("a", 201), "open_on=today", "open_on=9999-01-01",
			"near=35", "near=35,abc", "near=NaN,0", "near=91,0", "near=35,126&radius_m=0", "near=35,126&radius_m=1000000", "q=a;limit=1"} {
			c.stranger().get("/camps?"+query).refused(400, "request.query")
		}
	})
}

func TestCursorsBelongToTheirListAndReader(t *testing.T) {
	eachCity(t, func(c *city) {
		first := c.stranger().get("/camps?limit=1").want(200)
		cursor := first.text("next")
		second := c.stranger().get("/camps?limit=1&after=" + cursor).want(200)
		if first.text("items.0.id") == second.text("items.0.id") || second.value("next") != nil {
			t.Fatalf("%s then %s", first.Body, second.Body)
		}
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)-3]++
		for _, after := range []string{"x", "!", cursor[:len(cursor)-2], cursor + "AA", base64.RawURLEncoding.EncodeToString(raw),
			base64.RawURLEncoding.EncodeToString([]byte(`["가","01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"]`))} {
			c.stranger().get("/camps?limit=1&after="+url.QueryEscape(after)).refused(400, "page.cursor")
		}
		c.stranger().get("/camps?limit=1&q=a&after="+cursor).refused(400, "page.cursor")
		c.stranger().get("/regions?limit=1&after="+cursor).refused(400, "page.cursor")
		c.later(30 * 24 * time.Hour)
		c.stranger().get("/camps?limit=1&after=" + cursor).want(200)
	})
}

// A cursor that somebody else was given tells nothing.
func TestCursorsAreNotLent(t *testing.T) {
	eachCity(t, func(c *city) {
		administrator := c.administrator()
		c.head()
		cursor := administrator.get("/role-grants?limit=1").want(200).text("next")
		administrator.get("/role-grants?limit=1&after=" + cursor).want(200)
		second := c.volunteer("다른 관리자")
		c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'administrator', 'city', ?, ?, 'test')`,
			id.New(), second.Account, id.Nil, c.clock.Now())
		second.get("/role-grants?limit=1").want(200)
		second.get("/role-grants?limit=1&after="+cursor).refused(400, "page.cursor")
	})
}

func TestInstantsNeedAnOffsetAndAYearOfOurs(t *testing.T) {
	eachCity(t, func(c *city) {
		administrator, somebody := c.administrator(), c.volunteer("김봉사")
		grant := map[string]any{"account_id": somebody.Account, "role": "camp_keeper", "scope_type": "camp", "scope_id": c.Camp, "reason": "위촉"}
		for _, until := range []string{"2026-12-31T00:00:00", "2026-12-31", "2026-12-31 00:00:00+09:00", "2026-12-31T24:00:00+09:00",
			"2026-02-30T00:00:00+09:00", "2026-12-31T00:00:00,5+09:00", "2026-12-31T00:00:00+99:00", "0001-01-01T00:00:00Z",
			"9999-12-31T23:59:59+09:00", "12026-12-31T00:00:00+09:00", "1785495600", ""} {
			grant["until"] = until
			a := administrator.post("/role-grants", grant).refused(422, "request.invalid")
			if a.text("errors.0.path") != "until" || a.text("errors.0.code") != "calendar.instant" {
				t.Errorf("%q: %s", until, a.Body)
			}
		}
		grant["until"] = 1785495600
		administrator.post("/role-grants", grant).refused(400, "request.type")
		grant["until"] = "2026-12-31T00:00:00+09:00"
		if a := administrator.post("/role-grants", grant).want(201); a.text("until") != "2026-12-30T15:00:00Z" {
			t.Errorf("%s", a.Body)
		}
	})
}

func TestThingsThatAreNotThere(t *testing.T) {
	eachCity(t, func(c *city) {
		officer := c.officer()
		for _, camp := range []string{id.New().String(), strings.ToUpper(c.Camp.String()), "{" + c.Camp.String() + "}", "1", "..", "%00", "%ff", "%2e%2e%2f", "a%2fb"} {
			a := officer.patch("/camps/"+camp, map[string]any{}, "If-Match", `"1"`)
			if a.want(404).text("code") == "" {
				t.Errorf("%s: %s", camp, a.Body)
			}
		}
		c.stranger().get("/nothing").refused(404, "request.no_route")
		c.stranger().get("/camps/").refused(404, "request.no_route")
	})
}

func TestVerbsThatAreNotThere(t *testing.T) {
	eachCity(t, func(c *city) {
		for request, allowed := range map[string]string{
			"DELETE /camps": "GET, POST", "PUT /camps/" + c.Camp.String(): "GET, PATCH", "PATCH /regions": "GET", "TRACE /camps": "GET, POST", "BREW /camps": "GET, POST",
		} {
			verb, path, _ := strings.Cut(request, " ")
			a := c.stranger().do(verb, path, nil, "X-HTTP-Method-Override", "GET").refused(405, "request.method")
			for _, one := range strings.Split(allowed, ", ") {
				if !strings.Contains(a.Header.Get("Allow"), one) {
					t.Errorf("%s: Allow is %q", request, a.Header.Get("Allow"))
				}
			}
		}
	})
}

func TestEditsNameTheVersionTheySaw(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, path := c.officer(), "/camps/"+c.Camp.String()
		tag := c.stranger().get(path).want(200).Header.Get("ETag")
		change := map[string]any{"phone": "062-000-0000"}
		officer.patch(path, change).refused(428, "request.if_match")
		for _, wrong := range []string{`"2"`, `"0"`, `1`, `"one"`, `"1", "2"`, `W/"9"`} {
			officer.patch(path, change, "If-Match", wrong).refused(412, "request.changed")
		}
		next := officer.patch(path, change, "If-Match", tag).want(200).Header.Get("ETag")
		if next == tag || next == "" {
			t.Error("the tag stayed ", next)
		}
		officer.patch(path, change, "If-Match", tag).refused(412, "request.changed")
		officer.patch(path, change, "If-Match", "*").want(200)
		fresh := c.stranger().get(path).want(200)
		if fresh.text("phone") != "062-000-0000" {
			t.Errorf("%s", fresh.Body)
		}
		if unchanged := c.stranger().get(path, "If-None-Match", fresh.Header.Get("ETag")).want(304); len(unchanged.Body) != 0 {
			t.Errorf("%s", unchanged.Body)
		}
	})
}

func TestOneKeyOneEffect(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, before := c.officer(), c.camps()
		first := officer.post("/camps", opening(), "Idempotency-Key", "k-1").want(201)
		again := officer.post("/camps", opening(), "Idempotency-Key", "k-1").want(201)
		if string(again.Body) != string(first.Body) || again.Header.Get("Location") != first.Header.Get("Location") ||
			again.Header.Get("ETag") != first.Header.Get("ETag") || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s %v", again.Body, again.Header)
		}
		officer.post("/camps", opening("phone", "1"), "Idempotency-Key", "k-1").refused(422, "idempotency.reused")
		officer.post("/camps", "{", "Idempotency-Key", "k-1").refused(422, "idempotency.reused")
		for _, bad := range []string{strings.Repeat("k", 129), "a b", "키"} {
			officer.post("/camps", opening(), "Idempotency-Key", bad).refused(400, "request.header")
		}
		if n := c.camps(); n != before+1 {
			t.Errorf("%d camps became %d", before, n)
		}
		// What was refused took no effect, so its key is free.
		officer.post("/camps", opening("name", ""), "Idempotency-Key", "k-2").refused(422, "request.invalid")
		officer.post("/camps", opening("name", "둘째"), "Idempotency-Key", "k-2").want(201)
		// A key belongs to who uses it.
		c.head().post("/camps", opening(), "Idempotency-Key", "k-1").refused(403, "auth.forbidden")
	})
}

func TestTwentyAtOnceUnderOneKey(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, before := c.officer(), c.camps()
		var all sync.WaitGroup
		answers := make([]answer, 20)
		for i := range answers {
			all.Go(func() { answers[i] = officer.post("/camps", opening(), "Idempotency-Key", "one") })
		}
		all.Wait()
		created := map[string]bool{}
		for _, a := range answers {
			switch a.Status {
			case 201:
				created[a.text("id")] = true
			case 409:
				a.refused(409, "idempotency.in_use")
			default:
				t.Errorf("%d %s", a.Status, a.Body)
			}
		}
		if n := c.camps(); n != before+1 || len(created) != 1 {
			t.Errorf("%d camps became %d, answers tell of %v", before, n, created)
		}
	})
}

func TestRefusalsSpeakTheReadersLanguage(t *testing.T) {
	eachCity(t, func(c *city) {
		for accept, want := range map[string]string{
			"": "ko", "ko": "ko", "ko-KR,ko;q=0.9,en;q=0.8": "ko", "en": "en", "en-US,en;q=0.9": "en", "en;q=0.8,ko;q=0.9": "ko",
			"fr": "ko", "fr,en;q=0.1": "en", "*": "ko", "!!!": "ko", strings.Repeat("en,", 2000): "en",
		} {
			a := c.stranger().get("/camps/"+id.New().String(), "Accept-Language", accept).refused(404, "camp.not_found")
			hangul := strings.ContainsFunc(a.text("title")+a.text("detail"), func(r rune) bool { return r >= '가' && r <= '힣' })
			if a.Header.Get("Content-Language") != want || hangul != (want == "ko") {
				t.Errorf("%.40q: %s %s", accept, a.Header.Get("Content-Language"), a.Body)
			}
		}
	})
}

func TestRequestsAreNamed(t *testing.T) {
	eachCity(t, func(c *city) {
		a := c.stranger().get("/camps/none", "X-Request-Id", "tablet-7.42").want(404)
		if a.Header.Get("X-Request-Id") != "tablet-7.42" || a.text("instance") != "urn:dure:request:tablet-7.42" {
			t.Errorf("%v %s", a.Header, a.Body)
		}
		for _, bad := range []string{strings.Repeat("x", 65), "a b", "<script>", "가"} {
			if got := c.stranger().get("/camps/none", "X-Request-Id", bad).Header.Get("X-Request-Id"); got == bad || got == "" {
				t.Errorf("%q came back as %q", bad, got)
			}
		}
	})
}

func TestRolesDoNotReachBeyondTheirTask(t *testing.T) {
	eachCity(t, func(c *city) {
		before := c.camps()
		for name, p := range map[string]*client{"volunteer": c.volunteer("김봉사"), "head": c.head(), "analyst": c.analyst()} {
			t.Run(name, func(t *testing.T) {
				p.in(t).post("/camps", opening()).refused(403, "auth.forbidden")
				p.in(t).patch("/camps/"+c.Camp.String(), map[string]any{"name": "내 캠프"}, "If-Match", "*").refused(403, "auth.forbidden")
			})
		}
		if c.camps() != before || c.stranger().get("/camps/"+c.Camp.String()).text("name") == "내 캠프" {
			t.Error("something came in")
		}
	})
}

// forged gives a token with the claims of another one, changed and signed anew.
func forged(t *testing.T, token string, method jwt.SigningMethod, key any, change func(header, claims map[string]any)) string {
	t.Helper()
	claims := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(token, claims)
	if err != nil {
		t.Fatal(err)
	}
	made := jwt.NewWithClaims(method, claims)
	made.Header = parsed.Header
	made.Header["alg"] = method.Alg()
	if change != nil {
		change(made.Header, claims)
	}
	signed, err := made.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestTokensThatAreNotOurs(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		c := newCity(t, url)
		officer := c.officer()
		_, stolen, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		jwks := c.root("/.well-known/jwks.json")
		public, err := base64.RawURLEncoding.DecodeString(jwks.want(200).text("keys.0.x"))
		if err != nil || len(public) != ed25519.PublicKeySize {
			t.Fatalf("%v %s", err, jwks.Body)
		}
		signature := strings.LastIndex(officer.Token, ".")
		for name, token := range map[string]string{
			"empty":          "",
			"refresh token":  officer.Refresh,
			"unsigned":       forged(t, officer.Token, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
			"cut":            officer.Token[:signature+1],
			"changed":        officer.Token[:signature-1] + "A" + officer.Token[signature:],
			"another key":    forged(t, officer.Token, jwt.SigningMethodEdDSA, stolen, nil),
			"public as HMAC": forged(t, officer.Token, jwt.SigningMethodHS256, public, nil),
			"unknown kid": forged(t, officer.Token, jwt.SigningMethodEdDSA, stolen, func(header, _ map[string]any) {
				header["kid"] = "' OR 1=1 --"
			}),
			"own key": forged(t, officer.Token, jwt.SigningMethodEdDSA, stolen, func(header, _ map[string]any) {
				header["jwk"] = map[string]any{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(stolen.Public().(ed25519.PublicKey))}
			}),
			"very long": strings.Repeat("x", 5000),
		} {
			t.Run(name, func(t *testing.T) {
				thief := client{t: t, c: c, Token: token}
				a := thief.in(t).post("/camps", opening(), "Authorization", "Bearer "+token).refused(401, "auth.sign_in")
				if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
					t.Error(a.Header)
				}
			})
		}
		bearer := "Bearer " + officer.Token
		for name, headers := range map[string][]string{
			"two headers":     {"Authorization", bearer, "Authorization", bearer},
			"two, one empty":  {"Authorization", bearer, "Authorization", "Bearer"},
			"another scheme":  {"Authorization", "Basic " + officer.Token},
			"no scheme":       {"Authorization", officer.Token},
			"another header":  {"Authorization", "", "X-Forwarded-Authorization", bearer},
			"a cookie":        {"Authorization", "", "Cookie", "access_token=" + officer.Token},
			"trailing spaces": {"Authorization", bearer + " x"},
		} {
			t.Run(name, func(t *testing.T) { officer.in(t).post("/camps", opening(), headers...).refused(401, "auth.sign_in") })
		}
		officer.post("/camps?access_token="+officer.Token, opening(), "Authorization", "").refused(401, "auth.sign_in")

		// Signed by our key, but by another house with the same database: another audience, another issuer.
		for _, environ := range []string{"DURE_AUDIENCE=elsewhere", "DURE_ISSUER=elsewhere"} {
			elsewhere := c.beside(environ)
			guest := client{t: t, c: elsewhere}
			login := guest.post("/auth/login", map[string]any{"login": officer.Login, "password": secret}).want(200)
			guest.Token = login.text("access_token")
			guest.get("/me").want(200)
			guest.c = c
			guest.get("/me").refused(401, "auth.sign_in")
		}

		officer.get("/me").want(200)
		c.later(10*time.Minute - time.Second)
		officer.get("/me").want(200)
		c.later(7 * time.Second) // clocks of several machines may differ by five
		officer.get("/me").refused(401, "auth.sign_in")
	})
}

func TestShiftsThatCannotBe(t *testing.T) {
	eachCity(t, func(c *city) {
		t, head, path := c.t, c.head(), c.listedActivity()+"/shifts"
		before := contents(t, c.db)
		for name, x := range map[string]struct {
			member string
			value  any
			status int
			code   string
			path   string
		}{
			"end before start":       {"ends_at", "2026-07-20T08:00:00+09:00", 422, "request.invalid", "ends_at"},
			"end at start":           {"ends_at", "2026-07-20T09:00:00+09:00", 422, "request.invalid", "ends_at"},
			"no offset":              {"starts_at", "2026-07-20T09:00:00", 422, "request.invalid", "starts_at"},
			"year 1":                 {"starts_at", "0001-01-01T00:00:00+09:00", 422, "request.invalid", "starts_at"},
			"year 9999":              {"ends_at", "9999-12-31T00:00:00+09:00", 422, "request.invalid", "ends_at"},
			"break below zero":       {"break_minutes", -1, 422, "request.invalid", "break_minutes"},
			"break over 2^31":        {"break_minutes", 1 << 31, 422, "request.invalid", "break_minutes"},
			"break over 2^63":        {"break_minutes", json.RawMessage("9223372036854775808"), 400, "request.type", ""},
			"break of half a minute": {"break_minutes", 0.5, 400, "request.type", ""},
			"break longer than it":   {"break_minutes", 181, 422, "request.invalid", "break_minutes"},
			"capacity of none":       {"capacity", 0, 422, "request.invalid", "capacity"},
			"capacity over 2^53":     {"capacity", 1<<53 + 1, 422, "request.invalid", "capacity"},
		} {
			body := shiftAt("20T09:00", "20T12:00", 5)
			body[x.member] = x.value
			if a := head.post(path, body).refused(x.status, x.code); x.path != "" && a.text("errors.0.path") != x.path {
				t.Errorf("%s: %s", name, a.Body)
			}
		}
		if after := contents(t, c.db); after != before {
			t.Error(onlyIn(before, after))
		}
	})
}
