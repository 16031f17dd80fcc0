package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/id"
	"dure/repository/dbtest"
)

// welfareCentre is an approved demand site, and its manager.
func (c *city) welfareCentre(name string) (id.ID, *client) {
	c.t.Helper()
	applied := c.volunteer(name+" 직원").post("/demand-sites", map[string]any{"name": name, "kind": "welfare", "region_code": dbtest.Dong,
		"address": "지호로 1", "phone": "062-608-2114"}).want(http.StatusCreated).text("id")
	c.officer().post("/demand-sites/"+applied+"/approval", nil).want(http.StatusOK)
	site, err := id.Parse(applied)
	if err != nil {
		c.t.Fatal(err)
	}
	return site, c.people[name+" 직원"]
}

// recorded is the id of one presence that is recorded.
func (p *client) recorded(path string, item any) string {
	p.t.Helper()
	return p.post(path+"/attendances", batch(item)).want(http.StatusOK).wantAll("status", "recorded").text("results.0.attendance_id")
}

func (p *client) verify(path string, attendances ...string) answer {
	p.t.Helper()
	return p.post(path+"/verifications", map[string]any{"attendance_ids": attendances}).want(http.StatusOK)
}

// told are the kinds, minutes and reductions of a person's entries, oldest first, without order among those of one decision.
func (p *client) told() []string {
	p.t.Helper()
	entries := p.get("/me/hours/entries?limit=100").want(http.StatusOK)
	var all []string
	for i := range entries.count("items") {
		item := fmt.Sprintf("items.%d.", i)
		line := fmt.Sprintf("%s %s %d", entries.text(item+"effective_day"), entries.text(item+"kind"), entries.number(item+"minutes"))
		for r := range entries.count(item + "reductions") {
			line += fmt.Sprintf(" %s %d", entries.text(fmt.Sprintf("%sreductions.%d.rule", item, r)), entries.number(fmt.Sprintf("%sreductions.%d.minutes", item, r)))
		}
		all = append(all, line)
	}
	return all
}

// Two organisations record the same hours; verified at the same moment or one after the other, in either order, they are
// counted once, and what one takes from the other comes back with its reversal.
func TestOverlapsAreCountedOnceInEitherOrder(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, officer := c.head(), c.keeper(), c.officer()
		site, manager := c.welfareCentre("동구노인종합복지관")
		camp, house := "/camps/"+c.Camp.String(), "/demand-sites/"+site.String()
		meals := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shiftA, shiftC := c.session(head, meals, "2026-07-14T13:00", "2026-07-14T17:00", 0), c.session(head, meals, "2026-07-14T18:00", "2026-07-14T19:00", 0)
		shiftB := c.session(manager, c.programme(manager, "demand_site", site, "목욕 봉사"), "2026-07-14T15:00", "2026-07-14T18:00", 0)
		july := func(persons, visits, minutes int) {
			c.t.Helper()
			a := officer.get("/statistics/participation?from=2026-07-01&to=2026-07-31&by=city").want(http.StatusOK)
			if a.number("items.0.persons") != persons || a.number("items.0.visits") != visits || a.number("items.0.minutes") != minutes {
				t.Errorf("not %d persons, %d visits and %d minutes: %s", persons, visits, minutes, a.Body)
			}
		}
		const rounds = 8
		for round := range rounds {
			v := c.volunteer(fmt.Sprint("겹침", round))
			a := head.recorded(camp, presenceOf(fmt.Sprint("a", round), v, shiftA, "2026-07-14T13:00", "2026-07-14T17:00"))
			b := manager.recorded(house, presenceOf(fmt.Sprint("b", round), v, shiftB, "2026-07-14T15:00", "2026-07-14T18:00"))
			july(round, 2*round, 240*round)
			verifications := []func(){func() { keeper.verify(camp, a).wantAll("status", "verified") }, func() { officer.verify(house, b).wantAll("status", "verified") }}
			if round%2 == 1 {
				slices.Reverse(verifications)
			}
			var wg sync.WaitGroup
			for _, verify := range verifications {
				wg.Go(verify)
				if round < 2 {
					wg.Wait() // one after the other
				}
			}
			wg.Wait()
			v.get("/me/hours").wantHours(300, 0)
			campFirst, siteFirst := []string{"2026-07-14 recognition 60 overlap 120", "2026-07-14 recognition 240"},
				[]string{"2026-07-14 adjustment -120 overlap 120", "2026-07-14 recognition 180", "2026-07-14 recognition 240"}
			told := v.told()
			slices.Sort(told)
			switch {
			case round != 1 && slices.Equal(told, sorted(campFirst)), round != 0 && slices.Equal(told, sorted(siteFirst)):
			default:
				t.Errorf("round %d: %q", round, told)
			}
			july(round+1, 2*round+2, 240*round+300)

			last := head.recorded(camp, presenceOf(fmt.Sprint("c", round), v, shiftC, "2026-07-14T18:00", "2026-07-14T19:00"))
			keeper.verify(camp, last).wantAll("status", "verified")
			v.get("/me/hours").wantHours(360, 0)
			july(round+1, 2*round+3, 240*round+360)

			change := head.post("/attendances/"+a+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated).text("id")
			decision := "/attendances/" + a + "/changes/" + change + "/verification"
			head.post(decision, nil).refused(http.StatusForbidden, "duty.conflict_of_interest")
			v.get("/me/hours").wantHours(360, 0)
			before := v.told()
			keeper.post(decision, nil).want(http.StatusOK)
			hours := v.get("/me/hours")
			hours.wantHours(240, 0)
			if hours.number("reversed_minutes") != 240 || hours.number("by_year.0.minutes") != 240 || hours.number("by_field.0.minutes") != 240 {
				t.Errorf("%s", hours.Body)
			}
			after := v.told()
			if !slices.Equal(after[len(after)-len(before):], before) {
				t.Errorf("entries were changed: %q, then %q", before, after)
			}
			if fresh := sorted(after[:len(after)-len(before)]); !slices.Equal(fresh, []string{"2026-07-14 adjustment 120", "2026-07-14 reversal -240"}) {
				t.Errorf("%q", fresh)
			}
			mine := map[string]int{}
			list := v.get("/me/attendances").want(http.StatusOK)
			for i := range list.count("items") {
				mine[list.text(fmt.Sprintf("items.%d.id", i))] = list.number(fmt.Sprintf("items.%d.recognised_minutes", i))
			}
			if mine[a] != 0 || mine[b] != 180 || mine[last] != 60 {
				t.Errorf("%s", list.Body)
			}
			july(round+1, 2*round+2, 240*round+240)
		}
		c.proved()
	})
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

