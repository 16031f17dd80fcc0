package main

import (
	"net/http"
	"strings"
	"testing"

	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// served posts an hour of a person's on a day, as the ledger and its sums keep it.
func (c *city) served(p *client, day string) {
	c.t.Helper()
	entry := id.New()
	c.sql(`INSERT INTO ledger_entries (id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at,
		visits, worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash)
		SELECT ?, a.id, (SELECT COUNT(*) FROM ledger_entries e WHERE e.account_id = a.id) + 1, 'recognition', a.owner_id, 'attendance', ?, ?, ?,
			1, 60, '[]', '0801', 'qr', 1, ?, '', '', '' FROM ledger_accounts a WHERE a.owner_id = ?`,
		entry, id.New(), day, c.clock.Now(), id.New(), p.Volunteer)
	c.sql(`INSERT INTO ledger_postings (entry_id, line, account_id, amount)
		SELECT id, 1, account_id, 60 FROM ledger_entries WHERE id = ?`, entry)
	c.sql(`INSERT INTO person_months (volunteer_id, month, minutes, visits) VALUES (?, ?, 60, 1)
		ON CONFLICT (month, volunteer_id) DO UPDATE SET minutes = person_months.minutes + 60, visits = person_months.visits + 1`,
		p.Volunteer, day[:8]+"01")
}

func TestTheCitySeesItsRatesMove(t *testing.T) {
	eachCity(t, func(c *city) {
		another, officer := c.secondOfficer(), c.officer() // both live in dbtest.Dong
		neighbour := c.volunteer("김이웃")
		c.sql(`UPDATE residences SET region_code = ? WHERE volunteer_id = ?`, dbtest.OtherDong, neighbour.Volunteer)
		traveller := c.volunteer("이여행")
		c.sql(`UPDATE residences SET region_code = ? WHERE volunteer_id = ?`, dbtest.Elsewhere, traveller.Volunteer)

		july := "/statistics/participation?from=2026-07-01&to=2026-07-31&by=dong"
		another.get(july).want(http.StatusOK).golden("participation-before")
		for range 2 {
			c.served(neighbour, "2026-07-14")
		}
		c.served(traveller, "2026-07-15")
		another.get(july).want(http.StatusOK).golden("participation-after")
		officer.get("/statistics/participation?from=2026-07-14&to=2026-07-15&by=age_band", "Accept-Language", "en").want(http.StatusOK).golden("participation-by-age")
		another.get("/statistics/registration?by=sex").want(http.StatusOK).golden("registration-by-sex")

		sheet := another.get("/statistics/registration?by=city&as_of=2026-07-15", "Accept", "text/csv").want(http.StatusOK)
		want := "\ufeff구분 코드,이름,등록인원,인구,등록률,기준일,인구 기준월\r\n" +
			"1200000000,전남광주통합특별시 (동구),3,4400,0.000682,2026-07-15,2026-07\r\n" +
			"outside,시외,1,,,2026-07-15,2026-07\r\n"
		if string(sheet.Body) != want || sheet.Header.Get("Content-Type") != "text/csv; charset=utf-8" ||
			sheet.Header.Get("Content-Disposition") != `attachment; filename="registration-city-2026-07-15.csv"` {
			t.Errorf("%q %v", sheet.Body, sheet.Header)
		}
	})
}

func TestExactFiguresAreForTheCentreAndLooksAreKept(t *testing.T) {
	eachCity(t, func(c *city) {
		for _, path := range []string{"/statistics/registration", "/statistics/participation?from=2026-07-01&to=2026-07-31"} {
			c.stranger().get(path).refused(http.StatusUnauthorized, "auth.sign_in")
			for _, p := range []*client{c.volunteer("박시민"), c.head(), c.keeper(), c.administrator(), c.analyst()} {
				p.get(path).refused(http.StatusForbidden, "auth.forbidden")
			}
			c.officer().get(path).want(http.StatusOK)
		}
		var looks int
		if c.scan(&looks, `SELECT COUNT(*) FROM audit_events WHERE action = 'statistics.read' AND account_id = ?`, c.officer().Account); looks != 2 {
			t.Error(looks, " looks are kept")
		}
		for path, refusal := range map[string]struct {
			status int
			code   string
		}{
			"/statistics/registration?by=planet":                           {400, "request.query"},
			"/statistics/registration?as_of=2026-02-30":                    {400, "request.query"},
			"/statistics/registration?as_of=9999-01-01":                    {400, "request.query"},
			"/statistics/registration?limit=10":                            {400, "request.query"},
			"/statistics/participation":                                    {422, "request.invalid"},
			"/statistics/participation?from=2026-07-01":                    {422, "request.invalid"},
			"/statistics/participation?from=2026-07-02&to=2026-07-01":      {422, "request.invalid"},
			"/statistics/participation?from=1900-01-01&to=2100-12-31":      {422, "request.invalid"},
			"/statistics/participation?from=2026-07-01&to=2026-07-01&by=%": {400, "request.query"},
		} {
			c.officer().get(path).refused(refusal.status, refusal.code)
		}
	})
}

func TestAnybodyFindsHisDong(t *testing.T) {
	eachCity(t, func(c *city) {
		c.sql(`INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES
			('2911000000', 'gu', '2900000000', '동구', '2026-06-30', ?), ('2911052500', 'dong', '2911000000', '충장동', '2026-06-30', ?)`, dbtest.Gu, dbtest.Dong)
		nobody := c.stranger()
		nobody.get("/regions?level=dong").want(http.StatusOK).golden("regions")
		nobody.get("/regions/2911052500").want(http.StatusOK).golden("region-old-code")
		first := nobody.get("/regions?limit=1&parent=2911000000").want(http.StatusOK)
		second := nobody.get("/regions?limit=1&parent=2911000000&after=" + first.text("next")).want(http.StatusOK)
		if first.text("items.0.code") != dbtest.Dong || second.text("items.0.code") != dbtest.OtherDong || second.value("next") != nil {
			t.Errorf("%s %s", first.Body, second.Body)
		}
		if old := nobody.get("/regions?level=dong&on=2026-06-30").want(http.StatusOK); old.count("items") != 1 || old.text("items.0.code") != "2911052500" {
			t.Errorf("%s", old.Body)
		}
		nobody.get("/regions?level=village").refused(http.StatusBadRequest, "request.query")
		nobody.get("/regions?limit=0").refused(http.StatusBadRequest, "request.query")
		nobody.get("/regions?level=gu&after="+first.text("next")).refused(http.StatusBadRequest, "page.cursor")
		for _, code := range []string{"9999999999", "29110", "abc", strings.Repeat("9", 300)} {
			nobody.get("/regions/"+code).refused(http.StatusNotFound, "region.not_found")
		}
	})
}

// Whoever asks for some grades of evidence alone is told what they alone add up to, and so in the definition.
func TestFiguresOfSomeEvidence(t *testing.T) {
	eachCity(t, func(c *city) {
		v, officer := c.volunteer("홍길동"), c.officer()
		c.confirmed(v, "13:00", "16:00")
		if entries := v.get("/me/hours/entries").want(http.StatusOK); entries.text("items.0.evidence") != "leader" {
			t.Errorf("%s", entries.Body)
		}
		ask := "/statistics/participation?from=2026-07-01&to=2026-07-31"
		for query, want := range map[string]int{"": 180, "&evidence=leader": 180, "&evidence=late_proof,leader": 180, "&evidence=qr,self,imported": 0} {
			a := officer.get(ask + query).want(http.StatusOK)
			if a.number("items.0.minutes") != want || strings.Contains(a.text("definition"), "증빙") != (query != "") {
				t.Errorf("%s: %s", query, a.Body)
			}
		}
		for _, wrong := range []string{"nothing", "qr,", "qr, leader", "QR"} {
			officer.get(ask + "&evidence=" + strings.ReplaceAll(wrong, " ", "%20")).want(http.StatusBadRequest)
		}
	})
}
