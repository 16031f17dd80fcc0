package merchant

import (
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

func TestBusinessNumbersHaveACheckDigit(t *testing.T) {
	for number, want := range map[string]bool{
		"1248100998": true, "1208147521": true, "2208162517": true, // three companies' public ones
		"1248100999": false, "1248109098": false, "124810099": false, "12481009980": false, "124810099x": false, "": false, "0000000000": false,
	} {
		if got := isBusinessNumber(number); got != want {
			t.Errorf("%q: %v", number, got)
		}
	}
	// One wrong digit never passes.
	for i := range 10 {
		for d := byte('0'); d <= '9'; d++ {
			wrong := []byte("1248100998")
			if wrong[i] == d {
				continue
			}
			wrong[i] = d
			if isBusinessNumber(string(wrong)) && i != 8 { // 5·d and ⌊5·d/10⌋ together let some changes of the ninth pass
				t.Errorf("%s passes", wrong)
			}
		}
	}
}

func sound() Merchant {
	return Merchant{Name: "국수", Kind: Shop, BusinessNumber: "1248100998", RegionCode: "1221052500", Address: "충장로 12", Lat: 35, Lon: 126,
		Discount: "10 %", ValidFrom: calendar.MustParse("2026-07-01")}
}

func TestWhatAMerchantMustSay(t *testing.T) {
	if err := sound().validate(); err != nil {
		t.Fatal(err)
	}
	ten, none, hundredOne := 10, 0, 101
	for name, c := range map[string]struct {
		spoil func(*Merchant)
		path  string
	}{
		"no name":              {func(m *Merchant) { m.Name = " " }, "name"},
		"no kind":              {func(m *Merchant) { m.Kind = "" }, "kind"},
		"no number":            {func(m *Merchant) { m.BusinessNumber = "" }, "business_number"},
		"a wrong number":       {func(m *Merchant) { m.BusinessNumber = "1248100997" }, "business_number"},
		"a wrong public one":   {func(m *Merchant) { m.Kind, m.BusinessNumber = Public, "1248100997" }, "business_number"},
		"nowhere":              {func(m *Merchant) { m.Lat = 91 }, "lat"},
		"nothing given":        {func(m *Merchant) { m.Discount = "" }, "discount"},
		"two discounts":        {func(m *Merchant) { m.DiscountPercent, m.DiscountWon = &ten, &ten }, "discount_won"},
		"nothing off":          {func(m *Merchant) { m.DiscountPercent = &none }, "discount_percent"},
		"more than everything": {func(m *Merchant) { m.DiscountPercent = &hundredOne }, "discount_percent"},
		"over before it began": {func(m *Merchant) { m.ValidTo = calendar.MustParse("2026-06-30") }, "valid_to"},
	} {
		m := sound()
		c.spoil(&m)
		if f, ok := fault.From(m.validate()); !ok || len(f.Fields) != 1 || f.Fields[0].Path != c.path {
			t.Errorf("%s: %+v", name, f)
		}
	}
	m := sound()
	if m.Kind, m.BusinessNumber = Public, ""; m.validate() != nil {
		t.Error("a public facility needs no number")
	}
}

func TestWhenAMerchantIsOpen(t *testing.T) {
	day := calendar.MustParse
	m := Merchant{State: Approved, ValidFrom: day("2026-07-01"), ValidTo: day("2026-07-31")}
	for on, want := range map[string]bool{"2026-06-30": false, "2026-07-01": true, "2026-07-31": true, "2026-08-01": false} {
		if m.Open(day(on)) != want {
			t.Error(on)
		}
	}
	for _, s := range []State{Applied, Rejected, Suspended, Closed} {
		if m.State = s; m.Open(day("2026-07-10")) {
			t.Error(s)
		}
	}
	m.State, m.ValidTo = Approved, calendar.Day{}
	if !m.Open(day("2099-01-01")) {
		t.Error("no last day")
	}
}

func TestWhoEditsWhat(t *testing.T) {
	m := Merchant{ID: id.New(), AppliedBy: id.New(), State: Applied}
	word, lat := "x", 35.0
	contact, name, move := Edit{MerchantID: m.ID, Version: 3, Phone: &word, Address: &word}, Edit{Name: &word}, Edit{Lat: &lat}
	applicant := auth.Principal{AccountID: m.AppliedBy}
	manager := auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.MerchantManager, ScopeType: auth.Merchant, ScopeID: m.ID}}}
	other := auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.MerchantManager, ScopeType: auth.Merchant, ScopeID: id.New()}}}
	officer := auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}}
	approved := m
	approved.State = Approved
	for what, c := range map[string]struct {
		p    auth.Principal
		m    Merchant
		e    Edit
		want bool
	}{
		"the applicant his application":    {applicant, m, name, true},
		"the applicant what was approved":  {applicant, approved, contact, false},
		"a manager how to reach it":        {manager, approved, contact, true},
		"a manager its name":               {manager, approved, name, false},
		"a manager where it is on the map": {manager, approved, move, false},
		"another's manager":                {other, approved, contact, false},
		"the centre":                       {officer, approved, name, true},
	} {
		if got := CanEdit(c.p, c.m, c.e) == nil; got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}
