package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

const shiftID = "01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"

// A sheet as a camp keeps it: a title above, a running number, a remark that nobody here reads, and rows not filled in.
const written = `7월 출석부,,,,,,
,,,,,,
연번,봉사자 번호,활동일,일감,시작 시간,종료(시간),이동시간 (분),비고
1,1234-5678,2026-07-14,급식 봉사,9:00,13:00,30,"점심
먹음"
2,1234-5679,2026. 7. 14.,급식  봉사,오전 9:00,오후 1시 30분,,
3,,,,,,,

4,1234-5680,7월,급식 봉사,9:60,,많이,x
`

func TestTheSameSheetInEveryEncoding(t *testing.T) {
	encode := func(s string, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return []byte(s)
	}
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	for name, file := range map[string][]byte{
		"UTF-8":             []byte(written),
		"UTF-8 with BOM":    []byte("\ufeff" + written),
		"decomposed":        []byte(norm.NFD.String(written)),
		"CP949":             encode(korean.EUCKR.NewEncoder().String(written)),
		"UTF-16":            encode(utf16.String(written)),
		"Windows' lines":    []byte(strings.ReplaceAll(written, "\n", "\r\n")),
		"tabs":              []byte(strings.ReplaceAll(written, ",", "\t")),
		"semicolons, CP949": encode(korean.EUCKR.NewEncoder().String(strings.ReplaceAll(written, ",", ";"))),
		"no last line end":  []byte(strings.TrimSpace(written)),
	} {
		s, err := Read(file)
		if err != nil || len(s.Lines) != 3 || !slices.Equal(s.Ignored, []string{"연번", "비고"}) {
			t.Errorf("%s: %+v %v", name, s, err)
			continue
		}
		day := calendar.MustParse("2026-07-14")
		want := []Line{
			{Row: 4, Number: "1234-5678", Day: day, Start: 540, End: 780, Title: "급식 봉사", Travel: 30},
			{Row: 5, Number: "1234-5679", Day: day, Start: 540, End: 810, Title: "급식 봉사"},
		}
		if !slices.Equal(s.Lines[:2], want) {
			t.Errorf("%s:\n%+v, want\n%+v", name, s.Lines[:2], want)
		}
		if last := s.Lines[2]; last.Row != 8 || wrong(last.Err) != "활동일 cell_day 시작 시간 cell_time 종료(시간) required 이동시간 (분) number" {
			t.Errorf("%s: row %d %s", name, last.Row, wrong(last.Err))
		}
	}
}

