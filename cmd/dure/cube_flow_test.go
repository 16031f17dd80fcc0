package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"dure/domain/cube"
	"dure/repository"
	cubestore "dure/repository/cube"
	"dure/repository/dbtest"
)

// counted lets the keeper catch up with what was recorded.
func (c *city) counted() {
	c.t.Helper()
	if _, err := cube.NewKeeper(cubestore.NewStore(c.db)).CatchUp(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// cells are the items of a table as row column: persons visits minutes.
func (a answer) cells() (lines []string) {
	a.t.Helper()
	for i := range a.count("items") {
		at := fmt.Sprintf("items.%d.", i)
		lines = append(lines, fmt.Sprintf("%s %s: %d %d %d", a.text(at+"row"), a.text(at+"column"), a.number(at+"persons"), a.number(at+"visits"), a.number(at+"minutes")))
	}
	return lines
}

func TestWhatACampLogsShowsInTheCubes(t *testing.T) {
	eachCity(t, func(c *city) {
		officer, v := c.officer(), c.volunteer("홍길동")
		c.confirmed(v, "13:00", "16:00")
		july := "/statistics/cubes/home-time?from=2026-01&to=2026-07"
		if before := officer.get(july).want(http.StatusOK); before.count("items") != 0 || before.number("waiting") == 0 {
			t.Errorf("%s", before.Body)
		}
		c.counted()
		officer.get(july).want(http.StatusOK).golden("cube-home-time")
		officer.get("/statistics/cubes/home-time?from=2026-07&to=2026-07&zeros=true&row="+dbtest.OtherDong, "Accept-Language", "en").want(http.StatusOK).golden("cube-zeros")
		for question, want := range map[string]string{
			"home-time?rows=*&columns=quarter&from=2026-Q1&to=2026-Q3": "[* 2026-Q3: 1 1 180]",
			"home-time?rows=city&columns=*&from=2025&to=2026":          "[city *: 1 1 180]",
			"place-field?rows=gu":               "[1221000000 0100: 1 1 180]",
			"camp-time?rows=dong&columns=*":     "[1221052500 *: 1 1 180]",
			"organiser-time?from=2026-07":       "[camp 2026-07: 1 1 180]",
			"evidence-time?from=2026-07":        "[leader 2026-07: 1 1 180]",
			"day_kind-time?from=2026-07":        "[weekday 2026-07: 1 1 180]",
			"age-sex?rows=tens&columns=each":    "[30-39 female: 1 1 180]",
			"age14-sex?columns=*":               "[30-39 *: 1 1 180]",
			"field-time?columns=*&row=0100":     "[0100 *: 1 1 180]",
			"field-time?columns=*&row=0200":     "[]",
			"home-time?from=2026-05&to=2026-06": "[]",
		} {
			if got := fmt.Sprint(officer.get("/statistics/cubes/" + question).want(http.StatusOK).cells()); got != want {
				t.Errorf("%s: %s", question, got)
			}
		}
		// The year's table is complete only with its zeros: two dong, outside, and all seven months that have begun.
		if all := officer.get(july + "&zeros=true").want(http.StatusOK); all.count("items") != 3*7 {
			t.Errorf("%d items", all.count("items"))
		}
		var noted int
		c.scan(&noted, `SELECT COUNT(*) FROM audit_events WHERE action = 'cube.read' AND account_id = ? AND subject_id = 'home-time'
			AND detail LIKE '%home.dong/time.month 2026-01..2026-07%'`, officer.Account)
		if noted != 3 {
			t.Errorf("%d looks are noted", noted)
		}
	})
}

func TestLiveCubesAreForTheCentreAndExplained(t *testing.T) {
	eachCity(t, func(c *city) {
		for _, path := range []string{"/statistics/cubes", "/statistics/cubes/home-time"} {
			c.stranger().get(path).refused(http.StatusUnauthorized, "auth.sign_in")
			for _, p := range []*client{c.volunteer("박시민"), c.head(), c.administrator()} {
				p.get(path).refused(http.StatusForbidden, "auth.forbidden")
			}
		}
		c.analyst().get("/statistics/cubes/home-time").refused(http.StatusForbidden, "auth.forbidden")
		list := c.analyst().get("/statistics/cubes").want(http.StatusOK)
		if list.count("items") != len(cube.Listed) || list.text("items.0.rows.levels.0.name") != "행정동" {
			t.Errorf("%s", list.Body)
		}
		if english := c.officer().get("/statistics/cubes", "Accept-Language", "en").want(http.StatusOK); strings.Contains(string(english.Body), "cube.") || strings.Contains(string(list.Body), "cube.") {
			t.Errorf("%s", english.Body)
		}
		for path, refusal := range map[string]struct {
			status int
			code   string
		}{
			"home-party":                             {404, "cube.unknown"},
			"home-time?rows=street":                  {422, "cube.level"},
			"home-time?columns=tens":                 {422, "cube.level"},
			"home-time?from=2026-13":                 {422, "request.invalid"},
			"home-time?from=2026-07&to=2026-01":      {422, "request.invalid"},
			"home-time?from=1990-01":                 {422, "request.invalid"},
			"home-time?from=2027-01":                 {422, "request.invalid"},
			"home-sex?from=2026-03&to=2026-07":       {422, "request.invalid"},
			"home-sex?from=2025&to=2026-05":          {422, "request.invalid"},
			"home-time?columns=quarter&from=2026-02": {422, "request.invalid"},
			"home-time?format=pdf":                   {400, "request.query"},
			"home-time?limit=3":                      {400, "request.query"},
		} {
			c.officer().get("/statistics/cubes/"+path).refused(refusal.status, refusal.code)
		}
		c.officer().get("/statistics/cubes/home-sex?from=2025&to=2026-07").want(http.StatusOK) // the year that runs
	})
}

func TestCubesAreDownloaded(t *testing.T) {
	eachCity(t, func(c *city) {
		c.confirmed(c.volunteer("홍길동"), "13:00", "16:00")
		c.counted()
		path := "/statistics/cubes/home-time?rows=dong&columns=month&from=2026-07"
		want := "\ufeff행,행 이름,열,열 이름,기간,실인원,연인원,인정시간(분),신규 인원,기존 인원,꾸준한 인원,1인당 분,1회당 분,등록인원,인구,인구 기준월,등록률,참여율,활동률\r\n" +
			"1221052500,충장동,2026-07,2026년 7월,2026-07,1,1,180,1,0,,180,180,4,2200,2026-07,0.001818,0.000455,0.25\r\n"
		for _, ask := range [][]string{{path, "Accept", "text/csv"}, {path + "&format=csv", "Accept", "application/json"}} {
			file := c.officer().get(ask[0], ask[1:]...).want(http.StatusOK)
			if string(file.Body) != want || file.Header.Get("Content-Type") != "text/csv; charset=utf-8" ||
				file.Header.Get("Content-Disposition") != "attachment; filename=home-time-2026-07-2026-07.csv" {
				t.Errorf("%q %v", file.Body, file.Header)
			}
		}
		file := c.officer().get(path + "&format=xlsx").want(http.StatusOK)
		book, err := excelize.OpenReader(bytes.NewReader(file.Body))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := book.GetRows("통계")
		said, err2 := book.GetRows("정의")
		if err != nil || err2 != nil || len(cells) != 2 || cells[1][17] != "0.05%" || !strings.Contains(said[0][1], "참여율 = 실인원 ÷ 인구") || said[1][1] != "2026-07-15T01:00:00Z" {
			t.Errorf("%q %q %v %v", cells, said, err, err2)
		}
		file = c.officer().get(path, "Accept", "application/vnd.apache.parquet").want(http.StatusOK)
		parts, err := parquet.OpenFile(bytes.NewReader(file.Body), int64(len(file.Body)))
		if err != nil || parts.NumRows() != 1 {
			t.Fatal(err)
		}
		c.later(time.Minute)
		if again := c.officer().get(path+"&format=csv", "If-None-Match", file.Header.Get("ETag")).want(http.StatusOK); string(again.Body) != want {
			t.Errorf("%q", again.Body)
		}
	})
}

func TestAnyPairIsWorkedOutInTheBackground(t *testing.T) {
	eachCity(t, func(c *city) {
		officer := c.officer()
		work := func() {
			if _, err := cubes(c.dependencies).Work(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		c.confirmed(c.volunteer("홍길동"), "13:00", "16:00")
		c.counted()
		question := map[string]any{"year": 2026, "rows": "place.dong", "columns": "sex.each"}
		asked := officer.post("/statistics/tabulations", question).want(http.StatusAccepted)
		path := "/statistics/tabulations/" + asked.text("id")
		if asked.text("state") != "waiting" || asked.Header.Get("Location") != "/api/v1"+path {
			t.Errorf("%s %v", asked.Body, asked.Header)
		}
		if early := officer.get(path).want(http.StatusOK); early.text("state") != "waiting" || early.count("items") != 0 {
			t.Errorf("%s", early.Body)
		}
		officer.get(path+"?format=csv").refused(http.StatusConflict, "cube.unfinished")
		work()
		officer.get(path).want(http.StatusOK).golden("tabulation")
		if again := officer.post("/statistics/tabulations", question).want(http.StatusOK); again.text("id") != asked.text("id") {
			t.Errorf("%s", again.Body)
		}
		file := officer.get(path+"?format=csv", "Accept-Language", "en").want(http.StatusOK)
		if !strings.Contains(string(file.Body), "\r\n1221052500,충장동,female,Female,2026,1,1,180,1,0,0,180,180,,,,,,\r\n") {
			t.Errorf("%s", file.Body)
		}
		c.confirmed(c.volunteer("김이웃"), "13:00", "15:00")
		c.counted()
		if old := officer.get(path).want(http.StatusOK); old.value("outdated") != true {
			t.Errorf("%s", old.Body)
		}
		next := officer.post("/statistics/tabulations", question).want(http.StatusAccepted)
		work()
		officer.get(path).refused(http.StatusNotFound, "cube.tabulation_not_found")
		if got := fmt.Sprint(officer.get("/statistics/tabulations/" + next.text("id")).want(http.StatusOK).cells()); got != "[1221052500 female: 2 2 300]" {
			t.Error(got)
		}
		for _, wrong := range []map[string]any{
			{}, {"year": 2026, "rows": "place.dong"}, {"year": 2027, "rows": "place.dong", "columns": "sex.each"}, {"year": 2026, "rows": "place.street", "columns": "sex.each"},
			{"year": 2026, "rows": "place.dong", "columns": "place.gu"}, {"year": 2026, "rows": "sex.dong", "columns": "place.gu"},
		} {
			officer.post("/statistics/tabulations", wrong).refused(http.StatusUnprocessableEntity, "request.invalid")
		}
		var noted int
		c.scan(&noted, `SELECT COUNT(*) FROM audit_events WHERE action = 'tabulation.read' AND detail LIKE '%place.dong/sex.each 2026%'`)
		if noted != 6 {
			t.Errorf("%d looks are noted", noted)
		}
	})
}

// plainly is what the ledger says by itself, in one piece of SQL: regions under the codes that they have come to, whoever lives in no gu
// of which population is kept from outside.
const plainly = `WITH RECURSIVE follow (code, newest) AS (
		SELECT code, code FROM regions UNION ALL SELECT f.code, r.successor FROM follow f JOIN regions r ON r.code = f.newest WHERE r.successor IS NOT NULL
	), newest AS (SELECT f.code, r.code AS newest, CASE r.level WHEN 'dong' THEN r.parent WHEN 'gu' THEN r.code END AS gu
		FROM follow f JOIN regions r ON r.code = f.newest WHERE r.successor IS NULL
	), area AS (SELECT code, newest, gu FROM newest WHERE gu IN (SELECT n.gu FROM newest n JOIN population_totals p ON p.region_code = n.code)
	), f AS (SELECT e.volunteer_id, e.source_id, CAST(e.effective_day AS text) AS day, SUM(e.visits) AS visits, SUM(p.amount) AS minutes, v.sex, t.region_code AS place, t.organiser_type,
			COALESCE((SELECT r.region_code FROM residences r WHERE r.volunteer_id = e.volunteer_id AND r.since <= e.effective_day ORDER BY r.since DESC LIMIT 1),
				(SELECT r.region_code FROM residences r WHERE r.volunteer_id = e.volunteer_id ORDER BY r.since LIMIT 1), v.region_code) AS home,
			(SELECT x.field_code FROM ledger_entries x WHERE x.source_id = e.source_id AND x.effective_day = e.effective_day ORDER BY x.sequence DESC LIMIT 1) AS field
		FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1 JOIN attendances a ON a.id = e.source_id
		JOIN activities t ON t.id = a.activity_id JOIN volunteers v ON v.id = e.volunteer_id
		WHERE e.kind IN ('recognition', 'adjustment', 'correction', 'reversal')
		GROUP BY e.volunteer_id, e.source_id, e.effective_day, v.sex, v.region_code, t.region_code, t.organiser_type HAVING SUM(e.visits) > 0 OR SUM(p.amount) > 0)
	SELECT (%s) || ' ' || (%s) || ': ' || COUNT(DISTINCT f.volunteer_id) || ' ' || SUM(f.visits) || ' ' || SUM(f.minutes)
	FROM f LEFT JOIN area h ON h.code = f.home LEFT JOIN area l ON l.code = f.place WHERE substr(f.day, 1, 7) BETWEEN ? AND ? GROUP BY %[1]s, %[2]s`

// sides are a fact's keys, in SQL.
var sides = map[string]string{"home.dong": `COALESCE(h.newest, 'outside')`, "home.gu": `COALESCE(h.gu, 'outside')`, "home.city": `CASE WHEN h.gu IS NULL THEN 'outside' ELSE 'city' END`,
	"place.dong": `COALESCE(l.newest, 'outside')`, "place.gu": `COALESCE(l.gu, 'outside')`, "sex.each": `f.sex`, "field.group": `substr(f.field, 1, 2) || '00'`,
	"organiser.each": `f.organiser_type`, "time.month": `substr(f.day, 1, 7)`, "time.quarter": `substr(f.day, 1, 4) || '-Q' || ((CAST(substr(f.day, 6, 2) AS integer) + 2) / 3)`, "*": `substr('*', 1, 1)`}

// theFigures are those that anybody would count over the ledger: looked at in random cuts.
func theFigures(c *city) {
	t := c.t
	c.counted()
	officer, chance := c.demoed("centre@demo.dure"), rand.New(rand.NewPCG(5, 5))
	side := func(axis string) string {
		var all []string
		for name := range sides {
			if name == "*" || strings.HasPrefix(name, axis+".") {
				all = append(all, name)
			}
		}
		slices.Sort(all)
		return all[chance.IntN(len(all))]
	}
	cells := 0
	for range 60 {
		name := []string{"home-time", "place-time", "home-sex", "home-field", "place-field", "field-time", "organiser-time"}[chance.IntN(7)]
		row, column, _ := strings.Cut(name, "-")
		row, column = side(row), side(column)
		from, to := "2026-01", "2026-12"
		switch column {
		case "time.month":
			first := 1 + chance.IntN(11)
			from, to = fmt.Sprintf("2026-%02d", first), fmt.Sprintf("2026-%02d", first+chance.IntN(12-first))
		case "time.quarter":
			from = fmt.Sprintf("2026-%02d", 1+3*chance.IntN(4))
		}
		level := func(s string) string { return s[strings.Index(s, ".")+1:] }
		got := officer.get("/statistics/cubes/" + name + "?rows=" + level(row) + "&columns=" + level(column) + "&from=" + from + "&to=" + to).want(http.StatusOK).cells()
		var want []string
		if err := c.db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(fmt.Sprintf(plainly, sides[row], sides[column]), from, to).Scan(&want).Error
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%s by %s from %s to %s: %d cells %.300q, counted %d %.300q", row, column, from, to, len(got), got, len(want), want)
		}
		cells += len(got)
	}
	if cells < 100 {
		t.Errorf("only %d cells were looked at", cells)
	}
}
