package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestAHolidayMovesTheFiguresByKindOfDay(t *testing.T) {
	eachCity(t, func(c *city) {
		admin, officer := c.administrator(), c.officer()
		c.confirmed(c.volunteer("홍길동"), "13:00", "16:00") // on the 14th, a Tuesday
		kinds := func(want string) {
			t.Helper()
			c.counted()
			if got := fmt.Sprint(officer.get("/statistics/cubes/day_kind-time?columns=*").want(http.StatusOK).cells()); got != want {
				t.Error(got)
			}
		}
		kinds("[weekday *: 1 1 180]")
		some := map[string]any{"items": []map[string]any{{"day": "2026-07-14", "name": "임시공휴일"}}}
		admin.post("/holidays", some).want(http.StatusNoContent)
		kinds("[holiday *: 1 1 180]")
		admin.post("/holidays", some).want(http.StatusNoContent) // which changes nothing
		var waiting int
		c.scan(&waiting, `SELECT COUNT(*) FROM cube_queue`)
		if waiting != 0 {
			t.Error("nothing has changed, and all is counted anew")
		}
		year := c.volunteer("홍길동").get("/holidays?year=2026").want(http.StatusOK)
		if !strings.Contains(string(year.Body), `{"day":"2026-07-14","name":"임시공휴일"}`) || year.text("items.0.name") != "신정" {
			t.Errorf("%s", year.Body)
		}
		if told, err := imports(c.dependencies)["holidays"](t.Context(), strings.NewReader("day,name\n2026-07-14,임시 공휴일\n2028-01-01,신정\n")); err != nil || told != "2 holidays added or named anew" {
			t.Error(told, err)
		}
		for file, want := range map[string]string{"day\n2026-07-14\n": "line 1", "day,name\n2026-02-30,신정\n": "line 2", "day,name\n2026-03-01,삼일절\n\n2026-03-01,삼일절\n": "line 4"} {
			if _, err := imports(c.dependencies)["holidays"](t.Context(), strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v", file, err)
			}
		}
		admin.do("DELETE", "/holidays/2026-07-14", nil).want(http.StatusNoContent)
		kinds("[weekday *: 1 1 180]")
		for _, day := range []string{"2026-07-14", "yesterday"} {
			admin.do("DELETE", "/holidays/"+day, nil).refused(http.StatusNotFound, "holiday.not_found")
		}
		for _, wrong := range []string{`{}`, `{"items":[]}`, `{"items":[{"day":"2026-07-14","name":""}]}`, `{"items":[{"name":"추석"}]}`,
			`{"items":[{"day":"2026-07-14","name":"하나"},{"day":"2026-07-14","name":"둘"}]}`} {
			admin.post("/holidays", wrong).refused(http.StatusUnprocessableEntity, "request.invalid")
		}
		var noted int
		c.scan(&noted, `SELECT COUNT(*) FROM audit_events WHERE subject_type = 'holiday'`)
		if noted != 4 {
			t.Errorf("%d changes are noted", noted)
		}
	})
}