// wrong tells what a refusal says of cells.
func wrong(err error) string {
	f, _ := fault.From(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	var all []string
	for _, field := range f.Fields {
		all = append(all, field.Path+" "+field.Code)
	}
	return strings.Join(all, " ")
}

// workbook writes cells as Excel does.
func workbook(t *testing.T, change func(f *excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, cells := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var names = []any{"봉사자번호", "날짜", "시작", "종료", "회차번호"}

func TestWorkbooks(t *testing.T) {
	at := time.Date(2026, 7, 14, 0, 0, 0, 0, time.UTC)
	day := calendar.MustParse("2026-07-14")
	file := workbook(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 20}) // h:mm
		if err != nil {
			t.Fatal(err)
		}
		f.SetCellValue("Sheet1", "C3", 13.0/24)
		f.SetCellValue("Sheet1", "D3", 0.72916666666666663)
		f.SetCellStyle("Sheet1", "C3", "D3", style)
		f.SetCellValue("Sheet1", "A7", "1234-5678") // rows 5 and 6 are not there at all
		f.SetCellValue("Sheet1", "B7", at.Add(9*time.Hour))
		f.SetCellFormula("Sheet1", "C7", "B7-INT(B7)")
		f.SetCellValue("Sheet1", "D7", "오후 5:00")
		f.NewSheet("안내")
		f.SetCellValue("안내", "A1", "첫 시트에 적어 주십시오")
		f.NewSheet("숨김")
		f.SetSheetRow("숨김", "A1", &names)
		f.SetSheetVisible("숨김", false)
	}, names,
		[]any{"1234-5678", at, "9:00", "13:00", shiftID},
		[]any{12345678, at},
		[]any{12345678, 20260714, 900, 1330, strings.ToUpper(shiftID)})
	s, err := Read(file)
	if err != nil || len(s.Lines) != 4 || len(s.Ignored) != 0 {
		t.Fatalf("%+v %v", s, err)
	}
	for i, want := range []Line{
		{Row: 2, Number: "1234-5678", Day: day, Start: 540, End: 780},
		{Row: 3, Number: "12345678", Day: day, Start: 780, End: 1050},
		{Row: 4, Number: "12345678", Day: day, Start: 540, End: 810},
	} {
		got := s.Lines[i]
		if (got.ShiftID.String() == shiftID) != (i != 1) {
			t.Error(i, got.ShiftID)
		}
		if got.ShiftID = want.ShiftID; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if last := s.Lines[3]; last.Row != 7 || last.Day != day || last.End != 1020 || wrong(last.Err) != "시작 required" {
		t.Errorf("%+v %s", last, wrong(last.Err)) // the formula was never calculated
	}
	mac := workbook(t, func(f *excelize.File) {
		on := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &on}); err != nil {
			t.Fatal(err)
		}
		f.SetSheetName("Sheet1", "출석부")
		f.NewSheet("A")
		f.MoveSheet("A", "출석부")
	}, names, []any{"1234-5678", int(at.Sub(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)).Hours() / 24), "9:00", "13:00"})
	if s, err := Read(mac); err != nil || s.Lines[0].Day != day {
		t.Errorf("%+v %v", s, err)
	}
}

