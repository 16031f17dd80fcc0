package demo

import (
	"testing"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/signup"
	"dure/domain/volunteer"
)

var seoul = time.FixedZone("KST", 9*3600)

// noon is noon of a day in the city.
func noon(day string) calendar.Clock {
	return calendar.Clock{Instant: func() time.Time { return calendar.MustParse(day).Start(seoul).Add(12 * time.Hour) }, Zone: seoul}
}

func invented(t *testing.T, scale, day string) *city {
	t.Helper()
	c, err := invent(Scales[scale], noon(day))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// eachCity looks at a town and at hamlets of other days: around the change of codes, of years, and a leap day.
func eachCity(t *testing.T, look func(t *testing.T, c *city)) {
	t.Run("town", func(t *testing.T) { look(t, invented(t, "town", "2026-11-21")) })
	for _, day := range []string{"2026-06-30", "2026-07-01", "2027-01-01", "2027-01-02", "2028-02-29", "2031-05-05"} {
		t.Run(day, func(t *testing.T) { look(t, invented(t, "hamlet", day)) })
	}
}

func TestATownHasItsProportions(t *testing.T) {
	c := invented(t, "town", "2026-11-21")
	n := map[string]int{}
	dongs, fields := map[*dong]bool{}, map[string]bool{}
	for _, p := range c.people {
		n["people"]++
		n[string(p.Status)]++
		if p.dong == nil {
			n["outside"]++
		} else {
			dongs[p.dong] = true
		}
		if len(p.moves) > 1 {
			n["moved"]++
		}
		if p.guardian != nil && p.guardian.person != nil {
			n["guardians"]++
		}
		for _, a := range p.presences {
			n["presences"]++
			n[string(a.Evidence)]++
			n[string(a.State)]++
			if len(a.steps) == 0 && a.State == attendance.Pending {
				n["waiting"]++
			}
			if a.WalkIn {
				n["walk-ins"]++
			}
			if a.RecordedAt.Sub(*a.CheckedOutAt) > 7*24*time.Hour {
				n["late"]++
			}
			if a.CheckedOutAt.Sub(a.CheckedInAt) > 9*time.Hour {
				n["long"]++
			}
			if calendar.Of(a.CheckedOutAt.Add(-time.Minute), seoul) != a.Day {
				n["over midnight"]++
			}
			if a.change != nil {
				n[string(a.change.Kind)+" "+string(a.change.State)]++
			}
		}
	}
	for _, l := range c.listings {
		n["listing "+string(l.State)]++
		fields[l.FieldCode] = true
		for _, s := range l.shifts {
			n["shifts"]++
			for _, u := range s.signUps {
				n["sign-up "+string(u.State)]++
			}
		}
	}
	n["dongs"], n["fields"] = len(dongs), len(fields)
	for name, want := range map[string][2]int{
		"people": {3000, 3200}, "outside": {40, 60}, "pending_guardian": {5, 60}, "moved": {100, 300}, "guardians": {100, 400},
		"dongs": {96, 96}, "fields": {25, 40}, "shifts": {10_000, 20_000}, "presences": {25_000, 40_000},
		"qr": {4000, 15_000}, "leader": {15_000, 30_000}, "self": {500, 4000}, "walk-ins": {1000, 6000}, "late": {500, 4000}, "long": {300, 6000},
		"over midnight": {5, 100}, "waiting": {50, 600}, "auto_closed": {20, 500}, "rejected": {100, 600},
		"correction applied": {100, 1000}, "correction refused": {30, 400}, "correction proposed": {1, 40}, "reversal applied": {50, 400},
		"listing approved": {150, 300}, "listing draft": {3, 20}, "listing submitted": {3, 20}, "listing rejected": {3, 20},
		"sign-up confirmed": {25_000, 40_000}, "sign-up waitlisted": {100, 3000}, "sign-up cancelled": {1000, 5000}, "sign-up no_show": {800, 4000},
	} {
		if got := n[name]; got < want[0] || got > want[1] {
			t.Errorf("%s: %d instead of %d to %d", name, got, want[0], want[1])
		}
	}
	if len(c.houses) != 85 {
		t.Errorf("%d houses", len(c.houses))
	}
}

// What the API would have refused has not happened, and nothing happens before its time.
func TestNobodyDidWhatIsForbidden(t *testing.T) {
	eachCity(t, func(t *testing.T, c *city) {
		numbers, logins := map[string]bool{}, map[string]bool{}
		for _, p := range c.people {
			if n, err := volunteer.ParseNumber(p.Number); err != nil || n != p.Number || numbers[n] {
				t.Fatalf("number %s: %v", p.Number, err)
			}
			if numbers[p.Number] = true; p.account != id.Nil && logins[p.login] {
				t.Fatalf("%s signs in twice", p.login)
			}
			logins[p.login] = true
			if p.Status != volunteer.Active && len(p.presences)+len(p.busy) > 0 {
				t.Fatalf("%s was somewhere without his guardian's consent", p.ID)
			}
			for _, a := range p.presences {
				switch decided := a.shift.listing.DecidedAt; {
				case !decided.Before(a.CheckedInAt), a.RecordedAt.Before(p.RegisteredAt), !a.CheckedInAt.Before(*a.CheckedOutAt):
					t.Fatalf("%+v is out of order", a.Attendance)
				case !a.RecordedAt.Before(c.now), a.CheckedOutAt.After(c.now):
					t.Fatalf("%+v is still to come", a.Attendance)
				case a.shift.CancelledAt != nil, !a.CheckedInAt.Before(a.shift.EndsAt), !a.CheckedOutAt.After(a.shift.StartsAt):
					t.Fatalf("%+v was at no shift", a.Attendance)
				}
				for _, s := range a.steps {
					if s.change == nil && s.by == a.RecordedBy && a.Evidence != attendance.QR || s.change != nil && s.by == s.change.ProposedBy || !s.at.Before(c.now) {
						t.Fatalf("%+v of %+v", s, a.Attendance)
					}
				}
			}
		}
		type place struct {
			who  id.ID
			from time.Time
		}
		taken := map[place]bool{}
		for _, l := range c.listings {
			for _, s := range l.shifts {
				held := 0
				for _, u := range s.signUps {
					if u.State == signup.Confirmed || u.State == signup.NoShow {
						held++
						if taken[place{u.VolunteerID, u.StartsAt}] {
							t.Fatalf("%s has two places at %s", u.VolunteerID, u.StartsAt)
						}
						taken[place{u.VolunteerID, u.StartsAt}] = true
					}
				}
				if held != s.Confirmed || held > s.Capacity {
					t.Fatalf("%d places held, %d counted, %d there", held, s.Confirmed, s.Capacity)
				}
			}
		}
	})
}

// The stage is set: something has ended at the head's camp in each of the last weeks, and something is to come today.
func TestTheHeadsCampIsBusy(t *testing.T) {
	eachCity(t, func(t *testing.T, c *city) {
		now, ended := c.now.Add(12*time.Hour), [4]int{}
		today := 0
		for _, l := range c.listings {
			if l.house != c.houses[0] {
				continue
			}
			for _, s := range l.shifts {
				if week := int(now.Sub(s.EndsAt).Hours()) / (7 * 24); s.EndsAt.Before(now) && week < 4 {
					ended[week]++
				}
				if s.EndsAt.After(now) && calendar.Of(s.StartsAt, seoul) == c.today {
					today++
				}
				if left := s.Capacity - len(s.present); left < 5 && s.EndsAt.After(c.now.AddDate(0, 0, -28)) {
					t.Errorf("%d places left at %s", left, s.StartsAt)
				}
			}
		}
		for _, n := range append(ended[:], today) {
			if n == 0 {
				t.Errorf("ended %v, today %d", ended, today)
			}
		}
		if s := c.houses[0].staff; s[0].login != Head || s[1].login != Keeper {
			t.Error("the head's camp is not headed by him")
		}
	})
}
