package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/publication"
	"dure/repository"
	cubestore "dure/repository/cube"
	"dure/repository/dbtest"
	publicationstore "dure/repository/publication"
)

// crowd makes up who took part in a year, the same for the same seed: most live in dbtest.Dong, few in the other dong, and very few
// outside. Change may alter what somebody did before it is counted.
func crowd(seed uint64, persons, year int, change func(person int, f *cube.Fact)) (all [][]cube.Fact) {
	r := rand.New(rand.NewPCG(seed, 7))
	organisers := []id.ID{}
	for i := range 6 {
		organisers = append(organisers, id.ID{15: byte(i + 1)})
	}
	for i := range persons {
		person := id.ID{0: 1, 14: byte(i >> 8), 15: byte(i)}
		home := dbtest.Dong
		switch n := r.IntN(100); {
		case n < 25:
			home = dbtest.OtherDong
		case n < 30:
			home = dbtest.Elsewhere
		}
		age, sex := r.IntN(90), []string{"female", "male"}[r.IntN(2)]
		var facts []cube.Fact
		for n := range 1 + r.IntN(14) {
			organiser := r.IntN(len(organisers))
			f := cube.Fact{HomeCode: home, Sex: sex, Age: age, Act: cube.Act{VolunteerID: person, AttendanceID: id.ID{0: 2, 13: byte(n), 14: byte(i >> 8), 15: byte(i)},
				Day: calendar.Date(year, time.Month(1+r.IntN(12)), 1+r.IntN(28)), Visits: 1, Minutes: 60 * (1 + r.IntN(4)), FieldCode: []string{"0101", "0801", "0201"}[r.IntN(3)],
				Evidence: "leader", PlaceCode: dbtest.Dong, OrganiserType: "camp", OrganiserID: organisers[organiser], CampCode: dbtest.Dong, Party: cube.Individual}}
			if organiser > 3 {
				f.PlaceCode, f.CampCode = dbtest.OtherDong, dbtest.OtherDong
			}
			if organiser == 5 {
				f.OrganiserType, f.CampCode = "demand_site", ""
			}
			if change != nil {
				change(i, &f)
			}
			facts = append(facts, f)
		}
		all = append(all, facts)
	}
	return all
}

// took keeps what a crowd did as facts, and that everybody in it registered the year before.
func (c *city) took(all [][]cube.Fact) {
	c.t.Helper()
	change := cube.Change{Counts: cube.Counts{}, Stock: cube.Stock{}}
	for _, facts := range all {
		f := facts[0]
		step := cube.Step{VolunteerID: f.VolunteerID, Day: calendar.Date(f.Day.Year()-1, 3, 1), HomeCode: f.HomeCode, Sex: f.Sex,
			BirthDate: calendar.Date(f.Day.Year()-f.Age-1, 6, 1), Delta: 1}
		change.NewFacts, change.NewSteps = append(change.NewFacts, facts...), append(change.NewSteps, step)
		change.Stock.Add([]cube.Step{step}, 1)
	}
	if err := c.db.Update(c.t.Context(), func(ctx context.Context, tx *repository.Tx) error {
		return cubestore.Cubes{Tx: tx}.Write(ctx, change)
	}); err != nil {
		c.t.Fatal(err)
	}
}

