package demo

import (
	"context"
	"fmt"

	"dure/domain/award"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	awardstore "dure/repository/award"
)

// badge is a threshold in hours.
func badge(code string, hours int, ko, en string) award.Threshold {
	return award.Threshold{Code: code, Minutes: hours * 60, NameKo: ko, NameEn: en}
}

// scales are badges that exist: 사회복지자원봉사인증관리(VMS)의 인증배지, and 광주광역시자원봉사센터의 영예인증제.
var scales = []award.Scale{
	{Code: "gwangju-honour", NameKo: "광주 자원봉사 영예인증", NameEn: "Gwangju honour certification", Owner: "city",
		Reference: "광주광역시자원봉사센터 영예인증제: 누적 500·1,000·1,500시간 인증, 10,000시간 봉사왕", Thresholds: []award.Threshold{
			badge("bronze", 500, "동장", "bronze certificate"), badge("silver", 1000, "은장", "silver certificate"),
			badge("gold", 1500, "금장", "gold certificate"), badge("king", 10_000, "봉사왕", "King of Service plaque")}},
	{Code: "vms", NameKo: "VMS 봉사시간 인증배지", NameEn: "VMS hours badges", Owner: "welfare",
		Reference: "사회복지자원봉사인증관리(VMS) 누적 봉사시간 인증배지", Thresholds: []award.Threshold{
			badge("green", 200, "그린", "green"), badge("silver", 500, "실버", "silver"), badge("gold", 1000, "골드", "gold"),
			badge("gold-2", 2000, "골드 2", "gold 2"), badge("gold-3", 3000, "골드 3", "gold 3"), badge("gold-4", 5000, "골드 4", "gold 4"),
			badge("gold-5", 10_000, "골드 5", "gold 5")}},
}

// awards keeps the scales. Badges are issued by the first review, and when somebody looks.
func (s store) awards(ctx context.Context) error {
	for i, scale := range scales {
		scale.ID = id.ID{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 3, byte(i + 1)}
		scale.Version, scale.EffectiveFrom = 1, calendar.MustParse("2010-01-01")
		if err := (awardstore.Awards{Tx: s.tx}).AddScale(ctx, scale); err != nil {
			return fmt.Errorf("award_scales: %w", err)
		}
	}
	return nil
}
