package region

import (
	"fmt"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

var day = calendar.MustParse

// changed is a dong before and after 2026-07-01, under its gu and city.
func changed() []Region {
	to, from := day("2026-06-30"), day("2026-07-01")
	return []Region{
		{Code: "2900000000", Level: City, Name: "광주광역시", ValidTo: to, Successor: "1200000000"},
		{Code: "1200000000", Level: City, Name: "전남광주통합특별시", ValidFrom: from},
		{Code: "2911000000", Level: Gu, Parent: "2900000000", Name: "동구", ValidTo: to, Successor: "1221000000"},
		{Code: "1221000000", Level: Gu, Parent: "1200000000", Name: "동구", ValidFrom: from},
		{Code: "2911052500", Level: Dong, Parent: "2911000000", Name: "충장동", ValidTo: to, Successor: "1221052500"},
		{Code: "1221052500", Level: Dong, Parent: "1221000000", Name: "충장동", ValidFrom: from},
	}
}

func TestCodesTellTheirLevelAndParent(t *testing.T) {
	for code, want := range map[string]string{
		"2900000000": "city true ", "2911000000": "gu true 2900000000", "2917053500": "dong true 2917000000",
		"": " false ", "291105250": " false ", "29110525000": " false ", "29110525 0": " false ", "２９１１": " false ",
	} {
		level, ok := LevelOf(code)
		if got := fmt.Sprint(level, " ", ok, " ", ParentOf(code)); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
}

func TestUnitsAreFoundUnderTheCodeOfTheDay(t *testing.T) {
	g := NewGazetteer(changed())
	for _, c := range []struct{ code, on, want string }{
		{"2911052500", "2026-06-30", "2911052500"},
		{"2911052500", "2026-07-01", "1221052500"},
		{"1221052500", "2026-06-30", "2911052500"},
		{"1221052500", "2030-01-01", "1221052500"},
		{"2900000000", "2026-07-01", "1200000000"},
		{"1221000000", "1999-12-31", "2911000000"},
	} {
		if r, ok := g.At(c.code, day(c.on)); !ok || r.Code != c.want {
			t.Errorf("%s on %s: %s %v", c.code, c.on, r.Code, ok)
		}
	}
	if _, ok := g.At("9999999999", day("2026-07-01")); ok {
		t.Error("an unknown code was found")
	}
}

// 중흥2동 and 중흥3동 became 중흥동 on 2024-01-01; a gap in the dates and a circle must not send anybody round for ever.
func TestMergersGapsAndCirclesAreWalkedOnce(t *testing.T) {
	g := NewGazetteer([]Region{
		{Code: "2917053000", ValidTo: day("2023-12-31"), Successor: "2917053500"},
		{Code: "2917052500", ValidTo: day("2023-12-31"), Successor: "2917053500"},
		{Code: "2917053500", ValidFrom: day("2024-01-01"), ValidTo: day("2024-06-30"), Successor: "2917053600"},
		{Code: "2917053600", ValidFrom: day("2024-08-01")},
		{Code: "2917060000", ValidTo: day("2020-01-01"), Successor: "2917060100"},
		{Code: "2917060100", ValidTo: day("2020-01-01"), Successor: "2917060000"},
	})
	for _, c := range []struct{ code, on, want string }{
		{"2917053000", "2024-01-01", "2917053500"},
		{"2917053000", "2030-01-01", "2917053600"},
		{"2917053600", "2023-01-01", "2917052500"}, // the first of those that were merged
		{"2917053000", "2024-07-15", "2917053500"}, // no code was in use: the last one before
		{"2917053600", "2024-07-15", "2917053500"},
	} {
		if r, _ := g.At(c.code, day(c.on)); r.Code != c.want {
			t.Errorf("%s on %s: %s", c.code, c.on, r.Code)
		}
	}
	if _, ok := g.At("2917060000", day("2024-01-01")); !ok {
		t.Error("the circle hid its codes")
	}
}

func faultsOf(err error) string {
	f, _ := fault.From(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	s := ""
	for _, field := range f.Fields {
		s += field.Path + " " + field.Code + "; "
	}
	return s
}

func TestLinesAreLaidOverWhatIsKnown(t *testing.T) {
	lat, lon := 35.15058, 126.91538
	known := changed()
	after, err := merge(known, []Line{
		{Number: 2, Region: Region{Code: "2911052500", Name: "충장동", Lat: &lat, Lon: &lon}},
		{Number: 3, Region: Region{Code: "1221054500", Name: "동명동"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := after["1221052500"]; r.Lat == nil || *r.Lat != lat || *r.Lon != lon {
		t.Error("the new code did not take over the centre")
	}
	if r := after["2911052500"]; r.Successor != "1221052500" || r.ValidTo != day("2026-06-30") {
		t.Error("what the table leaves empty was lost: ", r)
	}
	if r := after["1221054500"]; r.Level != Dong || r.Parent != "1221000000" {
		t.Error(r)
	}
	changed, done := compare(known, after)
	if len(changed) != 3 || done != (Imported{Added: 1, Changed: 2}) {
		t.Error(len(changed), done)
	}
}

func TestLinesThatCannotBeAreRefused(t *testing.T) {
	far := 91.0
	for want, l := range map[string]Region{
		"line 2.code region_code; ":                       {Code: "29110", Name: "동구"},
		"line 2.name required; ":                          {Code: "1221054500"},
		"line 2.name control_characters; ":                {Code: "1221054500", Name: "동명\u0007동"},
		"line 2.parent region_unknown; ":                  {Code: "3011054500", Name: "은행동"},
		"line 2.lat range; ":                              {Code: "1221054500", Name: "동명동", Lat: &far, Lon: &far},
		"line 2.valid_to differs; ":                       {Code: "2911052500", ValidTo: day("2026-05-31")},
		"line 2.successor differs; ":                      {Code: "2911052500", Successor: "1221054500"},
		"line 2.valid_to order; line 2.successor order; ": {Code: "1221052500", ValidTo: day("2026-06-30"), Successor: "2911052500"},
		"line 2.successor region_unknown; ":               {Code: "1221052500", ValidTo: day("2027-06-30"), Successor: "1221099900"},
		"line 2.successor order; ":                        {Code: "1221054500", Name: "동명동", Successor: "1221052500"},
	} {
		if _, err := merge(changed(), []Line{{Number: 2, Region: l}}); faultsOf(err) != want {
			t.Errorf("want %s, got %s", want, faultsOf(err))
		}
	}
	twice := Region{Code: "1221054500", Name: "동명동"}
	if _, err := merge(changed(), []Line{{Number: 2, Region: twice}, {Number: 3, Region: twice}}); faultsOf(err) != "line 3.code duplicate_line; " {
		t.Error(faultsOf(err))
	}
	other := Region{Code: "2900000000", Name: "광주광역시", Successor: "1221000000"}
	if _, err := merge(nil, []Line{{Number: 2, Region: Region{Code: "1221000000", Name: "동구"}}, {Number: 3, Region: other}}); err == nil {
		t.Error("a gu took over a city")
	}
}

func TestPrintedFiguresMustStayAsTheyWere(t *testing.T) {
	line := func(code string, n int) Line {
		return Line{Number: 2, Region: Region{Code: code}, Residents: &n, Month: day("2026-07-01")}
	}
	kept := []Total{{"1221052500", day("2026-07-01"), 5909}}
	fresh, err := newTotals(kept, []Line{line("1221052500", 5909), line("1221054500", 3437), line("1221000000", 105344), {Region: Region{Code: "1221054500"}}})
	if err != nil || len(fresh) != 1 || fresh[0] != (Total{"1221054500", day("2026-07-01"), 3437}) {
		t.Error(fresh, err)
	}
	for want, l := range map[string]Line{
		"line 2.population differs; ": line("1221052500", 5910),
		"line 2.population number; ":  line("1221054500", -1),
	} {
		if _, err := newTotals(kept, []Line{l}); faultsOf(err) != want {
			t.Errorf("want %s, got %s", want, faultsOf(err))
		}
	}
}

// figures is a whole table of one dong: bands of ten years, both sexes, from line 2 on.
func figures(code, month string) []Figure {
	var all []Figure
	for _, sex := range []string{Male, Female} {
		for age := 0; age <= 100; age += 10 {
			f := Figure{Number: len(all) + 2, Residents: Residents{code, day(month), sex, age, age + 9, age}}
			if age == 100 {
				f.AgeTo = AndOver
			}
			all = append(all, f)
		}
	}
	return all
}

func TestTablesOfPopulationMustBeWhole(t *testing.T) {
	g := NewGazetteer(changed())
	for name, c := range map[string]struct {
		want string
		spot func(f []Figure) []Figure
	}{
		"as published":       {"<nil>", func(f []Figure) []Figure { return f }},
		"in any order":       {"<nil>", func(f []Figure) []Figure { return append(f[7:], f[:7]...) }},
		"cut off":            {"line 22.age_to age_gap; ", func(f []Figure) []Figure { return f[:21] }},
		"without women":      {"line 2.sex one_sex; ", func(f []Figure) []Figure { return f[:11] }},
		"a line lost":        {"line 6.age_from age_gap; ", func(f []Figure) []Figure { return append(f[:3], f[4:]...) }},
		"a line twice":       {"line 99.age_from duplicate_line; ", func(f []Figure) []Figure { g := f[5]; g.Number = 99; return append(f, g) }},
		"a gu":               {"line 2.code region_unknown; ", func(f []Figure) []Figure { f[0].RegionCode = "1221000000"; return f }},
		"a code not in use":  {"line 2.code region_not_then; ", func(f []Figure) []Figure { f[0].RegionCode = "2911052500"; return f }},
		"across a ten":       {"line 2.age_to age_band; ", func(f []Figure) []Figure { f[0].AgeTo = 14; return f }},
		"an early open end":  {"line 5.age_to age_band; ", func(f []Figure) []Figure { f[3].AgeTo = AndOver; return f }},
		"below zero":         {"line 2.population number; ", func(f []Figure) []Figure { f[0].Count = -1; return f }},
		"more than can be":   {"line 2.population number; ", func(f []Figure) []Figure { f[0].Count = 1 << 40; return f }},
		"another sex":        {"line 2.sex unknown; ", func(f []Figure) []Figure { f[0].Sex = "X"; return f }},
		"ages below zero":    {"line 2.age_to age_band; ", func(f []Figure) []Figure { f[0].AgeFrom = -5; return f }},
		"something after it": {"line 12.age_to age_gap; ", func(f []Figure) []Figure { f[10].AgeTo = 109; return f }},
	} {
		if _, err := group(g, c.spot(figures("1221052500", "2026-07-01"))); faultsOf(err) != c.want {
			t.Errorf("%s: want %s, got %s", name, c.want, faultsOf(err))
		}
	}
}
