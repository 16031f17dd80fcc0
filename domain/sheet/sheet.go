// Package sheet reads tables as people keep them, above all camps' attendance sheets: CSV of any Korean Excel, or XLSX.
package sheet

import (
	"strings"
	"unicode/utf8"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// MaxLines bounds the lines of a sheet, MaxGroupName the characters of a group's name.
const (
	MaxLines     = 1000
	MaxGroupName = 60
)

// Sheet is what was read: the lines that are filled in, and the columns that nobody here understands.
type Sheet struct {
	Lines   []Line
	Ignored []string // headings as they are written
}

// Line is one person's presence on one day, as somebody wrote it down.
type Line struct {
	Row     int    // as the spreadsheet numbers it
	Number  string // of the volunteer, as it is written
	Day     calendar.Day
	Start   int    // minutes since the day began, below 1440
	End     int    // likewise, up to 1440; not after Start when it is on the next day
	Title   string // of the activity; may be empty
	ShiftID id.ID  // nil id when it is not told
	Travel  int    // minutes
	Group   string // with whom he came; may be empty
	Err     error  // why the line could not be read: request.invalid with the headings of the wrong cells
}

var (
	ErrKind      = fault.New(fault.UnsupportedMedia, "sheet.kind")
	ErrLocked    = fault.New(fault.UnsupportedMedia, "sheet.locked_or_old")
	ErrMacros    = fault.New(fault.UnsupportedMedia, "sheet.macros")
	ErrTooLarge  = fault.New(fault.TooLarge, "sheet.too_large")
	ErrBroken    = fault.New(fault.Unreadable, "sheet.broken")
	ErrBrokenCSV = fault.New(fault.Unreadable, "sheet.broken_line")
	ErrEncoding  = fault.New(fault.Unreadable, "sheet.encoding")
	ErrMissing   = fault.New(fault.Invalid, "sheet.columns_missing")
	ErrTwice     = fault.New(fault.Invalid, "sheet.column_twice")
	ErrEmpty     = fault.New(fault.Invalid, "sheet.empty")
)

// Columns of an attendance sheet, by the name that a refusal tells.
const (
	number = "봉사자번호"
	day    = "날짜"
	start  = "시작"
	end    = "종료"
	title  = "활동"
	travel = "이동시간"
	shift  = "회차번호"
	group  = "단체명"
)

// attendance is what an attendance sheet looks like.
var attendance = Form{Required: []string{number, day, start, end}, Filled: []string{number, day, start, end}, Headings: map[string]string{
	"봉사자번호": number, "자원봉사자번호": number, "봉사번호": number, "회원번호": number, "volunteernumber": number, "volunteerno": number,
	"날짜": day, "일자": day, "활동일": day, "활동일자": day, "활동날짜": day, "봉사일": day, "봉사일자": day, "date": day, "day": day,
	"시작": start, "시작시간": start, "시작시각": start, "활동시작시간": start, "start": start, "starttime": start, "checkin": start,
	"종료": end, "종료시간": end, "종료시각": end, "활동종료시간": end, "끝": end, "end": end, "endtime": end, "checkout": end,
	"활동": title, "활동명": title, "일감": title, "일감명": title, "봉사활동": title, "봉사활동명": title, "activity": title, "activitytitle": title, "title": title,
	"이동": travel, "이동시간": travel, "이동시간분": travel, "travel": travel, "traveltime": travel, "travelminutes": travel,
	"단체명": group, "단체": group, "단체이름": group, "소속단체": group, "소속단체명": group, "봉사단체": group, "봉사단체명": group, "봉사단": group, "봉사단명": group,
	"동아리": group, "동아리명": group, "group": group, "groupname": group,
	"회차번호": shift, "회차id": shift, "shift": shift, "shiftid": shift,
}}

// Read takes an attendance sheet of any kind apart; its content tells which. Errors as for Form.Read.
func Read(file []byte) (Sheet, error) {
	rows, ignored, err := attendance.Read(file)
	if err != nil {
		return Sheet{}, err
	}
	s := Sheet{Lines: make([]Line, len(rows)), Ignored: ignored}
	for i, r := range rows {
		s.Lines[i] = line(r)
	}
	return s, nil
}

// line reads the cells of a row and notes all that are wrong, by their headings.
func line(r Row) Line {
	l := Line{Row: r.Number, Number: r.Text(number), Title: r.Text(title), Day: r.Day(day), Start: r.Time(start, 1439), End: r.Time(end, 1440),
		Travel: r.Minutes(travel), Group: r.Text(group)}
	if utf8.RuneCountInString(l.Group) > MaxGroupName {
		r.Wrong(group, "too_long", "max", MaxGroupName)
	}
	if cell := r.Text(shift); cell != "" {
		var err error
		if l.ShiftID, err = id.Parse(strings.ToLower(cell)); err != nil {
			r.Wrong(shift, "cell_shift")
		}
	}
	l.Err = r.Err()
	return l
}
