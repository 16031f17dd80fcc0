package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"dure/domain/cube"
)

// figures is (f): what the centre asks about a city, over HTTP while people check out, against the same by plain SQL over the
// ledger; and (g): what it costs the posts that figures are kept, and what it costs them that the ledger is full.
func (b *bench) figures(ctx context.Context) error {
	b.stop()
	c, err := b.fillCity(ctx)
	if err != nil {
		return err
	}
	defer c.stop()
	defer c.db.Close()
	if err := rest(ctx, c.db); err != nil {
		return err
	}
	if strings.Contains(b.only, "f") {
		if err := c.questions(ctx); err != nil {
			return err
		}
	}
	if strings.Contains(b.only, "g") {
		if err := c.posts(ctx); err != nil {
			return err
		}
	}
	b.report.Figures = append(b.report.Figures, c.report.Figures...)
	if err := c.caught(ctx); err != nil {
		return err
	}
	c.stop()
	b.report.City += ", verified: " + c.proved(ctx)
	return nil
}

func (c *city) posts(ctx context.Context) error {
	c.running = c.running[beside:]
	posting, err := c.posting(ctx)
	if err != nil {
		return err
	}
	if err := c.cost(ctx, posting); err != nil {
		return err
	}
	return c.full(ctx, posting)
}

// question is something the centre asks, the most that it may take, and how many times faster than plain SQL it is to be.
type question struct {
	name, path, sql string
	most            time.Duration
	goal            float64
	times           int
	job             string // the body of what is worked out beside; empty for what is answered at once
}

