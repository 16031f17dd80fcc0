package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/api"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
)

// A server that is killed in the middle of batches, verifications and check-outs, again and again, leaves right books
// behind, and everything that it had acknowledged; sending all batches once more completes them and doubles nothing.
func TestKilledInTheMiddleOfPosts(t *testing.T) {
	eachCity(t, func(c *city) {
		c.at(time.Now().Format(time.RFC3339)) // the server that is killed goes by the real time
		c.sql(`UPDATE regions SET valid_from = '1990-01-01'`)
		dbtest.Trust(t, c.db)
		s := besiege(c)
		random := rand.New(rand.NewPCG(2026, 7))
		for range 5 {
			s.round(10 + random.IntN(50))
		}
		s.wantAcknowledged()
		p := serving(t, c.url)
		s.batches = slices.Clone(s.all)
		s.camp(p.base, c.head(), c.keeper())
		s.wantSound()
		var kept struct{ Items, Minutes int }
		c.scan(&kept, `SELECT COUNT(*) AS items, SUM(recognised_minutes) AS minutes FROM attendances WHERE state = 'verified' AND client_id IS NOT NULL`)
		if items := len(s.all) * len(s.guests); kept.Items != items || kept.Minutes != items*180 {
			t.Errorf("%+v of %d items of 180 minutes", kept, items)
		}
		p.signal(os.Kill)
		p.exit()
	})
}

// siege is what camps and volunteers do to a server until it is killed.
type siege struct {
	c       *city
	desk    id.ID // the shift at which volunteers check in and out all the time
	guests  []*client
	sitting sync.Mutex
	all     [][]any           // every batch
	batches [][]any           // those to be posted; what got no answer comes back
	told    map[string]string // attendances that were acknowledged, and the state that was told
	left    int               // acknowledgements until the kill
	kill    func()
}

func besiege(c *city) *siege {
	c.t.Helper()
	s := &siege{c: c, told: map[string]string{}}
	c.head()
	c.keeper()
	for i := range 5 {
		s.guests = append(s.guests, c.volunteer(fmt.Sprint("봉사자 ", i)))
	}
	now := c.clock.Now()
	s.desk = s.shift(now.Add(-time.Hour), now.Add(12*time.Hour))
	for half := 1; half <= 100; half++ { // days, so that all of it is within the window
		out := now.Add(-time.Duration(half) * 12 * time.Hour)
		in := out.Add(-3 * time.Hour)
		shift := s.shift(in, out)
		var items []any
		for i, g := range s.guests {
			items = append(items, map[string]any{"client_id": fmt.Sprint("tablet:", half, ":", i), "volunteer_number": g.Number,
				"shift_id": shift, "evidence": "leader", "checked_in_at": in, "checked_out_at": out})
		}
		s.all = append(s.all, items)
	}
	s.batches = slices.Clone(s.all)
	return s
}

