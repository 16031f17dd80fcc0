package demo

import (
	"context"
	"fmt"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/target"
	targetstore "dure/repository/target"
)

// Where the city's targets are written. The first report names no beginnings but that of the camps.
const (
	roadmap  = "자원봉사 선도도시 광주 종합발전 로드맵(2019-03-19 발표, 광주매일신문 m.kjdaily.com aid=1552989772465007002)"
	roadmap0 = roadmap + ". 시작값은 보도에 없어 0으로 둠"
	surveyed = "민선7기 자원봉사 로드맵. 시작값: 광주MBC 2014-10-05 kjmbc.co.kr NewsArticle/1222274"
)

// targets are those of the real city's roadmap; invented people have not reached them. What there is no feature for has no actual.
func (s store) targets(ctx context.Context) error {
	value := func(v float64, on string) target.Value {
		return target.Value{Value: v, On: calendar.MustParse(on)}
	}
	const announced, surveyedOn, due = "2019-03-19", "2014-09-30", "2021-12-31"
	all := []target.Draft{
		{Title: "자원봉사 등록률 32%", Metric: target.RegistrationRate, Baseline: value(0.304, surveyedOn), Goal: value(0.32, due), Source: surveyed},
		{Title: "자원봉사 참여율 15%", Metric: target.ParticipationRate, Baseline: value(0.061, surveyedOn), Goal: value(0.15, due), Source: surveyed},
		{Title: "동 자원봉사캠프 48곳을 95곳으로", Metric: target.Camps, Baseline: value(48, announced), Goal: value(95, due), Source: roadmap},
		{Title: "사회공헌 일자리 1,000개 발굴", Metric: "social_jobs", Baseline: value(0, announced), Goal: value(1000, due), Source: roadmap0},
		{Title: "전문자원봉사단 3,000개 운영", Metric: "specialist_groups", Baseline: value(0, announced), Goal: value(3000, due), Source: roadmap0},
		{Title: "안녕마을 활동가 100명 양성", Metric: "village_activists", Baseline: value(0, announced), Goal: value(100, due), Source: roadmap0},
	}
	began := s.city.today.Start(s.clock.Zone).UTC()
	for _, d := range all {
		d.Region = cube.City
		if _, err := d.Begin(ctx, targetstore.Targets{Tx: s.tx}, s.city.staff[0].account, began); err != nil {
			return fmt.Errorf("%s: %w", d.Title, err)
		}
	}
	return s.tell("%d targets", len(all))
}
