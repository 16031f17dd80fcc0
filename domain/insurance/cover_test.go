package insurance

import (
	"errors"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

var seoul = time.FixedZone("KST", 9*3600)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, seoul)
	if err != nil {
		panic(err)
	}
	return t
}

func when(text string) *time.Time {
	t := at(text)
	return &t
}

// year is a contract year with two hours there and one back.
func year(first, last string) *Policy {
	return &Policy{Contract{StartsOn: calendar.MustParse(first), EndsOn: calendar.MustParse(last)}, 1,
		Conditions{ConsentRequired: true, Online: true, Paper: true, TravelBeforeMinutes: 120, TravelAfterMinutes: 60}}
}

var (
	shift, other = id.New(), id.New()
	signedUp     = Place{ShiftID: shift, StartsAt: at("2026-07-15 13:00:00"), EndsAt: at("2026-07-15 17:00:00"), ActivityState: "approved", SiteOpen: true, SignUp: "confirmed"}
	present      = Place{ShiftID: shift, StartsAt: at("2026-07-15 13:00:00"), EndsAt: at("2026-07-15 17:00:00"), ActivityState: "approved", SiteOpen: true,
		In: at("2026-07-15 13:30:00"), Out: when("2026-07-15 15:00:00")}
)

func with(p Place, change func(*Place)) Place {
	change(&p)
	return p
}

