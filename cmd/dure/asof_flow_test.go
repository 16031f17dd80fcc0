package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
	"dure/domain/volunteer"
	"dure/repository"
	"dure/repository/dbtest"
	regionstore "dure/repository/region"
	volunteerstore "dure/repository/volunteer"
)

// on sets the clock, and everybody signs in again.
func (c *city) on(instant string) {
	c.t.Helper()
	c.at(instant)
	for _, p := range c.people {
		a := c.stranger().post("/auth/login", map[string]any{"login": p.Login, "password": secret}).want(http.StatusOK)
		p.Token, p.Refresh = a.text("access_token"), a.text("refresh_token")
	}
}

// report is one as it was told: its bytes and its tag.
type report struct{ path, accept, body, tag string }

func (p *client) report(path, accept string) report {
	p.t.Helper()
	a := p.get(path, "Accept", accept).want(http.StatusOK)
	return report{path, accept, string(a.Body), a.Header.Get("ETag")}
}

// stands wants a report to be told again as it was, byte for byte.
func (r report) stands(p *client) {
	p.t.Helper()
	if again := p.report(r.path, r.accept); again != r {
		p.t.Errorf("%s (%s)\nwas  %s %s\nis   %s %s", r.path, r.accept, r.tag, r.body, again.tag, again.body)
	}
	if strings.HasPrefix(r.tag, "W/") || r.tag == "" {
		p.t.Errorf("%s is no strong tag", r.tag)
	}
	if same := p.get(r.path, "Accept", r.accept, "If-None-Match", r.tag); same.Status != http.StatusNotModified || len(same.Body) > 0 {
		p.t.Errorf("%s: %d %s", r.path, same.Status, same.Body)
	}
}

// everything is every report of December, as of a day, as JSON and as CSV.
func everything(p *client, asOf string) (all []report) {
	p.t.Helper()
	for _, by := range []string{"city", "gu", "dong", "age_band", "sex"} {
		for _, path := range []string{"/statistics/participation?from=2026-12-01&to=2026-12-31", "/statistics/participation?from=2026-12-02&to=2026-12-30",
			"/statistics/registration?on=2026-12-31", "/statistics/registration?"} {
			for _, accept := range []string{"application/json", "text/csv"} {
				all = append(all, p.report(path+"&by="+by+"&as_of="+asOf, accept))
			}
		}
	}
	return all
}

