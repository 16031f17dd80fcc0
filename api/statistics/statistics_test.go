package statistics

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"dure/api/i18n"
	"dure/domain/kernel/calendar"
	"dure/domain/region"
	"dure/domain/statistics"
)

func table(by statistics.By) statistics.Table {
	n := 6
	return statistics.Table{By: by, Period: statistics.Period{From: calendar.MustParse("2026-07-01"), To: calendar.MustParse("2026-07-31")},
		AsOf: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC), PopulationOf: calendar.MustParse("2026-07-01"),
		Rows: []statistics.Row{
			{Key: "1221052500", Name: "=충장동,\"가\"", Registered: 2, Persons: 1, Visits: 3, Minutes: 180, Population: &n},
			{Key: statistics.Outside, Registered: 1, Persons: 1, Visits: 1, Minutes: 60},
		}}
}

func TestCSVOpensInExcelAndRunsNothing(t *testing.T) {
	korean := words{i18n.Korean}
	want := "\ufeff구분 코드,이름,실인원,연인원,인정시간(분),등록인원,인구,참여율,활동률,시작일,종료일,인구 기준월\r\n" +
		"1221052500,\"'=충장동,\"\"가\"\"\",1,3,180,2,6,0.166667,0.5,2026-07-01,2026-07-31,2026-07\r\n" +
		"outside,시외,1,1,60,1,,,,2026-07-01,2026-07-31,2026-07\r\n"
	if got := string(korean.csv(presentParticipation(korean, table(statistics.ByDong)).table())); got != want {
		t.Errorf("%q", got)
	}
	english := words{i18n.English}
	want = "\ufeffKey,Name,Registered,Population,Registration rate,As of,Population as of\r\n" +
		"1221052500,\"'=충장동,\"\"가\"\"\",2,6,0.333333,2026-07-31,2026-07\r\n" +
		"outside,Outside the city,1,,,2026-07-31,2026-07\r\n"
	if got := string(english.csv(presentRegistration(english, table(statistics.ByDong)).table())); got != want {
		t.Errorf("%q", got)
	}
}

func TestJSONSaysWhatWasCounted(t *testing.T) {
	b, err := json.Marshal(presentParticipation(words{i18n.English}, table(statistics.ByDong)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"persons":1,"visits":3,"minutes":180,"registered":2,"population":6,"participation_rate":0.166667,"activity_rate":0.5}`,
		`{"key":"outside","name":"Outside the city","persons":1,"visits":1,"minutes":60,"registered":1,"population":null,"participation_rate":null,"activity_rate":null}]`,
		`"from":"2026-07-01","to":"2026-07-31","as_of":"2026-11-21T03:00:00Z","population_as_of":"2026-07"`,
		`Residents are the registered population of 2026-07`,
	} {
		if !strings.Contains(string(b), part) {
			t.Errorf("%s is not in %s", part, b)
		}
	}
	nothing := table(statistics.BySex)
	nothing.PopulationOf = calendar.Day{}
	if got := presentRegistration(words{i18n.Korean}, nothing); got.PopulationAsOf != nil || !strings.Contains(got.Definition, "인구 자료가 없어") {
		t.Errorf("%+v", got)
	}
}

// Every key that can be answered has a name, and every breakdown its definition, in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	keys := append([]string{statistics.Outside}, region.Sexes[:]...)
	for _, b := range statistics.Bands {
		keys = append(keys, b.Key)
	}
	for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
		w := words{lang}
		for _, key := range keys {
			if name := w.name(statistics.Row{Key: key}); strings.HasPrefix(name, "statistics.") || strings.Contains(name, "{") {
				t.Error(lang, name)
			}
		}
		for _, by := range choices {
			for _, kind := range []string{"registration", "participation"} {
				if text := w.definition(kind, table(statistics.By(by))); strings.Contains(text, "statistics.") || strings.Contains(text, "{") {
					t.Error(lang, text)
				}
			}
		}
		for _, columns := range [][]string{first(Registration{}.table()), first(Participation{}.table())} {
			for _, column := range columns {
				if !i18n.Has(lang, "statistics.column."+column) {
					t.Error(lang, column)
				}
			}
		}
	}
}

func first(columns []string, _ [][]string) []string { return columns }
