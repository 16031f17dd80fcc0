// Package sheet reads attendance sheets as camps write them: CSV of any Korean Excel, or XLSX.
package sheet

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// MaxLines bounds the lines of a sheet.
const MaxLines = 1000

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

// column is what a column may hold.
type column int

const (
	number column = iota
	day
	start
	end
	title
	travel
	shift
	columns // how many there are
)

// required columns, by the name that a refusal tells.
var required = map[column]string{number: "봉사자번호", day: "날짜", start: "시작", end: "종료"}

// headings are the names of columns, without spaces and signs.
var headings = map[string]column{
	"봉사자번호": number, "자원봉사자번호": number, "봉사번호": number, "회원번호": number, "volunteernumber": number, "volunteerno": number,
	"날짜": day, "일자": day, "활동일": day, "활동일자": day, "활동날짜": day, "봉사일": day, "봉사일자": day, "date": day, "day": day,
	"시작": start, "시작시간": start, "시작시각": start, "활동시작시간": start, "start": start, "starttime": start, "checkin": start,
	"종료": end, "종료시간": end, "종료시각": end, "활동종료시간": end, "끝": end, "end": end, "endtime": end, "checkout": end,
	"활동": title, "활동명": title, "일감": title, "일감명": title, "봉사활동": title, "봉사활동명": title, "activity": title, "activitytitle": title, "title": title,
	"이동": travel, "이동시간": travel, "이동시간분": travel, "travel": travel, "traveltime": travel, "travelminutes": travel,
	"회차번호": shift, "회차id": shift, "shift": shift, "shiftid": shift,
}

// Read takes a file of any kind apart; its content tells which. Errors: sheet.kind, sheet.locked_or_old, sheet.macros,
// sheet.too_large, sheet.broken, sheet.broken_line, sheet.encoding, sheet.columns_missing, sheet.column_twice,
// sheet.empty, request.invalid (over 1,000 lines).
func Read(file []byte) (Sheet, error) {
	tables, err := readTables(file)
	if err != nil {
		return Sheet{}, err
	}
	for _, t := range tables {
		if i := t.heading(); i >= 0 {
			return t.read(i)
		}
	}
	return Sheet{}, missing(layout{})
}

// layout says where the columns of a table stand.
type layout struct {
	at    [columns]int    // column of the table, counted from one; 0 for none
	names [columns]string // as they are written
}

func known(heading string) (column, bool) {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	heading = norm.NFKC.String(heading)
	if c, ok := headings[plain(heading)]; ok {
		return c, true
	}
	before, _, _ := strings.Cut(heading, "(")
	c, ok := headings[plain(before)]
	return c, ok
}

// heading finds the row of headings near the top of a table, below titles and notes; -1 where there is none.
func (t table) heading() int {
	return slices.IndexFunc(t.rows[:min(len(t.rows), 10)], func(r row) bool {
		found := map[column]bool{}
		for _, cell := range r.cells {
			if c, ok := known(cell); ok {
				found[c] = true
			}
		}
		return len(found) >= 2
	})
}

// read takes the lines below the row of headings.
func (t table) read(heading int) (Sheet, error) {
	var l layout
	ignored := []string{}
	for i, cell := range t.rows[heading].cells {
		name := fold(cell)
		c, ok := known(cell)
		switch {
		case ok && l.at[c] != 0:
			return Sheet{}, ErrTwice.With("column", name)
		case ok:
			l.at[c], l.names[c] = i+1, name
		case name != "":
			ignored = append(ignored, name)
		}
	}
	if err := missing(l); err != nil {
		return Sheet{}, err
	}
	s := Sheet{Lines: []Line{}, Ignored: ignored}
	for _, r := range t.rows[heading+1:] {
		if l.blank(r) {
			continue
		}
		if len(s.Lines) == MaxLines {
			return Sheet{}, fault.ErrInvalid.On("rows", "too_many", "max", MaxLines)
		}
		s.Lines = append(s.Lines, l.line(r, t.epoch))
	}
	if len(s.Lines) == 0 {
		return Sheet{}, ErrEmpty
	}
	return s, nil
}

func missing(l layout) error {
	err := ErrMissing
	var names []string
	for c := range columns {
		if name := required[c]; name != "" && l.at[c] == 0 {
			err, names = err.On(name, "required"), append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return err.With("columns", strings.Join(names, ", "))
}

func (l layout) cell(r row, c column) string {
	if i := l.at[c]; i > 0 && i <= len(r.cells) {
		return fold(r.cells[i-1])
	}
	return ""
}

// blank tells whether nothing is filled in: a running number beside empty cells is no line.
func (l layout) blank(r row) bool {
	for c := range columns {
		if l.cell(r, c) != "" {
			return false
		}
	}
	return true
}

// line reads the cells of a row and notes all that are wrong, by their headings.
func (l layout) line(r row, epoch calendar.Day) Line {
	wrong := fault.Collect()
	// read notes a cell that is not what its column holds, or is empty although it must not be.
	read := func(c column, code string, understood func(cell string) bool) {
		switch cell := l.cell(r, c); {
		case cell != "" && !understood(cell):
			wrong.Add(l.names[c], code)
		case cell == "" && required[c] != "":
			wrong.Add(l.names[c], "required")
		}
	}
	line := Line{Row: r.number, Number: l.cell(r, number), Title: l.cell(r, title)}
	read(number, "required", func(string) bool { return true })
	read(day, "cell_day", func(s string) (ok bool) { line.Day, ok = readDay(s, epoch); return ok })
	read(start, "cell_time", func(s string) (ok bool) { line.Start, ok = readTime(s); return ok && line.Start < 1440 })
	read(end, "cell_time", func(s string) (ok bool) { line.End, ok = readTime(s); return ok })
	read(travel, "number", func(s string) (ok bool) { line.Travel, ok = readMinutes(s); return ok })
	read(shift, "cell_shift", func(s string) bool {
		var err error
		line.ShiftID, err = id.Parse(strings.ToLower(s))
		return err == nil
	})
	line.Err = wrong.Err()
	return line
}

// fold brings a cell into the one form of its text: NFC, white space folded.
func fold(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }
