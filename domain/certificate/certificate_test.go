package certificate

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/serial"
)

func TestWrongNumbersAreNotFound(t *testing.T) {
	number := serial.New(digits)
	if got, err := ParseNumber(strings.ToLower(number)); err != nil || got != number || len(number) != 24 {
		t.Errorf("%q became %q: %v", number, got, err)
	}
	if _, err := ParseNumber(number[1:]); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestLinesAreWhatIsLeft(t *testing.T) {
	a, b, c := id.New(), id.New(), id.New()
	first, second := calendar.MustParse("2026-07-13"), calendar.MustParse("2026-07-14")
	posted := func(of id.ID, day calendar.Day, minutes int, field string) Line {
		return Line{AttendanceID: of, Day: day, Minutes: minutes, FieldCode: field}
	}
	for _, x := range []struct {
		name     string
		postings []Line
		codes    []string
		want     []int
	}{
		{"nothing", nil, nil, nil},
		{"one", []Line{posted(a, first, 60, "0104")}, nil, []int{60}},
		{"corrected", []Line{posted(a, first, 60, "0104"), posted(a, first, -15, "0104")}, nil, []int{45}},
		{"reversed", []Line{posted(a, first, 60, "0104"), posted(a, first, -60, "0104"), posted(b, first, 30, "0104")}, nil, []int{30}},
		{"came to nothing at once", []Line{posted(a, first, 0, "0104")}, nil, nil},
		{"over midnight", []Line{posted(a, first, 60, "0104"), posted(a, second, 90, "0104")}, nil, []int{60, 90}},
		{"one field", []Line{posted(a, first, 60, "0104"), posted(b, first, 90, "0901"), posted(c, second, 30, "0104")}, []string{"0104"}, []int{60, 30}},
		{"the field it was posted under last", []Line{posted(a, first, 60, "0104"), posted(a, first, -10, "0901")}, []string{"0901"}, []int{50}},
		{"no longer of the field", []Line{posted(a, first, 60, "0104"), posted(a, first, -10, "0901")}, []string{"0104"}, nil},
	} {
		var got []int
		for _, l := range Lines(x.postings, x.codes) {
			got = append(got, l.Minutes)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v instead of %v", x.name, got, x.want)
		}
	}
}

// Whatever is changed in a certificate, its digest is another one.
func TestTheDigestCoversEverything(t *testing.T) {
	day := calendar.MustParse("2026-07-13")
	c := Certificate{Number: "A", Name: "홍길동", Purpose: "x", Issuer: "y", FromDay: day, ToDay: day, FieldCodes: "0104"}
	lines := []Line{{AttendanceID: id.New(), Day: day, Minutes: 1, Title: "a", Organiser: "b"}, {AttendanceID: id.New(), Day: day, Minutes: 2}}
	seen := map[string]string{c.Digest(lines): "itself"}
	for name, change := range map[string]func(c *Certificate, l []Line) []Line{
		"id":                  func(c *Certificate, l []Line) []Line { c.ID = id.New(); return l },
		"number":              func(c *Certificate, l []Line) []Line { c.Number = "B"; return l },
		"volunteer":           func(c *Certificate, l []Line) []Line { c.VolunteerID = id.New(); return l },
		"account":             func(c *Certificate, l []Line) []Line { c.AccountID = id.New(); return l },
		"sequence":            func(c *Certificate, l []Line) []Line { c.LedgerSequence++; return l },
		"head":                func(c *Certificate, l []Line) []Line { c.LedgerHead = "x"; return l },
		"name":                func(c *Certificate, l []Line) []Line { c.Name = "홍길순"; return l },
		"birth":               func(c *Certificate, l []Line) []Line { c.BirthDate = day; return l },
		"volunteer's number":  func(c *Certificate, l []Line) []Line { c.VolunteerNumber = "1"; return l },
		"from":                func(c *Certificate, l []Line) []Line { c.FromDay = day.Add(-1); return l },
		"to":                  func(c *Certificate, l []Line) []Line { c.ToDay = day.Add(1); return l },
		"show":                func(c *Certificate, l []Line) []Line { c.Show = Sums; return l },
		"fields":              func(c *Certificate, l []Line) []Line { c.FieldCodes = ""; return l },
		"language":            func(c *Certificate, l []Line) []Line { c.Language = English; return l },
		"purpose to issuer":   func(c *Certificate, l []Line) []Line { c.Purpose, c.Issuer = "", "xy"; return l },
		"minutes":             func(c *Certificate, l []Line) []Line { c.Minutes++; return l },
		"time":                func(c *Certificate, l []Line) []Line { c.IssuedAt = c.IssuedAt.Add(1000); return l },
		"day":                 func(c *Certificate, l []Line) []Line { c.IssuedOn = day; return l },
		"a line too few":      func(c *Certificate, l []Line) []Line { return l[:1] },
		"order":               func(c *Certificate, l []Line) []Line { l[0], l[1] = l[1], l[0]; return l },
		"a line's attendance": func(c *Certificate, l []Line) []Line { l[0].AttendanceID = id.New(); return l },
		"a line's day":        func(c *Certificate, l []Line) []Line { l[0].Day = day.Add(1); return l },
		"a line's minutes":    func(c *Certificate, l []Line) []Line { l[0].Minutes = 3; return l },
		"title to organiser":  func(c *Certificate, l []Line) []Line { l[0].Title, l[0].Organiser = "", "ab"; return l },
		"a line's place":      func(c *Certificate, l []Line) []Line { l[0].Place = "x"; return l },
		"a line's field":      func(c *Certificate, l []Line) []Line { l[0].FieldCode = "x"; return l },
		"a field's name":      func(c *Certificate, l []Line) []Line { l[0].FieldName = "x"; return l },
	} {
		changed := c
		after := change(&changed, slices.Clone(lines))
		digest := changed.Digest(after)
		if before, ok := seen[digest]; ok {
			t.Errorf("%s is like %s", name, before)
		}
		seen[digest] = name
	}
}