func TestWhatIsNoSheet(t *testing.T) {
	const head = "봉사자번호,날짜,시작,종료\n"
	good := head + "1234-5678,2026-07-14,9:00,10:00\n"
	locked := func() []byte {
		f := excelize.NewFile()
		var b bytes.Buffer
		if err := f.Write(&b, excelize.Options{Password: "x"}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}()
	plain := workbook(t, nil, names)
	macros := workbook(t, func(f *excelize.File) { f.Pkg.Store("xl/vbaProject.bin", []byte("x")) }, names)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"good":                {[]byte(good), nil},
		"empty":               {nil, ErrMissing},
		"only headings":       {[]byte(head + ",,,\n"), ErrEmpty},
		"no headings":         {[]byte("1234-5678,2026-07-14,9:00,10:00\n"), ErrMissing},
		"a column missing":    {[]byte("봉사자번호,날짜,시작\n1,2,3\n"), ErrMissing},
		"a column twice":      {[]byte("봉사자번호,날짜,활동일,시작,종료\n1,2,3,4,5\n"), ErrTwice},
		"an open quote":       {[]byte(head + "\"1234-5678,2026-07-14,9:00,10:00\n"), ErrBrokenCSV},
		"neither encoding":    {append([]byte(good), 0xff, 0xff), ErrEncoding},
		"marked as UTF-8":     {append([]byte("\ufeff"+good), 0xff), ErrEncoding},
		"NUL":                 {[]byte(good + "\x00"), ErrKind},
		"PDF":                 {[]byte("%PDF-1.7\n"), ErrKind},
		"picture":             {[]byte("\x89PNG\r\n\x1a\n\x00"), ErrKind},
		"password":            {locked, ErrLocked},
		"macros":              {macros, ErrMacros},
		"half a workbook":     {plain[:len(plain)/2], ErrBroken},
		"one bit wrong":       {slices.Concat(plain[:200], []byte{plain[200] ^ 1}, plain[201:]), ErrBroken},
		"no workbook":         {zipped(t, part{"word/document.xml", []byte("x")}), ErrKind},
		"a bomb":              {zipped(t, part{"xl/workbook.xml", make([]byte, maxUnzipped+1)}), ErrTooLarge},
		"a broken workbook":   {zipped(t, part{"xl/workbook.xml", []byte("<x")}), ErrBroken},
		"a million commas":    {bytes.Repeat([]byte(","), 1_000_000), ErrTooLarge},
		"1,000 lines":         {[]byte(head + strings.Repeat("1234-5678,2026-07-14,9:00,10:00\n", MaxLines)), nil},
		"1,001 lines":         {[]byte(head + strings.Repeat("1234-5678,2026-07-14,9:00,10:00\n", MaxLines+1)), fault.ErrInvalid},
		"numbered and empty":  {[]byte("연번," + head + strings.Repeat("7,,,,\n", 5000) + "8,1,2,3,4\n"), nil},
		"no end of numbering": {[]byte("연번," + head + strings.Repeat("7,,,,\n", maxRows)), fault.ErrInvalid},
	} {
		if _, err := Read(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_, err := Read([]byte("회원번호,시작,비고\n1,2,3\n"))
	if f, _ := fault.From(err); f == nil || f.Args["columns"] != "날짜, 종료" || wrong(err) != "날짜 required 종료 required" {
		t.Errorf("%+v", err)
	}
}

func TestDays(t *testing.T) {
	for cell, want := range map[string]string{
		"2026-07-14": "2026-07-14", "2026-7-4": "2026-07-04", "2026.7.14": "2026-07-14", "2026.07.14.": "2026-07-14",
		"2026. 7. 14.": "2026-07-14", "2026/7/14": "2026-07-14", "20260714": "2026-07-14", "2026년 7월 14일": "2026-07-14",
		"2026년7월14일(화)": "2026-07-14", "2026-07-14 (화)": "2026-07-14", "2026-07-14 화요일": "2026-07-14",
		"2026-07-14 0:00": "2026-07-14", "2026-07-14T00:00:00": "2026-07-14", "２０２６－０７－１４": "2026-07-14",
		"46217": "2026-07-14", "46217.5": "2026-07-14", "2024-02-29": "2024-02-29",
		"2026-02-29": "", "2026-13-01": "", "2026-07-32": "", "7/14": "", "26-07-14": "", "14-07-2026": "", "1899-12-31": "",
		"9999-01-01": "", "99999": "", "462170": "", "-1": "", "어제": "", "2026-07-14 9:00": "", "": "",
	} {
		got, ok := readDay(cell, epoch1900)
		if got.String() != want && want != "" || ok != (want != "") {
			t.Errorf("%q: %s %v, want %q", cell, got, ok, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for cell, want := range map[string]int{
		"9:00": 540, "09:00": 540, "9:05": 545, "0900": 540, "900": 540, "9시": 540, "9시 5분": 545, "13시30분": 810, "9 : 30": 570,
		"오전 9:00": 540, "오전9시": 540, "오후 1시 30분": 810, "오후 1:30": 810, "오전 12:10": 10, "오후 12:10": 730, "오후 13:00": 780,
		"9:00 AM": 540, "AM 9:00": 540, "1:30pm": 810, "12:00 AM": 0, "9:00:59": 540, "９：３０": 570, "24:00": 1440, "0:00": 0, "0": 0,
		"0.375": 540, "0.41666666666666669": 600, "4.1666666666666664E-2": 60, ".5": 720, "0.99999": 1440,
		"9": -1, "1": -1, "25:00": -1, "24:01": -1, "9:60": -1, "9:5": -1, "오전 13:00": -1, "오후 24:00": -1, "오전 9:00 pm": -1, "1.5": -1,
		"46217.375": -1, "-0.5": -1, "9:00-12:00": -1, "아침": -1, "99999": -1, "": -1,
	} {
		got, ok := readTime(cell)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d %v, want %d", cell, got, ok, want)
		}
	}
}
