package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/id"
	"dure/domain/programme"
	"dure/domain/proof"
	proofstore "dure/repository/proof"
)

// realProgrammes are the programmes of the demo city, as bodies of requests.
func realProgrammes(t *testing.T) []map[string]any {
	t.Helper()
	raw, err := os.ReadFile("demo/data/programmes.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// incentive enters one of the real programmes and gives its id.
func (c *city) incentive(code string) string { c.t.Helper(); return c.incentiveWith(code) }

// incentiveWith is incentive with members of the terms changed.
func (c *city) incentiveWith(code string, changes ...any) string {
	c.t.Helper()
	for _, p := range realProgrammes(c.t) {
		if p["code"] == code {
			for i := 0; i+1 < len(changes); i += 2 {
				p["terms"].(map[string]any)[changes[i].(string)] = changes[i+1]
			}
			return c.officer().post("/incentive-programmes", p).want(http.StatusCreated).text("id")
		}
	}
	c.t.Fatal(code)
	return ""
}

// days has somebody serve eight hours on so many days from a day on, told and verified on the evening of the last one.
func (c *city) days(v *client, activity, first string, n int) (attendances []string) {
	c.t.Helper()
	day, err := time.Parse("2006-01-02", first)
	if err != nil {
		c.t.Fatal(err)
	}
	var items []any
	for i := range n {
		d := day.AddDate(0, 0, i).Format("2006-01-02")
		shift := c.session(c.head(), activity, d+"T09:00", d+"T17:00", 0)
		items = append(items, presenceOf(id.New().String(), v, shift, d+"T09:00", d+"T17:00"))
	}
	c.moved(day.AddDate(0, 0, n-1).Format("2006-01-02") + "T20:00:00+09:00")
	attendances = c.head().post("/camps/"+c.Camp.String()+"/attendances", batch(items...)).want(http.StatusOK).members("attendance_id")
	c.keeper().post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": attendances}).want(http.StatusOK)
	return attendances
}

// named finds the member of a list of incentives that is of a programme; its path, or "".
func (a answer) named(list, code string) string {
	a.t.Helper()
	for i := range a.count(list) {
		if path := fmt.Sprintf("%s.%d", list, i); a.text(path+".programme.code") == code {
			return path
		}
	}
	return ""
}

// sound proves all invariants.
func (c *city) sound() {
	c.t.Helper()
	report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: c.clock.Zone, Batch: 100})
	if err != nil || len(report.Findings) > 0 {
		c.t.Errorf("%+v %v", report.Findings, err)
	}
}

