package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/region"
	"dure/repository"
	"dure/repository/dbtest"
	regionstore "dure/repository/region"
)

// The first lines of the tables of Gwangju, as they are published.
const (
	dongTable = `code,gu_code,gu_name,dong_name,lat,lon,population,population_asof
2911052500,29110,동구,충장동,35.15058,126.91538,5617,2025-06
2911054500,29110,동구,동명동,35.15066,126.92539,3477,2025-06
2914057500,29140,서구,양동,35.15226,126.90266,2772,2025-06
`
	changeTable = `level,gu_name,dong_name,code_to_2026_06,code_from_2026_07,population,population_asof
city,,,2900000000,1200000000,,2026-07
gu,동구,,2911000000,1221000000,105344,2026-07
dong,동구,충장동,2911052500,1221052500,5909,2026-07
dong,동구,동명동,2911054500,1221054500,3437,2026-07
gu,서구,,2914000000,1224000000,274408,2026-07
dong,서구,양동,2914057500,1224057500,2658,2026-07
`
	ageTable = `code,sex,age_from,age_to,population,asof
2911052500,M,0,9,44,2025-06
2911052500,M,10,19,62,2025-06
2911052500,M,20,29,638,2025-06
2911052500,M,30,39,533,2025-06
2911052500,M,40,49,305,2025-06
2911052500,M,50,59,378,2025-06
2911052500,M,60,69,372,2025-06
2911052500,M,70,79,277,2025-06
2911052500,M,80,89,110,2025-06
2911052500,M,90,99,12,2025-06
2911052500,M,100,,0,2025-06
2911052500,F,0,9,33,2025-06
2911052500,F,10,19,69,2025-06
2911052500,F,20,29,1125,2025-06
2911052500,F,30,39,526,2025-06
2911052500,F,40,49,221,2025-06
2911052500,F,50,59,246,2025-06
2911052500,F,60,69,293,2025-06
2911052500,F,70,79,231,2025-06
2911052500,F,80,89,120,2025-06
2911052500,F,90,99,22,2025-06
2911052500,F,100,,0,2025-06
`
)

// Single years, as the table of 2026-07 has them: five residents of each age and sex.
func yearTable(code string) string {
	var b strings.Builder
	b.WriteString("code,sex,age_from,age_to,population,asof\n")
	for _, sex := range []string{"M", "F"} {
		for age := range 100 {
			fmt.Fprintf(&b, "%s,%s,%d,%d,5,2026-08\n", code, sex, age, age)
		}
		fmt.Fprintf(&b, "%s,%s,100,,5,2026-08\n", code, sex)
	}
	return b.String()
}

func TestPublishedTablesAreReadAsTheyAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		s := region.NewService(regionstore.NewStore(db), calendar.Clock{Instant: time.Now, Zone: time.UTC})
		for i, step := range []struct {
			table string
			do    func(context.Context, *region.Service, string) (string, error)
			want  string
		}{
			{"\ufeff" + strings.ReplaceAll(dongTable, "\n", "\r\n"), regionsOf, "5 regions added, 0 changed, 3 figures of population added"},
			{changeTable, regionsOf, "5 regions added, 5 changed, 3 figures of population added"},
			{changeTable, regionsOf, "0 regions added, 0 changed, 0 figures of population added"},
			{dongTable, regionsOf, "0 regions added, 0 changed, 0 figures of population added"},
			{ageTable, populationOf, "22 figures of population added"},
			{yearTable("1221052500"), populationOf, "202 figures of population added"},
			{ageTable, populationOf, "0 figures of population added"},
		} {
			if said, err := step.do(context.Background(), s, step.table); err != nil || said != step.want {
				t.Errorf("step %d: %s %v", i, said, err)
			}
		}
		found, err := regionstore.NewStore(db).Find(context.Background(), "1221052500", calendar.MustParse("2026-11-21"))
		if err != nil || found.Name != "충장동" || found.GuName != "동구" || *found.Lat != 35.15058 || found.Population.Count != 1010 {
			t.Errorf("%+v %v", found, err)
		}
	})
}

func regionsOf(ctx context.Context, s *region.Service, table string) (string, error) {
	return importRegions(ctx, s, strings.NewReader(table))
}

