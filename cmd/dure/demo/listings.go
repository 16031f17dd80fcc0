package demo

import "time"

// Days of the week on which something takes place.
var (
	workdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	weekends = []time.Weekday{time.Saturday, time.Sunday}
	saturday = []time.Weekday{time.Saturday}
)

// template is an activity as it is found at many organisers; %s in the title is the dong.
type template struct {
	title, text, field string
	days               []time.Weekday // one of them is chosen
	every              int            // weeks; 0 for every day
	from, minutes      int            // of the day, and how long
	rest, capacity     int
	youths             bool
}

// ofCamps are what camps list.
var ofCamps = []template{
	{"%s 어르신 점심 급식", "경로식당에서 배식과 설거지를 돕습니다.", "0104", workdays, 1, 600, 210, 0, 12, false},
	{"%s 반찬 나눔", "혼자 사시는 어르신께 밑반찬을 만들어 전해 드립니다.", "0105", workdays, 1, 570, 180, 0, 10, false},
	{"%s 홀몸어르신 말벗 방문", "두 사람이 함께 찾아뵙고 안부를 여쭙니다.", "0301", workdays, 1, 840, 120, 0, 8, false},
	{"%s 골목 환경정화", "골목과 놀이터를 함께 쓸고 줍습니다. 장갑과 집게를 드립니다.", "0801", weekends, 1, 480, 120, 0, 20, true},
	{"%s 등굣길 교통안전 지도", "초등학교 앞 건널목에서 아이들을 지킵니다.", "1002", workdays, 1, 460, 80, 0, 6, false},
	{"%s 안심귀가 동행", "밤늦게 돌아오는 이웃과 정류장부터 함께 걷습니다.", "1001", workdays, 1, 1200, 150, 0, 6, false},
	{"%s 마을텃밭 가꾸기", "텃밭을 일구어 거둔 채소를 이웃과 나눕니다.", "0202", saturday, 2, 540, 180, 0, 15, true},
	{"%s 집수리 봉사", "도배와 장판을 새로 하고 형광등을 바꾸어 드립니다. 종일 일합니다.", "0201", saturday, 4, 480, 660, 60, 10, false},
	{"%s 탄소중립 실천 캠페인", "장바구니 쓰기와 분리배출을 알립니다.", "0703", weekends, 4, 780, 180, 0, 15, true},
	{"%s 이불 빨래 봉사", "어르신 댁의 겨울 이불을 거두어 빨아 드립니다.", "0103", saturday, 4, 540, 300, 30, 12, false},
	{"%s 놀이터 안전 돌보미", "학교가 끝난 아이들이 노는 자리를 지켜봅니다.", "1003", workdays, 1, 900, 150, 0, 5, false},
	{"%s 폭염·한파 안부 확인", "더위와 추위에 약한 이웃의 집을 돌며 살핍니다.", "1005", workdays, 2, 600, 120, 0, 8, false},
	{"%s 골목 여행 안내", "동네의 오래된 골목과 이야기를 손님께 들려 드립니다.", "0704", weekends, 2, 660, 180, 0, 5, true},
	{"%s 캠프 안내 창구", "캠프를 찾은 이웃의 봉사활동 상담을 돕습니다.", "0901", workdays, 1, 600, 240, 0, 4, false},
	{"%s 자원봉사 기본교육", "처음 오신 분께 자원봉사의 기본을 알려 드립니다.", "1701", saturday, 4, 600, 120, 0, 30, true},
}