// shift is one of the camp, with an approved activity of its own.
func (s *siege) shift(from, to time.Time) id.ID {
	s.c.t.Helper()
	activity, shift := id.New(), id.New()
	s.c.sql(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
		families, groups, state, created_by, created_at, reason, version) VALUES (?, '급식 봉사', '급식 봉사', '', '0104', 'camp', ?, ?, '충장동', ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, s.c.Camp, dbtest.Dong, true, true, true, true, s.c.head().Account, from)
	s.c.sql(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, 10, 0, 's')`, shift, activity, s.c.Camp, from, to)
	return shift
}

// round starts a server, looks whether the last one left right books, and kills it after so many acknowledgements.
func (s *siege) round(acknowledgements int) {
	s.c.t.Helper()
	p := serving(s.c.t, s.c.url)
	s.wantSound()
	s.left, s.kill = acknowledgements, func() { p.cmd.Process.Kill() }
	head, keeper := s.c.head(), s.c.keeper()
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { s.camp(p.base, head, keeper) })
	}
	for _, guest := range s.guests[:3] {
		all.Go(func() { s.visit(p.base, head, guest) })
	}
	all.Wait()
	if code, log := p.exit(); code != -1 {
		s.c.t.Errorf("it was not killed but ended with %d: %s", code, log)
	}
}

// camp posts batches and has them verified, until the server is gone.
func (s *siege) camp(base string, head, keeper *client) {
	path := "/camps/" + s.c.Camp.String()
	for {
		items := s.next()
		if items == nil {
			return
		}
		var recorded struct {
			Results []struct {
				Status, State string
				AttendanceID  string `json:"attendance_id"`
			}
		}
		if !s.call(base, head, "POST", path+"/attendances", map[string]any{"items": items}, &recorded) {
			s.again(items)
			return
		}
		var ids []string
		for _, r := range recorded.Results {
			if r.Status != "recorded" && r.Status != "duplicate" {
				s.c.t.Errorf("%+v", r)
			}
			ids = append(ids, r.AttendanceID)
		}
		s.acknowledge("recorded", ids...)
		var verified struct {
			Results []struct {
				Status       string
				AttendanceID string `json:"attendance_id"`
			}
		}
		if !s.call(base, keeper, "POST", path+"/verifications", map[string]any{"attendance_ids": ids}, &verified) {
			return
		}
		for _, r := range verified.Results {
			if r.Status != "verified" && r.Status != "already_verified" {
				s.c.t.Errorf("%+v", r)
			}
		}
		s.acknowledge("verified", ids...)
	}
}

// visit checks a volunteer in and out, until the server is gone.
func (s *siege) visit(base string, head, guest *client) {
	path := "/shifts/" + s.desk.String()
	for {
		var shown struct {
			Code string `json:"code"`
		}
		var out struct{ ID, State string }
		if !s.call(base, head, "GET", path+"/check-in-code", nil, &shown) ||
			!s.call(base, guest, "POST", path+"/check-ins", shown, &out) || !s.call(base, guest, "POST", path+"/check-outs", shown, &out) {
			return
		}
		s.acknowledge(out.State, out.ID)
	}
}

// call is false when there is no whole answer.
func (s *siege) call(base string, who *client, method, path string, body, into any) bool {
	sent, err := json.Marshal(body)
	if err != nil {
		s.c.t.Error(err)
		return false
	}
	r, err := http.NewRequest(method, base+api.Prefix+path, bytes.NewReader(sent))
	if err != nil {
		s.c.t.Error(err)
		return false
	}
	r.Header.Set("Authorization", "Bearer "+who.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	told, err := io.ReadAll(answer.Body)
	if err != nil {
		return false
	}
	if answer.StatusCode != http.StatusOK || json.Unmarshal(told, into) != nil {
		s.c.t.Errorf("%s %s: %d %s", method, path, answer.StatusCode, told)
		return false
	}
	return true
}

func (s *siege) next() []any {
	s.sitting.Lock()
	defer s.sitting.Unlock()
	if len(s.batches) == 0 {
		return nil
	}
	last := len(s.batches) - 1
	items := s.batches[last]
	s.batches = s.batches[:last]
	return items
}

func (s *siege) again(items []any) {
	s.sitting.Lock()
	defer s.sitting.Unlock()
	s.batches = append(s.batches, items)
}

// acknowledge notes what a client was told, and kills the server when that was enough.
func (s *siege) acknowledge(state string, ids ...string) {
	s.sitting.Lock()
	defer s.sitting.Unlock()
	for _, attendance := range ids {
		if s.told[attendance] != "verified" {
			s.told[attendance] = state
		}
	}
	if s.left--; s.left == 0 {
		s.kill()
	}
}

// wantSound wants the books to be right, beside the server that runs.
func (s *siege) wantSound() {
	s.c.t.Helper()
	cmd := program(s.c.t, []string{"DURE_DATABASE_URL=" + s.c.url}, "verify")
	if told, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(told), "invariants hold") {
		s.c.t.Fatalf("%v: %s", err, told)
	}
}

// wantAcknowledged wants all to be there that a client was told.
func (s *siege) wantAcknowledged() {
	s.c.t.Helper()
	var rows []struct{ ID, State string }
	if err := s.c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT id, state FROM attendances`).Scan(&rows).Error
	}); err != nil {
		s.c.t.Fatal(err)
	}
	kept := map[string]string{}
	for _, r := range rows {
		kept[r.ID] = r.State
	}
	verified := 0
	for attendance, state := range s.told {
		if kept[attendance] == "" || state == "verified" && kept[attendance] != "verified" {
			s.c.t.Errorf("attendance %s was told to be %s and is %q", attendance, state, kept[attendance])
		}
		if state == "verified" {
			verified++
		}
	}
	if verified < 50 {
		s.c.t.Errorf("only %d of %d acknowledged attendances were verified", verified, len(s.told))
	}
	s.c.t.Logf("%d attendances acknowledged, %d of them verified; %d kept", len(s.told), verified, len(kept))
}
