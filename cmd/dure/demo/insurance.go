package demo

import (
	"context"
	_ "embed" // the table
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	insurancestore "dure/repository/insurance"
)

//go:embed data/insurance.csv
var insuranceTable string

// published says where the amounts of a contract year were published; numbers of contracts are invented, for no source has them.
var published = map[int]string{
	2020: "2020-05 계약: donga.com 2020-04-30, sisatoday.co.kr, 파주시자원봉사센터 안내 (시범 증권번호)",
	2021: "2021-05 계약: anjunj.com 30294 (시범 증권번호)",
	2022: "2022-05 계약: vision21.kr 238763, thesejong.tv 313998, k-health.com 59184; 자원봉사자 배상책임은 자료마다 1억 원(자기부담 2만 원)과 2억 원으로 다름 (시범 증권번호)",
	2025: "2025-05 계약: welinfo.kr 203291의 지급 사례(입원 18일 126만 원)에서 셈한 일당; 온열·한랭질환이 더해졌으나 금액은 공개되지 않음 (시범 증권번호)",
}

// lastPublished is the newest contract year with a published amount; the years after it go on as it does.
const lastPublished = 2025

// papers are what every claim takes. Source: guides of the volunteer centres of Paju and Yeongam.
var papers = []insurance.Paper{
	{Code: "claim_form", NameKo: "보험금 청구서(본인 서명)", NameEn: "Claim form, signed in person"},
	{Code: "information_consent", NameKo: "개인(신용)정보 동의서", NameEn: "Consent to the use of personal information"},
	{Code: "identity_card", NameKo: "신분증 사본", NameEn: "Copy of an identity card"},
	{Code: "bank_book", NameKo: "통장 사본", NameEn: "Copy of a bank book"},
	{Code: "diagnosis", NameKo: "진단서 또는 진료확인서", NameEn: "Diagnosis or confirmation of treatment"},
	{Code: "receipts", NameKo: "진료비 영수증", NameEn: "Receipts"},
	{Code: "statement", NameKo: "진료비 세부내역서", NameEn: "Itemised statement"},
	{Code: "activity_confirmation", NameKo: "자원봉사활동 확인서", NameEn: "Confirmation of the activity"},
}

// insured are the contracts of the years that were published and of those since, up to the year of two weeks from now: between
// them are years of which nothing was published.
func (c *city) insured() ([]insurance.Whole, error) {
	rows, err := csv.NewReader(strings.NewReader(insuranceTable)).ReadAll()
	if err != nil {
		return nil, err
	}
	r := newChance(27)
	var all []insurance.Whole
	for year := 2020; !calendar.Date(year, 5, 1).After(c.today.Add(14)); year++ {
		source := min(year, lastPublished)
		if published[source] == "" {
			continue
		}
		first := calendar.Date(year, 5, 1)
		at := first.Add(-14).Start(c.zone).UTC()
		contract := insurance.Contract{ID: r.id(at), Number: fmt.Sprintf("시범-%d-05", year), StartsOn: first,
			EndsOn: calendar.Date(year+1, 4, 30), Reference: published[source], EnteredAt: at}
		t := insurance.Terms{Version: insurance.Version{ContractID: contract.ID, Version: 1, EffectiveFrom: first, EnteredAt: at,
			Conditions: insurance.Conditions{ConsentRequired: true, Online: true, Paper: true, TravelBeforeMinutes: 120, TravelAfterMinutes: 120}}}
		for _, row := range rows[1:] {
			if row[0] != strconv.Itoa(source) {
				continue
			}
			contract.Insurer = row[1]
			item := insurance.Item{ID: r.id(at), ContractID: contract.ID, Kind: row[2], NameKo: row[3], NameEn: row[4], Unit: insurance.Unit(row[6]),
				EffectiveFrom: first, EffectiveTo: contract.EndsOn}
			if _, err := fmt.Sscan(row[5]+" "+row[8]+" "+row[9], &item.LimitWon, &item.AgeFrom, &item.DeductibleWon); err != nil {
				return nil, err
			}
			if row[7] != "" {
				days, err := strconv.Atoi(row[7])
				if err != nil {
					return nil, err
				}
				item.MaxDays = &days
			}
			t.Items = append(t.Items, item)
			for i, p := range papers {
				p.ItemID, p.Position = item.ID, i+1
				t.Papers = append(t.Papers, p)
			}
		}
		all = append(all, insurance.Whole{Contract: contract, Versions: []insurance.Terms{t}})
	}
	return all, nil
}

func (s store) insurance(ctx context.Context) error {
	all, err := s.city.insured()
	if err != nil {
		return err
	}
	items := 0
	for _, w := range all {
		contracts := insurancestore.Contracts{Tx: s.tx}
		if err := contracts.Add(ctx, w.Contract); err != nil {
			return err
		}
		if err := contracts.AddVersion(ctx, w.Versions[0]); err != nil {
			return err
		}
		items += len(w.Versions[0].Items)
	}
	return s.tell("%d contracts of insurance with %d items", len(all), items)
}
