package activity

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
)

// Listing is an activity as the national portal 1365 lists it. Contacts and the names of people in charge are personal
// data and are not taken.
type Listing struct {
	OriginID  string // progrmRegistNo
	Title     string
	Content   string
	Field     string // as text, "문화행사 > 공연활동"
	Organiser string
	Place     string
	Gu        string // name of a gu of the city
	Lat, Lon  *float64
	Begin     calendar.Day // of the service
	End       calendar.Day
	From, To  int     // minutes after midnight of the service day; To is beyond 24 hours when it ends on the next day
	Weekdays  [7]bool // Monday first
	Places    int     // a day
	Adults    bool
	Youths    bool
	Families  bool
	Groups    bool
}

// Skipped is a listing that was not taken. Reason is what was wrong: unreadable, id, region, period, time, weekdays,
// or a member of an activity such as title.
type Skipped struct{ ID, Reason string }

// portalGu names the gu of Gwangju behind the portal's own region codes, which know no dong.
var portalGu = map[string]string{"3590000": "동구", "3600000": "서구", "3610000": "남구", "3620000": "북구", "3630000": "광산구"}

// ParseListings reads answers of the portal's API, one or several in a row: an item is taken or skipped by itself.
// A listing that comes several times is taken as it came last. Error: activity.listings for what is no such answer, and
// for one that reports an error.
func ParseListings(r io.Reader) ([]Listing, []Skipped, error) {
	in := bufio.NewReader(r)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\uFEFF" {
		if _, err := in.Discard(3); err != nil {
			return nil, nil, err
		}
	}
	var listings []Listing
	var skipped []Skipped
	answers, at := 0, map[string]int{}
	for dec := json.NewDecoder(in); ; answers++ {
		var a portalAnswer
		err := dec.Decode(&a)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || a.Response == nil {
			return nil, nil, ErrListings.With("reason", "no response/header/body")
		}
		if code := string(a.Response.Header.ResultCode); code == "" || strings.Trim(code, "0") != "" {
			return nil, nil, ErrListings.With("reason", code+" "+clean(string(a.Response.Header.ResultMsg), 200))
		}
		for _, raw := range a.Response.Body.Items.list("item") {
			var item portalItem
			if err := json.Unmarshal(raw, &item); err != nil {
				skipped = append(skipped, Skipped{Reason: "unreadable"})
				continue
			}
			l, wrong := item.listing()
			if wrong != "" {
				skipped = append(skipped, Skipped{ID: l.OriginID, Reason: wrong})
				continue
			}
			if n, again := at[l.OriginID]; again {
				listings[n] = l
				continue
			}
			at[l.OriginID] = len(listings)
			listings = append(listings, l)
		}
	}
	if answers == 0 {
		return nil, nil, ErrListings.With("reason", "empty")
	}
	return listings, skipped, nil
}

// portalAnswer is the envelope of every answer.
type portalAnswer struct {
	Response *struct {
		Header struct{ ResultCode, ResultMsg scalar }
		Body   struct{ Items items }
	}
}

// items is what stands where XML would repeat an element: nothing, one thing, or an array of things.
type items json.RawMessage

func (i *items) UnmarshalJSON(b []byte) error {
	*i = bytes.Clone(b)
	return nil
}

// list gives the things under a name: {"item": {…}}, {"item": […]}, and none for "", null or nothing.
func (i items) list(name string) []json.RawMessage {
	var under map[string]items
	if json.Unmarshal(i, &under) == nil {
		i = under[name]
	}
	var several []json.RawMessage
	switch b := bytes.TrimSpace(i); {
	case bytes.HasPrefix(b, []byte("{")):
		return []json.RawMessage{json.RawMessage(b)}
	case json.Unmarshal(b, &several) == nil:
		return several
	}
	return nil
}

// scalar is a value that comes as text or as a number; anything else is as good as nothing.
type scalar string

// UnmarshalJSON never fails: what is no text and no number is empty.
func (s *scalar) UnmarshalJSON(b []byte) error {
	var text string
	var number json.Number
	switch {
	case json.Unmarshal(b, &text) == nil:
		*s = scalar(strings.TrimSpace(text))
	case json.Unmarshal(b, &number) == nil:
		*s = scalar(number)
	}
	return nil
}

func (s scalar) yes() bool { return strings.EqualFold(string(s), "Y") }

// portalItem is one listing, in the portal's spelling.
type portalItem struct {
	ProgrmRegistNo, ProgrmSj, ProgrmCn                     scalar
	ProgrmBgnde, ProgrmEndde                               scalar
	ActBeginTm, ActBeginMnt, ActEndTm, ActEndMnt, ActWkdy  scalar
	RcritNmpr, SrvcClCode                                  scalar
	AdultPosblAt, YngbgsPosblAt, FamilyPosblAt, GrpPosblAt scalar
	MnnstNm, NanmmbyNm, ActPlace, PostAdres                scalar
	AreaAddress1, AreaLalo1, GugunCd                       scalar
}