func populationOf(ctx context.Context, s *region.Service, table string) (string, error) {
	return importPopulation(ctx, s, strings.NewReader(table))
}

func TestTablesThatCannotBeReadNameTheirLines(t *testing.T) {
	cp949 := "code,gu_code,gu_name,dong_name,lat,lon,population,population_asof\n2911052500,29110,\xb5\xbf\xb1\xb8,\xc3\xe6\xc0\xe5\xb5\xbf,35.1,126.9,5617,2025-06\n"
	for _, c := range []struct{ want, table string }{
		{"line 1. no_rows", ""},
		{"line 1. no_rows", strings.SplitAfter(dongTable, "\n")[0]},
		{"line 1. header", ageTable},
		{"line 1. header", strings.Replace(dongTable, "gu_code", "gu", 1)},
		{"line 1.code_to month", strings.Replace(changeTable, "2026_06", "2026_13", 1)},
		{"line 2. not_utf8", cp949},
		{"line 2. not_utf8", strings.Replace(dongTable, "충", "\x00", 1)},
		{"line 3. csv", strings.Replace(dongTable, ",동명동", "", 1)},
		{"line 3. csv", strings.Replace(dongTable, "동명동", `동"명동`, 1)},
		{"line 3.population number", strings.Replace(dongTable, "3477", "많음", 1)},
		{"line 3.population number", strings.Replace(dongTable, "3477", "-3477", 1)},
		{"line 3.population number", strings.Replace(dongTable, "3477", "+3477", 1)},
		{"line 3.population number", strings.Replace(dongTable, "3477", "99999999999999999999", 1)},
		{"line 3.population number", strings.Replace(dongTable, "3477", "", 1)},
		{"line 3.lat number", strings.Replace(dongTable, "35.15066", "NaN", 1)},
		{"line 3.population_asof month", strings.Replace(dongTable, "3477,2025-06", "3477,2025-6", 1)},
		{"line 3.code region_code", strings.Replace(dongTable, "2911054500", "29110545", 1)},
		{"line 3.gu_code unknown", strings.Replace(dongTable, "2911054500", "2914054500", 1)},
		{"line 3.gu_name differs", strings.Replace(dongTable, "동구,동명동", "북구,동명동", 1)},
		{"line 4.code_from region_code", strings.Replace(changeTable, "1221052500", "1221000000", 1)},
		{"line 4.code_to region_code line 4.code_from region_code", strings.Replace(changeTable, "dong,동구,충장동", "town,동구,충장동", 1)},
	} {
		if _, err := readRegions(strings.NewReader(c.table)); said(err) != c.want {
			t.Errorf("want %s, got %s", c.want, said(err))
		}
	}
	for _, c := range []struct{ want, table string }{
		{"line 1. header", dongTable},
		{"line 2.sex unknown", strings.Replace(ageTable, ",M,", ",남,", 1)},
		{"line 3.age_from number", strings.Replace(ageTable, "M,10,", "M,1O,", 1)},
		{"line 3.age_to number", strings.Replace(ageTable, "M,10,19", "M,10,-1", 1)},
		{"line 2.population number", strings.Replace(ageTable, ",44,", ",4.4,", 1)},
		{"line 2.asof month", strings.Replace(ageTable, "2025-06", "2025/06", 1)},
	} {
		if _, err := readPopulation(strings.NewReader(c.table)); said(err) != c.want {
			t.Errorf("want %s, got %s", c.want, said(err))
		}
	}
}

func said(err error) string {
	f, ok := fault.From(err)
	if !ok {
		return fmt.Sprint(err)
	}
	words := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		words[i] = field.Path + " " + field.Code
	}
	return strings.Join(words, " ")
}

func TestRefusalsAreToldInWordsAndNotForEver(t *testing.T) {
	_, err := readRegions(strings.NewReader(strings.Split(dongTable, "\n")[0] + strings.Repeat("\n2911052500,29110,동구,충장동,35.1,126.9,?,2025-06", 30)))
	words := tell(err).Error()
	if !strings.Contains(words, "line 2.population: Must be a number of zero or more, in plain digits.") ||
		!strings.HasSuffix(words, "and 10 more") || strings.Count(words, "\n") != 21 {
		t.Error(words)
	}
}
