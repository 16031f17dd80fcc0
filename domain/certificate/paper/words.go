package paper

import (
	"fmt"
	"time"

	"dure/domain/certificate"
	"dure/domain/kernel/calendar"
)

// words are what a paper says in one language.
type words struct {
	lang                                     string
	title, number, name, birth, volunteer    string
	period, total, fields, purpose           string
	statement, activities, sums              string
	day, activity, organiser, field, minutes string
	sum, check, checkHow, footnote           string
	duration                                 func(minutes int) string
	inMinutes                                func(minutes int) string
	date                                     func(d calendar.Day) string
	short                                    func(d calendar.Day) string
	span                                     func(from, to string) string
	page                                     func(n, of int) string
	count                                    func(lines int) string
}

func in(l certificate.Language) words {
	if l == certificate.English {
		return english
	}
	return korean
}

var korean = words{
	lang:  "ko-KR",
	title: "자원봉사 활동확인서", number: "확인번호", name: "성명", birth: "생년월일", volunteer: "봉사자번호",
	period: "확인 기간", total: "인정시간 합계", fields: "활동분야", purpose: "용도",
	statement:  "위 사람의 자원봉사 활동에 대하여 인정된 시간이 위와 같음을 확인합니다.",
	activities: "활동 내역", sums: "분야별 인정시간",
	day: "활동일", activity: "활동", organiser: "수요처·장소", field: "분야", minutes: "인정시간",
	sum: "합계", check: "진위 확인",
	checkHow: "휴대전화로 QR코드를 찍거나 아래 주소에서 확인번호를 조회하면 이 확인서가 유효한지, 받은 파일이 발급된 그대로인지 누구나 확인할 수 있습니다.",
	footnote: "인정시간은 겹친 시간, 쉬는 시간, 하루 한도를 뺀 시간입니다. 발급 뒤 확인된 시간이 바뀌면 이 확인서는 효력을 잃습니다.",
	duration: func(minutes int) string {
		switch h, m := minutes/60, minutes%60; {
		case h == 0:
			return fmt.Sprintf("%d분", m)
		case m == 0:
			return fmt.Sprintf("%s시간", thousands(h))
		default:
			return fmt.Sprintf("%s시간 %d분", thousands(h), m)
		}
	},
	inMinutes: func(minutes int) string { return thousands(minutes) + "분" },
	date: func(d calendar.Day) string {
		return fmt.Sprintf("%d년 %d월 %d일", d.Year(), d.Month(), dayOfMonth(d))
	},
	short: func(d calendar.Day) string { return fmt.Sprintf("%04d.%02d.%02d", d.Year(), d.Month(), dayOfMonth(d)) },
	span:  func(from, to string) string { return from + " ~ " + to },
	page:  func(n, of int) string { return fmt.Sprintf("%d / %d쪽", n, of) },
	count: func(lines int) string { return fmt.Sprintf("%s건", thousands(lines)) },
}

var english = words{
	lang:  "en",
	title: "Certificate of Volunteer Service", number: "Certificate number", name: "Name", birth: "Date of birth", volunteer: "Volunteer number",
	period: "Period", total: "Recognised time", fields: "Fields", purpose: "Purpose",
	statement:  "This certifies that the time stated above is recognised for the volunteer service of the person named above.",
	activities: "Activities", sums: "Recognised time by field",
	day: "Day", activity: "Activity", organiser: "Organiser, place", field: "Field", minutes: "Recognised",
	sum: "Total", check: "Check this certificate",
	checkHow: "Scan the code, or look the number up at the address below: anybody can see whether this certificate is valid, and whether a file is the one that was issued.",
	footnote: "Recognised time leaves out overlaps, breaks and what is above the daily limit. If certified time changes after issue, this certificate is no longer valid.",
	duration: func(minutes int) string {
		switch h, m := minutes/60, minutes%60; {
		case h == 0:
			return fmt.Sprintf("%d min", m)
		case m == 0:
			return fmt.Sprintf("%s h", thousands(h))
		default:
			return fmt.Sprintf("%s h %d min", thousands(h), m)
		}
	},
	inMinutes: func(minutes int) string { return thousands(minutes) + " min" },
	date:      func(d calendar.Day) string { return fmt.Sprintf("%d %s %d", dayOfMonth(d), d.Month(), d.Year()) },
	short:     func(d calendar.Day) string { return d.String() },
	span:      func(from, to string) string { return from + " – " + to },
	page:      func(n, of int) string { return fmt.Sprintf("Page %d of %d", n, of) },
	count:     func(lines int) string { return fmt.Sprintf("%s entries", thousands(lines)) },
}

func dayOfMonth(d calendar.Day) int { return d.Start(time.UTC).Day() }

// thousands writes a number as people read it: 12,480.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