func TestCoverAtEveryBoundary(t *testing.T) {
	verified := with(present, func(p *Place) { p.Verified = true })
	open := with(present, func(p *Place) { p.Out = nil })
	overtime := with(open, func(p *Place) { p.In = at("2026-07-15 17:30:00") })
	noShow := with(signedUp, func(p *Place) { p.SignUp = "no_show" })
	attended := with(signedUp, func(p *Place) { p.SignUp = "attended" })
	elsewhere := with(present, func(p *Place) { p.ShiftID = other })
	for _, c := range []struct {
		name, at string
		places   []Place
		change   func(*Facts)
		reason   Reason
		basis    Basis
	}{
		{name: "a second before the way there", at: "2026-07-15 10:59:59", places: []Place{signedUp}, reason: NoActivity},
		{name: "on the way there", at: "2026-07-15 11:00:00", places: []Place{signedUp}, basis: BySignUp},
		{name: "the last second of the way back", at: "2026-07-15 17:59:59", places: []Place{signedUp}, basis: BySignUp},
		{name: "at home", at: "2026-07-15 18:00:00", places: []Place{signedUp}, reason: NoActivity},
		{name: "nothing at all", at: "2026-07-15 13:00:00", reason: NoActivity},

		{name: "present before it is confirmed", at: "2026-07-15 14:00:00", places: []Place{attended, present}, basis: ByPresence},
		{name: "present and confirmed", at: "2026-07-15 14:00:00", places: []Place{attended, present, verified}, basis: ByVerified},
		{name: "the way back is from when he left", at: "2026-07-15 15:59:59", places: []Place{attended, present}, basis: ByPresence},
		{name: "home early", at: "2026-07-15 16:00:00", places: []Place{attended, present}, reason: NoActivity},
		{name: "his presence tells, not his place", at: "2026-07-15 16:30:00", places: []Place{signedUp, present}, reason: NoActivity},
		{name: "he came late, but was on his way in time", at: "2026-07-15 11:00:00", places: []Place{attended, present}, basis: BySignUp},
		{name: "he came late without a place", at: "2026-07-15 11:29:59", places: []Place{present}, reason: NoActivity},
		{name: "somebody else's place is no hindrance", at: "2026-07-15 16:30:00", places: []Place{signedUp, elsewhere}, basis: BySignUp},
		{name: "not checked out: until the shift ends and an hour", at: "2026-07-15 17:59:59", places: []Place{open}, basis: ByPresence},
		{name: "not checked out: no longer", at: "2026-07-15 18:00:00", places: []Place{open}, reason: NoActivity},
		{name: "came after the end", at: "2026-07-15 18:29:59", places: []Place{overtime}, basis: ByPresence},

		{name: "who did not come was on his way", at: "2026-07-15 12:59:59", places: []Place{noShow}, basis: BySignUp},
		{name: "who did not come was not there", at: "2026-07-15 13:00:00", places: []Place{noShow}, reason: NotCome},
		{name: "who did not come long after", at: "2026-07-15 17:00:00", places: []Place{noShow}, reason: NoActivity},
		{name: "a presence that was rejected", at: "2026-07-15 13:00:00", places: []Place{attended}, reason: NoActivity},

		{name: "cancelled before", at: "2026-07-15 14:00:00", places: []Place{with(signedUp, func(p *Place) { p.CancelledAt = when("2026-07-15 14:00:00") })}, reason: ShiftCancelled},
		{name: "cancelled a second later", at: "2026-07-15 13:59:59", places: []Place{with(signedUp, func(p *Place) { p.CancelledAt = when("2026-07-15 14:00:00") })}, basis: BySignUp},
		{name: "approved a second later", at: "2026-07-15 13:59:59", places: []Place{with(present, func(p *Place) { p.DecidedAt = when("2026-07-15 14:00:00") })}, reason: NotApproved},
		{name: "approved at that second", at: "2026-07-15 14:00:00", places: []Place{with(present, func(p *Place) { p.DecidedAt = when("2026-07-15 14:00:00") })}, basis: ByPresence},
		{name: "ended since", at: "2026-07-15 14:00:00", places: []Place{with(present, func(p *Place) { p.ActivityState, p.DecidedAt = "ended", when("2026-08-01 00:00:00") })}, basis: ByPresence},
		{name: "never approved", at: "2026-07-15 14:00:00", places: []Place{with(signedUp, func(p *Place) { p.ActivityState = "submitted" })}, reason: NotApproved},
		{name: "the demand site is suspended", at: "2026-07-15 14:00:00", places: []Place{with(signedUp, func(p *Place) { p.SiteOpen = false })}, reason: NotApproved},
		{name: "one bad place does not spoil a good one", at: "2026-07-15 14:00:00", places: []Place{with(present, func(p *Place) { p.ActivityState = "draft" }), elsewhere}, basis: ByPresence},
		{name: "nor in the other order", at: "2026-07-15 14:00:00", places: []Place{elsewhere, with(present, func(p *Place) { p.ActivityState = "draft" })}, basis: ByPresence},

		{name: "no consent", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Consented = false }, reason: NoConsent},
		{name: "no consent where none is asked for", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Consented, f.Policy.ConsentRequired = false, false }, basis: ByPresence},
		{name: "no contract", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Policy = nil }, reason: PolicyGap},
		{name: "guardian asked", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.GuardianPending = true }, reason: GuardianPending},
		{name: "guardian never asked", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Status = "pending_guardian" }, reason: GuardianPending},
		{name: "left since, and was there", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Status = "withdrawn" }, basis: ByPresence},
		{name: "left, and would have come", at: "2026-07-15 14:00:00", places: []Place{signedUp}, change: func(f *Facts) { f.Status = "withdrawn" }, reason: Withdrawn},
		{name: "a day too young", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Policy.MinimumAge, f.BirthDate = 14, calendar.MustParse("2012-07-16") }, reason: AgeOutside},
		{name: "old enough today", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Policy.MinimumAge, f.BirthDate = 14, calendar.MustParse("2012-07-15") }, basis: ByPresence},
		{name: "too old", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) {
			eighty := 80
			f.Policy.MaximumAge, f.BirthDate = &eighty, calendar.MustParse("1945-07-15")
		}, reason: AgeOutside},
		{name: "the last year of the age", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) {
			eighty := 80
			f.Policy.MaximumAge, f.BirthDate = &eighty, calendar.MustParse("1945-07-16")
		}, basis: ByPresence},
		{name: "registered by a camp where only others are covered", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Paper, f.Policy.Paper = true, false }, reason: KindOutside},
		{name: "registered by himself where only others are covered", at: "2026-07-15 14:00:00", places: []Place{present}, change: func(f *Facts) { f.Policy.Online = false }, reason: KindOutside},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Facts{Question: Question{At: at(c.at)}, BirthDate: calendar.MustParse("1990-04-05"), Status: "active", Consented: true, Policy: year("2026-05-01", "2027-04-30")}
			if c.change != nil {
				c.change(&f)
			}
			got := f.Cover(seoul, c.places)
			if got.Reason != c.reason || got.Basis != c.basis || got.Covered() != (c.reason == "") {
				t.Errorf("%q by %q instead of %q by %q", got.Reason, got.Basis, c.reason, c.basis)
			}
			if got.Covered() && (got.At.Before(got.Window.Start) || !got.At.Before(got.Window.End)) {
				t.Error("covered outside its own window ", got.Window)
			}
			if !got.Covered() && (got.Place != Place{} || got.Window != calendar.Span{}) {
				t.Errorf("not covered, and yet %+v", got)
			}
		})
	}
}

