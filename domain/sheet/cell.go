package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
)

var (
	writtenDay  = regexp.MustCompile(`^(\d{4}) ?[-./년] ?(\d{1,2}) ?[-./월] ?(\d{1,2}) ?[.일]? ?(?:\(?[월화수목금토일](?:요일)?\)?)?(?:[ T]0?0:00(?::00)?)?$`)
	packedDay   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	numberedDay = regexp.MustCompile(`^(\d{5})(?:\.\d+)?$`)

	writtenTime  = regexp.MustCompile(`^(오전|오후|am|pm)? ?(\d{1,2}) ?(?:: ?(\d{2})(?::\d{2})?|시 ?(?:(\d{1,2}) ?분?)?) ?(am|pm)?$`)
	packedTime   = regexp.MustCompile(`^(\d{1,2})(\d{2})$`)
	numberedTime = regexp.MustCompile(`^0?\.\d+$|^\d\.\d+[eE]-\d{1,2}$|^0$`)

	writtenMinutes = regexp.MustCompile(`^(\d{1,6}) ?(?:분|min)?$`)
)

// readDay reads a day as people write it (2026-07-14, 2026. 7. 14., 2026/7/14, 2026년 7월 14일 (화), 20260714), or as a
// spreadsheet counts it, in days since its epoch.
func readDay(cell string, epoch calendar.Day) (calendar.Day, bool) {
	cell = norm.NFKC.String(cell)
	if m := numberedDay.FindStringSubmatch(cell); m != nil {
		d := epoch.Add(atoi(m[1]))
		return d, d.Year() <= 2100
	}
	m := writtenDay.FindStringSubmatch(cell)
	if m == nil {
		m = packedDay.FindStringSubmatch(cell)
	}
	if m == nil {
		return calendar.Day{}, false
	}
	two := func(s string) string { return ("0" + s)[len(s)-1:] }
	d, err := calendar.Parse(m[1] + "-" + two(m[2]) + "-" + two(m[3]))
	return d, err == nil
}

// readTime reads a time of day as people write it (9:00, 09:00, 0900, 9시, 오전 9:00, 오후 1시 30분, 1:30 PM, 24:00), or
// as a spreadsheet counts it, in fractions of a day. It gives minutes, 0 to 1440; seconds are dropped.
func readTime(cell string) (minutes int, ok bool) {
	cell = strings.ToLower(norm.NFKC.String(cell))
	if numberedTime.MatchString(cell) {
		fraction, err := strconv.ParseFloat(cell, 64)
		return int(math.Round(fraction * 1440)), err == nil && fraction < 1
	}
	half, hours, rest := "", 0, 0
	if m := writtenTime.FindStringSubmatch(cell); m != nil {
		half, hours, rest = m[1]+m[5], atoi(m[2]), atoi(m[3]+m[4])
	} else if m := packedTime.FindStringSubmatch(cell); m != nil {
		hours, rest = atoi(m[1]), atoi(m[2])
	} else {
		return 0, false
	}
	switch half {
	case "":
	case "오전", "am":
		if hours > 12 {
			return 0, false
		}
		hours %= 12
	case "오후", "pm":
		if hours < 12 {
			hours += 12
		}
	default: // both before and after
		return 0, false
	}
	return hours*60 + rest, rest < 60 && (hours < 24 || hours == 24 && rest == 0 && half == "")
}

// readMinutes reads a length of time in minutes.
func readMinutes(cell string) (int, bool) {
	m := writtenMinutes.FindStringSubmatch(norm.NFKC.String(cell))
	if m == nil {
		return 0, false
	}
	return atoi(m[1]), true
}

// atoi reads up to nine digits, and nothing as 0.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