// 600 minutes of December are verified in February.
func TestJanuarysReportStaysAsItWasTold(t *testing.T) {
	eachCity(t, func(c *city) {
		c.at("2026-12-21T10:00:00+09:00")
		head, keeper, officer, v, other := c.head(), c.keeper(), c.officer(), c.volunteer("홍길동"), c.volunteer("김이웃")
		activity := c.programme(head, "camp", c.Camp, "김장 나눔")
		saturday := c.session(head, activity, "2026-12-19T08:00", "2026-12-19T18:00", 0)
		sunday := c.session(head, activity, "2026-12-20T10:00", "2026-12-20T12:00", 0)
		camp := "/camps/" + c.Camp.String()
		recorded := head.post(camp+"/attendances", batch(
			presenceOf("a", v, saturday, "2026-12-19T08:00", "2026-12-19T18:00"), // ten hours, of which a day counts eight
			presenceOf("b", v, sunday, "2026-12-20T10:00", "2026-12-20T12:00"),
			presenceOf("c", other, sunday, "2026-12-20T10:00", "2026-12-20T11:00"))).want(http.StatusOK).members("attendance_id")
		keeper.post(camp+"/verifications", map[string]any{"attendance_ids": recorded[2:]}).want(http.StatusOK).wantAll("status", "verified")

		c.on("2027-01-05T09:00:00+09:00")
		january := everything(officer, "2027-01-04")
		told := officer.get("/statistics/participation?from=2026-12-01&to=2026-12-31&as_of=2027-01-04").want(http.StatusOK)
		if told.number("items.0.minutes") != 60 || told.text("as_of") != "2027-01-04T14:59:59.999999Z" {
			t.Errorf("%s", told.Body)
		}

		c.on("2027-02-03T09:00:00+09:00")
		keeper.post(camp+"/verifications", map[string]any{"attendance_ids": recorded[:2]}).want(http.StatusOK).wantAll("status", "verified", "verified")
		c.on("2027-02-10T09:00:00+09:00")
		for _, r := range january {
			r.stands(officer)
		}
		now := officer.get("/statistics/participation?from=2026-12-01&to=2026-12-31").want(http.StatusOK)
		if now.number("items.0.minutes") != 660 || now.number("items.0.persons") != told.number("items.0.persons")+1 || now.text("as_of") != "2027-02-10T00:00:00Z" {
			t.Errorf("%s", now.Body)
		}
		for path, minutes := range map[string]int{
			"from=2026-12-01&to=2026-12-31&as_of=2027-02-02":                       60,
			"from=2026-12-01&to=2026-12-31&as_of=2027-02-03":                       660,
			"from=2026-12-01&to=2026-12-31&as_of=2027-02-02T23:59:59.999999Z":      60, // a microsecond before it was verified
			"from=2026-12-01&to=2026-12-31&as_of=2027-02-03T09:00:00%2B09:00":      660,
			"from=2026-12-19&to=2026-12-19&as_of=2027-02-09":                       480,
			"from=2026-12-19&to=2026-12-19&as_of=2027-02-02T00:00:00.000000-05:00": 0,
		} {
			if got := officer.get("/statistics/participation?" + path).want(http.StatusOK).number("items.0.minutes"); got != minutes {
				t.Errorf("%s: %d minutes instead of %d", path, got, minutes)
			}
		}

		between := "/statistics/differences?from_as_of=2027-01-04&to_as_of=2027-02-09"
		all := officer.get(between + "&limit=100").want(http.StatusOK)
		if all.number("minutes") != 600 || all.number("entries") != 2 || all.count("months") != 1 || all.text("months.0.month") != "2026-12" || all.number("months.0.minutes") != 600 {
			t.Errorf("%s", all.Body)
		}
		var posted, named []string
		entries := v.get("/me/hours/entries").want(http.StatusOK)
		for i := range entries.count("items") {
			posted = append(posted, entries.text(fmt.Sprintf("items.%d.id", i)))
		}
		for path := between + "&limit=1"; path != ""; {
			page := officer.get(path).want(http.StatusOK)
			named = append(named, page.text("items.0.entry_id"))
			if page.text("items.0.region_code") != dbtest.Dong || page.number("minutes") != 600 || strings.Contains(string(page.Body), v.Number) {
				t.Errorf("%s", page.Body)
			}
			if path = ""; page.text("next") != "" {
				path = between + "&limit=1&after=" + page.text("next")
			}
		}
		if slices.Sort(posted); !slices.Equal(slices.Sorted(slices.Values(named)), posted) || len(posted) != 2 {
			t.Errorf("posted %v, named %v", posted, named)
		}
		for query, minutes := range map[string]int{"&from=2026-12-20": 120, "&to=2026-12-19": 480, "&from=2026-12-20&to=2026-12-20": 120, "&from=2027-01-01": 0} {
			if got := officer.get(between + query).want(http.StatusOK); got.number("minutes") != minutes {
				t.Errorf("%s: %s", query, got.Body)
			}
		}
	})
}