// What is told of the window ends with the contract's last day in the city.
func TestAWindowStaysInItsContract(t *testing.T) {
	night := Place{StartsAt: at("2027-04-30 22:00:00"), EndsAt: at("2027-05-01 02:00:00"), ActivityState: "approved", SiteOpen: true, SignUp: "confirmed"}
	f := Facts{Question: Question{At: at("2027-04-30 23:59:59")}, BirthDate: calendar.MustParse("1990-04-05"), Status: "active", Consented: true, Policy: year("2026-05-01", "2027-04-30")}
	if got := f.Cover(seoul, []Place{night}).Window; !got.End.Equal(at("2027-05-01 00:00:00")) || !got.Start.Equal(at("2027-04-30 20:00:00")) {
		t.Error(got)
	}
	f.At, f.Policy = at("2027-05-01 00:00:00"), year("2027-05-01", "2028-04-30")
	if got := f.Cover(seoul, []Place{night}).Window; !got.Start.Equal(at("2027-05-01 00:00:00")) || !got.End.Equal(at("2027-05-01 03:00:00")) {
		t.Error(got)
	}
}

func TestBenefitsAreThoseOfAgeAndDay(t *testing.T) {
	fourteen := 14
	items := []Item{
		{Kind: "death", AgeFrom: 15, EffectiveFrom: calendar.MustParse("2026-05-01"), EffectiveTo: calendar.MustParse("2027-04-30")},
		{Kind: "child", AgeTo: &fourteen, EffectiveFrom: calendar.MustParse("2026-05-01"), EffectiveTo: calendar.MustParse("2027-04-30")},
		{Kind: "heat", EffectiveFrom: calendar.MustParse("2026-07-15"), EffectiveTo: calendar.MustParse("2026-07-15")},
	}
	for _, c := range []struct {
		at   string
		age  int
		want string
	}{
		{"2026-07-14 23:59:59", 14, "child "}, {"2026-07-15 00:00:00", 14, "child heat "}, {"2026-07-15 23:59:59", 15, "death heat "}, {"2026-07-16 00:00:00", 15, "death "},
	} {
		got := ""
		for _, i := range Benefits(items, Cover{Question: Question{At: at(c.at)}, Age: c.age}, seoul) {
			got += i.Kind + " "
		}
		if got != c.want {
			t.Errorf("%s, %d: %q instead of %q", c.at, c.age, got, c.want)
		}
	}
	if got := Benefits(items, Cover{Reason: NoConsent, Age: 20, Question: Question{At: at("2026-07-15 12:00:00")}}, seoul); len(got) != 0 {
		t.Error("not covered, and yet ", got)
	}
}

func TestOrganisersAskAboutTheirOwn(t *testing.T) {
	mine, theirs := id.New(), id.New()
	places := []Place{{OrganiserID: mine, Title: "a"}, {OrganiserID: theirs, Title: "b"}}
	keeper := auth.Principal{Grants: []auth.Grant{{Role: auth.CampKeeper, ScopeType: auth.Camp, ScopeID: mine}}}
	if got, err := CanAsk(keeper, places); err != nil || len(got) != 1 || got[0].Title != "a" {
		t.Error(got, err)
	}
	if _, err := CanAsk(keeper, places[1:]); !errors.Is(err, volunteer.ErrNotFound) {
		t.Error(err)
	}
	if _, err := CanAsk(auth.Principal{Grants: []auth.Grant{{Role: auth.Analyst, ScopeType: auth.City}}}, places); !errors.Is(err, volunteer.ErrNotFound) {
		t.Error(err)
	}
	if got, err := CanAsk(auth.Principal{Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}}, nil); err != nil || got != nil {
		t.Error(got, err)
	}
}

func TestItemsOfOneKindDoNotClash(t *testing.T) {
	fourteen := 14
	young, old := Item{Kind: "death", AgeTo: &fourteen}, Item{Kind: "death", AgeFrom: 15}
	if young.clashes(old) || old.clashes(young) {
		t.Error("bands of age side by side clash")
	}
	if !old.clashes(Item{Kind: "death"}) || !(Item{Kind: "death"}).clashes(old) || old.clashes(Item{Kind: "disability", AgeFrom: 15}) {
		t.Error("overlapping ages do not clash")
	}
}
