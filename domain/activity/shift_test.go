package activity

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

var seoul = time.FixedZone("KST", 9*3600)

func span(zone *time.Location, from, to string) calendar.Span {
	read := func(s string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			panic(err)
		}
		return t.UTC()
	}
	return calendar.Span{Start: read(from), End: read(to)}
}

func day(s string) calendar.Day { return calendar.MustParse(s) }

// wrong lists the members that a refusal names.
func wrong(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := fault.From(err)
	if !ok || !errors.Is(err, fault.ErrInvalid) {
		t.Fatal(err)
	}
	paths := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		paths[i] = field.Path + ":" + field.Code
	}
	return strings.Join(paths, " ")
}

func TestShiftsThatAreRefused(t *testing.T) {
	for name, x := range map[string]struct {
		cmd  Schedule
		want string
	}{
		"plain":         {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 12:00"), Capacity: 1}, ""},
		"over midnight": {Schedule{Span: span(seoul, "2026-07-14 22:00", "2026-07-15 06:00"), Capacity: 10_000, BreakMinutes: 479}, ""},
		"a whole day":   {Schedule{Span: span(seoul, "2026-07-14 00:00", "2026-07-15 00:00"), Capacity: 1}, ""},
		"nothing":       {Schedule{}, "starts_at:required ends_at:required"},
		"ends at once":  {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 09:00"), Capacity: 1}, "ends_at:order"},
		"ends before":   {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 08:00"), Capacity: 1}, "ends_at:order"},
		"too long":      {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-15 09:01"), Capacity: 1}, "ends_at:shift_too_long"},
		"all break":     {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 10:00"), Capacity: 1, BreakMinutes: 60}, "break_minutes:range"},
		"less than no break": {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 10:00"), Capacity: 1, BreakMinutes: -1},
			"break_minutes:range"},
		"nobody":   {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 10:00")}, "capacity:range"},
		"too many": {Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 10:00"), Capacity: 10_001}, "capacity:range"},
	} {
		_, err := x.cmd.spans(seoul)
		if got := wrong(t, err); got != x.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestRepeats(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		zone     *time.Location
		from, to string
		rule     string
		until    string
		want     string // starts and ends in the zone
	}{
		"Mondays and Wednesdays": {seoul, "2026-07-13 09:00", "2026-07-13 12:00", "FREQ=WEEKLY;BYDAY=MO,WE", "2026-07-22",
			"07-13 09:00–12:00 07-15 09:00–12:00 07-20 09:00–12:00 07-22 09:00–12:00"},
		"from a day that is not among them": {seoul, "2026-07-14 09:00", "2026-07-14 12:00", "FREQ=WEEKLY;BYDAY=MO", "2026-07-27",
			"07-20 09:00–12:00 07-27 09:00–12:00"},
		"early hours are another day in UTC": {seoul, "2026-07-13 06:00", "2026-07-13 08:00", "FREQ=WEEKLY;BYDAY=MO", "2026-07-20",
			"07-13 06:00–08:00 07-20 06:00–08:00"},
		"the first day's weekday": {seoul, "2026-07-14 09:00", "2026-07-14 12:00", "FREQ=WEEKLY;INTERVAL=2", "2026-08-11",
			"07-14 09:00–12:00 07-28 09:00–12:00 08-11 09:00–12:00"},
		"daily, counted": {seoul, "2026-07-30 09:00", "2026-07-30 12:00", "FREQ=DAILY;COUNT=3", "2026-12-31",
			"07-30 09:00–12:00 07-31 09:00–12:00 08-01 09:00–12:00"},
		"last Friday of the month": {seoul, "2026-07-01 09:00", "2026-07-01 12:00", "FREQ=MONTHLY;BYDAY=-1FR", "2026-08-31",
			"07-31 09:00–12:00 08-28 09:00–12:00"},
		"the 31st": {seoul, "2026-07-31 09:00", "2026-07-31 12:00", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-10-31",
			"07-31 09:00–12:00 08-31 09:00–12:00 10-31 09:00–12:00"},
		"over midnight": {seoul, "2026-07-31 22:00", "2026-08-01 06:00", "FREQ=DAILY", "2026-08-01",
			"07-31 22:00–06:00 08-01 22:00–06:00"},
		"where clocks change": {berlin, "2026-03-28 09:00", "2026-03-28 12:00", "FREQ=DAILY", "2026-03-30",
			"03-28 09:00–12:00 03-29 09:00–12:00 03-30 09:00–12:00"},
		"over the change": {berlin, "2026-03-28 22:00", "2026-03-29 06:00", "FREQ=DAILY", "2026-03-29",
			"03-28 22:00–06:00 03-29 22:00–06:00"},
		"on the first day only": {seoul, "2026-07-14 09:00", "2026-07-14 12:00", "FREQ=DAILY", "2026-07-14", "07-14 09:00–12:00"},
	} {
		got, err := Schedule{Span: span(x.zone, x.from, x.to), Capacity: 1, Repeat: &Repeat{x.rule, day(x.until)}}.spans(x.zone)
		if err != nil {
			t.Errorf("%s: %v", name, wrong(t, err))
		}
		texts := make([]string, len(got))
		for i, s := range got {
			texts[i] = s.Start.In(x.zone).Format("01-02 15:04–") + s.End.In(x.zone).Format("15:04")
		}
		if all := strings.Join(texts, " "); all != x.want {
			t.Errorf("%s: %s", name, all)
		}
	}
}

func TestRepeatsThatAreRefused(t *testing.T) {
	for name, x := range map[string]struct{ rule, until, want string }{
		"no rule":                 {"", "2026-12-31", "repeat.rule:repeat_rule"},
		"no frequency":            {"BYDAY=MO", "2026-12-31", "repeat.rule:repeat_rule"},
		"by the hour":             {"FREQ=HOURLY", "2026-12-31", "repeat.rule:repeat_rule"},
		"yearly":                  {"FREQ=YEARLY", "2026-12-31", "repeat.rule:repeat_rule"},
		"hours inside the rule":   {"FREQ=DAILY;BYHOUR=9,10", "2026-12-31", "repeat.rule:repeat_rule"},
		"its own end":             {"FREQ=DAILY;UNTIL=20300101", "2026-12-31", "repeat.rule:repeat_rule"},
		"its own start":           {"FREQ=DAILY;DTSTART=20300101", "2026-12-31", "repeat.rule:repeat_rule"},
		"two lines":               {"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY", "2026-12-31", "repeat.rule:repeat_rule"},
		"a day nobody knows":      {"FREQ=WEEKLY;BYDAY=XX", "2026-12-31", "repeat.rule:repeat_rule"},
		"the sixth Monday":        {"FREQ=MONTHLY;BYDAY=6MO", "2026-12-31", "repeat.rule:repeat_rule"},
		"numbered days of a week": {"FREQ=WEEKLY;BYDAY=1MO", "2026-12-31", "repeat.rule:repeat_rule"},
		"the 32nd":                {"FREQ=MONTHLY;BYMONTHDAY=32", "2026-12-31", "repeat.rule:repeat_rule"},
		"backwards":               {"FREQ=DAILY;INTERVAL=-1", "2026-12-31", "repeat.rule:repeat_rule"},
		"huge":                    {"FREQ=DAILY;INTERVAL=99999999999999999999", "2026-12-31", "repeat.rule:repeat_rule"},
		"no end":                  {"FREQ=DAILY", "", "repeat.until:required"},
		"ends before it begins":   {"FREQ=DAILY", "2026-07-13", "repeat.until:order"},
		"more than 400":           {"FREQ=DAILY", "2027-08-18", "repeat.until:too_many"},
		"far future":              {"FREQ=DAILY", "2100-12-31", "repeat.until:too_many"},
		"never":                   {"FREQ=WEEKLY;BYDAY=MO", "2026-07-14", "repeat.rule:repeat_none"},
	} {
		until := calendar.Day{}
		if x.until != "" {
			until = day(x.until)
		}
		_, err := Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 12:00"), Capacity: 1, Repeat: &Repeat{x.rule, until}}.spans(seoul)
		if got := wrong(t, err); got != x.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	made, err := Schedule{Span: span(seoul, "2026-07-14 09:00", "2026-07-14 12:00"), Capacity: 1, Repeat: &Repeat{"FREQ=DAILY", day("2027-08-17")}}.spans(seoul)
	if err != nil || len(made) != maxRepeats {
		t.Error(len(made), err)
	}
}
