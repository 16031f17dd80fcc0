package claim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

func days(n int) *int { return &n }

func TestAmountsStayWithinTheirItems(t *testing.T) {
	items := []insurance.Item{
		{ID: id.New(), Kind: "hospital_day", LimitWon: 70_000, Unit: insurance.PerDay, MaxDays: days(180), DeductibleWon: 20_000},
		{ID: id.New(), Kind: "outpatient_day", LimitWon: 50_000, Unit: insurance.PerDay},
		{ID: id.New(), Kind: "liability", LimitWon: 100_000_000, Unit: insurance.Sum, DeductibleWon: 20_000},
	}
	kinds := []string{"hospital_day", "outpatient_day", "liability", "death"}
	for name, c := range map[string]struct {
		spent    []Spent
		approved []Approval
		want     string // path and code of what is wrong
	}{
		"all of the days":         {nil, []Approval{{"hospital_day", days(180), 180*70_000 - 20_000}}, ""},
		"a won too much":          {nil, []Approval{{"hospital_day", days(180), 180*70_000 - 19_999}}, "items[0].amount_won range"},
		"a day too many":          {nil, []Approval{{"hospital_day", days(181), 1}}, "items[0].days range"},
		"no days":                 {nil, []Approval{{"hospital_day", nil, 1}}, "items[0].days required"},
		"none of the days":        {nil, []Approval{{"hospital_day", days(0), 1}}, "items[0].days range"},
		"less than nothing":       {nil, []Approval{{"hospital_day", days(1), -1}}, "items[0].amount_won range"},
		"days without a bound":    {nil, []Approval{{"outpatient_day", days(365), 365 * 50_000}}, ""},
		"days beyond all reason":  {nil, []Approval{{"outpatient_day", days(10_000), 1}}, "items[0].days range"},
		"a sum":                   {nil, []Approval{{"liability", nil, 99_980_000}}, ""},
		"a sum too large":         {nil, []Approval{{"liability", nil, 99_980_001}}, "items[0].amount_won range"},
		"a sum with days":         {nil, []Approval{{"liability", days(2), 1}}, "items[0].days not_per_day"},
		"two":                     {nil, []Approval{{"hospital_day", days(1), 50_000}, {"liability", nil, 1}}, ""},
		"one twice":               {nil, []Approval{{"liability", nil, 1}, {"liability", nil, 1}}, "items[1].kind repeated"},
		"not for him":             {nil, []Approval{{"death", nil, 1}}, "items[0].kind not_paid"},
		"not claimed":             {nil, []Approval{{"burn", nil, 1}}, "items[0].kind not_claimed"},
		"nothing named":           {nil, []Approval{{"", nil, 1}}, "items[0].kind required"},
		"what is left":            {[]Spent{{"liability", 0, 99_000_000}, {"hospital_day", 3, 9}}, []Approval{{"liability", nil, 980_000}}, ""},
		"more than is left":       {[]Spent{{"liability", 0, 99_000_000}}, []Approval{{"liability", nil, 980_001}}, "items[0].amount_won range"},
		"nothing is left":         {[]Spent{{"liability", 0, 99_980_000}}, []Approval{{"liability", nil, 1}}, "items[0].amount_won limit_used"},
		"days that are left":      {[]Spent{{"hospital_day", 100, 1}, {"hospital_day", 79, 1}}, []Approval{{"hospital_day", days(1), 50_000}}, ""},
		"a day more than is left": {[]Spent{{"hospital_day", 179, 1}}, []Approval{{"hospital_day", days(2), 1}}, "items[0].days range"},
		"no day is left":          {[]Spent{{"hospital_day", 180, 1}}, []Approval{{"hospital_day", days(1), 1}}, "items[0].days limit_used"},
	} {
		amounts, err := payable(items, kinds, c.spent, c.approved)
		got := ""
		if f, ok := fault.From(err); ok {
			for _, field := range f.Fields {
				got += field.Path + " " + field.Code
			}
		}
		if got != c.want || err == nil && (len(amounts) != len(c.approved) || amounts[0].AmountWon != c.approved[0].AmountWon || amounts[0].ItemID == id.Nil) {
			t.Errorf("%s: %q instead of %q, %+v", name, got, c.want, amounts)
		}
	}
}

// Every state is reached from somewhere but the first, and nothing leads out of the last ones.
func TestStatesFollowEachOther(t *testing.T) {
	for _, s := range States() {
		before, known := from[s]
		if !known && s != Reported && s != Documents || slices.Contains(before, s) {
			t.Errorf("%s from %v", s, before)
		}
		for _, b := range before {
			if b == Closed || b == Withdrawn {
				t.Errorf("%s after the end", s)
			}
		}
	}
}