// prepared lets the job prepare what waits.
func (c *city) prepared() {
	c.t.Helper()
	for done := true; done; {
		var err error
		if done, err = publications(c.dependencies).Work(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
	}
}

func proposalOf(year int, audience string) map[string]any {
	return map[string]any{"year": year, "audience": audience, "note": "연간 통계", "reason": "연간 공표"}
}

// published is a year published by two officers.
func (c *city) published(year int, audience string) string {
	c.t.Helper()
	made := c.officer().post("/statistics/publications", proposalOf(year, audience)).want(http.StatusAccepted).text("id")
	c.prepared()
	c.secondOfficer().post("/statistics/publications/"+made+"/release", nil).want(http.StatusOK)
	return made
}

func TestAYearIsPublished(t *testing.T) {
	eachCity(t, func(c *city) {
		c.took(crowd(1, 120, 2025, nil))
		officer, second, analyst, nobody := c.officer(), c.secondOfficer(), c.analyst(), c.stranger()
		made := officer.post("/statistics/publications", proposalOf(2025, "analyst"), "Idempotency-Key", "k1").want(http.StatusAccepted)
		if again := officer.post("/statistics/publications", proposalOf(2025, "analyst"), "Idempotency-Key", "k1").want(http.StatusAccepted); string(again.Body) != string(made.Body) {
			t.Errorf("%s", again.Body)
		}
		path := "/statistics/publications/" + made.text("id")
		if made.text("state") != "preparing" || made.Header.Get("Location") != "/api/v1"+path || made.text("through") != "2025-12" {
			t.Errorf("%s %v", made.Body, made.Header)
		}
		officer.post("/statistics/publications", proposalOf(2025, "analyst")).refused(http.StatusConflict, "publication.under_way")
		second.post(path+"/release", nil).refused(http.StatusConflict, "publication.not_prepared")
		officer.get(path+"/cubes/home-time").refused(http.StatusConflict, "publication.not_prepared")
		c.prepared()
		for _, hidden := range []string{path, path + "/cubes/home-time", path + "/download"} {
			analyst.get(hidden).refused(http.StatusNotFound, "publication.not_found")
		}
		if ready := officer.get(path).want(http.StatusOK); ready.text("state") != "prepared" || ready.number("centre.report.cells") == 0 || ready.number("version") != 0 {
			t.Errorf("%s", ready.Body)
		}
		officer.get(path + "/cubes/home-time?rows=gu&columns=quarter").want(http.StatusOK)
		officer.post(path+"/release", nil).refused(http.StatusForbidden, "duty.conflict_of_interest")
		analyst.post(path+"/release", nil).refused(http.StatusForbidden, "auth.forbidden")
		second.post(path+"/release", nil).want(http.StatusOK)
		second.post(path+"/release", nil).refused(http.StatusConflict, "publication.state")

		list := analyst.get("/statistics/publications?current=true&year=2025").want(http.StatusOK)
		if list.count("items") != 1 || list.text("items.0.id") != made.text("id") || list.number("items.0.version") != 1 || list.value("items.0.superseded_by") != nil {
			t.Errorf("%s", list.Body)
		}
		detail := analyst.get(path, "Accept-Language", "en").want(http.StatusOK)
		if detail.value("centre") != nil || detail.count("cubes") != len(cube.Listed) || !strings.Contains(detail.text("definition"), "fewer than 5 persons") {
			t.Errorf("%s", detail.Body)
		}
		analyst.get(path + "/cubes/home-time?rows=gu&columns=quarter").want(http.StatusOK).golden("publication-gu-quarter")
		officer.get(path + "/cubes/age-sex?rows=*&columns=each").want(http.StatusOK).golden("publication-sex")
		if margin := officer.get(path + "/cubes/home-time?rows=*&columns=*").want(http.StatusOK); margin.number("items.0.persons") != 120 {
			t.Errorf("%s", margin.Body)
		}

		nobody.get("/open-data/publications/"+made.text("id")).refused(http.StatusNotFound, "publication.not_found")
		nobody.get("/open-data/publications/"+made.text("id")+"/cubes/home-time").refused(http.StatusNotFound, "publication.not_found")
		open := c.published(2025, "public")
		if list := nobody.get("/open-data/publications").want(http.StatusOK); list.count("items") != 1 || list.text("items.0.id") != open || list.number("items.0.threshold") != 10 {
			t.Errorf("%s", list.Body)
		}
		nobody.get("/open-data/publications/" + open + "/cubes/home-time?rows=gu&columns=quarter").want(http.StatusOK).golden("publication-open")
		nobody.get("/open-data/places").want(http.StatusOK).golden("publication-places")

		for query, refusal := range map[string]struct {
			status int
			code   string
		}{
			"/cubes/home-party":                  {404, "cube.unknown"},
			"/cubes/home-time?rows=person":       {422, "cube.level"}, // nothing finer than what was published
			"/cubes/home-time?columns=day":       {422, "cube.level"},
			"/cubes/home-time?from=2025-01":      {400, "request.query"},
			"/cubes/home-time?format=pdf":        {400, "request.query"},
			"/cubes/home-time?rows=gu&rows=dong": {400, "request.query"},
			"/cubes/home-time?age=30-39&rows=gu": {400, "request.query"}, // no filter, no group of one's own (S14)
			"/download?format=pdf":               {400, "request.query"},
		} {
			analyst.get(path+query).refused(refusal.status, refusal.code)
			nobody.get("/open-data/publications/"+open+query).refused(refusal.status, refusal.code)
		}
		for name, body := range map[string]map[string]any{
			"a year to come":       {"year": 2027, "audience": "public", "reason": "x"},
			"a month not over":     {"year": 2026, "audience": "public", "through": "2026-07", "reason": "x"},
			"another year's month": {"year": 2025, "audience": "public", "through": "2024-07", "reason": "x"},
			"half a month":         {"year": 2025, "audience": "public", "through": "2025-07-15", "reason": "x"},
			"a quarter":            {"year": 2025, "audience": "public", "through": "2025-Q1", "reason": "x"},
			"no reason":            {"year": 2025, "audience": "public"},
			"nobody's":             {"year": 2025, "audience": "everyone", "reason": "x"},
		} {
			if a := officer.post("/statistics/publications", body); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		analyst.post("/statistics/publications", proposalOf(2025, "public")).refused(http.StatusForbidden, "auth.forbidden")
		if half := officer.post("/statistics/publications", map[string]any{"year": 2026, "audience": "public", "reason": "x"}).want(http.StatusAccepted); half.text("through") != "2026-06" {
			t.Errorf("%s", half.Body)
		}
	})
}

// New persons are told of the whole city by month, to analysts and to everybody; and by dong to nobody.
func TestNewPersonsArePublishedByMonth(t *testing.T) {
	eachCity(t, func(c *city) {
		all := crowd(9, 700, 2025, func(person int, f *cube.Fact) {
			if person%2 == 0 && f.Day.Month() > 9 { // who was there the year before returns
				f.Day = calendar.Date(2024, f.Day.Month(), 7)
			}
		})
		c.took(all)
		news := map[string]float64{}
		for _, facts := range all {
			first := facts[0].Day
			for _, f := range facts {
				if f.Day.Before(first) {
					first = f.Day
				}
			}
			news[cube.MonthKey(first)]++
		}
		for _, audience := range []string{"analyst", "public"} {
			reader, path, near := c.analyst(), "/statistics/publications/", 0.0
			made := c.published(2025, audience)
			if audience == "public" {
				reader, path, near = c.stranger(), "/open-data/publications/", 4
			}
			told := 0
			for _, item := range reader.get(path + made + "/cubes/home-time?rows=*&columns=month").want(http.StatusOK).value("items").([]any) {
				cell := item.(map[string]any)
				n, ok := cell["new_persons"].(float64)
				if !ok {
					continue
				}
				told++
				if counted := news[cell["column"].(string)]; math.Abs(n-counted) > near || cell["returning_persons"] != cell["persons"].(float64)-n {
					t.Errorf("%s: %v, of whom %v are new", audience, cell, counted)
				}
			}
			if told < 6 {
				t.Errorf("%s: new persons of %d months are told", audience, told)
			}
			for _, item := range reader.get(path + made + "/cubes/home-time?rows=dong&columns=*").want(http.StatusOK).value("items").([]any) {
				if cell := item.(map[string]any); cell["new_persons"] != nil || cell["returning_persons"] != nil {
					t.Errorf("%s: %v", audience, cell)
				}
			}
			if text := reader.get(path+made, "Accept-Language", "en").want(http.StatusOK).text("definition"); !strings.Contains(text, "not by dong") {
				t.Error(text)
			}
		}
	})
}

func TestANewVersionSupersedesTheOlder(t *testing.T) {
	eachCity(t, func(c *city) {
		all := crowd(2, 120, 2025, nil)
		c.took(all[:110])
		first := c.published(2025, "public")
		nobody := c.stranger()
		read := func(publication string) answer {
			return nobody.get("/open-data/publications/" + publication + "/cubes/home-time?rows=gu&columns=*").want(http.StatusOK)
		}
		whole := func() answer { return nobody.get("/open-data/publications/" + first + "/download").want(http.StatusOK) }
		before, alone := read(first), whole()
		if again := nobody.get("/open-data/publications/"+first+"/cubes/home-time?rows=gu&columns=*", "If-None-Match", before.Header.Get("ETag")); again.Status != http.StatusNotModified ||
			strings.HasPrefix(before.Header.Get("ETag"), "W/") || before.Header.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%d %v", again.Status, before.Header)
		}

		// One more proposal that was prepared before another is released finds that it is late.
		c.took(all[110:])
		second := c.published(2025, "public")
		if list := nobody.get("/open-data/publications?year=2025").want(http.StatusOK); list.count("items") != 2 || list.text("items.0.id") != second ||
			list.text("items.0.supersedes") != first || list.text("items.1.superseded_by") != second || list.number("items.0.version") != 2 {
			t.Errorf("%s", list.Body)
		}
		if list := nobody.get("/open-data/publications?current=true").want(http.StatusOK); list.count("items") != 1 || list.text("items.0.id") != second {
			t.Errorf("%s", list.Body)
		}
		page := nobody.get("/open-data/publications?limit=1").want(http.StatusOK)
		if next := nobody.get("/open-data/publications?limit=1&after=" + page.text("next")).want(http.StatusOK); next.text("items.0.id") != first || next.value("next") != nil {
			t.Errorf("%s", next.Body)
		}
		if after := read(first); string(after.Body) != string(before.Body) || after.Header.Get("ETag") != before.Header.Get("ETag") ||
			after.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s %v", after.Body, after.Header)
		}
		// The file of all tables says what came after it: that is another file.
		if after := whole(); alone.value("publication.superseded_by") != nil || after.text("publication.superseded_by") != second ||
			after.Header.Get("ETag") == alone.Header.Get("ETag") {
			t.Errorf("%.300s %v", after.Body, after.Header)
		}
		if string(read(second).Body) == string(before.Body) {
			t.Error("ten persons more, and nothing moved")
		}
		rejected := c.officer().post("/statistics/publications", proposalOf(2025, "public")).want(http.StatusAccepted).text("id")
		c.prepared()
		c.secondOfficer().post("/statistics/publications/"+rejected+"/rejection", map[string]any{}).refused(http.StatusUnprocessableEntity, "request.invalid")
		if no := c.secondOfficer().post("/statistics/publications/"+rejected+"/rejection", map[string]any{"reason": "아직"}).want(http.StatusOK); no.text("state") != "rejected" {
			t.Errorf("%s", no.Body)
		}
	})
}

