package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dure/domain/kernel/id"
)

// hours is (c): a volunteer reading his hours, with a short and with a long history, against a bare single-row select: as
// `pgbench -S` sends it, and, without a goal, as a prepared statement.
func (b *bench) hours(ctx context.Context) error {
	for _, c := range []struct {
		name string
		w    who
	}{{"GET /me/hours, 10 entries", b.fewID}, {"GET /me/hours, 10,000 entries", b.manyID}} {
		req := newRequest("GET", "/me/hours", b.token(c.w), nil)
		query := fmt.Sprintf("SELECT balance FROM ledger_accounts WHERE owner_id = '%s' AND kind = 'volunteer_minutes';\n", c.w.volunteer)
		for protocol, goal := range map[string]float64{"simple": 0.25, "prepared": 0} {
			err := b.compare(ctx, figure{Name: c.name, Unit: "reads/s", Against: "pgbench single-row select, " + protocol, Goal: goal},
				func(ctx context.Context, clients int) (result, error) {
					return load(ctx, b.server.addr, clients, b.round, 1, func(int) request { return req })
				},
				func(ctx context.Context, clients int) (float64, error) {
					return b.pgbench(ctx, protocol, "http", query, clients)
				})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// codes keeps the check-in codes of the running shifts fresh.
type codes struct {
	mutex sync.RWMutex
	of    map[id.ID]string
}

func (b *bench) refresh(ctx context.Context, c *codes) error {
	of := map[id.ID]string{}
	for _, shift := range b.running {
		var got struct {
			Code string `json:"code"`
		}
		if err := b.call(ctx, "GET", "/shifts/"+shift.String()+"/check-in-code", b.token(b.head), nil, &got); err != nil {
			return err
		}
		of[shift] = got.Code
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.of = of
	return nil
}

// checkOuts is (a): a check-out that posts, over HTTP with its token, against its own statements said by pgbench.
func (b *bench) checkOuts(ctx context.Context) error {
	api, err := b.posting(ctx)
	if err != nil {
		return err
	}
	const fetch = "SELECT * FROM bench_work WHERE n = (SELECT 1 + nextval('bench_m') % 1000) \\gset\n" // no check-out is used up
	reference := func(ctx context.Context, clients int) (float64, error) {
		return b.pgbenchWithout(ctx, fetch, b.replay, clients)
	}
	return b.compare(ctx, figure{Name: "check-out that posts", Unit: "posts/s", Against: "pgbench, same statements", Goal: 0.6}, api, reference)
}

// posting gives what one round of check-outs that post comes to; no check-out is sent twice.
func (b *bench) posting(ctx context.Context) (func(context.Context, int) (result, error), error) {
	tokens := make([]string, len(b.people))
	for i, w := range b.people {
		tokens[i] = b.token(w)
	}
	if err := b.warm(ctx, tokens); err != nil {
		return nil, err
	}
	var next atomic.Int64
	return func(ctx context.Context, clients int) (result, error) {
		var c codes
		if err := b.refresh(ctx, &c); err != nil {
			return result{}, err
		}
		done := make(chan struct{})
		defer close(done)
		go func() { // codes change while a long round goes on
			for {
				select {
				case <-done:
					return
				case <-time.After(15 * time.Second):
					_ = b.refresh(ctx, &c) // where it fails, so will the posts
				}
			}
		}()
		return load(ctx, b.server.addr, clients, b.round, 1, func(int) request {
			if b.pause > 0 {
				time.Sleep(b.pause)
			}
			n := int(next.Add(1)) - 1
			person, shift := 2+n%(len(b.people)-2), n/(len(b.people)-2)
			if shift >= len(b.running) {
				return nil
			}
			c.mutex.RLock()
			defer c.mutex.RUnlock()
			return newRequest("POST", "/shifts/"+b.running[shift].String()+"/check-outs", tokens[person],
				[]byte(`{"code":"`+c.of[b.running[shift]]+`"}`))
		})
	}, nil
}

// warm lets every phone ask once for its hours, and for the cover that its check-in told: the check-ins themselves are only written
// down here. Its token is known then.
func (b *bench) warm(ctx context.Context, tokens []string) error {
	asked := []string{"/me/hours", "/me/insurance"}
	var next atomic.Int64
	_, err := load(ctx, b.server.addr, 8, time.Minute, 1, func(int) request {
		n := int(next.Add(1)) - 1
		if n >= len(tokens)*len(asked) {
			return nil
		}
		return newRequest("GET", asked[n%len(asked)], tokens[n/len(asked)], nil)
	})
	if int(next.Load()) >= len(tokens)*len(asked) {
		return nil // running out of phones is what ends this
	}
	return err
}

// batches is (b): a camp's batches, of a hundred and of one, against the same rows by multi-row VALUES.
func (b *bench) batches(ctx context.Context) error {
	var next, heads atomic.Int64
	batch := func(size int) func(context.Context, int) (result, error) {
		return func(ctx context.Context, clients int) (result, error) {
			tokens, left := make([]string, clients), make([]int, clients)
			return load(ctx, b.server.addr, clients, b.round, size, func(client int) request {
				if left[client] < size {
					head := int(heads.Add(1)) - 1
					if head >= len(b.heads) {
						return nil
					}
					tokens[client], left[client] = b.token(b.heads[head]), hourly
				}
				left[client] -= size
				body := b.items(int(next.Add(int64(size)))-size, size)
				if body == nil {
					return nil
				}
				return newRequest("POST", "/camps/"+b.camp.String()+"/attendances", tokens[client], body)
			})
		}
	}
	fetch, values, err := b.valuesScript(ctx, 100)
	if err != nil {
		return err
	}
	reference := func(ctx context.Context, clients int) (float64, error) {
		tps, err := b.pgbenchWithout(ctx, fetch, values, clients)
		return tps * 100, err
	}
	if err := b.compare(ctx, figure{Name: "items in batches of 100", Unit: "items/s", Against: "pgbench multi-row VALUES", Goal: 0.5}, batch(100), reference); err != nil {
		return err
	}
	hundred := b.report.Figures[len(b.report.Figures)-len(b.clients):]
	if err := b.compare(ctx, figure{Name: "items in batches of 1", Unit: "items/s"}, batch(1), nil); err != nil {
		return err
	}
	for i, one := range b.report.Figures[len(b.report.Figures)-len(b.clients):] {
		b.report.Figures = append(b.report.Figures, figure{Name: "batches of 100 over batches of 1", Clients: one.Clients, Unit: "items/s",
			API: hundred[i].API, Reference: one.API, Ratio: hundred[i].API / one.API, Against: "our own one-item batches", Goal: 3.5})
	}
	return nil
}

// items writes a batch; every item is a person at a past shift where he has not been.
func (b *bench) items(from, size int) []byte {
	type item struct {
		ClientID     string `json:"client_id"`
		VolunteerID  string `json:"volunteer_id"`
		ShiftID      string `json:"shift_id"`
		CheckedInAt  string `json:"checked_in_at"`
		CheckedOutAt string `json:"checked_out_at"`
		Evidence     string `json:"evidence"`
	}
	list := make([]item, size)
	for i := range list {
		n := from + i
		person, shift := n%len(b.people), n/len(b.people)
		if shift >= len(b.past) {
			return nil
		}
		start := b.pastStart(shift)
		list[i] = item{fmt.Sprint("bench-", n), b.people[person].volunteer.String(), b.past[shift].String(),
			start.Format(time.RFC3339), start.Add(90 * time.Minute).Format(time.RFC3339), "leader"}
	}
	body, err := json.Marshal(map[string]any{"items": list})
	if err != nil {
		panic(err) // plain values always marshal
	}
	return body
}

// valuesScript inserts the same rows as a batch, in one statement with one list of values. The people come and go as they do in
// batches, or it would find the pages of the same hundred always at hand: whose turn it is is fetched first.
func (b *bench) valuesScript(ctx context.Context, size int) (fetch, script string, err error) {
	db, err := sql.Open("pgx", b.url("pgbench"))
	if err != nil {
		return "", "", err
	}
	defer db.Close()
	columns, turns := make([]string, size), len(b.people)/size
	for i := range columns {
		columns[i] = fmt.Sprintf("v%d", i)
	}
	statements := []string{"CREATE SEQUENCE bench_turn", "CREATE TABLE bench_turns (n bigint PRIMARY KEY, " + strings.Join(columns, " uuid, ") + " uuid)"}
	for turn := range turns {
		ids := make([]string, size)
		for i, person := range b.people[turn*size : (turn+1)*size] {
			ids[i] = "'" + person.volunteer.String() + "'"
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO bench_turns VALUES (%d, %s)", turn, strings.Join(ids, ", ")))
	}
	for _, statement := range append(statements, "ANALYZE bench_turns") {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return "", "", err
		}
	}
	fetch = fmt.Sprintf("SELECT * FROM bench_turns WHERE n = (SELECT nextval('bench_turn') %% %d) \\gset\n", turns)
	var s strings.Builder
	s.WriteString(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, client_id, client_hash, checked_in_at,
		checked_out_at, counted_in_at, counted_out_at, travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day,
		recorded_at, recorded_by, reason) VALUES `)
	start := b.pastStart(0)
	for i := range size {
		if i > 0 {
			s.WriteString(", ")
		}
		fmt.Fprintf(&s, `(gen_random_uuid(), '%s', '%s', '%s', :v%d, gen_random_uuid()::text,
			'c9f0f895fb98ab9159f51fd0297e236d8f14e45fceea167a5a36dedd4bea2543', '%[5]s', '%[6]s', '%[5]s', '%[6]s', 0, 'leader', true, 'pending', 90, 0, '%[7]s',
			'%[6]s', '%[8]s', '')`, b.past[0], b.activity, b.camp, i,
			start.UTC().Format(time.RFC3339), start.Add(90*time.Minute).UTC().Format(time.RFC3339), start.Format(time.DateOnly), b.head.account)
	}
	return fetch, fetch + s.String() + ";\n", nil
}

// verifications shows how many attendances a second a keeper posts by verifying a hundred at a time.
func (b *bench) verifications(ctx context.Context) error {
	token := b.token(b.keeper)
	waiting, err := b.pending(ctx)
	if err != nil {
		return err
	}
	var next atomic.Int64
	return b.compare(ctx, figure{Name: "verifications of 100", Unit: "posts/s"}, func(ctx context.Context, clients int) (result, error) {
		return load(ctx, b.server.addr, clients, b.round, 100, func(int) request {
			from := int(next.Add(100)) - 100
			if from+100 > len(waiting) {
				return nil
			}
			body, err := json.Marshal(map[string]any{"attendance_ids": waiting[from : from+100]})
			if err != nil {
				panic(err) // plain values always marshal
			}
			return newRequest("POST", "/camps/"+b.camp.String()+"/verifications", token, body)
		})
	}, nil)
}