// questions are asked one after the other, again and again.
func (c *city) questions(ctx context.Context) error {
	now := time.Now()
	month := func(t time.Time) string { return t.Format("2006-01") }
	last := now.AddDate(0, 0, -now.Day())
	homeTime, err := cube.Find("home-time")
	if err != nil {
		return err
	}
	all := []question{
		{"participation, dong × month, all years", "/statistics/cubes/home-time?rows=dong&columns=month&from=" + month(c.first) + "&to=" + month(now),
			plain(homeTime, c.first, now), 50 * time.Millisecond, 1000, 30, ""},
		{"participation, dong, one month", "/statistics/cubes/home-time?rows=dong&columns=month&from=" + month(last) + "&to=" + month(last),
			plain(homeTime, time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC), last), 10 * time.Millisecond, 0, 50, ""},
	}
	year := fmt.Sprint(now.Year() - 1)
	from, to := time.Date(now.Year()-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(now.Year()-1, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, one := range cube.Listed {
		all = append(all, question{one.Name() + " of a year", "/statistics/cubes/" + one.Name() + "?from=" + year + "&to=" + year, plain(one, from, to), time.Second, 10, 10, ""})
	}
	other := cube.Cube{Row: cube.Place, Column: cube.Sex}
	all = append(all, question{"another pair of a year, place × sex", "/statistics/tabulations", plain(other, from, to), 30 * time.Second, 0, 1,
		`{"year":` + year + `,"rows":"place.dong","columns":"sex.each"}`})
	token := c.token(c.centre)
	slow := *c.bench
	slow.pause, slow.round, slow.running = 20*time.Millisecond, time.Hour, c.running[:beside]
	posting, err := slow.posting(ctx)
	if err != nil {
		return err
	}
	var rates []float64
	for _, q := range all {
		var took []float64
		rate, err := meanwhile(ctx, posting, func() (err error) {
			if q.job != "" {
				took, err = c.workedOut(ctx, q, token)
			} else {
				took, err = c.asked(ctx, q, token)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		rates = append(rates, rate)
		at := func(p float64) float64 { return took[int(p*float64(len(took)-1))] }
		f := figure{Name: fmt.Sprintf("%s (≤ %v)", q.name, q.most), Clients: 1, Unit: "answers/s", API: 1000 / at(0.5), P50: at(0.5), P99: at(0.99)}
		fmt.Printf("    %-58s %8.2f ms", f.Name, f.P50)
		if c.plain {
			plainly, err := c.plainly(ctx, q.sql)
			if err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			f.Against, f.Goal, f.Reference = "plain SQL over the ledger", q.goal, 1/plainly.Seconds()
			f.Ratio = f.API / f.Reference
			fmt.Printf(", plain SQL %10.0f ms, ratio %.0f", plainly.Seconds()*1000, f.Ratio)
		}
		fmt.Println()
		c.report.Figures = append(c.report.Figures, f)
	}
	slices.Sort(rates)
	fmt.Printf("    meanwhile %.0f check-outs a second went on\n", rates[len(rates)/2])
	return nil
}

// meanwhile does something while two phones post now and then, and gives their rate.
func meanwhile(ctx context.Context, posting func(context.Context, int) (result, error), do func() error) (float64, error) {
	beside, end := context.WithCancel(ctx)
	defer end()
	type outcome struct {
		result
		error
	}
	posts := make(chan outcome, 1)
	go func() {
		r, err := posting(beside, 2)
		posts <- outcome{r, err}
	}()
	select {
	case o := <-posts: // they should have gone on
		return 0, fmt.Errorf("posts: %w", o.error)
	case <-time.After(time.Second):
	}
	err := do()
	end()
	o := <-posts
	if err == nil {
		err = o.error
	}
	return o.rate, err
}

// asked asks a question so many times and gives how long each took, in milliseconds, the fastest first.
func (c *city) asked(ctx context.Context, q question, token string) ([]float64, error) {
	var took []float64
	for range q.times + 1 { // the first is not counted
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.server.addr+"/api/v1"+q.path, nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		begun := time.Now()
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		if answer.StatusCode != http.StatusOK {
			text, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			return nil, errors.Join(fmt.Errorf("%s: %d: %s", q.path, answer.StatusCode, text), err)
		}
		_, err = io.Copy(io.Discard, answer.Body) // what a client makes of an answer is his own time
		answer.Body.Close()
		took = append(took, float64(time.Since(begun).Microseconds())/1000)
		if err != nil {
			return nil, err
		}
	}
	took = took[1:]
	slices.Sort(took)
	return took, nil
}

// workedOut asks for what is worked out beside, and gives how long it took until it was there, in milliseconds.
func (c *city) workedOut(ctx context.Context, q question, token string) ([]float64, error) {
	var job struct {
		ID    string `json:"id"`
		State string `json:"state"`
	}
	begun := time.Now()
	if err := c.call(ctx, http.MethodPost, q.path, token, json.RawMessage(q.job), &job); err != nil {
		return nil, err
	}
	for job.State == "waiting" {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if err := c.call(ctx, http.MethodGet, q.path+"/"+job.ID, token, nil, &job); err != nil {
			return nil, err
		}
	}
	if job.State != "finished" {
		return nil, fmt.Errorf("%s: %s", q.path, job.State)
	}
	return []float64{float64(time.Since(begun).Microseconds()) / 1000}, nil
}

// plainly runs a query as an analyst would, with memory to sort in.
func (c *city) plainly(ctx context.Context, query string) (time.Duration, error) {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SET work_mem = '256MB'`); err != nil {
		return 0, err
	}
	begun := time.Now()
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	if n == 0 && rows.Err() == nil {
		return 0, fmt.Errorf("plain SQL found nothing: %s", query)
	}
	return time.Since(begun), rows.Err()
}

// axes are how plain SQL tells a side apart on its finest level. It takes where people live today, which is simpler than what is
// served: the comparison is in its favour.
var axes = map[cube.Axis]struct{ value, tables string }{
	cube.Home:      {"v.region_code", "volunteers"},
	cube.Place:     {"t.region_code", "activities"},
	cube.CampArea:  {"COALESCE(k.region_code, '')", "camps"},
	cube.Time:      {"to_char(e.effective_day, 'YYYY-MM')", ""},
	cube.Age:       {"(date_part('year', age(e.effective_day, v.birth_date))::integer / 10)::text", "volunteers"},
	cube.YouthAge:  {"CASE WHEN date_part('year', age(e.effective_day, v.birth_date)) < 14 THEN 13 ELSE date_part('year', age(e.effective_day, v.birth_date))::integer / 10 END::text", "volunteers"},
	cube.Sex:       {"v.sex", "volunteers"},
	cube.Field:     {"left(e.field_code, 2)", ""},
	cube.DayKind:   {"CASE WHEN h.day IS NOT NULL THEN 'holiday' WHEN date_part('isodow', e.effective_day) > 5 THEN 'weekend' ELSE 'weekday' END", "holidays"},
	cube.Organiser: {"t.organiser_type", "activities"},
	cube.Evidence:  {"e.evidence", ""},
	cube.Party:     {"CASE WHEN n.group_name IS NULL THEN 'individual' ELSE 'group' END", "attendances"},
}

// plain is the SQL of a table on its finest levels, from one day to another.
func plain(of cube.Cube, from, to time.Time) string {
	row, column := axes[of.Row], axes[of.Column]
	needs := func(table string) bool { return row.tables == table || column.tables == table }
	query := `SELECT ` + row.value + `, ` + column.value + `, COUNT(DISTINCT e.volunteer_id), SUM(e.visits), SUM(p.amount)
		FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1`
	if needs("volunteers") {
		query += ` JOIN volunteers v ON v.id = e.volunteer_id`
	}
	if needs("attendances") || needs("activities") || needs("camps") {
		query += ` JOIN attendances n ON n.id = e.source_id`
	}
	if needs("activities") || needs("camps") {
		query += ` JOIN activities t ON t.id = n.activity_id`
	}
	if needs("camps") {
		query += ` LEFT JOIN camps k ON k.id = t.organiser_id`
	}
	if needs("holidays") {
		query += ` LEFT JOIN holidays h ON h.day = e.effective_day`
	}
	return query + ` WHERE e.effective_day BETWEEN '` + from.Format(time.DateOnly) + `' AND '` + to.Format(time.DateOnly) + `' GROUP BY 1, 2`
}

// cost measures check-outs with the figures kept beside them, and without: nothing is queued then, so nothing is counted.
func (c *city) cost(ctx context.Context, posting func(context.Context, int) (result, error)) error {
	exec := func(query string) error {
		_, err := c.db.ExecContext(ctx, query)
		return err
	}
	const none = `CREATE OR REPLACE FUNCTION bench_none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`
	if err := exec(none); err != nil {
		return err
	}
	f := figure{Name: "check-outs with figures over without", Unit: "posts/s", Against: "the same, nothing counted", Goal: 0.8}
	return c.beside(ctx, f, posting, func(ctx context.Context, clients int) (float64, error) {
		if err := exec(`CREATE TRIGGER bench_none BEFORE INSERT ON cube_queue FOR EACH ROW EXECUTE FUNCTION bench_none()`); err != nil {
			return 0, err
		}
		r, err := posting(ctx, clients)
		if err != nil {
			return 0, err
		}
		if err := exec(`DROP TRIGGER bench_none ON cube_queue`); err != nil {
			return 0, err
		}
		// What was posted meanwhile is counted after all.
		return r.rate, exec(`INSERT INTO cube_queue (volunteer_id, year, day) SELECT DISTINCT volunteer_id, CAST(EXTRACT(year FROM day) AS integer), day FROM attendances
			WHERE state = 'verified' AND shift_id IN (SELECT id FROM shifts WHERE activity_id = '` + c.activity.String() + `')`)
	})
}

// full measures check-outs into the city's ledger against those into one that is empty.
func (c *city) full(ctx context.Context, posting func(context.Context, int) (result, error)) error {
	empty := *c.town
	empty.database, empty.server, empty.settings.metrics = "empty", nil, "off" // the city's server shows its own there
	if err := empty.start(ctx); err != nil {
		return err
	}
	defer empty.stop()
	into, err := empty.posting(ctx)
	if err != nil {
		return err
	}
	f := figure{Name: "check-outs into the full ledger", Unit: "posts/s", Against: "the same into an empty one", Goal: 0.7}
	return c.beside(ctx, f, posting, func(ctx context.Context, clients int) (float64, error) {
		r, err := into(ctx, clients)
		return r.rate, err
	})
}

// beside compares with eight clients alone: each check-out can be sent once, and is prepared beforehand. No round counts what
// another one posted.
func (c *city) beside(ctx context.Context, f figure, api func(context.Context, int) (result, error), reference func(context.Context, int) (float64, error)) error {
	c.clients = c.clients[:1]
	return c.compare(ctx, f, func(ctx context.Context, clients int) (result, error) {
		if err := c.caught(ctx); err != nil {
			return result{}, err
		}
		return api(ctx, clients)
	}, func(ctx context.Context, clients int) (float64, error) {
		if err := c.caught(ctx); err != nil {
			return 0, err
		}
		return reference(ctx, clients)
	})
}
