package demo

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/merchant"
	"dure/domain/volunteer"
	"dure/repository"
)

// shop is a merchant or facility. All of them are invented; the dong they stand in are real.
type shop struct {
	name, dong   string
	kind         merchant.Kind
	discount     string
	percent, won int
	state        merchant.State
}

var shops = []shop{
	{"느린우물 국수", HeadDong, merchant.Shop, "봉사자 본인 식사 10% 할인(주류 제외)", 10, 0, merchant.Approved},
	{"예술길 책방 물음표", "동명동", merchant.Shop, "도서 5% 할인, 차 한 잔 1,000원 할인", 5, 0, merchant.Approved},
	{"장동로터리 사진관", HeadDong, merchant.Shop, "증명사진 3,000원 할인", 0, 3000, merchant.Approved},
	{"풍암호수 안경", "풍암동", merchant.Shop, "안경테 20% 할인", 20, 0, merchant.Approved},
	{"양동시장 할매떡집", "양동", merchant.Shop, "떡 한 되 2,000원 할인", 0, 2000, merchant.Approved},
	{"상무 늘봄치과의원", "치평동", merchant.Shop, "비급여 진료 10% 할인", 10, 0, merchant.Approved},
	{"금호 초록세탁소", "금호1동", merchant.Shop, "겨울옷 세탁 15% 할인", 15, 0, merchant.Approved},
	{"봉선 오월제과", "봉선1동", merchant.Shop, "빵 10% 할인(케이크 제외)", 10, 0, merchant.Approved},
	{"백운 두바퀴 자전거", "백운1동", merchant.Shop, "수리비 20% 할인", 20, 0, merchant.Approved},
	{"진월 다온미용실", "진월동", merchant.Shop, "커트 3,000원 할인", 0, 3000, merchant.Approved},
	{"용봉 새봄약국", "용봉동", merchant.Shop, "건강기능식품 5% 할인", 5, 0, merchant.Approved},
	{"운암 한솥밥", "운암1동", merchant.Shop, "백반 500원 할인", 0, 500, merchant.Approved},
	{"일곡 볼링마당", "일곡동", merchant.Facility, "한 게임 30% 할인(평일)", 30, 0, merchant.Approved},
	{"첨단 물빛수영장", "첨단1동", merchant.Facility, "자유수영 20% 할인", 20, 0, merchant.Approved},
	{"수완 나루극장", "수완동", merchant.Facility, "조조 상영 2,000원 할인", 0, 2000, merchant.Approved},
	{"송정역전 영명국밥", "송정1동", merchant.Shop, "국밥 10% 할인", 10, 0, merchant.Approved},
	{"무진 작은미술관", "지산1동", merchant.Facility, "관람료 면제", 100, 0, merchant.Approved},
	{"빛고을 구립체육센터", "우산동", merchant.Public, "월 이용료 20% 할인", 20, 0, merchant.Approved},
	{"천변 공영주차장", "양동", merchant.Public, "주차 요금 50% 할인", 50, 0, merchant.Approved},
	{"화정 시민정보화교실", "화정1동", merchant.Public, "강좌 수강료 50% 할인", 50, 0, merchant.Approved},
	{"월곡 이웃반찬", "월곡1동", merchant.Shop, "반찬 10% 할인", 10, 0, merchant.Suspended},
	{"두암 별빛노래방", "두암1동", merchant.Shop, "한 시간 30% 할인", 30, 0, merchant.Rejected},
	{"신가 동네철물", "신가동", merchant.Shop, "공구 대여 10% 할인", 10, 0, merchant.Applied},
}

