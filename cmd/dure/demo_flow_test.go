package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/cmd/dure/demo"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/repository/dbtest"
	proofstore "dure/repository/proof"
)

// The demo city, on the Saturday on which it was made.
func TestTheDemoCity(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		c := &city{t: t, url: url, db: dbtest.Open(t, url), people: map[string]*client{}}
		c.at("2026-11-21T14:00:00+09:00")
		c.serve()
		if err := demo.Fill(t.Context(), c.db, c.dependencies.vault, c.clock, demo.Scales["hamlet"], io.Discard); err != nil {
			t.Fatal(err)
		}
		theStage(c)
		theTour(c)
		theFigures(c)
	})
}

// demoed signs in as one of those whom the README names.
func (c *city) demoed(login string) *client {
	c.t.Helper()
	p := c.stranger()
	p.Token = p.post("/auth/login", map[string]string{"login": login, "password": demo.Password}).want(http.StatusOK).text("access_token")
	return p
}

func (c *city) proved() {
	c.t.Helper()
	report, err := proof.Verify(c.t.Context(), proofstore.NewStore(c.db), proof.Options{Zone: c.clock.Zone, Batch: 1000})
	if err != nil || len(report.Findings) > 0 {
		c.t.Fatal(report.Findings, err)
	}
}

func (c *city) toured(out io.Writer) toured {
	c.t.Helper()
	seen, err := tour{db: c.db, clock: c.clock, base: c.base, http: c.http, w: out}.run(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return seen
}

// theStage is set as the README says.
func theStage(c *city) {
	t := c.t
	scope := map[string]string{}
	for login, role := range map[string]string{demo.Head: "camp_head", demo.Keeper: "camp_keeper", demo.Site: "demand_site_manager",
		demo.Centre: "centre_officer", demo.Claims: "claims_officer", demo.Analyst: "analyst", demo.Admin: "administrator"} {
		me := c.demoed(login).get("/me").want(http.StatusOK)
		held := map[bool]int{true: 2, false: 1}[login == demo.Centre || login == demo.Site] // who approves late entries, too, or has a shop
		if roles := []string{me.text("roles.0.role"), me.text("roles.1.role")}; !slices.Contains(roles, role) || me.count("roles") != held {
			t.Errorf("%s: %s", login, me.Body)
		}
		scope[login] = me.text("roles.0.scope_id")
	}
	if scope[demo.Head] == "" || scope[demo.Head] != scope[demo.Keeper] {
		t.Error("the keeper is of another camp: ", scope)
	}
	// The roadmap's targets: invented people have not reached them, and what has no feature yet has no actual.
	targets := c.stranger().get("/open-data/targets").want(http.StatusOK)
	if targets.count("items") != 6 || targets.text("items.2.pace") != "missed" || targets.text("items.2.actual.on") != "2021-12-31" ||
		targets.text("items.0.actual.on") != "2021-12-31" || targets.text("items.3.pace") != "later" || targets.value("items.5.actual") != nil {
		t.Errorf("%s", targets.Body)
	}
	centre := c.demoed(demo.Centre)
	if site := centre.get("/demand-sites/" + scope[demo.Site]).want(http.StatusOK); site.text("state") != "approved" {
		t.Errorf("%s", site.Body)
	}
	settled := centre.get("/settlements").want(http.StatusOK)
	if settled.count("items") != 3 || settled.text("items.0.month") != "2026-09" || settled.text("items.0.state") != "paid" {
		t.Errorf("%s", settled.Body)
	}
	claims := c.demoed(demo.Claims).get("/claims").want(http.StatusOK)
	states := map[string]int{}
	for i := range claims.count("items") {
		states[claims.text(fmt.Sprintf("items.%d.state", i))]++
	}
	if !maps.Equal(states, map[string]int{"paid": 1, "approved": 1, "filed": 1, "refused": 1, "reported": 1}) {
		t.Errorf("%v: %s", states, claims.Body)
	}
	for i := range claims.count("items") {
		if told := c.demoed(demo.Claims).get("/claims/" + claims.text(fmt.Sprintf("items.%d.id", i))).want(http.StatusOK); told.text("details.text") == "" {
			t.Errorf("%s", told.Body)
		}
	}

	volunteer := c.demoed(demo.Volunteer)
	hours := volunteer.get("/me/hours").want(http.StatusOK)
	if hours.number("recognised_minutes") == 0 || hours.number("pending_minutes") == 0 {
		t.Errorf("%s", hours.Body)
	}
	var capped int
	c.scan(&capped, `SELECT COUNT(*) FROM ledger_entries e JOIN accounts a ON a.volunteer_id = e.volunteer_id
		WHERE a.login = ? AND e.reductions LIKE '%daily_cap%'`, demo.Volunteer)
	if capped == 0 {
		t.Error("no day of hers was capped")
	}

	head, camp := c.demoed(demo.Head), "/camps/"+scope[demo.Head]
	for week := range 4 {
		to := c.clock.Day(c.clock.Now()).Add(-7 * week)
		shifts := head.get(fmt.Sprintf("%s/shifts?from=%s&to=%s&limit=100", camp, to.Add(-6), to)).want(http.StatusOK)
		if ended, err := time.Parse(time.RFC3339, shifts.text("items.0.ends_at")); err != nil || !ended.Before(c.clock.Now()) {
			t.Errorf("week %d: %s", week, shifts.Body)
		}
	}
	if found := head.get(camp).want(http.StatusOK); found.text("region.dong_name") != demo.HeadDong {
		t.Errorf("%s", found.Body)
	}
}

// theTour moves what it says, as often as it is shown, and says so when there is nothing left to show.
func theTour(c *city) {
	t := c.t
	for n, newPersons := range []int{2, 1} { // the volunteer is active in this month from the first tour on
		c.later(time.Minute)
		var out bytes.Buffer
		seen := c.toured(&out)
		before, after := seen.figures, seen.figuresAfter
		if seen.expected < 60 || seen.hoursAfter != seen.hours+seen.expected {
			t.Errorf("tour %d: %d minutes became %d, %d expected", n, seen.hours, seen.hoursAfter, seen.expected)
		}
		if after.Persons != before.Persons+newPersons || after.Visits != before.Visits+2 || after.Population != 5909 ||
			fmt.Sprintf("%.6f", after.ParticipationRate) != fmt.Sprintf("%.6f", float64(after.Persons)/5909) {
			t.Errorf("tour %d: %+v became %+v", n, before, after)
		}
		for _, said := range []string{"recorded", "duplicate", "volunteer.number_wrong", "duty.conflict_of_interest", "verified",
			before.String(), after.String(), hoursAndMinutes(seen.hoursAfter)} {
			if !strings.Contains(out.String(), said) {
				t.Errorf("it did not tell %q:\n%s", said, &out)
			}
		}
		var minutes int
		c.scan(&minutes, `SELECT a.balance FROM ledger_accounts a JOIN accounts o ON o.volunteer_id = a.owner_id WHERE a.kind = 'volunteer_minutes' AND o.login = ?`, demo.Volunteer)
		if minutes != seen.hoursAfter {
			t.Errorf("the ledger holds %d, it told %d", minutes, seen.hoursAfter)
		}
	}
	c.proved()
	c.later(60 * 24 * time.Hour)
	var out bytes.Buffer
	seen := c.toured(&out)
	if !strings.Contains(out.String(), "present figures") || seen.hours == 0 || seen.hoursAfter != seen.hours {
		t.Errorf("long after: %+v\n%s", seen, &out)
	}
	c.sql(`UPDATE role_grants SET revoked_at = ? WHERE account_id = (SELECT id FROM accounts WHERE login = ?)`, c.clock.Now(), demo.Head)
	out.Reset()
	c.later(time.Minute)
	show(t.Context(), tour{db: c.db, clock: c.clock, base: c.base, http: c.http, w: &out})
	if s := out.String(); !strings.Contains(s, "the tour has stopped") || !strings.Contains(s, demo.Password) {
		t.Errorf("without a head: %s", s)
	}
}

func TestDemoRefusesWhatItDidNotMake(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		dbtest.Regions(t, dbtest.Open(t, url))
		for _, args := range [][]string{{"demo", "--scale", "hamlet"}, {"serve", "--demo"}} {
			var out bytes.Buffer
			code := run(t.Context(), args, []string{"DURE_DATABASE_URL=" + url, "DURE_ADDR=127.0.0.1:0", "DURE_METRICS_ADDR=off"}, nil, &out, &out)
			if code != 1 || !strings.Contains(out.String(), "start anew") || strings.Contains(out.String(), "volunteers") {
				t.Errorf("%s ended with %d: %s", args, code, &out)
			}
		}
	})
	var out bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--scale", id.New().String()}, nil, nil, &out, &out); code != 2 {
		t.Error(code, out.String())
	}
}