// One row of a table is what the whole table says of it, in every format and under a tag of its own; a dong is found by its former
// codes, too, as they were known when the figures were frozen.
func TestOneRowOfAPublishedTable(t *testing.T) {
	const former, older, later = "2911052500", "2911053000", "1221099900"
	eachCity(t, func(c *city) {
		became := func(code, level, successor string) {
			c.sql(`INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES (?, ?, ?, '옛 이름', '2026-06-30', ?)`, code, level,
				map[string]string{"gu": "2900000000", "dong": "2911000000"}[level], successor)
		}
		became("2911000000", "gu", dbtest.Gu)
		became(former, "dong", dbtest.Dong)
		became(older, "dong", former)
		c.took(crowd(8, 90, 2025, nil))
		c.counted()
		analysts, public := "/statistics/publications/"+c.published(2025, "analyst"), "/open-data/publications/"+c.published(2025, "public")
		answers := map[string]answer{}
		for path, reader := range map[string]*client{analysts: c.analyst(), public: c.stranger()} {
			ask := func(query string, headers ...string) answer {
				a := reader.get(path+"/cubes/"+query, headers...)
				answers[path+"/cubes/"+query] = a
				return a
			}
			for question, row := range map[string]string{"home-time?rows=dong": dbtest.Dong, "home-time?rows=dong&columns=*": cube.Outside, "home-time?rows=gu": dbtest.Gu,
				"place-field?rows=city&columns=group": cube.City, "home-time?rows=*": cube.All, "age-sex?": "30-39", "field-time?columns=quarter": "0100"} {
				var want []any
				whole := ask(question).want(http.StatusOK)
				for _, item := range whole.value("items").([]any) {
					if item.(map[string]any)["row"] == row {
						want = append(want, item)
					}
				}
				one := ask(question + "&row=" + row).want(http.StatusOK)
				if got := one.value("items"); len(want) == 0 || !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %v of %s, in the whole table %v", question, got, row, want)
				}
			}
			for code, newest := range map[string]string{"dong&row=" + former: "dong&row=" + dbtest.Dong, "dong&row=" + older: "dong&row=" + dbtest.Dong, "gu&row=2911000000": "gu&row=" + dbtest.Gu} {
				if was, is := ask("home-time?rows="+code), ask("home-time?rows="+newest); is.count("items") != 12 || string(was.Body) != string(is.Body) {
					t.Errorf("%s: %s", code, was.Body)
				}
			}
			// What no row is called has no cells, as in the live cubes.
			for _, unknown := range []string{"dong&row=2911099900", "dong&row=x", "gu&row=" + dbtest.Dong, "dong&row=" + later} {
				live := c.officer().get("/statistics/cubes/home-time?from=2025&to=2025&zeros=true&rows=" + unknown).want(http.StatusOK)
				if a := ask("home-time?rows=" + unknown).want(http.StatusOK); a.count("items") != 0 || live.count("items") != 0 {
					t.Errorf("%s: %s, live %s", unknown, a.Body, live.Body)
				}
			}
			var all seen
			all.compare(reader, path+"/cubes/home-time?row="+older)
			if all.compare(reader, path+"/cubes/home-time?row=x"); all.rows != 12 {
				t.Errorf("%+v", all)
			}
			// Each question and format has its own tag, and only its own.
			tags := map[string]string{}
			for _, format := range []string{"json", "csv", "xlsx", "parquet"} {
				for _, row := range []string{"", "&row=" + dbtest.Dong, "&row=" + dbtest.OtherDong} {
					question := "home-time?format=" + format + row
					tag := ask(question).want(http.StatusOK).Header.Get("ETag")
					if same, ok := tags[tag]; ok || tag == "" || strings.HasPrefix(tag, "W/") {
						t.Errorf("%s has the tag %s, as %s", question, tag, same)
					}
					tags[tag] = question
				}
			}
			for tag, question := range tags {
				reader.get(path+"/cubes/"+question, "If-None-Match", tag).want(http.StatusNotModified)
				reader.get(path+"/cubes/home-time?rows=gu", "If-None-Match", tag).want(http.StatusOK)
			}
		}

		// Whatever becomes of the codes, the same question has the same answer.
		c.sql(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES (?, 'dong', ?, '새 충장동', '2026-07-15')`, later, dbtest.Gu)
		c.sql(`UPDATE regions SET successor = ?, valid_to = '2026-07-14' WHERE code = ?`, later, dbtest.Dong)
		c.sql(`UPDATE regions SET successor = ? WHERE code = ?`, dbtest.OtherDong, older)
		became("2911099900", "dong", dbtest.OtherDong)
		for question, before := range answers {
			reader := c.analyst()
			if strings.HasPrefix(question, public) {
				reader = c.stranger()
			}
			if after := reader.get(question).want(http.StatusOK); string(after.Body) != string(before.Body) || after.Header.Get("ETag") != before.Header.Get("ETag") {
				t.Errorf("%s: %s, before %s", question, after.Body, before.Body)
			}
		}
		var noted int
		if c.scan(&noted, `SELECT COUNT(*) FROM audit_events WHERE action = 'publication.read' AND account_id = ?
			AND detail = '{"cells":12,"columns":"month","cube":"home-time","row":"`+older+`","rows":"dong"}'`, c.analyst().Account); noted == 0 {
			t.Error("the row that was asked for is not noted")
		}
	})
}

// What an analyst asks is recorded, and he may ask so often a day (S17).
func TestAnalystsHaveADailyBudget(t *testing.T) {
	eachCity(t, func(c *city) {
		c.took(crowd(3, 60, 2025, nil))
		made := c.published(2025, "analyst")
		c.serve("DURE_PUBLICATION_QUESTIONS=2")
		path := "/statistics/publications/" + made
		for range 2 {
			c.analyst().get(path + "/cubes/home-time?rows=gu&columns=month").want(http.StatusOK)
		}
		c.analyst().get(path+"/cubes/home-time").refused(http.StatusTooManyRequests, "publication.budget")
		c.analyst().get(path+"/download").refused(http.StatusTooManyRequests, "publication.budget")
		c.officer().get(path + "/cubes/home-time").want(http.StatusOK)
		var details []string
		if err := c.db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT detail FROM audit_events WHERE action = 'publication.read' AND account_id = ?`, c.analyst().Account).Scan(&details).Error
		}); err != nil || len(details) != 2 || details[0] != `{"cells":24,"columns":"month","cube":"home-time","rows":"gu"}` {
			t.Error(details, err)
		}
		c.later(24 * time.Hour)
		renewed := c.analyst().renew()
		renewed.get(path + "/cubes/home-time").want(http.StatusOK)
	})
}

