package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// goal is a target as an officer sends it.
func goal(more ...any) map[string]any {
	m := map[string]any{"title": "캠프를 모든 동에", "metric": "camps", "region": "city", "baseline": map[string]any{"value": 1, "on": "2026-01-01"},
		"goal": map[string]any{"value": 4}, "due_on": "2027-12-31", "source": "자원봉사 종합발전 로드맵"}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	return m
}

func from(value float64, on string) map[string]any { return map[string]any{"value": value, "on": on} }

func to(value float64) map[string]any { return map[string]any{"value": value} }

// The centre sets targets; what a camp logs and another person verifies moves them, and everybody sees how they stand.
func TestTheCitysTargets(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, nobody := c.officer(), c.stranger()
		set := officer.post("/targets", goal(), "Idempotency-Key", "camps").want(http.StatusCreated)
		again := officer.post("/targets", goal(), "Idempotency-Key", "camps").want(http.StatusCreated)
		if again.text("id") != set.text("id") || set.Header.Get("Location") != "/api/v1/targets/"+set.text("id") {
			t.Errorf("%s %v", again.Body, set.Header)
		}
		year := []any{"baseline", from(0, "2025-12-31"), "due_on", "2027-12-31"}
		officer.post("/targets", goal(append(year, "title", "참여율 15%", "metric", "participation_rate", "goal", to(0.15))...)).want(http.StatusCreated)
		officer.post("/targets", goal(append(year, "title", "동구 시간", "metric", "minutes", "region", dbtest.Gu, "goal", to(100_000))...)).want(http.StatusCreated)
		officer.post("/targets", goal(append(year, "title", "충장동 등록", "metric", "registered", "region", dbtest.Dong, "goal", to(500))...)).want(http.StatusCreated)
		officer.post("/targets", goal("title", "충장동 캠프", "region", dbtest.Dong)).want(http.StatusCreated)
		officer.post("/targets", goal(append(year, "title", "교육과정", "metric", "courses", "goal", to(12))...)).want(http.StatusCreated)

		before := officer.get("/targets").want(http.StatusOK)
		if before.count("items") != 6 || before.number("items.2.actual.value") != 0 || before.value("items.5.actual") != nil || before.text("items.5.pace") != "later" {
			t.Errorf("%s", before.Body)
		}
		c.confirmed(c.volunteer("홍길동"), "13:00", "16:00")
		c.runJob("keep the figures")
		after := officer.get("/targets").want(http.StatusOK)
		if after.number("items.2.actual.value") != 180 || after.text("items.2.region_name") != "동구" || after.number("items.0.actual.value") != 2 {
			t.Errorf("%s", after.Body)
		}
		after.golden("targets-kept")
		// One number everywhere: the cubes say the same.
		officer.post("/targets", goal("title", "등록률", "metric", "registration_rate", "goal", to(0.9), "baseline", from(0, "2026-01-01"))).want(http.StatusCreated)
		targets := officer.get("/targets")
		for path, target := range map[string]string{
			"/statistics/cubes/home-time?from=2026-07&to=2026-07&rows=city&columns=month": "items.6.actual.value",
			"/statistics/cubes/home-time?from=2026&to=2026&rows=city&columns=*":           "items.1.actual.value",
		} {
			rates := officer.get(path).want(http.StatusOK)
			rate := rates.value("items.0.registration_rate")
			if strings.Contains(path, "*") {
				rate = rates.value("items.0.participation_rate")
			}
			if rates.text("items.0.row") != "city" || rate == nil || rate != targets.value(target) {
				t.Errorf("%s: %v in %s, and %v in %s", path, rate, rates.Body, targets.value(target), targets.Body)
			}
		}
		officer.patch("/targets/"+targets.text("items.6.id"), map[string]any{"withdrawn": true, "reason": "견주어 봄"}, "If-Match", "*").want(http.StatusOK)
		nobody.get("/open-data/targets").want(http.StatusOK).golden("targets")
		nobody.get("/open-data/targets", "Accept-Language", "en").want(http.StatusOK).golden("targets-en")
		nobody.get("/open-data/targets?limit=1").refused(http.StatusBadRequest, "request.query")
		if m := nobody.get("/target-metrics", "Accept-Language", "en").want(http.StatusOK); m.count("items") != 13 || m.text("items.0.name") != "Registration rate" {
			t.Errorf("%s", m.Body)
		}

		// Another title is another version; what was decided is not among what can be changed.
		path := "/targets/" + set.text("id")
		found := officer.get(path).want(http.StatusOK)
		if officer.get(path, "If-None-Match", found.Header.Get("ETag")).want(http.StatusNotModified); found.Header.Get("ETag") == `"1"` {
			t.Error("an ETag that does not move with the actual")
		}
		renamed := officer.patch(path, map[string]any{"title": "동마다 캠프"}, "If-Match", found.Header.Get("ETag")).want(http.StatusOK)
		if renamed.number("version") != 2 || renamed.count("versions") != 2 || renamed.text("versions.0.title") != "캠프를 모든 동에" {
			t.Errorf("%s", renamed.Body)
		}
		officer.patch(path, map[string]any{"title": "x"}, "If-Match", `"1"`).refused(http.StatusPreconditionFailed, "request.changed")
		officer.patch(path, map[string]any{"title": "x"}).refused(http.StatusPreconditionRequired, "request.if_match")
		officer.patch(path, map[string]any{"goal": to(3)}, "If-Match", "*").want(http.StatusBadRequest)
		officer.patch(path, map[string]any{}, "If-Match", "*").refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.patch(path, map[string]any{"withdrawn": true}, "If-Match", "*").refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.patch(path, map[string]any{"withdrawn": true, "reason": "목표를 다시 정하였습니다."}, "If-Match", renamed.Header.Get("ETag")).want(http.StatusOK)
		officer.patch(path, map[string]any{"title": "x"}, "If-Match", "*").refused(http.StatusConflict, "target.withdrawn")
		if n := officer.get("/targets").count("items"); n != 5 {
			t.Error(n)
		}
		if n := officer.get("/targets?withdrawn=true&metric=camps").count("items"); n != 2 {
			t.Error(n)
		}
		if strings.Contains(string(nobody.get("/open-data/targets").Body), "동마다 캠프") {
			t.Error("everybody sees what was withdrawn")
		}
		officer.get("/targets/"+id.New().String()).refused(http.StatusNotFound, "target.not_found")

		// Who looked, and who decided, is kept.
		for action, want := range map[string]int{"target.set": 7, "target.changed": 1, "target.withdrawn": 2} {
			var n int
			c.scan(&n, `SELECT COUNT(*) FROM audit_events WHERE action = ? AND account_id = ?`, action, officer.Account)
			if n != want {
				t.Errorf("%s: %d", action, n)
			}
		}
		var looks int
		c.scan(&looks, `SELECT COUNT(*) FROM audit_events WHERE action = 'target.read'`)
		if looks < 10 {
			t.Error(looks)
		}
	})
}

