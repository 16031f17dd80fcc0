package anomaly

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

var seoul = time.FixedZone("KST", 9*3600)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, seoul)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func span(from, to string) calendar.Span { return calendar.Span{Start: at(from), End: at(to)} }

// usual are the rules as they come with the program.
var usual = Rules{
	{Kind: EntriesPerHour, Threshold: 200, Active: true, Version: 1}, {Kind: WalkInsPerDay, Threshold: 30, Active: true, Version: 2},
	{Kind: NoConsent, Active: true, Version: 3}, {Kind: TooFar, Threshold: 100, SecondThreshold: 3000, Active: true, Version: 4},
	{Kind: RepeatedGroup, Threshold: 5, SecondThreshold: 10, Active: true, Version: 5},
	{Kind: UnlikeShift, Threshold: 200, SecondThreshold: 5, Active: true, Version: 6},
	{Kind: Night, Threshold: 23 * 60, SecondThreshold: 5 * 60, Active: true, Version: 7},
}

func presence(who id.ID, told bool, s, shift calendar.Span) Presence {
	return Presence{AttendanceID: id.New(), VolunteerID: who, Span: s, Day: calendar.Of(s.Start, seoul), Minutes: s.Minutes(), Shift: shift, Told: told}
}

func judge(f Facts, presences ...Presence) (kinds []string) {
	if f.Rules == nil {
		f.Rules = usual
	}
	a := Ask{Account: id.New(), Now: at("07-15 10:00"), Today: calendar.MustParse("2026-07-15"), Zone: seoul, Presences: presences}
	byID := map[id.ID]int{}
	for i, p := range presences {
		byID[p.AttendanceID] = i
	}
	for _, x := range Judge(a, f) {
		kinds = append(kinds, fmt.Sprint(byID[x.AttendanceID], " ", x.Kind))
	}
	return kinds
}