func TestEveryRealProgrammeIsEnteredAsData(t *testing.T) {
	eachCity(t, func(c *city) {
		c.sql(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES ('1230000000', 'gu', '1200000000', '북구', '2026-07-01')`)
		all := realProgrammes(c.t)
		for _, p := range all {
			a := c.officer().post("/incentive-programmes", p).want(http.StatusCreated)
			got := c.volunteer("이웃").get("/incentive-programmes/" + a.text("id")).want(http.StatusOK)
			want, err := json.Marshal(p["terms"])
			if err != nil {
				t.Fatal(err)
			}
			back, err := json.Marshal(got.value("versions.0.terms"))
			if err != nil || string(back) != string(want) {
				c.t.Errorf("%s became %s", want, back)
			}
		}
		if got := c.volunteer("이웃").get("/incentive-programmes?limit=100").want(http.StatusOK); got.count("items") != len(all) || len(all) < 40 {
			c.t.Error(got.count("items"))
		}
		c.officer().post("/incentive-programmes", all[0]).refused(http.StatusConflict, "programme.code_taken")
		c.volunteer("이웃").post("/incentive-programmes", all[1]).refused(http.StatusForbidden, "auth.forbidden")
	})
}

func TestTermsAreReadStrictly(t *testing.T) {
	eachCity(t, func(c *city) {
		draft := func(change func(terms map[string]any)) map[string]any {
			p := realProgrammes(c.t)[0]
			change(p["terms"].(map[string]any))
			return p
		}
		condition := func(terms map[string]any) map[string]any {
			return terms["requirements"].([]any)[0].(map[string]any)["any_of"].([]any)[0].(map[string]any)
		}
		for path, change := range map[string]func(terms map[string]any){
			"terms.requirements[0].any_of[0].measure":       func(t map[string]any) { condition(t)["measure"] = "hours" },
			"terms.requirements[0].any_of[0].at_least":      func(t map[string]any) { condition(t)["at_least"] = 0 },
			"terms.requirements[0].any_of[0].window.months": func(t map[string]any) { condition(t)["window"] = map[string]any{"kind": "rolling"} },
			"terms.requirements[0].any_of[0].window.kind":   func(t map[string]any) { condition(t)["window"] = map[string]any{} },
			"terms.requirements[0].any_of[0].scope.region": func(t map[string]any) {
				condition(t)["scope"] = map[string]any{"kind": "region", "region": "9999900000"}
			},
			"terms.requirements[0].any_of[0].entries.fields[0]": func(t map[string]any) { condition(t)["entries"] = map[string]any{"fields": []string{"9999"}} },
			"terms.requirements[0].any_of":                      func(t map[string]any) { t["requirements"] = []any{map[string]any{"any_of": []any{}}} },
			"terms.person.age_to":                               func(t map[string]any) { t["person"] = map[string]any{"age_from": 30, "age_to": 20} },
			"terms.seasons[0].from":                             func(t map[string]any) { t["seasons"] = []any{map[string]any{"from": "13-01", "to": "06-30"}} },
			"terms.benefit.points_per_hour":                     func(t map[string]any) { t["benefit"] = map[string]any{"kind": "card", "points_per_hour": 3} },
			"terms.validity.months":                             func(t map[string]any) { t["validity"] = map[string]any{"kind": "months"} },
			"terms.repeat":                                      func(t map[string]any) { t["repeat"] = "each_window" },
			"terms.budget.each":                                 func(t map[string]any) { t["budget"] = map[string]any{"holdings": 5} },
			"terms.exchange.programme":                          func(t map[string]any) { t["exchange"] = map[string]any{"programme": "no-such", "count": 2} },
			"terms.asks[0]":                                     func(t map[string]any) { t["asks"] = []string{"horoscope"} },
		} {
			a := c.officer().post("/incentive-programmes", draft(change)).refused(http.StatusUnprocessableEntity, "request.invalid")
			if !slices.Contains(a.paths(), path) {
				c.t.Errorf("%s: %s", path, a.Body)
			}
		}
		c.officer().post("/incentive-programmes", draft(func(t map[string]any) { t["if"] = "true" })).refused(http.StatusBadRequest, "request.member")
	})
}

// paths are the wrong members that a refusal names.
func (a answer) paths() (all []string) {
	for i := range a.count("errors") {
		all = append(all, a.text(fmt.Sprintf("errors.%d.path", i)))
	}
	return all
}

// The story that the whole is for: 300 of 500 hours are reversed, and exactly what rested on them is taken back, step by step.
func TestWhatRestedOnReversedHoursIsTakenBack(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		activity := c.programme(c.head(), "camp", c.Camp, "경로당 급식 봉사")
		card, silver, green, honour := c.incentive("gangdong-card"), c.incentive("vms-badge-500"), c.incentive("vms-badge-200"), c.incentive("gwangju-honour-500")
		thisYear := c.incentive("gwangju-card")
		first := v.get("/me/incentives").want(http.StatusOK)
		if first.count("holdings") != 0 || first.count("claimable") != 0 || first.number(first.named("next", "vms-badge-200")+".conditions.0.missing") != 12000 {
			c.t.Fatalf("%s", first.Body)
		}
		v.post("/me/incentives/"+green+"/claims", nil).refused(http.StatusConflict, "programme.not_eligible")

		attendances := c.days(v, activity, "2026-07-16", 29) // 232 h
		for i, day := range []string{"2026-08-14", "2026-09-12"} {
			attendances = append(attendances, c.days(v, activity, day, []int{29, 5}[i])...) // 464, 504 h
		}
		a := v.get("/me/incentives").want(http.StatusOK)
		for _, code := range []string{"vms-badge-500", "vms-badge-200", "gwangju-honour-500", "gwangju-card"} {
			if a.named("claimable", code) == "" {
				c.t.Errorf("%s: %s", code, a.Body)
			}
		}
		if next := a.named("next", "gangdong-card"); next == "" || a.number(next+".conditions.0.missing") != 6000 { // of last year
			c.t.Errorf("%s", a.Body)
		}
		v.post("/me/incentives/"+card+"/claims", nil).refused(http.StatusConflict, "programme.not_eligible")
		claimed := v.post("/me/incentives/"+silver+"/claims", nil).want(http.StatusCreated)
		if again := v.post("/me/incentives/"+silver+"/claims", nil).want(http.StatusOK); again.text("id") != claimed.text("id") {
			c.t.Errorf("%s", again.Body)
		}
		for _, p := range []string{green, honour, thisYear} {
			v.post("/me/incentives/"+p+"/claims", nil).want(http.StatusCreated)
		}
		if a = v.get("/me/incentives").want(http.StatusOK); a.count("holdings") != 4 || a.text("holdings.0.valid_to") != "2027-09-15" {
			c.t.Fatalf("%s", a.Body)
		}
		c.sound()

		c.moved("2026-09-17T10:00:00+09:00")
		for _, attendance := range attendances[25:] { // 304 h; 200 are left
			c.agreed(attendance, "reversals", map[string]any{"reason": "다른 사람이었습니다."})
		}
		a = v.get("/me/incentives").want(http.StatusOK)
		for code, state := range map[string]string{"vms-badge-500": "taken_back", "gwangju-honour-500": "taken_back", "vms-badge-200": "held", "gwangju-card": "held"} {
			path := a.named("holdings", code)
			if a.text(path+".state") != state {
				c.t.Errorf("%s: %s", code, a.text(path+".state"))
			}
			if steps := a.count(path + ".steps"); state == "held" && steps != 1 || state != "held" && steps != 40 { // granted, 38 entries and the taking back at one of them
				c.t.Errorf("%s: %d steps", code, steps)
			}
		}
		path := a.named("holdings", "vms-badge-500")
		taken := 0
		for i := range a.count(path + ".steps") {
			step := fmt.Sprintf("%s.steps.%d", path, i)
			if i > 0 && a.text(step+".entry_id") == "" {
				c.t.Errorf("%s names no entry", step)
			}
			if a.text(step+".what") == "taken_back" {
				taken++
				if a.number(step+".before") < 30000 || a.number(step+".after") >= 30000 || !strings.Contains(a.text(step+".text"), "회수") {
					c.t.Errorf("%s", a.Body)
				}
				v.get("/me/hours/entries/" + a.text(step+".entry_id")).want(http.StatusOK)
			}
		}
		if taken != 1 {
			c.t.Errorf("taken back %d times", taken)
		}
		if en := v.get("/me/incentives", "Accept-Language", "en").want(http.StatusOK); en.text(path+".state_text") != "Taken back" {
			c.t.Error(en.text(path + ".state_text"))
		}
		if again := v.get("/me/incentives").want(http.StatusOK); string(again.Body) != string(a.Body) {
			c.t.Error("looking again changes something")
		}
		v.post("/me/incentives/"+silver+"/claims", nil).refused(http.StatusConflict, "programme.not_eligible")
		c.sound()
	})
}

func TestACarHasOneStickerAndAnOfficerDecides(t *testing.T) {
	eachCity(t, func(c *city) {
		a, b := c.volunteer("홍길동"), c.volunteer("김봉사")
		free := c.incentiveWith("gyeyang-parking", "requirements", []any{})
		path := "/me/incentives/" + free + "/claims"
		full := map[string]any{"car_plate": "12가 3456", "declared": []string{"driving_licence", "car_owner"}}
		if got := a.post(path, map[string]any{}).refused(http.StatusUnprocessableEntity, "request.invalid").paths(); !slices.Equal(got, []string{"car_plate", "declared", "declared"}) {
			c.t.Error(got)
		}
		a.post(path, map[string]any{"car_plate": "가나다", "declared": full["declared"]}).refused(http.StatusUnprocessableEntity, "request.invalid")
		claim := a.post(path, full).want(http.StatusCreated)
		if claim.text("state") != "requested" || claim.text("car_last") != "3456" {
			c.t.Errorf("%s", claim.Body)
		}
		b.post(path, map[string]any{"car_plate": "12가3456", "declared": full["declared"]}).refused(http.StatusConflict, "programme.car_taken")
		list := c.officer().get("/incentive-programmes/" + free + "/claims").want(http.StatusOK)
		if list.count("items") != 1 || list.text("items.0.volunteer_name") != "홍*동" {
			c.t.Errorf("%s", list.Body)
		}
		decision := "/incentive-claims/" + claim.text("id")
		a.post(decision+"/approval", nil).refused(http.StatusNotFound, "programme.claim_not_found")
		c.head().post(decision+"/approval", nil).refused(http.StatusNotFound, "programme.claim_not_found")
		c.officer().post(decision+"/refusal", map[string]any{}).refused(http.StatusUnprocessableEntity, "request.invalid")
		held := c.officer().post(decision+"/approval", nil).want(http.StatusOK)
		if held.text("state") != "held" || held.text("valid_from") != "2026-07-15" || held.text("valid_to") != "2028-07-14" {
			c.t.Errorf("%s", held.Body)
		}
		c.officer().post(decision+"/approval", nil).refused(http.StatusConflict, "programme.claim_state")
		mine := c.officer()
		own := mine.post(path, map[string]any{"car_plate": "34나1234", "declared": full["declared"]}).want(http.StatusCreated).text("id")
		mine.post("/incentive-claims/"+own+"/approval", nil).refused(http.StatusForbidden, "duty.conflict_of_interest")
		c.sound()
	})
}

// grown gives somebody hours, eight on a day, and leaves the clock at 15 October.
func (c *city) grown(v *client, hours int) {
	c.t.Helper()
	c.moved(morning)
	activity := c.programme(c.head(), "camp", c.Camp, "급식 봉사 "+id.New().String()[30:])
	day := time.Date(2026, 7, 16, 0, 0, 0, 0, time.UTC)
	for hours > 0 {
		n := min(25, (hours+7)/8)
		c.days(v, activity, day.Format("2006-01-02"), n)
		day, hours = day.AddDate(0, 0, n), hours-n*8
	}
	c.moved("2026-10-15T10:00:00+09:00")
}

// moved sets the clock, and everybody signs in again.
func (c *city) moved(instant string) {
	c.t.Helper()
	c.at(instant)
	for _, p := range c.people {
		p.Token = c.stranger().post("/auth/login", map[string]any{"login": p.Login, "password": secret}).want(http.StatusOK).text("access_token")
	}
}

func TestAnEvaluationIsStartedWatchedAndRead(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		c.grown(v, 24)
		p := c.incentive("gwangju-passbook")
		path := "/incentive-programmes/" + p + "/evaluations"
		started := c.officer().post(path, nil).want(http.StatusAccepted)
		if again := c.officer().post(path, nil).want(http.StatusAccepted); again.text("id") != started.text("id") || again.text("state") != "running" {
			c.t.Errorf("%s", again.Body)
		}
		mine := strings.TrimPrefix(started.Header.Get("Location"), "/api/v1")
		service := programmes(dependencies{db: c.db, clock: c.clock})
		if more, err := service.Work(context.Background(), 2); err != nil || !more {
			c.t.Fatal(more, err)
		}
		half := c.officer().get(mine).want(http.StatusOK)
		if half.number("seen") != 2 || half.number("persons") <= 2 || half.text("state") != "running" {
			c.t.Errorf("%s", half.Body)
		}
		for more := true; more; {
			var err error
			if more, err = service.Work(context.Background(), programme.Persons); err != nil {
				c.t.Fatal(err)
			}
		}
		done := c.officer().get(mine).want(http.StatusOK)
		if done.number("seen") != done.number("persons") || done.number("eligible") != 1 || done.text("state") != "finished" {
			c.t.Errorf("%s", done.Body)
		}
		found := c.officer().get(mine + "/results").want(http.StatusOK)
		if found.count("items") != 1 || found.text("items.0.volunteer_name") != "홍*동" || found.text("items.0.volunteer_number") != v.Number ||
			found.number("items.0.measured.0") != 1440 {
			c.t.Errorf("%s", found.Body)
		}
		v.get(mine).refused(http.StatusForbidden, "auth.forbidden")
	})
}

func TestTermsChangeFromADayOnAndAProgrammeCloses(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		c.grown(v, 24)
		p := c.incentive("changwon-card") // 50 h
		path := "/me/incentives/" + p + "/claims"
		v.post(path, nil).refused(http.StatusConflict, "programme.not_eligible")
		read := c.officer().get("/incentive-programmes/" + p).want(http.StatusOK)
		terms := read.value("versions.0.terms").(map[string]any)
		terms["requirements"].([]any)[0].(map[string]any)["any_of"].([]any)[0].(map[string]any)["at_least"] = 1440
		change := map[string]any{"from_day": "2026-10-15", "terms": terms, "reason": "감염병 기간 한시 완화"}
		c.officer().post("/incentive-programmes/"+p+"/versions", change).refused(http.StatusPreconditionRequired, "request.if_match")
		c.officer().post("/incentive-programmes/"+p+"/versions", change, "If-Match", "*").refused(http.StatusUnprocessableEntity, "request.invalid")
		change["from_day"] = "2026-10-16"
		c.officer().post("/incentive-programmes/"+p+"/versions", change, "If-Match", read.Header.Get("ETag")).want(http.StatusCreated)
		c.officer().post("/incentive-programmes/"+p+"/versions", change, "If-Match", read.Header.Get("ETag")).refused(http.StatusPreconditionFailed, "request.changed")
		v.post(path, nil).refused(http.StatusConflict, "programme.not_eligible") // not before its day
		c.moved("2026-10-16T00:00:00+09:00")
		v.post(path, nil).want(http.StatusCreated)
		c.officer().post("/incentive-programmes/"+p+"/closure", map[string]any{"reason": "예산 소진"}).want(http.StatusOK)
		c.officer().post("/incentive-programmes/"+p+"/closure", map[string]any{"reason": "예산 소진"}).refused(http.StatusConflict, "programme.closed")
		c.volunteer("이웃").post(path, nil).refused(http.StatusConflict, "programme.closed")
		if a := v.get("/me/incentives").want(http.StatusOK); a.text("holdings.0.state") != "held" { // it stays his
			c.t.Errorf("%s", a.Body)
		}
		c.moved("2028-10-16T00:00:00+09:00")
		if a := v.get("/me/incentives").want(http.StatusOK); a.text("holdings.0.state") != "expired" {
			c.t.Errorf("%s", a.Body)
		}
	})
}
