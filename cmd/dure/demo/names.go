package demo

import (
	"fmt"
	"strings"
)

// Family names, and how many of a thousand bear them.
var (
	families       = strings.Fields("김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 전 홍 유 고 문 양 손 배 백 허 남 심 노 하 곽 성 차 주 우 구 나 진 지 엄 원 천 방 공 현 함 변 염")
	familiesWeight = []int{215, 147, 84, 47, 43, 24, 21, 21, 20, 17, 15, 15, 15, 19, 14, 14, 14, 14, 11, 11, 13, 9, 9, 9, 9, 8, 8, 7, 6, 6, 6, 5, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2}
)

// generation are the given names that were usual for people born up to a year.
type generation struct {
	until      int
	girls, men []string
}

var generations = []generation{
	{1954,
		strings.Fields("영자 정자 순자 영숙 정숙 춘자 옥순 말순 순덕 금자 복순 화자 점례 경자 길자 순임 복례 양순 옥희 영례"),
		strings.Fields("영수 영호 영식 정웅 광수 상철 재호 종수 병호 용수 만식 창호 갑수 남식 길수 판석 점수 봉수 양수 순철")},
	{1969,
		strings.Fields("미숙 경숙 영희 은숙 현숙 명숙 정희 미경 혜숙 순희 인숙 성희 연숙 경희 미자 정순 혜경 명희 금희 옥자"),
		strings.Fields("성호 영철 정호 상호 경수 동철 종호 성수 병철 광호 기수 인호 명수 영길 철수 준호 용호 태수 진호 형수")},
	{1984,
		strings.Fields("지영 은정 미영 현정 은주 정은 수진 은영 미정 선영 혜진 정아 소영 경미 유진 민정 지현 윤정 선미 보영"),
		strings.Fields("성민 정훈 상훈 성훈 지훈 동현 재훈 영진 승현 종훈 민수 태호 현우 진우 성진 준영 기훈 형준 병훈 대성")},
	{1999,
		strings.Fields("지은 수빈 지혜 유진 민지 지원 예진 은지 수연 혜린 다은 소연 하은 예지 보람 아름 슬기 가영 나연 세은"),
		strings.Fields("민재 준혁 동욱 승민 지호 현수 재민 성현 민석 준영 우진 태현 정우 승훈 도현 영훈 찬호 진혁 상현 건우")},
	{2100,
		strings.Fields("서연 민서 서현 지우 하은 윤서 지민 채원 수아 하윤 다은 예은 지아 소율 시은 아인 유나 예린 나은 가은"),
		strings.Fields("민준 서준 예준 도윤 시우 주원 하준 지호 준서 건우 현우 우진 선우 연우 유준 지환 승우 은우 이안 준우")},
}

// name draws a full name for somebody of a sex, born in a year.
func (c chance) name(girl bool, born int) string {
	family := families[c.weighted(familiesWeight)]
	for _, g := range generations {
		if born <= g.until {
			if girl {
				return family + pick(c, g.girls)
			}
			return family + pick(c, g.men)
		}
	}
	panic("demo: nobody is born then")
}

// mobile is a number that no operator gives out: after 010 comes no 0.
func mobile(n int) string { return fmt.Sprintf("0100%07d", n*7919%10_000_000) }

// telephone is an office's number, in a block that does not exist.
func telephone(n int) string { return fmt.Sprintf("062-000-%04d", 1000+n) }

var hours = []string{"평일 10:00~17:00", "평일 09:00~18:00", "평일 13:00~17:00", "화·목 10:00~16:00", "월·수·금 10:00~15:00", "평일 10:00~17:00, 토 10:00~13:00"}

// siteKinds are demand sites as there are in every gu; %s is the dong.
var siteKinds = []struct{ kind, name string }{
	{"welfare", "%s 종합사회복지관"}, {"education", "%s 지역아동센터"}, {"welfare", "%s 노인복지관"}, {"medical", "%s 요양병원"},
	{"non_profit", "%s 하천지킴이"}, {"welfare", "%s 장애인주간보호센터"}, {"public", "%s 행정복지센터"}, {"education", "%s 작은도서관"},
	{"non_profit", "%s 나눔텃밭 모임"}, {"public", "%s 보건지소"},
}