func TestOnePresence(t *testing.T) {
	who, shift := id.New(), span("07-14 18:00", "07-14 22:00")
	dawn := span("07-14 05:00", "07-14 07:00")
	for _, c := range []struct {
		name string
		p    Presence
		want []string
	}{
		{"as the shift", presence(who, true, shift, shift), nil},
		{"an hour into the night", presence(who, true, span("07-14 18:00", "07-15 00:00"), shift), nil},
		{"a minute more", presence(who, true, span("07-14 18:00", "07-15 00:01"), shift), []string{"0 night"}},
		{"proved by the code, too", presence(who, false, span("07-14 18:00", "07-15 00:01"), shift), []string{"0 night"}},
		{"at night at a shift at night", presence(who, true, span("07-14 22:00", "07-15 04:00"), span("07-14 22:00", "07-15 02:00")), nil},
		{"before dawn", presence(who, true, span("07-14 03:59", "07-14 07:00"), dawn), []string{"0 night"}},
		{"an hour before dawn", presence(who, true, span("07-14 04:00", "07-14 07:00"), dawn), nil},
		{"twice the shift", presence(who, true, span("07-14 14:00", "07-14 22:00"), shift), nil},
		{"more than twice the shift", presence(who, true, span("07-14 13:59", "07-14 22:00"), shift), []string{"0 unlike_shift"}},
		{"four times a shift of an hour", presence(who, false, span("07-14 08:00", "07-14 12:00"), span("07-14 10:00", "07-14 11:00")), nil},
		{"the twentieth part", presence(who, true, span("07-14 18:00", "07-14 18:12"), shift), nil},
		{"less than the twentieth part", presence(who, true, span("07-14 18:00", "07-14 18:11"), shift), []string{"0 unlike_shift"}},
		{"short, proved by the code", presence(who, false, span("07-14 18:00", "07-14 18:01"), shift), nil},
	} {
		if got := judge(Facts{}, c.p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := judge(Facts{NoConsent: map[id.ID]bool{who: true}}, presence(who, false, shift, shift)); !slices.Equal(got, []string{"0 no_consent"}) {
		t.Errorf("%q", got)
	}
}

// Whatever the code can prove at a shift by day is neither long nor at night: from two hours before it until an hour after.
func TestWhatTheCodeProvesIsUsual(t *testing.T) {
	day := at("07-14 00:00")
	for from := 7 * 60; from <= 22*60; from += 30 {
		for length := 30; from+length <= 23*60; length += 30 {
			shift := calendar.Span{Start: day.Add(time.Duration(from) * time.Minute), End: day.Add(time.Duration(from+length) * time.Minute)}
			longest := calendar.Span{Start: shift.Start.Add(-2 * time.Hour), End: shift.End.Add(time.Hour)}
			if got := judge(Facts{}, presence(id.New(), false, longest, shift)); got != nil {
				t.Fatalf("%v: %q", shift, got)
			}
		}
	}
}

func TestCountsGoOnInABatch(t *testing.T) {
	shift := span("07-14 13:00", "07-14 17:00")
	var batch []Presence
	for i := range 6 {
		p := presence(id.New(), i != 1, shift, shift) // the second is proved by the code and not counted
		p.WalkIn = i%2 == 0
		batch = append(batch, p)
	}
	got := judge(Facts{LastHour: 196, WalkIns: 28}, batch...)
	if want := []string{"4 walk_ins_per_day", "5 entries_per_hour"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFarther(t *testing.T) {
	who, here := id.New(), Place{35.15, 126.91}
	stay := func(s calendar.Span, metresNorth float64) Facts {
		return Facts{Stays: map[id.ID][]Stay{who: {{s, Place{here.Lat + metresNorth/111_194.93, here.Lon}}}}}
	}
	p := presence(who, true, span("07-14 13:00", "07-14 17:00"), span("07-14 13:00", "07-14 17:00"))
	p.Place = &here
	for _, c := range []struct {
		name   string
		stay   calendar.Span
		metres float64
		want   []string
	}{
		{"overlapping, next door", span("07-14 12:00", "07-14 14:00"), 2990, nil},
		{"overlapping, elsewhere", span("07-14 12:00", "07-14 14:00"), 3010, []string{"0 too_far"}},
		{"6 minutes, 9 km", span("07-14 10:00", "07-14 12:54"), 9990, nil},
		{"6 minutes, 11 km", span("07-14 10:00", "07-14 12:54"), 10_010, []string{"0 too_far"}},
		{"afterwards", span("07-14 17:06", "07-14 18:00"), 10_010, []string{"0 too_far"}},
		{"afterwards, with time", span("07-14 17:30", "07-14 18:00"), 10_010, nil},
	} {
		if got := judge(stay(c.stay, c.metres), p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	second := presence(who, true, span("07-14 17:00", "07-14 18:00"), span("07-14 17:00", "07-14 18:00"))
	second.Place = &Place{36, 127}
	if got := judge(Facts{}, p, second); !slices.Equal(got, []string{"1 too_far"}) {
		t.Errorf("in one batch only the later one is held: %q", got)
	}
	p.Place = nil
	if got := judge(stay(span("07-14 12:00", "07-14 14:00"), 50_000), p); got != nil {
		t.Errorf("nobody knows where that was: %q", got)
	}
}

func TestTheGroupThatComesBack(t *testing.T) {
	people := []id.ID{id.New(), id.New(), id.New(), id.New(), id.New(), id.New()}
	shift := span("07-14 13:00", "07-14 17:00")
	today := func(n int) (batch []Presence) {
		for _, who := range people[:n] {
			batch = append(batch, presence(who, true, shift, shift))
		}
		return batch
	}
	told := func(every, days, minutes, n int) (f Facts) {
		for d := range days {
			for _, who := range people[:n] {
				f.Entries = append(f.Entries, Entry{who, calendar.MustParse("2026-07-14").Add(-every * (d + 1)), minutes})
			}
		}
		return f
	}
	held := []string{"0 repeated_group", "1 repeated_group", "2 repeated_group", "3 repeated_group", "4 repeated_group"}
	for _, c := range []struct {
		name  string
		facts Facts
		n     int
		want  []string
	}{
		{"nine days before", told(1, 9, 240, 5), 5, held},
		{"eight days before", told(1, 8, 240, 5), 5, nil},
		{"other minutes", told(1, 9, 239, 5), 5, nil},
		{"four of them", told(1, 9, 240, 4), 5, nil},
		{"four today", told(1, 9, 240, 5), 4, nil},
		{"a sixth who is new", told(1, 9, 240, 5), 6, held},
		{"every third day", told(3, 9, 240, 5), 5, held},
		{"every fourth day: only eight in thirty", told(4, 9, 240, 5), 5, nil},
		{"every week for a year", told(7, 52, 240, 5), 5, nil},
		{"days that came after, recorded before", told(-1, 9, 240, 5), 5, held},
	} {
		if got := judge(c.facts, today(c.n)...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheNewestRuleOfTheDayWins(t *testing.T) {
	day := calendar.MustParse("2026-07-15")
	rules := Rules{
		{Kind: Night, Active: true, Version: 1}, {Kind: NoConsent, Active: true, Version: 2},
		{Kind: Night, Threshold: 5, Active: true, Version: 3, EffectiveFrom: day.Add(1)}, {Kind: NoConsent, Active: false, Version: 4, EffectiveFrom: day},
	}
	if got := rules.On(day); len(got) != 1 || got[Night].Version != 1 {
		t.Errorf("%+v", got)
	}
	if got := rules.On(day.Add(1)); len(got) != 1 || got[Night].Version != 3 {
		t.Errorf("%+v", got)
	}
	if got := rules.On(day.Add(-1)); len(got) != 2 {
		t.Errorf("%+v", got)
	}
}
