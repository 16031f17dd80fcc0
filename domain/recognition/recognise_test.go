package recognition

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones must be there on any machine

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

var (
	seoul   = zone("Asia/Seoul")
	newYear = calendar.MustParse("2026-12-31") // the day of the tables: New Year's Eve
	always  = calendar.MustParse("2010-01-01")

	cap480     = Rule{Kind: KindDailyCap, Minutes: 480, EffectiveFrom: always, Version: 1}
	breaks     = Rule{Kind: KindBreak, EffectiveFrom: always, Version: 1}
	window10   = Rule{Kind: KindShiftWindow, Minutes: 10, EffectiveFrom: always, Version: 1}
	toDisaster = Rule{Kind: KindTravel, FieldCode: "1200", Minutes: 120, EffectiveFrom: always, Version: 1}
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func nth(n byte) id.ID { return id.ID{15: n} }

// at reads "15:04", "15:04:05" or, for the day after or before, "+1 15:04" and "-1 15:04".
func at(s string) time.Time {
	day := newYear
	if clock, ok := strings.CutPrefix(s, "+1 "); ok {
		day, s = day.Add(1), clock
	} else if clock, ok := strings.CutPrefix(s, "-1 "); ok {
		day, s = day.Add(-1), clock
	}
	if len(s) == len("15:04") {
		s += ":00"
	}
	t, err := time.ParseInLocation(time.DateTime, day.String()+" "+s, seoul)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// was is the presence of attendance name ("A" to "Z"), its shift exactly as long.
func was(name, in, out string) Presence {
	return Presence{
		AttendanceID: nth(name[0]), ShiftID: nth(name[0]), FieldCode: "0701",
		In: at(in), Out: at(out), ShiftStart: at(in), ShiftEnd: at(out),
	}
}

func (p Presence) in(field string) Presence     { p.FieldCode = field; return p }
func (p Presence) resting(minutes int) Presence { p.BreakMinutes = minutes; return p }
func (p Presence) coming(minutes int) Presence  { p.TravelMinutes = minutes; return p }
func (p Presence) on(start, end string) Presence {
	p.ShiftStart, p.ShiftEnd = at(start), at(end)
	return p
}

// lines writes credits as "A* 600+180 = 600 daily_cap:120 travel:60", the star for the visit.
func lines(credits []Credit) []string {
	var out []string
	for _, c := range credits {
		var s strings.Builder
		s.WriteByte(c.AttendanceID[15])
		if c.Visit {
			s.WriteByte('*')
		}
		fmt.Fprintf(&s, " %d", c.Worked)
		if c.Travel != 0 {
			fmt.Fprintf(&s, "+%d", c.Travel)
		}
		fmt.Fprintf(&s, " = %d", c.Minutes)
		for _, r := range c.Reductions {
			fmt.Fprintf(&s, " %s:%d", r.Rule, r.Minutes)
		}
		out = append(out, s.String())
	}
	return out
}

func expect(t *testing.T, got []Credit, want ...string) {
	t.Helper()
	if !slices.Equal(lines(got), want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(lines(got), "\n  "), strings.Join(want, "\n  "))
	}
}

func TestRecognise(t *testing.T) {
	night := was("A", "22:00", "+1 06:00")
	eve := was("B", "22:40", "+1 01:00").on("22:00", "+1 01:00")
	campA, siteB, siteC := was("A", "13:00", "17:00"), was("B", "15:00", "18:00"), was("C", "18:00", "19:00")
	field := func(code string, minutes int) Rule {
		return Rule{Kind: KindDailyCap, FieldCode: code, Minutes: minutes, EffectiveFrom: always, Version: 1}
	}

	for _, c := range []struct {
		name      string
		presences []Presence
		rules     Rules
		today     []string
		tomorrow  []string
	}{
		{"ten hours", []Presence{was("A", "09:00", "19:00")}, Rules{cap480}, []string{"A* 600 = 480 daily_cap:120"}, nil},
		{"no rules, no cap", []Presence{was("A", "09:00", "19:00").resting(60).coming(30)}, nil,
			[]string{"A* 600+30 = 600 travel:30"}, nil},
		{"five and five", []Presence{was("A", "08:00", "13:00"), was("B", "14:00", "19:00")}, Rules{cap480},
			[]string{"A* 300 = 300", "B* 300 = 180 daily_cap:120"}, nil},
		{"disaster area", []Presence{was("A", "09:00", "19:00").in("1201").coming(180)}, Rules{cap480, toDisaster},
			[]string{"A* 600+180 = 600 daily_cap:120 travel:60"}, nil},
		{"travel is granted per day, not per presence", []Presence{
			was("A", "09:00", "10:00").in("1201").coming(90), was("B", "11:00", "12:00").in("1202").coming(90),
			was("C", "13:00", "14:00").coming(90)}, Rules{cap480, toDisaster},
			[]string{"A* 60+90 = 150", "B* 60+90 = 90 travel:60", "C* 60+90 = 60 travel:90"}, nil},
		{"a field's own travel rule before everyone's", []Presence{
			was("A", "09:00", "10:00").coming(90), was("B", "11:00", "12:00").in("1201").coming(90)},
			Rules{toDisaster, {Kind: KindTravel, Minutes: 20, EffectiveFrom: always, Version: 9}},
			[]string{"A* 60+90 = 80 travel:70", "B* 60+90 = 150"}, nil},
		{"travel belongs to the check-in day", []Presence{night.in("1201").coming(60)}, Rules{cap480, toDisaster},
			[]string{"A* 120+60 = 180"}, []string{"A 360 = 360"}},
		{"across midnight", []Presence{night}, Rules{cap480}, []string{"A* 120 = 120"}, []string{"A 360 = 360"}},
		{"two sheets, one hour twice", []Presence{was("A", "09:00", "12:00"), was("B", "11:00", "14:00")}, Rules{cap480},
			[]string{"A* 180 = 180", "B* 180 = 120 overlap:60"}, nil},
		{"camp and site", []Presence{siteB, campA}, Rules{cap480},
			[]string{"A* 240 = 240", "B* 180 = 60 overlap:120"}, nil},
		{"camp, site and one back to back", []Presence{siteC, campA, siteB}, Rules{cap480},
			[]string{"A* 240 = 240", "B* 180 = 60 overlap:120", "C* 60 = 60"}, nil},
		{"the camp reversed", []Presence{siteC, siteB}, Rules{cap480}, []string{"B* 180 = 180", "C* 60 = 60"}, nil},
		{"same times: shift, then attendance decides", []Presence{
			{AttendanceID: nth('A'), ShiftID: nth(2), In: at("09:00"), Out: at("10:00")},
			{AttendanceID: nth('C'), ShiftID: nth(1), In: at("09:00"), Out: at("10:00")},
			{AttendanceID: nth('B'), ShiftID: nth(1), In: at("09:00"), Out: at("10:00")}}, nil,
			[]string{"B* 60 = 60", "C* 60 = 0 overlap:60", "A* 60 = 0 overlap:60"}, nil},
		{"New Year's Eve", []Presence{was("A", "10:00", "17:00"), eve}, Rules{cap480, window10},
			[]string{"A* 420 = 420", "B* 80 = 60 daily_cap:20"}, []string{"B 60 = 60"}},
		{"29, 31 and 50 minutes", []Presence{
			was("A", "09:00", "09:29"), was("B", "10:00", "10:31"), was("C", "11:00", "11:50")}, Rules{cap480},
			[]string{"A* 29 = 29", "B* 31 = 31", "C* 50 = 50"}, nil},
		{"seconds are cut", []Presence{was("A", "09:00:59", "09:30:01"), was("B", "09:30:00", "09:31:59")}, nil,
			[]string{"A* 30 = 30", "B* 1 = 1"}, nil},
		{"seconds past midnight are nothing", []Presence{was("A", "23:00", "+1 00:00:59")}, nil, []string{"A* 60 = 60"}, nil},
		{"up to midnight", []Presence{was("A", "23:00", "+1 00:00")}, nil, []string{"A* 60 = 60"}, nil},
		{"from midnight", []Presence{was("A", "+1 00:00", "+1 01:00")}, nil, nil, []string{"A* 60 = 60"}},
		{"yesterday's", []Presence{was("A", "-1 09:00", "-1 10:00")}, nil, nil, nil},
		{"break", []Presence{was("A", "09:00", "13:00").resting(30)}, Rules{breaks}, []string{"A* 240 = 210 break:30"}, nil},
		{"break before the cap", []Presence{was("A", "09:00", "19:00").resting(60)}, Rules{cap480, breaks},
			[]string{"A* 600 = 480 break:60 daily_cap:60"}, nil},
		{"break larger than presence", []Presence{was("A", "09:00", "09:40").resting(60)}, Rules{breaks},
			[]string{"A* 40 = 0 break:40"}, nil},
		{"break takes only what the overlap left", []Presence{was("A", "09:00", "12:00"), was("B", "11:00", "12:30").resting(60)},
			Rules{breaks}, []string{"A* 180 = 180", "B* 90 = 0 overlap:60 break:30"}, nil},
		{"break across midnight", []Presence{was("A", "23:30", "+1 03:00").resting(45)}, Rules{breaks},
			[]string{"A* 30 = 0 break:30"}, []string{"A 180 = 165 break:15"}},
		{"break across midnight, window first", []Presence{was("A", "23:00", "+1 03:00").on("23:50", "+1 03:00").resting(45)},
			Rules{breaks, window10}, []string{"A* 60 = 0 outside_shift:40 break:20"}, []string{"A 180 = 155 break:25"}},
		{"break is not moved by another's overlap", []Presence{was("A", "23:00", "+1 03:00").resting(45), was("B", "22:00", "+1 00:00")},
			Rules{breaks}, []string{"B* 120 = 120", "A* 60 = 0 overlap:60"}, []string{"A 180 = 180"}},
		{"outside the shift", []Presence{was("A", "08:30", "12:30").on("09:00", "12:00")}, Rules{cap480, window10},
			[]string{"A* 240 = 200 outside_shift:40"}, nil},
		{"outside the shift is free for another", []Presence{
			was("A", "08:00", "14:00").on("08:00", "10:00"), was("B", "11:00", "13:00")}, Rules{window10},
			[]string{"A* 360 = 130 outside_shift:230", "B* 120 = 120"}, nil},
		{"never in the shift", []Presence{was("A", "08:00", "09:00").on("12:00", "13:00"), was("B", "08:30", "12:30")},
			Rules{window10}, []string{"A* 60 = 0 outside_shift:60", "B* 240 = 240"}, nil},
		{"never in the shift hides no overlap", []Presence{was("A", "08:00", "09:00").on("12:00", "13:00"),
			was("B", "08:10", "09:10"), was("C", "08:30", "12:30")}, Rules{window10},
			[]string{"A* 60 = 0 outside_shift:60", "B* 60 = 60", "C* 240 = 200 overlap:40"}, nil},
		{"field cap", []Presence{was("A", "09:00", "15:00").in("0503"), was("B", "15:00", "21:00")},
			Rules{cap480, field("0503", 240)},
			[]string{"A* 360 = 240 field_cap:120", "B* 360 = 240 daily_cap:120"}, nil},
		{"field cap over two presences", []Presence{
			was("A", "09:00", "12:00").in("0503"), was("B", "13:00", "16:00").in("0503"), was("C", "17:00", "18:00")},
			Rules{cap480, field("0503", 240)}, []string{"A* 180 = 180", "B* 180 = 60 field_cap:120", "C* 60 = 60"}, nil},
		{"a group's cap is shared by its fields, and nests", []Presence{
			was("A", "09:00", "12:00").in("0501"), was("B", "13:00", "16:00").in("0502"), was("C", "17:00", "18:00").in("0600")},
			Rules{field("0500", 240), field("0501", 100)},
			[]string{"A* 180 = 100 field_cap:80", "B* 180 = 140 field_cap:40", "C* 60 = 60"}, nil},
		{"two caps of a field are one reduction", []Presence{
			was("A", "09:00", "12:00").in("0502"), was("B", "13:00", "16:00").in("0501")},
			Rules{field("0500", 240), field("0501", 100)}, []string{"A* 180 = 180", "B* 180 = 60 field_cap:120"}, nil},
		{"both caps", []Presence{was("A", "00:00", "07:00"), was("B", "07:00", "12:00").in("0503")},
			Rules{cap480, field("0503", 240)},
			[]string{"A* 420 = 420", "B* 300 = 60 field_cap:60 daily_cap:180"}, nil},
		{"a cap of nothing", []Presence{was("A", "09:00", "10:00").in("0799")}, Rules{field("0700", 0)},
			[]string{"A* 60 = 0 field_cap:60"}, nil},
		{"everything at once", []Presence{was("A", "08:00", "12:00").in("1201"), was("B", "11:00", "23:00").
			on("11:30", "22:00").in("1201").resting(30).coming(200)},
			Rules{cap480, field("1201", 500), breaks, window10, toDisaster},
			[]string{"A* 240 = 240", "B* 720+200 = 360 outside_shift:70 overlap:40 break:30 field_cap:320 daily_cap:20 travel:80"}, nil},
		{"no length", []Presence{was("A", "09:00", "09:00").resting(30)}, Rules{cap480, breaks}, []string{"A* 0 = 0"}, nil},
		{"no length at midnight", []Presence{was("A", "+1 00:00", "+1 00:00")}, nil, nil, []string{"A* 0 = 0"}},
		{"out before in", []Presence{was("A", "12:00", "09:00"), was("B", "08:00", "14:00")}, Rules{cap480, window10, breaks},
			[]string{"B* 360 = 360", "A* 0 = 0"}, nil},
		{"out before in hides nothing", []Presence{was("A", "08:00", "-1 20:00"), was("B", "08:30", "14:00")}, Rules{cap480},
			[]string{"A* 0 = 0", "B* 330 = 330"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, Recognise(newYear, seoul, c.presences, c.rules), c.today...)
			expect(t, Recognise(newYear.Add(1), seoul, c.presences, c.rules), c.tomorrow...)
		})
	}
}