func TestWhoMaySeeAndDecide(t *testing.T) {
	camp, volunteer, reporter, approver := id.New(), id.New(), id.New(), id.New()
	c := Claim{VolunteerID: volunteer, OrganiserID: &camp, ReportedBy: reporter}
	scoped := func(r auth.Role, scope id.ID) auth.Principal {
		kind, _ := auth.ScopeOf(r)
		return auth.Principal{AccountID: id.New(), VolunteerID: id.New(), Grants: []auth.Grant{{Role: r, ScopeType: kind, ScopeID: scope}}}
	}
	handler := scoped(auth.ClaimsOfficer, id.Nil)
	for name, want := range map[string]struct {
		p   auth.Principal
		may string // see, read, health with consent, without, add, decide
	}{
		"himself":       {auth.Principal{AccountID: id.New(), VolunteerID: volunteer}, "see read health always add"},
		"camp head":     {scoped(auth.CampHead, camp), "see add"},
		"camp keeper":   {scoped(auth.CampKeeper, camp), "see add"},
		"other head":    {scoped(auth.CampHead, id.New()), ""},
		"claims":        {handler, "see read health decide"},
		"officer":       {scoped(auth.CentreOfficer, id.Nil), ""},
		"analyst":       {scoped(auth.Analyst, id.Nil), ""},
		"administrator": {scoped(auth.Administrator, id.Nil), ""},
		"nobody":        {auth.Principal{}, ""},
	} {
		var may []string
		for _, right := range []struct {
			name string
			err  error
		}{{"see", CanSee(want.p, c)}, {"read", CanRead(want.p, c)}, {"health", CanReadHealth(want.p, c, true)}, {"always", CanReadHealth(want.p, c, false)},
			{"add", CanAdd(want.p, c)}, {"decide", CanDecide(want.p, c, nil, nil)}} {
			if right.err == nil {
				may = append(may, right.name)
			}
		}
		if got := strings.Join(may, " "); got != want.may {
			t.Errorf("%s may %q instead of %q", name, got, want.may)
		}
	}
	for name, err := range map[string]error{
		"self":      CanDecide(auth.Principal{AccountID: id.New(), VolunteerID: volunteer, Grants: handler.Grants}, c, nil, nil),
		"household": CanDecide(handler, c, duty.Ties{volunteer: duty.Household}, nil),
		"entered":   CanDecide(handler, c, nil, []duty.Act{{Account: handler.AccountID, Case: duty.Entered}}),
		"decided":   CanDecide(handler, c, nil, []duty.Act{{Account: approver, Case: duty.Entered}, {Account: handler.AccountID, Case: duty.Decided}}),
	} {
		if f, ok := fault.From(err); !ok || !errors.Is(err, duty.ErrConflict) || f.Case != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m, err := CanConsent(scoped(auth.CampHead, camp), c, false); err != nil || m != OnPaper {
		t.Error(m, err)
	}
	if _, err := CanConsent(scoped(auth.CampHead, camp), c, true); !errors.Is(err, auth.ErrForbidden) {
		t.Error("consent of somebody who can speak for himself was entered: ", err)
	}
}

func TestWhatIsWrongWithAReport(t *testing.T) {
	now := time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
	good := Report{HappenedAt: now, Place: "복지관", Text: "넘어졌습니다.", Kinds: []string{"death"}}
	for name, c := range map[string]struct {
		change func(r *Report)
		want   string
	}{
		"nothing":                {func(*Report) {}, ""},
		"the future":             {func(r *Report) { r.HappenedAt = now.Add(time.Microsecond) }, "happened_at future"},
		"no time":                {func(r *Report) { r.HappenedAt = time.Time{} }, "happened_at required"},
		"nowhere":                {func(r *Report) { r.Place = " " }, "place required"},
		"no words":               {func(r *Report) { r.Text = "" }, "text required"},
		"too many words":         {func(r *Report) { r.Text = strings.Repeat("가", maxText+1) }, "text too_long"},
		"nothing claimed":        {func(r *Report) { r.Kinds = nil }, "items required"},
		"no kind":                {func(r *Report) { r.Kinds = []string{"Death"} }, "items[0] code"},
		"one kind twice":         {func(r *Report) { r.Kinds = []string{"death", "death"} }, "items[1] repeated"},
		"health without consent": {func(r *Report) { r.Health = "골절" }, "health_consent required"},
		"consent to nothing":     {func(r *Report) { r.Consent = true }, "health_consent_version required"},
		"with consent":           {func(r *Report) { r.Health, r.Consent, r.ConsentVersion = "골절", true, "1" }, ""},
	} {
		r := good
		c.change(&r)
		got := ""
		if f, ok := fault.From(r.check(now)); ok {
			for _, field := range f.Fields {
				got += fmt.Sprint(field.Path, " ", field.Code)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q instead of %q", name, got, c.want)
		}
	}
}

func TestADeadlineIsItsLastDay(t *testing.T) {
	c := Claim{DeadlineOn: calendar.MustParse("2029-07-14")}
	if c.Late(calendar.MustParse("2029-07-14")) || !c.Late(calendar.MustParse("2029-07-15")) {
		t.Error("late on the wrong day")
	}
}