// renew signs in again.
func (p *client) renew() *client {
	p.t.Helper()
	fresh := *p
	fresh.Token = p.c.stranger().post("/auth/login", map[string]string{"login": p.Login, "password": secret}).want(http.StatusOK).text("access_token")
	return &fresh
}

// allTables are all that somebody can fetch of a publication, by path: every table on every pair of levels.
func allTables(p *client, path string) map[string]answer {
	all := map[string]answer{}
	for _, c := range cube.Listed {
		for _, g := range c.Groupings() {
			query := fmt.Sprintf("%s/cubes/%s?rows=%s&columns=%s", path, c.Name(), g.Row.Level, g.Column.Level)
			all[query] = p.get(query).want(http.StatusOK)
		}
	}
	for _, format := range []string{"json", "csv"} {
		all[format] = p.get(path + "/download?format=" + format).want(http.StatusOK)
	}
	return all
}

// The attackers of section 8: whoever has all tables on all levels finds out nothing of few persons (S10, S11, S16), and whoever
// asks again learns nothing more (S12).
func TestNobodyLearnsOfFewPersons(t *testing.T) {
	eachCity(t, func(c *city) {
		c.took(crowd(4, 60, 2025, nil))
		for _, audience := range []string{"analyst", "public"} {
			made := c.published(2025, audience)
			publicationID, err := id.Parse(made)
			if err != nil {
				t.Fatal(err)
			}
			store := publicationstore.NewStore(c.db)
			if err := store.Snapshot(t.Context(), func(ctx context.Context, s publication.Source) error {
				all, err := s.Versions(ctx, 2025, publication.Audience(audience))
				if err != nil {
					return err
				}
				breaches, err := publication.Audit(ctx, s, all[0])
				for _, b := range breaches {
					t.Errorf("%s: %s", audience, b)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}

			// What was proved is what the API tells, cell by cell.
			reader, path := c.analyst(), "/statistics/publications/"+made
			if audience == "public" {
				reader, path = c.stranger(), "/open-data/publications/"+made
			}
			told, hidden := allTables(reader, path), 0
			for _, one := range cube.Listed {
				for _, g := range one.Groupings() {
					kept, err := store.Shown(t.Context(), publicationID, g.Name())
					if err != nil {
						t.Fatal(err)
					}
					cells, err := kept.Cells()
					if err != nil {
						t.Fatal(err)
					}
					a := told[fmt.Sprintf("%s/cubes/%s?rows=%s&columns=%s", path, one.Name(), g.Row.Level, g.Column.Level)]
					items, _ := a.value("items").([]any)
					if len(items) != len(cells) {
						t.Fatalf("%s: %d cells told, %d kept", g.Name(), len(items), len(cells))
					}
					for i, cell := range cells {
						item := items[i].(map[string]any)
						if item["hidden"] != cell.Hidden || !cell.Hidden && item["persons"] != float64(cell.Persons) {
							t.Errorf("%s: %v told, %+v kept", g.Name(), item, cell)
						}
						if !cell.Hidden {
							continue
						}
						hidden++
						for _, figure := range []string{"persons", "visits", "minutes", "new_persons", "returning_persons", "regular_persons", "minutes_per_person",
							"minutes_per_visit", "participation_rate", "activity_rate"} {
							if item[figure] != nil {
								t.Errorf("%s: %s of %+v is told", g.Name(), figure, cell)
							}
						}
					}
				}
			}
			if hidden == 0 {
				t.Error("nothing was hidden: the city is no small one")
			}
			for range 2 {
				for query, again := range allTables(reader, path) {
					if string(again.Body) != string(told[query].Body) || again.Header.Get("ETag") != told[query].Header.Get("ETag") {
						t.Errorf("%s answers otherwise", query)
					}
				}
			}
		}
	})
}

// Two cities that differ in who of two persons did what, below the threshold, answer with the same bytes (S13).
func TestBytesDoNotDependOnWhatIsHidden(t *testing.T) {
	var told []map[string]string
	for _, swapped := range []bool{false, true} {
		dbtest.EachURL(t, func(t *testing.T, url string) {
			c := newCity(t, url)
			// Of ten persons of the same age and sex, who did the same on the same day but for field and home, two change fields: of
			// four cells with two or three persons each two have one less, and two one more, and nothing else changes.
			all := crowd(6, 120, 2025, nil)
			for n := range 10 {
				home, field := []string{dbtest.OtherDong, dbtest.Elsewhere}[n%2], []string{"0301", "0401"}[n/2%2]
				if n >= 8 && (n == 9) != swapped {
					field = "0401"
				} else if n >= 8 {
					field = "0301"
				}
				all = append(all, []cube.Fact{{HomeCode: home, Sex: "female", Age: 30, Act: cube.Act{VolunteerID: id.ID{0: 1, 13: 1, 15: byte(n)},
					AttendanceID: id.ID{0: 3, 15: byte(n)}, Day: calendar.MustParse("2025-05-06"), Visits: 1, Minutes: 120, FieldCode: field, Evidence: "leader",
					PlaceCode: dbtest.Dong, OrganiserType: "camp", OrganiserID: id.ID{15: 1}, CampCode: dbtest.Dong, Party: cube.Individual}}})
			}
			c.took(all)
			bytes := map[string]string{}
			names := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
			made := c.published(2025, "analyst")
			for query, a := range allTables(c.analyst(), "/statistics/publications/"+made) {
				bytes[strings.TrimPrefix(query, "/statistics/publications/"+made)] = names.ReplaceAllString(string(a.Body), "…")
			}
			told = append(told, bytes)
		})
	}
	for i, bytes := range told[1:] {
		for query, body := range told[0] {
			if bytes[query] != body {
				t.Errorf("%d: %s differs", i+1, query)
			}
		}
	}
}