func TestRecogniseLeavesItsArgumentsAlone(t *testing.T) {
	given := []Presence{was("B", "10:00:30", "11:00"), was("A", "09:00", "10:30")}
	kept := slices.Clone(given)
	Recognise(newYear, seoul, given, Rules{cap480})
	if !slices.Equal(given, kept) {
		t.Error("the presences were changed")
	}
}

func TestRecogniseWhereTheClockJumps(t *testing.T) {
	for _, c := range []struct {
		zone, day, in, out string
		today, next        int
	}{
		{"America/New_York", "2026-03-07", "2026-03-07 22:00", "2026-03-08 06:00", 120, 300},
		{"America/New_York", "2026-10-31", "2026-10-31 22:00", "2026-11-01 06:00", 120, 420},
		{"America/New_York", "2026-03-08", "2026-03-08 00:00", "2026-03-09 00:00", 23 * 60, 0},
		{"America/New_York", "2026-11-01", "2026-11-01 00:00", "2026-11-02 00:30", 25 * 60, 30},
		{"Africa/Cairo", "2024-04-25", "2024-04-25 22:00", "2024-04-26 03:00", 120, 120}, // no midnight at all
		{"Asia/Seoul", "1988-05-07", "1988-05-07 22:00", "1988-05-08 06:00", 120, 300},   // the Olympic year
		{"Asia/Kathmandu", "2026-03-07", "2026-03-07 22:00", "2026-03-08 06:00", 120, 360},
	} {
		z, day := zone(c.zone), calendar.MustParse(c.day)
		in, _ := time.ParseInLocation("2006-01-02 15:04", c.in, z)
		out, _ := time.ParseInLocation("2006-01-02 15:04", c.out, z)
		p := []Presence{{AttendanceID: nth('A'), In: in, Out: out}}
		sum := func(day calendar.Day) (n int) {
			for _, credit := range Recognise(day, z, p, nil) {
				n += credit.Minutes
			}
			return n
		}
		if today, next := sum(day), sum(day.Add(1)); today != c.today || next != c.next {
			t.Errorf("%s %s: %d and %d, want %d and %d", c.zone, c.in, today, next, c.today, c.next)
		}
	}
}
