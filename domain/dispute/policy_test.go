package dispute

import (
	"errors"
	"testing"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

var (
	camp, other = id.New(), id.New()
	people      = map[string]auth.Principal{
		"volunteer":     {AccountID: id.New(), VolunteerID: id.New()},
		"neighbour":     {AccountID: id.New(), VolunteerID: id.New()},
		"keeper":        {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CampKeeper, ScopeType: auth.Camp, ScopeID: camp}}},
		"head":          {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: camp}}},
		"other head":    {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: other}}},
		"manager":       {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.SiteManager, ScopeType: auth.DemandSite, ScopeID: camp}}},
		"officer":       {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}},
		"analyst":       {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.Analyst, ScopeType: auth.City}}},
		"administrator": {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.Administrator, ScopeType: auth.City}}},
	}
)

func TestWhoSeesSpeaksAndJudges(t *testing.T) {
	d := Dispute{VolunteerID: people["volunteer"].VolunteerID, OrganiserID: camp, State: Answered}
	escalated := d
	escalated.State = Escalated
	for name, rule := range map[string]struct {
		may func(auth.Principal) error
		who map[string]bool
	}{
		"see":             {func(p auth.Principal) error { return CanSee(p, d) }, set("volunteer", "keeper", "head", "manager", "officer")},
		"speak":           {func(p auth.Principal) error { return CanSpeak(p, d) }, set("volunteer")},
		"answer":          {func(p auth.Principal) error { return CanAnswer(p, d, nil) }, set("keeper", "head", "manager", "officer")},
		"judge":           {func(p auth.Principal) error { return CanJudge(p, d) }, set("head", "manager", "officer")},
		"judge escalated": {func(p auth.Principal) error { return CanJudge(p, escalated) }, set("officer")},
	} {
		for who, p := range people {
			if got := rule.may(p) == nil; got != rule.who[who] {
				t.Errorf("%s: the %s is told %t", name, who, got)
			}
		}
	}
	if CanSee(auth.Principal{AccountID: id.New()}, Dispute{}) == nil {
		t.Error("an account without a person sees a dispute of nobody")
	}
}

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, n := range names {
		s[n] = true
	}
	return s
}

func TestWhoDecidesHasHadNoPart(t *testing.T) {
	d := Dispute{VolunteerID: id.New(), OrganiserID: camp}
	me := auth.Principal{AccountID: id.New(), VolunteerID: id.New()}
	someone := id.New()
	for want, c := range map[string]struct {
		d     func(*Dispute)
		a     *attendance.Attendance
		ties  duty.Ties
		hands []duty.Act
	}{
		"":                        {a: &attendance.Attendance{RecordedBy: someone, VerifiedBy: &someone, DecidedBy: &someone}, hands: []duty.Act{{Account: someone, Case: duty.Decided}}},
		duty.Self:                 {d: func(d *Dispute) { d.VolunteerID = me.VolunteerID }},
		duty.Household:            {ties: duty.Ties{d.VolunteerID: duty.Household}},
		duty.Answered:             {d: func(d *Dispute) { d.AnsweredBy = &me.AccountID }},
		duty.Decided:              {d: func(d *Dispute) { d.DecidedBy = &me.AccountID }},
		duty.Entered:              {a: &attendance.Attendance{RecordedBy: me.AccountID}},
		duty.Decided + " verify":  {a: &attendance.Attendance{VerifiedBy: &me.AccountID}},
		duty.Decided + " reject":  {a: &attendance.Attendance{DecidedBy: &me.AccountID}},
		duty.Proposed:             {hands: []duty.Act{{Account: me.AccountID, Case: duty.Proposed}}},
		duty.Decided + " correct": {hands: []duty.Act{{Account: me.AccountID, Case: duty.Decided}}},
	} {
		mine := d
		if c.d != nil {
			c.d(&mine)
		}
		err := CanDecide(me, mine, c.a, c.ties, c.hands)
		told, _ := fault.From(err)
		switch {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (!errors.Is(err, duty.ErrConflict) || told.Case != want[:len(told.Case)]):
			t.Errorf("%s: %v", want, err)
		}
	}
}

// Days are counted to the end of the last one, in the city.
func TestDeadlinesEndWithTheDay(t *testing.T) {
	clock := calendar.Clock{Zone: time.FixedZone("KST", 9*3600)}
	for at, want := range map[string]string{
		"2026-07-15T00:00:00+09:00": "2026-07-23T00:00:00+09:00",
		"2026-07-15T23:59:59+09:00": "2026-07-23T00:00:00+09:00",
		"2026-12-31T10:00:00+09:00": "2027-01-08T00:00:00+09:00",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := after(clock, instant, 7).In(clock.Zone).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s instead of %s", at, got, want)
		}
	}
}
