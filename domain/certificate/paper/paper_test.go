package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/certificate"
	"dure/domain/certificate/paper"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

var printer = paper.New("https://dure.example.kr")

func specimen(n int) (certificate.Certificate, []certificate.Line) {
	c := certificate.Certificate{ID: id.New(), Number: "7K3M-9QXA-0B2C-4D5E-6F7G", Name: "홍길동", BirthDate: calendar.MustParse("1990-04-05"),
		VolunteerNumber: "1234-5670", FromDay: calendar.MustParse("2025-01-01"), ToDay: calendar.MustParse("2026-07-15"), Show: certificate.Activities,
		Language: certificate.Korean, Purpose: "장학금 신청", Issuer: "광주광역시자원봉사센터",
		IssuedAt: time.Date(2026, 7, 15, 1, 0, 0, 123456000, time.UTC), IssuedOn: calendar.MustParse("2026-07-15")}
	titles := []string{"경로당 급식 봉사", "무등산국립공원 탐방로 환경 정화와 외래식물 제거, 그리고 등산객 안전 안내를 겸한 주말 가족 봉사활동 (우천 시 취소)",
		"Saturday clean-up along the Yeongsan river with international students and their families", strings.Repeat("가나다라마바사", 12), "手話 통역 🙂"}
	var lines []certificate.Line
	for i := range n {
		l := certificate.Line{AttendanceID: id.New(), Day: c.FromDay.Add(i), Minutes: 30 + i%7*35, Title: titles[i%len(titles)],
			Organiser: "충장동 자원봉사캠프", Place: "광주광역시 동구 제봉로 1, 2층", FieldCode: []string{"0104", "0901"}[i%2], FieldName: []string{"급식지원", "환경정화"}[i%2]}
		c.Minutes += l.Minutes
		lines = append(lines, l)
	}
	return c, lines
}

func draw(t *testing.T, c certificate.Certificate, lines []certificate.Line) []byte {
	t.Helper()
	pdf, err := printer.Print(c, lines)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("PAPERS"); dir != "" { // to be looked at
		name := fmt.Sprintf("%s-%s-%d.pdf", c.Language, c.Show, len(lines))
		if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return pdf
}

func TestPapersAreWhole(t *testing.T) {
	for _, show := range []certificate.Show{certificate.Activities, certificate.Sums} {
		for _, language := range []certificate.Language{certificate.Korean, certificate.English} {
			for _, n := range []int{1, 14, 120} {
				c, lines := specimen(n)
				c.Show, c.Language = show, language
				if n == 14 {
					c.FieldCodes, c.Purpose = "0104,0901", ""
				}
				pdf := draw(t, c, lines)
				if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(pdf), []byte("%%EOF")) {
					t.Errorf("%s %s %d: no PDF", show, language, n)
				}
				if len(pdf) > 200_000 {
					t.Errorf("%s %s %d: %d bytes, so the fonts are not cut down", show, language, n, len(pdf))
				}
			}
		}
	}
}

// The same certificate gives the same bytes, at any time and beside any other.
func TestTheSameCertificateGivesTheSameBytes(t *testing.T) {
	c, lines := specimen(40)
	first := draw(t, c, lines)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if i%2 == 1 {
				other, others := specimen(3)
				other.Name = "김철수"
				if pdf, err := printer.Print(other, others); err != nil || bytes.Equal(pdf, first) {
					t.Error("another certificate looks the same", err)
				}
				return
			}
			if again, err := printer.Print(c, lines); err != nil || !bytes.Equal(again, first) {
				t.Error("the bytes differ", err)
			}
		})
	}
	wg.Wait()
	for name, change := range map[string]func(){
		"name": func() { c.Name = "홍길순" }, "number": func() { c.Number = "7K3M-9QXA-0B2C-4D5E-6F7H" }, "minutes": func() { lines[39].Minutes++ },
	} {
		change()
		if again := draw(t, c, lines); bytes.Equal(again, first) {
			t.Errorf("another %s is not seen", name)
		}
	}
}

func TestNothingThatPeopleWriteBreaksAPaper(t *testing.T) {
	c, lines := specimen(1)
	for _, text := range []string{"", " ", "\t\n", "\u200b\ufeff", "\U0001F600\U0010FFFF", "𠀀手話", "a\u0301", "\\()<>%%EOF", strings.Repeat("x", 300), strings.Repeat("긴 ", 150), "\uffff"} {
		c.Name, c.Purpose, c.Issuer = text, text, text
		lines[0].Title, lines[0].Organiser, lines[0].Place, lines[0].FieldName = text, text, text, text
		if _, err := printer.Print(c, lines); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	c, lines := specimen(2000)
	for b.Loop() {
		if _, err := printer.Print(c, lines); err != nil {
			b.Fatal(err)
		}
	}
}