func TestTargetsThatCannotBeAreRefused(t *testing.T) {
	eachCity(t, func(c *city) {
		officer := c.officer()
		for name, body := range map[string]map[string]any{
			"an unknown metric":         goal("metric", "happiness"),
			"a region of another city":  goal("region", dbtest.Elsewhere),
			"the country's first level": goal("region", dbtest.City),
			"percent":                   goal("metric", "registration_rate", "goal", to(32)),
			"half a camp":               goal("goal", to(1.5)),
			"no way to go":              goal("goal", to(1)),
			"due before it begins":      goal("due_on", "2025-12-31"),
			"half a year":               goal("metric", "persons", "due_on", "2027-06-30"),
			"no source":                 goal("source", ""),
			"no baseline":               goal("baseline", map[string]any{"value": 1}),
		} {
			refused := officer.post("/targets", body)
			if refused.Status != http.StatusUnprocessableEntity || refused.count("errors") == 0 {
				t.Errorf("%s: %d %s", name, refused.Status, refused.Body)
			}
		}
		officer.post("/targets", goal("actual", from(95, "2026-07-01"))).want(http.StatusBadRequest) // actuals are never typed in
		raw, _ := json.Marshal(goal())
		officer.post("/targets", strings.Replace(string(raw), `"value":4`, `"value":"4"`, 1)).want(http.StatusBadRequest)
		for _, p := range []*client{c.volunteer("박시민"), c.head(), c.analyst(), c.administrator()} {
			p.post("/targets", goal()).refused(http.StatusForbidden, "auth.forbidden")
			p.get("/targets").refused(http.StatusForbidden, "auth.forbidden")
		}
	})
}

// deedsAtTargets are the routes of targets, for the test of who may do what.
func deedsAtTargets() map[string]deed {
	return map[string]deed{
		"GET /targets":               {nil, "officer", 403},
		"POST /targets":              {goal(), "officer", 403},
		"GET /targets/{target_id}":   {nil, "officer", 403},
		"PATCH /targets/{target_id}": {map[string]any{"title": "다른 이름"}, "officer", 403},
	}
}
