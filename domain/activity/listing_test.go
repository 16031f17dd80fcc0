package activity

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// item is a listing as the portal answers it, with members changed.
func item(changes ...string) string {
	members := []string{`"progrmRegistNo":3168803`, `"progrmSj":"어르신 말벗 봉사"`, `"progrmCn":"혼자 사시는 어르신과 이야기 나누기\n둘째 줄"`,
		`"progrmSttusSe":2`, `"progrmBgnde":20260713`, `"progrmEndde":"20260726"`, `"actBeginTm":9`, `"actEndTm":"12"`, `"actWkdy":1010000`,
		`"rcritNmpr":"5"`, `"srvcClCode":"상담 > 말벗ㆍ상담"`, `"adultPosblAt":"Y"`, `"yngbgsPosblAt":"N"`, `"familyPosblAt":"y"`, `"grpPosblAt":""`,
		`"mnnstNm":"충장 복지관"`, `"nanmmbyNm":"동구자원봉사센터"`, `"nanmmbyNmAdmn":"김담당"`, `"actPlace":"충장로 1"`, `"telno":"062-123-4567"`,
		`"email":"person@example.com"`, `"fxnum":"062-1"`, `"sidoCd":6290000`, `"gugunCd":3590000`, `"areaLalo1":"35.15058,126.91538"`, `"brandNew":{"a":[1]}`}
	for _, change := range changes {
		name, _, _ := strings.Cut(change, ":")
		for i, m := range members {
			if strings.HasPrefix(m, name+":") {
				members[i] = change
				change = ""
			}
		}
		if change != "" {
			members = append(members, change)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

func answer(items string) string {
	return `{"response":{"header":{"resultCode":"00","resultMsg":"NORMAL SERVICE."},"body":{` + items + `"numOfRows":10,"pageNo":1,"totalCount":1}}}`
}

func parse(t *testing.T, text string) ([]Listing, []Skipped) {
	t.Helper()
	listings, skipped, err := ParseListings(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return listings, skipped
}

func TestHowManyThereAre(t *testing.T) {
	two := item() + "," + item(`"progrmRegistNo":2`)
	for name, x := range map[string]struct {
		text string
		want int
	}{
		"one is an object":         {answer(`"items":{"item":` + item() + `},`), 1},
		"several are an array":     {answer(`"items":{"item":[` + two + `]},`), 2},
		"an array of one":          {answer(`"items":{"item":[` + item() + `]},`), 1},
		"an array of none":         {answer(`"items":{"item":[]},`), 0},
		"none is an empty text":    {answer(`"items":"",`), 0},
		"none is null":             {answer(`"items":null,`), 0},
		"none is missing":          {answer(``), 0},
		"none is an empty object":  {answer(`"items":{},`), 0},
		"no item is an empty text": {answer(`"items":{"item":""},`), 0},
		"no item is null":          {answer(`"items":{"item":null},`), 0},
		"no wrapper":               {answer(`"items":[` + two + `],`), 2},
		"the same one twice":       {answer(`"items":{"item":[` + item() + `,` + item(`"progrmSj":"새 이름"`) + `]},`), 1},
		"two answers in a row":     {answer(`"items":{"item":`+item()+`},`) + "\n" + answer(`"items":{"item":`+item(`"progrmRegistNo":2`)+`},`), 2},
		"byte order mark":          {"\uFEFF" + answer(`"items":{"item":`+item()+`},`), 1},
		"a code in four digits":    {strings.Replace(answer(`"items":"",`), `"00"`, `"0000"`, 1), 0},
		"a code as a number":       {strings.Replace(answer(`"items":"",`), `"00"`, `0`, 1), 0},
	} {
		if listings, skipped := parse(t, x.text); len(listings) != x.want || len(skipped) != 0 {
			t.Errorf("%s: %d listings, skipped %v", name, len(listings), skipped)
		}
	}
	last, _ := parse(t, answer(`"items":{"item":[`+item()+`,`+item(`"progrmSj":"새 이름"`)+`]},`))
	if last[0].Title != "새 이름" {
		t.Error("the last state of a listing counts, not ", last[0].Title)
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          ``,
		"no JSON":          `<response/>`,
		"cut off":          `{"response":{"header":`,
		"another thing":    `{"items":[]}`,
		"an error":         `{"response":{"header":{"resultCode":"30","resultMsg":"SERVICE_KEY_IS_NOT_REGISTERED_ERROR"}}}`,
		"an error in 99":   `{"response":{"header":{"resultCode":99,"resultMsg":""}}}`,
		"no code":          `{"response":{"body":{"items":""}}}`,
		"trailing rubbish": answer(`"items":"",`) + "x",
	} {
		if _, _, err := ParseListings(strings.NewReader(text)); !errors.Is(err, ErrListings) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAListingIsRead(t *testing.T) {
	listings, _ := parse(t, answer(`"items":{"item":`+item()+`},`))
	l := listings[0]
	if *l.Lat != 35.15058 || *l.Lon != 126.91538 {
		t.Error(*l.Lat, *l.Lon)
	}
	l.Lat, l.Lon = nil, nil
	want := Listing{OriginID: "3168803", Title: "어르신 말벗 봉사", Content: "혼자 사시는 어르신과 이야기 나누기\n둘째 줄", Field: "상담 > 말벗ㆍ상담",
		Organiser: "충장 복지관", Place: "충장로 1", Gu: "동구", Begin: day("2026-07-13"), End: day("2026-07-26"), From: 540, To: 720,
		Weekdays: [7]bool{true, false, true}, Places: 5, Adults: true, Families: true}
	if l != want {
		t.Errorf("%+v", l)
	}
	if all := fmt.Sprintf("%+v", listings); strings.Contains(all, "062-") || strings.Contains(all, "@") || strings.Contains(all, "김담당") {
		t.Error("personal data were taken: ", all)
	}
	starts := ""
	for _, s := range l.spans(seoul, day("2026-01-01")) {
		starts += s.Start.In(seoul).Format("01-02 15:04–") + s.End.In(seoul).Format("15:04 ")
	}
	if starts != "07-13 09:00–12:00 07-15 09:00–12:00 07-20 09:00–12:00 07-22 09:00–12:00 " {
		t.Error(starts)
	}
}

func TestPitfallsOfListings(t *testing.T) {
	everyday := [7]bool{true, true, true, true, true, true, true}
	for name, x := range map[string]struct {
		item string
		ok   func(l Listing) bool
	}{
		"weekdays lose leading zeros":   {item(`"actWkdy":111111`), func(l Listing) bool { return l.Weekdays == [7]bool{false, true, true, true, true, true, true} }},
		"Sunday only":                   {item(`"actWkdy":1`), func(l Listing) bool { return l.Weekdays == [7]bool{6: true} }},
		"weekdays as text":              {item(`"actWkdy":"0000011"`), func(l Listing) bool { return l.Weekdays == [7]bool{5: true, 6: true} }},
		"no weekdays":                   {item(`"actWkdy":null`), func(l Listing) bool { return l.Weekdays == everyday }},
		"until midnight":                {item(`"actEndTm":24`), func(l Listing) bool { return l.From == 540 && l.To == 1440 }},
		"all day":                       {item(`"actBeginTm":0`, `"actEndTm":24`), func(l Listing) bool { return l.From == 0 && l.To == 1440 }},
		"over midnight":                 {item(`"actBeginTm":"22"`, `"actEndTm":"06"`), func(l Listing) bool { return l.From == 1320 && l.To == 1440+360 }},
		"minutes apart":                 {item(`"actBeginMnt":30`, `"actEndMnt":"05"`), func(l Listing) bool { return l.From == 570 && l.To == 725 }},
		"half past midnight to one":     {item(`"actBeginTm":0`, `"actBeginMnt":"30"`, `"actEndTm":1`), func(l Listing) bool { return l.From == 30 && l.To == 60 }},
		"title as a number":             {item(`"progrmSj":2026`), func(l Listing) bool { return l.Title == "2026" }},
		"white space and NUL":           {item(`"progrmSj":"  말벗\u0000\u0007  봉사\n"`), func(l Listing) bool { return l.Title == "말벗 봉사" }},
		"decomposed Hangul":             {item(`"progrmSj":"\u1106\u1161\u11af벗"`), func(l Listing) bool { return l.Title == "말벗" }},
		"a very long title":             {item(`"progrmSj":"` + strings.Repeat("가", 300) + `"`), func(l Listing) bool { return l.Title == strings.Repeat("가", 200) }},
		"no places":                     {item(`"rcritNmpr":""`), func(l Listing) bool { return l.Places == 1 }},
		"zero places":                   {item(`"rcritNmpr":0`), func(l Listing) bool { return l.Places == 1 }},
		"too many places":               {item(`"rcritNmpr":99999999`), func(l Listing) bool { return l.Places == maxCapacity }},
		"no place, as in lists":         {item(`"actPlace":""`), func(l Listing) bool { return l.Place == "충장 복지관" }},
		"the address for the place":     {item(`"actPlace":null`, `"postAdres":"제봉로 1"`), func(l Listing) bool { return l.Place == "제봉로 1" }},
		"no recruiting body":            {item(`"mnnstNm":""`), func(l Listing) bool { return l.Organiser == "동구자원봉사센터" }},
		"region as text":                {item(`"gugunCd":"3630000"`), func(l Listing) bool { return l.Gu == "광산구" }},
		"nobody may come":               {item(`"adultPosblAt":"N"`, `"familyPosblAt":"N"`), func(l Listing) bool { return l.Adults && !l.Families }},
		"youths only":                   {item(`"adultPosblAt":"N"`, `"familyPosblAt":"N"`, `"yngbgsPosblAt":"Y"`), func(l Listing) bool { return !l.Adults && l.Youths }},
		"no coordinates":                {item(`"areaLalo1":","`), func(l Listing) bool { return l.Lat == nil && l.Lon == nil }},
		"coordinates beyond":            {item(`"areaLalo1":"135.1,126.9"`), func(l Listing) bool { return l.Lat == nil && l.Lon == nil }},
		"an object for an empty member": {item(`"progrmCn":{}`), func(l Listing) bool { return l.Content == "" }},
	} {
		listings, skipped := parse(t, answer(`"items":{"item":`+x.item+`},`))
		if len(listings) != 1 || !x.ok(listings[0]) {
			t.Errorf("%s: %+v %v", name, listings, skipped)
		}
	}
}

func TestListingsThatAreSkipped(t *testing.T) {
	for name, x := range map[string]struct{ item, want string }{
		"no number":            {item(`"progrmRegistNo":""`), "id"},
		"another city":         {item(`"sidoCd":6260000`, `"gugunCd":3250000`), "region"},
		"the whole city":       {item(`"gugunCd":""`), "region"},
		"a day nobody knows":   {item(`"progrmBgnde":20260231`), "period"},
		"a day in short":       {item(`"progrmBgnde":"2026-07-13"`), "period"},
		"no end":               {item(`"progrmEndde":""`), "period"},
		"ends before it began": {item(`"progrmEndde":20260712`), "period"},
		"year 1":               {item(`"progrmBgnde":"00010101"`), "period"},
		"hour 25":              {item(`"actEndTm":25`), "time"},
		"past midnight by one": {item(`"actEndTm":24`, `"actEndMnt":1`), "time"},
		"minute 60":            {item(`"actEndMnt":60`), "time"},
		"no time at all":       {item(`"actBeginTm":""`), "time"},
		"no length":            {item(`"actEndTm":9`), "time"},
		"begins at 24":         {item(`"actBeginTm":24`), "time"},
		"eight weekdays":       {item(`"actWkdy":11111111`), "weekdays"},
		"weekdays by name":     {item(`"actWkdy":"월수"`), "weekdays"},
		"no body at all":       {item(`"mnnstNm":""`, `"nanmmbyNm":""`), "organiser"},
		"no object":            {`"x"`, "unreadable"},
	} {
		listings, skipped := parse(t, answer(`"items":{"item":[`+x.item+`,`+item(`"progrmRegistNo":7`)+`]},`))
		if len(listings) != 1 || listings[0].OriginID != "7" || len(skipped) != 1 || skipped[0].Reason != x.want {
			t.Errorf("%s: %d listings, skipped %v", name, len(listings), skipped)
		}
	}
}

func TestFieldsByName(t *testing.T) {
	fields := []Field{{"0301", "말벗.상담", "0300", "상담"}, {"0302", "전문상담", "0300", "상담"}, {"0399", "기타", "0300", "상담"},
		{"0401", "방과후 교육", "0400", "교육"}, {"0499", "기타", "0400", "교육"}, {"1006", "안전신고ㆍ활동", "1000", "안전.예방"},
		{"1401", "멘토링", "1400", "멘토링"}, {"1406", "기타", "1400", "멘토링"}, {"1501", "기타", "1500", "기타"}}
	for name, want := range map[string]string{
		"상담 > 말벗.상담": "0301", "상담>말벗·상담": "0301", "상담 > 말벗 상담": "0301", "상담 > 전문상담": "0302", "상담 > 새 분야": "0399", "상담": "0399",
		"교육 > 방과후": "0401", "교육 > 방과후 교육": "0401", "안전·예방 > 안전신고 활동": "1006", "멘토링 > 멘토링": "1401", "멘토링 > 학교": "1406",
		"모르는 분야 > 무엇": "1501", "": "1501", "0302": "0302", "기타 > 기타": "1501",
	} {
		if got := FieldOf(fields, name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestLongListingsAreBounded(t *testing.T) {
	l := Listing{Begin: day("2024-01-01"), End: day("2027-12-31"), From: 540, To: 600, Weekdays: [7]bool{true, true, true, true, true, true, true}}
	got := l.spans(seoul, day("2026-07-15"))
	if len(got) != maxRepeats || got[0].Start.In(seoul).Format("2006-01-02") != "2026-07-15" {
		t.Error(len(got), got[0])
	}
	if got := l.spans(seoul, day("2030-01-01")); len(got) != maxRepeats || got[maxRepeats-1].Start.In(seoul).Format("2006-01-02") != "2027-12-31" {
		t.Error(len(got), got[0])
	}
}
