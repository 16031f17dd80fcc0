package transfer

import (
	"dure/domain/kernel/calendar"
	"dure/domain/sheet"
)

// Line is one row of a system's file, as it was told.
type Line struct {
	Row          int    // as the spreadsheet numbers it
	OriginID     string // the row's number in its system
	Number       string // of the volunteer here
	Name         string
	Title        string
	Organisation string
	Day          calendar.Day
	Timed        bool // Start and End are told
	Start        int  // minutes since the day began, below 1440
	End          int  // likewise, up to 1440
	Minutes      int  // as the system recognised them; 0 where it is not told
	Field        string
	Region       string
	Donation     string // kind of blood donation
	Group        string `json:",omitempty"` // with whom somebody came; rows without have the hash of before there were any
	Err          error  // why the row could not be read: request.invalid with the headings of the wrong cells
}

// Columns of a file, by the name that a refusal tells.
const (
	originID     = "실적번호"
	number       = "봉사자번호"
	name         = "성명"
	title        = "봉사활동명"
	organisation = "기관명"
	day          = "활동일"
	start        = "시작시간"
	end          = "종료시간"
	minutes      = "인정시간(분)"
	field        = "분야코드"
	region       = "지역코드"
	donation     = "헌혈종류"
	group        = "단체명"
)

// form is what a file looks like, whichever system wrote it. The volunteer's number here is added by the centre.
var form = sheet.Form{
	Required: []string{originID, number, name, day},
	Filled:   []string{originID, number, name, day},
	Headings: map[string]string{
		"실적번호": originID, "봉사실적번호": originID, "실적등록번호": originID, "확인서번호": originID, "인증번호": originID, "헌혈번호": originID, "originid": originID,
		"봉사자번호": number, "자원봉사자번호": number, "봉사번호": number, "volunteernumber": number,
		"성명": name, "이름": name, "봉사자명": name, "봉사자이름": name, "헌혈자": name, "name": name, "volunteername": name,
		"봉사활동명": title, "활동명": title, "봉사명": title, "봉사활동": title, "일감명": title, "프로그램명": title, "title": title, "activitytitle": title,
		"기관명": organisation, "봉사기관": organisation, "활동기관": organisation, "수요처": organisation, "수요처명": organisation, "활동처": organisation, "헌혈장소": organisation, "organisation": organisation,
		"활동일": day, "봉사일": day, "봉사일자": day, "활동일자": day, "날짜": day, "일자": day, "헌혈일": day, "헌혈일자": day, "date": day,
		"시작시간": start, "시작시각": start, "시작": start, "활동시작시간": start, "start": start, "starttime": start,
		"종료시간": end, "종료시각": end, "종료": end, "활동종료시간": end, "end": end, "endtime": end,
		"인정시간분": minutes, "봉사시간분": minutes, "활동시간분": minutes, "분": minutes, "minutes": minutes,
		"분야코드": field, "봉사분야": field, "활동분야": field, "분야": field, "fieldcode": field,
		"지역코드": region, "지역": region, "시군구코드": region, "gugun": region, "guguncd": region, "regioncode": region,
		"헌혈종류": donation, "헌혈구분": donation, "kind": donation,
		"단체명": group, "단체": group, "소속단체": group, "소속단체명": group, "봉사단체": group, "봉사단체명": group, "봉사단명": group, "group": group, "groupname": group,
	},
}

// File is what was read: the rows that are filled in, and the columns that nobody here understands.
type File struct {
	Lines   []Line
	Ignored []string // headings as they are written
	Hash    string   // SHA-256 of the file
}

// Read takes a file apart. Errors as for sheet.Form.Read.
func Read(file []byte) (File, error) {
	rows, ignored, err := form.Read(file)
	if err != nil {
		return File{}, err
	}
	f := File{Lines: make([]Line, len(rows)), Ignored: ignored, Hash: digest(string(file))}
	for i, r := range rows {
		f.Lines[i] = line(r)
	}
	return f, nil
}

const (
	maxOriginID = 64
	maxTitle    = 200
)

func line(r sheet.Row) Line {
	l := Line{Row: r.Number, OriginID: r.Text(originID), Number: r.Text(number), Name: r.Text(name), Title: r.Text(title),
		Organisation: r.Text(organisation), Day: r.Day(day), Start: r.Time(start, 1439), End: r.Time(end, 1440), Minutes: r.Minutes(minutes),
		Timed: r.Text(start) != "" && r.Text(end) != "", Field: r.Text(field), Region: r.Text(region), Donation: r.Text(donation), Group: r.Text(group)}
	for column, longest := range map[string]int{originID: maxOriginID, title: maxTitle, organisation: maxTitle, group: sheet.MaxGroupName} {
		if len([]rune(r.Text(column))) > longest {
			r.Wrong(column, "too_long", "max", longest)
		}
	}
	if l.Minutes > 1440 {
		r.Wrong(minutes, "range", "min", 1, "max", 1440)
	}
	l.Err = r.Err()
	return l
}