// runJob runs one of the program's jobs.
func (c *city) runJob(name string) {
	c.t.Helper()
	all := jobs(dependencies{db: c.db, clock: c.clock})
	i := slices.IndexFunc(all, func(j job) bool { return j.name == name })
	if err := all[i].once(context.Background()); err != nil {
		c.t.Fatal(err)
	}
}

// A night over New Year's Eve, whose check-out was forgotten after a day that left an hour of its cap: it is closed by the
// job, in time and twice, or a day late, and counts when a person has confirmed it, on both sides of the year.
func TestANightOverNewYearWaitsForAPerson(t *testing.T) {
	for name, late := range map[string]time.Duration{"in time": 0, "a day late": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			eachCity(t, func(c *city) {
				c.at("2026-12-31T22:00:00+09:00")
				head, keeper, officer, v := c.head(), c.keeper(), c.officer(), c.volunteer("홍길동")
				camp := "/camps/" + c.Camp.String()
				programme := c.programme(head, "camp", c.Camp, "제야 안전 지킴이")
				day := head.recorded(camp, presenceOf("day", v, c.session(head, programme, "2026-12-31T09:00", "2026-12-31T16:00", 0), "2026-12-31T09:00", "2026-12-31T16:00"))
				keeper.verify(camp, day).wantAll("status", "verified")
				v.get("/me/hours").wantHours(420, 0)

				night := c.session(head, programme, "2026-12-31T22:00", "2027-01-01T01:00", 0)
				c.wait(40 * time.Minute)
				code := func() map[string]any {
					return map[string]any{"code": head.get("/shifts/" + night + "/check-in-code").want(http.StatusOK).text("code")}
				}
				attendance := v.post("/shifts/"+night+"/check-ins", code()).want(http.StatusOK).text("id")
				keeper.verify(camp, attendance).wantAll("problem.code", "attendance.state")
				c.wait(3 * time.Hour) // 01:40: he may still come
				c.runJob("close forgotten check-outs")
				if state := v.get("/me/attendances").text("items.0.state"); state != "open" {
					t.Error(state)
				}
				c.wait(20*time.Minute + late)
				v.post("/shifts/"+night+"/check-outs", code()).refused(http.StatusConflict, "attendance.shift_over")
				for range 2 {
					c.runJob("close forgotten check-outs")
				}
				mine := v.get("/me/attendances").want(http.StatusOK)
				if mine.text("items.0.state") != "auto_closed" || mine.text("items.0.checked_out_at") != "2026-12-31T16:00:00Z" || mine.number("items.0.worked_minutes") != 140 {
					t.Errorf("%s", mine.Body)
				}
				v.get("/me/hours").wantHours(420, 140)
				if told := v.told(); len(told) != 1 {
					t.Errorf("credited before a person has confirmed: %q", told)
				}
				v.post("/shifts/"+night+"/check-outs", code()).refused(http.StatusConflict, "attendance.shift_over")

				head.verify(camp, attendance).wantAll("status", "verified")
				c.runJob("close forgotten check-outs")
				hours := v.get("/me/hours")
				hours.wantHours(540, 0)
				years := map[int]int{}
				for i := range hours.count("by_year") {
					years[hours.number(fmt.Sprintf("by_year.%d.year", i))] = hours.number(fmt.Sprintf("by_year.%d.minutes", i))
				}
				if years[2026] != 480 || years[2027] != 60 || hours.number("this_year_minutes") != 60 {
					t.Errorf("%s", hours.Body)
				}
				told := sorted(v.told())
				if !slices.Equal(told, []string{"2026-12-31 recognition 420", "2026-12-31 recognition 60 daily_cap 20", "2027-01-01 recognition 60"}) {
					t.Errorf("%q", told)
				}
				entries := v.get("/me/hours/entries").want(http.StatusOK)
				worked := 0
				for i := range entries.count("items") {
					if item := fmt.Sprintf("items.%d.", i); entries.text(item+"attendance_id") == attendance {
						worked += entries.number(item + "worked_minutes")
					}
				}
				mine = v.get("/me/attendances").want(http.StatusOK)
				if worked != 140 || mine.number("items.0.worked_minutes") != 140 || mine.number("items.0.recognised_minutes") != 120 {
					t.Errorf("%d worked: %s", worked, mine.Body)
				}
				for period, want := range map[string][3]int{"from=2026-12-01&to=2026-12-31": {1, 2, 480}, "from=2027-01-01&to=2027-01-31": {1, 0, 60}} {
					a := officer.get("/statistics/participation?" + period + "&by=city").want(http.StatusOK)
					if got := [3]int{a.number("items.0.persons"), a.number("items.0.visits"), a.number("items.0.minutes")}; got != want {
						t.Errorf("%s: %v, want %v: %s", period, got, want, a.Body)
					}
				}
				c.proved()
			})
		})
	}
}