// ofSites are what demand sites list, by kind.
var ofSites = map[string][]template{
	"welfare": {
		{"%s 무료급식 배식", "점심 배식과 식당 정리를 돕습니다.", "0104", workdays, 1, 630, 210, 0, 15, false},
		{"%s 나들이 활동보조", "휠체어를 밀고 함께 나들이합니다.", "0101", saturday, 2, 570, 360, 60, 12, true},
		{"%s 병원 동행", "혼자 병원에 가시기 어려운 분과 함께 갑니다.", "0102", workdays, 1, 540, 240, 0, 5, false},
		{"%s 장수사진 촬영", "어르신의 장수사진을 찍어 드립니다.", "0705", saturday, 4, 600, 300, 30, 8, false},
	},
	"education": {
		{"%s 방과 후 공부방", "초등학생의 숙제와 책 읽기를 돕습니다.", "0402", workdays, 1, 960, 120, 0, 6, false},
		{"%s 청소년 멘토링", "대학생이 청소년의 진로 고민을 듣습니다.", "1401", saturday, 2, 600, 180, 0, 8, false},
		{"%s 진로체험 지도", "중학생의 직업 체험을 곁에서 돕습니다.", "0406", workdays, 4, 780, 180, 0, 8, false},
		{"%s 그림책 읽어 주기", "아이들에게 그림책을 읽어 주고 책을 정리합니다.", "0401", weekends, 1, 840, 120, 0, 6, true},
	},
	"medical": {
		{"%s 위문 공연", "노래와 악기로 환자분들을 찾아갑니다.", "0702", weekends, 4, 840, 120, 0, 15, true},
		{"%s 무료 진료 안내", "진료소를 찾은 분들의 접수와 길 안내를 돕습니다.", "0502", saturday, 2, 540, 240, 0, 8, true},
		{"%s 간병 보조", "식사와 산책을 돕습니다.", "0501", workdays, 1, 780, 240, 0, 6, false},
	},
	"public": {
		{"%s 민원 안내", "무인발급기와 민원서식 쓰기를 돕습니다.", "0902", workdays, 1, 600, 180, 0, 4, false},
		{"%s 스마트폰 교실", "어르신께 스마트폰 쓰는 법을 알려 드립니다.", "0404", workdays, 1, 840, 120, 0, 6, false},
		{"%s 예방접종 안내", "접종하러 오신 분들의 줄과 문진표를 돕습니다.", "1203", saturday, 4, 540, 240, 0, 10, false},
		{"%s 재난 구호물품 꾸리기", "비상식량과 담요를 상자에 나누어 담습니다.", "1299", saturday, 4, 600, 180, 0, 20, true},
		{"%s 외국인주민 통역", "민원실에서 통역을 돕습니다.", "1303", workdays, 2, 780, 240, 0, 3, false},
	},
	"non_profit": {
		{"%s 하천 정화", "물가의 쓰레기를 줍고 수질을 살핍니다.", "0802", saturday, 2, 540, 180, 0, 25, true},
		{"%s 농촌 일손돕기", "과수원에서 종일 솎기와 따기를 거듭니다. 버스로 함께 갑니다.", "0601", saturday, 4, 420, 660, 60, 20, false},
		{"%s 나눔장터 진행", "물건을 받아 정리하고 파는 일을 돕습니다.", "0701", saturday, 4, 600, 300, 30, 15, true},
	},
}

// What the head's camp lists, so that something goes on there, or comes next, at any hour.
var (
	meals   = template{"%s 어르신 점심 급식", "경로식당에서 배식과 설거지를 돕습니다.", "0104", []time.Weekday{time.Thursday}, 1, 600, 210, 0, 15, false}
	visits  = template{"%s 홀몸어르신 말벗 방문", "두 사람이 함께 찾아뵙고 안부를 여쭙니다.", "0301", []time.Weekday{time.Wednesday}, 1, 840, 120, 0, 12, false}
	streets = template{"%s 골목 환경정화", "골목과 놀이터를 함께 쓸고 줍습니다. 장갑과 집게를 드립니다.", "0801", saturday, 1, 480, 120, 0, 20, true}
	desk    = template{"%s 캠프 안내 창구", "캠프를 찾은 이웃의 봉사활동 상담을 돕습니다.", "0901", nil, 0, 540, 540, 60, 20, false}
	nights  = template{"%s 밤길 안심귀가 동행", "밤늦게 돌아오는 이웃과 정류장부터 함께 걷습니다.", "1001", nil, 0, 1200, 240, 0, 20, false}
	newYear = template{"제야 타종 행사 안전 지킴이", "해넘이 인파의 길 안내와 안전을 돕습니다. 자정을 넘겨 새해까지 함께합니다.", "0701", nil, 0, 1320, 180, 0, 20, false}
)