// rewrite changes a person's record as the program does.
func (c *city) rewrite(p *client, change func(*volunteer.Volunteer)) {
	c.t.Helper()
	err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		people := volunteerstore.Volunteers{Tx: tx}
		v, err := people.Get(ctx, p.Volunteer)
		if err != nil {
			return err
		}
		change(&v)
		v.Version++
		return people.Update(ctx, v, c.clock.Now())
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// imports brings another name for a dong, another dong, and December's population, seven and nine in all.
func (c *city) imports() {
	c.t.Helper()
	s := region.NewService(regionstore.NewStore(c.db), c.clock)
	if _, err := s.ImportRegions(context.Background(), []region.Line{{Number: 1, Region: region.Region{Code: dbtest.Dong, Name: "충장1동"}},
		{Number: 2, Region: region.Region{Code: "1221060000", Name: "새동"}}}); err != nil {
		c.t.Fatal(err)
	}
	var figures []region.Figure
	for code, women := range map[string]int{dbtest.Dong: 3, dbtest.OtherDong: 5} {
		for sex, count := range map[string]int{region.Female: women, region.Male: 4} {
			for age := 0; age <= 100; age += 10 {
				r := region.Residents{RegionCode: code, Month: calendar.MustParse("2026-12-01"), Sex: sex, AgeFrom: age, AgeTo: age + 9}
				switch age {
				case 30:
					r.Count = count
				case 100:
					r.AgeTo = region.AndOver
				}
				figures = append(figures, region.Figure{Number: len(figures) + 1, Residents: r})
			}
		}
	}
	if _, err := s.ImportPopulation(context.Background(), figures); err != nil {
		c.t.Fatal(err)
	}
}

// What changes a figure without an entry: a move, a withdrawal, a corrected birth date, sex and guardian, a new name and successor
// of a dong, another dong, a population table.
func TestReportsStayWhateverElseChanges(t *testing.T) {
	eachCity(t, func(c *city) {
		c.at("2026-12-21T10:00:00+09:00")
		officer := c.officer()
		people := []*client{c.volunteer("이사한 이"), c.volunteer("떠난 이"), c.volunteer("생일이 틀린 이"), c.volunteer("두 번 옮긴 이")}
		for _, p := range people {
			c.served(p, "2026-12-20")
		}
		moved, gone, corrected, restless := people[0], people[1], people[2], people[3]
		c.on("2027-01-05T09:00:00+09:00")
		january := everything(officer, "2027-01-04")
		restless.patch("/me", map[string]any{"region_code": dbtest.OtherDong}, "If-Match", "*").want(http.StatusOK)
		c.on("2027-01-05T12:00:00+09:00")
		noon := everything(officer, "2027-01-05T11:00:00%2B09:00")
		restless.patch("/me", map[string]any{"region_code": dbtest.Dong}, "If-Match", "*").want(http.StatusOK) // on the same day
		c.on("2027-01-20T12:00:00+09:00")
		moved.patch("/me", map[string]any{"region_code": dbtest.OtherDong, "sex": "undisclosed"}, "If-Match", "*").want(http.StatusOK)
		c.rewrite(gone, func(v *volunteer.Volunteer) {
			v.Status, v.WithdrawnOn = volunteer.Withdrawn, calendar.MustParse("2027-01-20")
		})
		c.rewrite(corrected, func(v *volunteer.Volunteer) { v.BirthDate = calendar.MustParse("1960-04-05") })
		c.imports()
		c.volunteer("나중에 온 이")
		c.on("2027-02-10T12:00:00+09:00")
		for _, r := range slices.Concat(january, noon) {
			r.stands(officer)
		}
		rows := func(path string) string {
			a := officer.get(path).want(http.StatusOK)
			var b strings.Builder
			for i := range a.count("items") {
				fmt.Fprintf(&b, "%v %v/%v ", a.value(fmt.Sprintf("items.%d.name", i)), a.value(fmt.Sprintf("items.%d.registered", i)), a.value(fmt.Sprintf("items.%d.population", i)))
			}
			return b.String()
		}
		for path, want := range map[string]string{
			"/statistics/registration?by=dong&as_of=2027-01-04":               "충장동 5/2200 동명동 0/2200 시외 0/<nil> ",
			"/statistics/registration?by=dong&as_of=2027-01-05T02:00:00Z":     "충장동 4/2200 동명동 1/2200 시외 0/<nil> ",
			"/statistics/registration?by=dong&as_of=2027-01-05":               "충장동 5/2200 동명동 0/2200 시외 0/<nil> ",
			"/statistics/registration?by=dong&as_of=2027-01-20":               "충장1동 4/7 동명동 1/9 새동 0/<nil> 시외 0/<nil> ",
			"/statistics/registration?by=dong&on=2027-01-19":                  "충장1동 5/7 동명동 0/9 새동 0/<nil> 시외 0/<nil> ", // as known now: he had not withdrawn by then
			"/statistics/registration?by=dong&on=2026-12-31&as_of=2027-01-20": "충장1동 5/7 동명동 0/9 새동 0/<nil> 시외 0/<nil> ",
			"/statistics/registration?by=dong":                                "충장1동 4/7 동명동 1/9 새동 0/<nil> 시외 0/<nil> ",
		} {
			if got := rows(path); got != want {
				t.Errorf("%s: %s", path, got)
			}
		}
	})
}

// One's own hours as they were known before and after a correction and a reversal.
func TestHoursAsTheyWereKnown(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, v := c.head(), c.keeper(), c.volunteer("홍길동")
		camp := "/camps/" + c.Camp.String()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T09:00", "2026-07-14T12:00", 0)
		attendance := head.post(camp+"/attendances", batch(presenceOf("c", v, shift, "2026-07-14T09:00", "2026-07-14T11:00"))).text("results.0.attendance_id")
		keeper.post(camp+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).wantAll("status", "verified")
		a := "/attendances/" + attendance
		c.on("2026-07-16T10:00:00+09:00")
		change := v.post(a+"/corrections", map[string]any{"checked_in_at": "2026-07-14T09:00:00+09:00", "checked_out_at": "2026-07-14T11:30:00+09:00",
			"reason": "30분 더 있었습니다."}).want(http.StatusCreated)
		keeper.post(a+"/changes/"+change.text("id")+"/verification", map[string]any{}).want(http.StatusOK)
		c.on("2026-07-18T10:00:00+09:00")
		head.post(a+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated)
		keeper.post(a+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusOK)
		c.on("2026-07-20T10:00:00+09:00")
		v.get("/me/hours").wantHours(0, 0)
		for at, want := range map[string]string{
			"2026-07-14":                       "0 recognised, 0 reversed, 0 this year, 0 entries, last <nil>",
			"2026-07-15T00:59:59.999999Z":      "0 recognised, 0 reversed, 0 this year, 0 entries, last <nil>",
			"2026-07-15T10:00:00%2B09:00":      "120 recognised, 0 reversed, 120 this year, 1 entries, last 2026-07-15T01:00:00Z",
			"2026-07-15":                       "120 recognised, 0 reversed, 120 this year, 1 entries, last 2026-07-15T01:00:00Z",
			"2026-07-16":                       "150 recognised, 0 reversed, 150 this year, 2 entries, last 2026-07-16T01:00:00Z",
			"2026-07-18T00:59:59.999999-00:00": "150 recognised, 0 reversed, 150 this year, 2 entries, last 2026-07-16T01:00:00Z",
			"2026-07-18":                       "0 recognised, 150 reversed, 0 this year, 3 entries, last 2026-07-18T01:00:00Z",
		} {
			h, e := v.get("/me/hours?as_of="+at).want(http.StatusOK), v.get("/me/hours/entries?as_of="+at).want(http.StatusOK)
			got := fmt.Sprintf("%v recognised, %v reversed, %v this year, %d entries, last %v", h.value("recognised_minutes"), h.value("reversed_minutes"),
				h.value("this_year_minutes"), e.count("items"), h.value("last_posted_at"))
			if got != want || h.value("pending_minutes") != nil || h.value("held_minutes") != nil || h.text("as_of") == "" {
				t.Errorf("%s: %s: %s", at, got, h.Body)
			}
		}
		page := v.get("/me/hours/entries?limit=1&as_of=2026-07-16").want(http.StatusOK)
		rest := v.get("/me/hours/entries?limit=1&as_of=2026-07-16&after=" + page.text("next")).want(http.StatusOK)
		if page.number("items.0.minutes") != 30 || rest.number("items.0.minutes") != 120 || rest.value("next") != nil {
			t.Errorf("%s %s", page.Body, rest.Body)
		}
		v.get("/me/hours/entries?limit=1&as_of=2026-07-17&after="+page.text("next")).refused(http.StatusBadRequest, "page.cursor")
		v.get("/me/hours?as_of=2026-07-16").golden("hours-as-of")
	})
}