// listing reads an item; wrong names what cannot be read of it.
func (i portalItem) listing() (l Listing, wrong string) {
	l = Listing{
		OriginID: clean(string(i.ProgrmRegistNo), 40), Title: clean(string(i.ProgrmSj), 200), Content: cleanBlock(string(i.ProgrmCn), 10_000),
		Field: clean(string(i.SrvcClCode), 200), Gu: portalGu[string(i.GugunCd)],
		Organiser: clean(first(i.MnnstNm, i.NanmmbyNm), 100), Places: 1,
		Adults: i.AdultPosblAt.yes(), Youths: i.YngbgsPosblAt.yes(), Families: i.FamilyPosblAt.yes(), Groups: i.GrpPosblAt.yes(),
	}
	l.Place = clean(first(i.ActPlace, i.PostAdres, i.AreaAddress1, i.MnnstNm, i.NanmmbyNm), 200) // lists lack the place
	if !l.Youths && !l.Families && !l.Groups {
		l.Adults = true
	}
	if n, err := strconv.Atoi(string(i.RcritNmpr)); err == nil {
		l.Places = min(max(n, 1), maxCapacity)
	}
	l.Lat, l.Lon = point(string(i.AreaLalo1))
	var begins, ends, from, to, week bool
	l.Begin, begins = portalDay(i.ProgrmBgnde)
	l.End, ends = portalDay(i.ProgrmEndde)
	l.From, from = portalTime(i.ActBeginTm, i.ActBeginMnt)
	l.To, to = portalTime(i.ActEndTm, i.ActEndMnt)
	l.Weekdays, week = portalWeek(i.ActWkdy)
	switch {
	case l.OriginID == "":
		return l, "id"
	case l.Gu == "":
		return l, "region"
	case !begins || !ends || l.End.Before(l.Begin):
		return l, "period"
	case !from || !to || l.From == l.To || l.From == 24*60:
		return l, "time"
	case !week:
		return l, "weekdays"
	case l.Organiser == "":
		return l, "organiser"
	}
	if l.To < l.From {
		l.To += 24 * 60
	}
	return l, ""
}

func first(texts ...scalar) string {
	for _, t := range texts {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

// portalDay reads YYYYMMDD.
func portalDay(s scalar) (calendar.Day, bool) {
	t, err := time.Parse("20060102", string(s))
	if err != nil {
		return calendar.Day{}, false
	}
	d, err := calendar.Parse(t.Format(time.DateOnly))
	return d, err == nil
}

// portalTime reads an hour of 0 to 24 and, where there are any, minutes, as minutes after midnight.
func portalTime(hour, minute scalar) (int, bool) {
	h, err := strconv.Atoi(string(hour))
	if err != nil || h < 0 || h > 24 {
		return 0, false
	}
	m := 0
	if minute != "" {
		if m, err = strconv.Atoi(string(minute)); err != nil || m < 0 || m > 59 {
			return 0, false
		}
	}
	return h*60 + m, h*60+m <= 24*60
}

// portalWeek reads seven digits, Monday first. They come as a number, so leading zeros are gone; none at all is every day.
func portalWeek(s scalar) (week [7]bool, ok bool) {
	digits := string(s)
	if digits == "" {
		digits = "1111111"
	}
	if len(digits) > 7 || strings.Trim(digits, "01") != "" {
		return week, false
	}
	digits = strings.Repeat("0", 7-len(digits)) + digits
	for i, digit := range digits {
		week[i] = digit == '1'
	}
	return week, true
}

// point reads "lat,lon"; nil where there is none.
func point(s string) (lat, lon *float64) {
	a, b, _ := strings.Cut(s, ",")
	y, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	x, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if err1 != nil || err2 != nil || !(y >= -90 && y <= 90) || !(x >= -180 && x <= 180) || y == 0 && x == 0 {
		return nil, nil
	}
	return &y, &x
}

// clean makes one line of at most so many characters out of any text.
func clean(s string, most int) string {
	return strings.Join(strings.Fields(cleanBlock(s, most)), " ")
}

// cleanBlock brings a text into NFC without control characters, and cuts it.
func cleanBlock(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return strings.TrimSpace(s)
}

// hash tells two states of a listing apart.
func (l Listing) hash() string {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err) // plain values always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// spans gives when the listing's shifts take place: one each service day. Of a very long listing the past is left out,
// and then its far end.
func (l Listing) spans(zone *time.Location, today calendar.Day) []calendar.Span {
	var days []calendar.Day
	for d := l.Begin; !d.After(l.End); d = d.Add(1) {
		if l.Weekdays[(int(d.Weekday())+6)%7] {
			days = append(days, d)
		}
	}
	for len(days) > maxRepeats && days[0].Before(today) {
		days = days[1:]
	}
	days = days[:min(len(days), maxRepeats)]
	spans := make([]calendar.Span, len(days))
	for i, d := range days {
		y, m, dd := d.Start(zone).Date()
		spans[i] = calendar.Span{Start: time.Date(y, m, dd, 0, l.From, 0, 0, zone).UTC(), End: time.Date(y, m, dd, 0, l.To, 0, 0, zone).UTC()}
	}
	return spans
}