// trade draws the merchants, and entrusts those who applied for them. Site's manages the first one, too.
func (c *city) trade(r chance) {
	var able []*person
	for _, p := range c.people[len(cast):] {
		if p.account != id.Nil && p.Status == volunteer.Active && calendar.AgeOn(p.BirthDate, c.today) >= 25 && p.joined.Before(c.now.Add(-400*24*time.Hour)) {
			able = append(able, p)
		}
	}
	for n, s := range shops {
		d := c.dongNamed(s.dong)
		if d == nil || len(able) == 0 {
			continue
		}
		owner := able[n%len(able)]
		if n == 0 {
			owner = c.find(Site)
		}
		applied := c.at(c.today.Add(-r.between(60, 380)), r.between(540, 1080))
		decided, by := applied.Add(r.minutes(24*60, 9*24*60)), c.staff[r.IntN(3)].account
		m := merchant.Merchant{ID: r.id(applied), Name: s.name, Search: text.Search(s.name), Kind: s.kind, BusinessNumber: unheardOf(n),
			RegionCode: d.codeOn(c.today), Address: fmt.Sprintf("%s %s %s", c.name, d.gu, d.name), Phone: telephone(700 + n),
			Lat: round(d.lat + (r.Float64()-0.5)*0.004), Lon: round(d.lon + (r.Float64()-0.5)*0.004), Discount: s.discount,
			ValidFrom: calendar.Of(decided, c.zone), State: s.state, AppliedBy: owner.account, AppliedAt: applied, DecidedBy: &by, DecidedAt: &decided, Version: 2}
		switch {
		case s.percent > 0:
			m.DiscountPercent = &s.percent
		case s.won > 0:
			m.DiscountWon = &s.won
		}
		switch s.state {
		case merchant.Applied:
			m.DecidedBy, m.DecidedAt, m.Version = nil, nil, 1
		case merchant.Rejected:
			m.Reason = "자원봉사 예우에 알맞지 않은 업종입니다."
		case merchant.Suspended:
			m.Reason, m.Version = "할인을 거절했다는 민원을 확인하고 있습니다.", 3
		}
		c.merchants = append(c.merchants, m)
		if m.State == merchant.Applied {
			continue
		}
		c.note(r, decided, by, "merchant."+string(s.state), "merchant", m.ID, nil, m.Reason)
		if m.State != merchant.Rejected {
			c.entrust(r, owner, auth.MerchantManager, m.ID, decided)
		}
	}
}

func (c *city) dongNamed(name string) *dong {
	for _, d := range c.dongs {
		if d.name == name {
			return d
		}
	}
	return nil
}

// unheardOf is a business number with a right check digit that nobody has: there is no tax office 000.
func unheardOf(n int) string {
	digits := fmt.Sprintf("0009%05d", n)
	sum := 0
	for i, weight := range [...]int{1, 3, 7, 1, 3, 7, 1, 3, 5} {
		sum += int(digits[i]-'0') * weight
	}
	sum += int(digits[8]-'0') * 5 / 10
	return digits + string(rune('0'+(10-sum%10)%10))
}

func (s store) merchants(context.Context) error {
	rows := make([]repository.Row, len(s.city.merchants))
	for i, m := range s.city.merchants {
		rows[i] = repository.Row{"id", m.ID, "name", m.Name, "search", m.Search, "kind", m.Kind, "business_number", m.BusinessNumber,
			"region_code", m.RegionCode, "address", m.Address, "phone", m.Phone, "lat", m.Lat, "lon", m.Lon, "discount", m.Discount,
			"discount_percent", m.DiscountPercent, "discount_won", m.DiscountWon, "valid_from", m.ValidFrom, "state", m.State,
			"applied_by", m.AppliedBy, "applied_at", m.AppliedAt, "decided_by", m.DecidedBy, "decided_at", m.DecidedAt,
			"reason", m.Reason, "version", m.Version}
	}
	if err := s.insert("merchants", `id uuid, name text, search text, kind text, business_number text, region_code text, address text, phone text,
		lat double precision, lon double precision, discount text, discount_percent int, discount_won int, valid_from date, state text,
		applied_by uuid, applied_at timestamptz, decided_by uuid, decided_at timestamptz, reason text, version int`, rows); err != nil {
		return err
	}
	return s.tell("%d merchants and facilities, all of them invented", len(rows))
}