func TestOnlyWhatIsSettledIsTold(t *testing.T) {
	eachCity(t, func(c *city) { // on 15 July at ten
		officer := c.officer()
		paths := map[string]*client{
			"/me/hours?as_of=": c.volunteer("홍길동"), "/me/hours/entries?as_of=": c.volunteer("홍길동"),
			"/statistics/registration?as_of=": officer, "/statistics/participation?from=2026-07-01&to=2026-07-31&as_of=": officer,
			"/statistics/differences?to_as_of=2026-07-14&from_as_of=": officer, "/statistics/differences?from_as_of=2026-07-14&to_as_of=": officer,
		}
		for path, p := range paths {
			for _, wrong := range []string{"2026-02-30", "yesterday", "2026-07-14T10:00:00", "2026-07-14T10:00:00+09:00", "2026-07-14T10:00:00", "20260714",
				"9999-01-01T00:00:00Z", "2026-07-14T25:00:00Z", "1700000000", "2026-07-14%2009:00:00Z", "2026-07-14&as_of=2026-07-13", "%00"} {
				p.get(path+wrong).refused(http.StatusBadRequest, "request.query")
			}
			for _, future := range []string{"2026-07-16", "2026-07-15T10:00:00.000001%2B09:00", "2099-12-31"} {
				p.get(path+future).refused(http.StatusUnprocessableEntity, "as_of.future")
			}
			if !strings.Contains(path, "registration") { // which today means today
				p.get(path+"2026-07-15").refused(http.StatusUnprocessableEntity, "as_of.future")
			}
			for _, recent := range []string{"2026-07-15T10:00:00%2B09:00", "2026-07-15T00:58:00.000001Z"} {
				if got := p.get(path+recent).refused(http.StatusConflict, "as_of.too_recent"); !strings.Contains(got.text("detail"), "2026-07-15T09:58:00+09:00") {
					t.Errorf("%s", got.Body)
				}
			}
		}
		for path, p := range paths {
			if settled := "2026-07-15T00:58:00Z"; !strings.Contains(path, "to_as_of=2026-07-14") {
				p.get(path + settled).want(http.StatusOK)
			}
			p.get(path + "2026-07-14").want(http.StatusOK)
		}
		for query, code := range map[string]string{"": "from_as_of", "?from_as_of=2026-07-14": "to_as_of", "?from_as_of=2026-07-14&to_as_of=2026-07-13": "to_as_of",
			"?from_as_of=2026-07-13&to_as_of=2026-07-14&from=2026-07-02&to=2026-07-01": "to"} {
			if got := officer.get("/statistics/differences"+query).refused(http.StatusUnprocessableEntity, "request.invalid"); got.text("errors.0.path") != code {
				t.Errorf("%s: %s", query, got.Body)
			}
		}
		// What is known now has a tag as well, and today is no other day than none.
		today := officer.get("/statistics/registration?as_of=2026-07-15").want(http.StatusOK)
		if none := officer.get("/statistics/registration").want(http.StatusOK); string(none.Body) != string(today.Body) || today.value("known_at") != nil {
			t.Errorf("%s %s", none.Body, today.Body)
		}
		c.on("2026-07-16T00:01:59+09:00")
		officer.get("/statistics/registration?as_of=2026-07-15").refused(http.StatusConflict, "as_of.too_recent")
		c.on("2026-07-16T00:02:00+09:00")
		if past := officer.get("/statistics/registration?as_of=2026-07-15").want(http.StatusOK); past.text("known_at") != "2026-07-15T14:59:59.999999Z" || past.text("as_of") != "2026-07-15" {
			t.Errorf("%s", past.Body)
		}
	})
}
