package publication

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/cube"
	"dure/domain/disclosure"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/region"
)

// town is a year of a town of two gu and four dong, up to a month: of some hundred persons half had been there the year before. It gives
// how many are new, by month.
func town(through calendar.Day) (y year, news map[string]int, weights cube.Weights) {
	regions, counted := []region.Region{{Code: "1200000000", Level: region.City}}, []string{}
	y.number, y.frame = through.Year(), Frame{Months: months(through.Year(), through), Fields: []Field{{"0100", "생활편의지원"}, {"0200", "주거환경"}}}
	for _, gu := range []string{"12210", "12240"} {
		regions = append(regions, region.Region{Code: gu + "00000", Level: region.Gu, Parent: "1200000000"})
		y.frame.Places = append(y.frame.Places, Place{Code: gu + "00000", Level: "gu"})
		for _, dong := range []string{"52500", "54500"} {
			regions = append(regions, region.Region{Code: gu + dong, Level: region.Dong, Parent: gu + "00000"})
			y.frame.Places = append(y.frame.Places, Place{Code: gu + dong, Level: "dong", Parent: gu + "00000"})
			counted = append(counted, gu+dong)
		}
	}
	r := rand.New(rand.NewPCG(8, 9))
	scale := cube.NewCounter(cube.NewAtlas(regions, counted, nil)).Scale(y.number, through)
	news = map[string]int{}
	for i := range 700 {
		fact := cube.Fact{HomeCode: counted[r.IntN(4)], Sex: region.Sexes[r.IntN(2)], Age: 10 + r.IntN(70)}
		fact.Visits, fact.Evidence, fact.OrganiserType, fact.CampCode, fact.PlaceCode = 1, grades[1], organisers[0], counted[0], counted[0]
		var facts []cube.Fact
		if i%2 == 0 {
			fact.Day, fact.FieldCode, fact.Minutes = calendar.Date(y.number-1, 11, 3), "0101", 60
			facts = append(facts, fact)
		}
		first := ""
		for range 1 + r.IntN(12) {
			fact.Day, fact.FieldCode = calendar.Date(y.number, time.Month(1+r.IntN(12)), 3), []string{"0101", "0201"}[r.IntN(2)]
			fact.Minutes, fact.OrganiserID = 60*(1+r.IntN(3)), id.ID{15: byte(r.IntN(5))}
			if facts = append(facts, fact); !fact.Day.After(through) && (first == "" || cube.MonthKey(fact.Day) < first) {
				first = cube.MonthKey(fact.Day)
			}
		}
		if i%2 == 1 && first != "" {
			news[first]++
		}
		scale.Add(facts)
	}
	weights = scale.Weights()
	y.lay(weights)
	nobody := 0
	for t := range y.tables {
		for i := range y.tables[t] {
			y.tables[t][i].registered = &nobody
		}
	}
	return y, news, weights
}

// released is a year as it is published after others.
func released(t *testing.T, y year, of Audience, earlier []past, above ...safe) ([]Table, safe) {
	t.Helper()
	s, err := protect(y, rules(of, "0123456789abcdef"), earlier, above...)
	if err != nil {
		t.Fatal(err)
	}
	return y.freeze(s), s
}

// read reads back what was published.
func read(t *testing.T, y year, tables []Table) past {
	t.Helper()
	v := past{shown: make([][]Cell, len(cube.Kept))}
	var err error
	if v.year, err = kept(y.number, tables); err != nil {
		t.Fatal(err)
	}
	for i, g := range cube.Kept {
		at := slices.IndexFunc(tables, func(t Table) bool { return t.Name == g.Name() })
		if v.shown[i], err = tables[at].Cells(); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// newsOf are the new persons that are told in a table, by row.
func newsOf(v past, name string) map[string]int {
	told := map[string]int{}
	for i, g := range cube.Kept {
		for _, c := range v.shown[i] {
			if g.Name() == name && c.NewPersons != nil {
				told[c.Row] = *c.NewPersons
			}
		}
	}
	return told
}

// New persons are told of the whole city by month, and of the year by gu, sex, age and field; not by dong, and not by two axes.
func TestNewPersonsAreToldCoarsely(t *testing.T) {
	y, news, _ := town(calendar.MustParse("2026-06-30"))
	tables, analysts := released(t, y, Analysts, nil)
	for _, of := range []Audience{Analysts, Public} {
		if of == Public {
			tables, _ = released(t, y, Public, nil, analysts)
		}
		v := read(t, y, tables)
		months := newsOf(v, "time.month/*")
		if len(months) != 6 {
			t.Fatal(of, months)
		}
		for month, n := range months {
			if d := n - news[month]; of == Analysts && d != 0 || d > 4 || d < -4 || n == 0 {
				t.Errorf("%s: %d in %s, who are %d", of, n, month, news[month])
			}
		}
		for _, name := range []string{"*/*", "time.quarter/*", "home.gu/*", "sex.each/*", "age.tens/*", "field.group/*"} {
			if len(newsOf(v, name)) == 0 {
				t.Errorf("%s: none by %s", of, name)
			}
		}
		for i, g := range cube.Kept {
			lines := tables[slices.IndexFunc(tables, func(t Table) bool { return t.Name == g.Name() })].Lines
			for n, line := range strings.Split(strings.TrimSuffix(lines, "\n"), "\n") {
				absent := strings.Split(line, separator)[5] == none
				coarse := (g.Row.Level == cube.Total || g.Column.Level == cube.Total) && g.Row.Level != cube.DongLevel && g.Column.Level != cube.DongLevel
				if absent == coarse || absent != (y.tables[i][n].NewPersons == nil) {
					t.Fatal(of, g.Name(), line)
				}
			}
		}
		if found, err := v.audit(rules(of, "0123456789abcdef"), nil); err != nil || found != nil {
			t.Error(of, found, err)
		}
	}
}

// before is what was published when new persons were counted in all tables and hidden in each.
func before(t *testing.T, y year, weights cube.Weights) []Table {
	tables, _ := released(t, y, Analysts, nil)
	for i, table := range tables {
		at := slices.IndexFunc(cube.Kept, func(g cube.Grouping) bool { return g.Name() == table.Name })
		if at < 0 {
			continue // the frame
		}
		var public, made strings.Builder
		for j, line := range lines(table.Lines) {
			c := strings.Split(line, separator)
			c[5] = hidden
			public.WriteString(strings.Join(c, separator) + "\n")
			f := y.tables[at][j]
			f.NewPersons = new(0)
			if w := weights[cube.Key{Year: y.number, Table: at, Row: f.Row, Column: f.Column}]; w != nil {
				f.NewPersons = new(int(w.Newcomer))
			}
			made.WriteString(f.line() + "\n")
		}
		tables[i].Lines, tables[i].Figures = public.String(), made.String()
	}
	return tables
}

// What was published before new persons were told is read as it was, is proved, and does not keep a later version from telling them;
// that one is compared with the next.
func TestNewPersonsAfterVersionsThatHidThem(t *testing.T) {
	y, _, weights := town(calendar.MustParse("2026-04-30"))
	tables := before(t, y, weights)
	old := read(t, y, tables)
	if found, err := old.audit(rules(Analysts, ""), nil); err != nil || found != nil {
		t.Fatal(found, err)
	}
	p := Publication{ID: id.New(), Year: 2026, Audience: Analysts, Through: calendar.MustParse("2026-04-30"), DefinitionVersion: 1, Threshold: 5,
		RoundTo: 1, AsOf: &time.Time{}, DecidedBy: &id.ID{}, ProposedBy: id.New()}
	if err := p.Publish(nil, tables); err != nil {
		t.Fatal(err)
	}
	if proof, err := Prove(t.Context(), []Publication{p}, func(context.Context, Publication) ([]Table, error) { return tables, nil }); err != nil ||
		len(proof.Frozen)+len(proof.Chained)+len(proof.Protected) > 0 {
		t.Fatal(proof, err)
	}
	for i, g := range cube.Kept {
		for _, c := range old.shown[i] {
			if c.NewPersons != nil || c.ReturningPersons() != nil {
				t.Fatal(g.Name(), c)
			}
		}
	}
	earlier := []past{old}
	for _, through := range []string{"2026-05-31", "2026-07-31"} {
		y, news, _ := town(calendar.MustParse(through))
		tables, _ := released(t, y, Analysts, earlier)
		v := read(t, y, tables)
		if months := newsOf(v, "time.month/*"); months["2026-02"] != news["2026-02"] || len(months) != len(y.frame.Months) {
			t.Error(through, months, news)
		}
		if found, err := v.audit(rules(Analysts, ""), earlier); err != nil || found != nil {
			t.Error(found, err)
		}
		earlier = append(earlier, v)
	}
}

// Few new persons of a month are hidden; told all the same they are found, by the proof and by the audit, and so are those of a table
// that has none.
func TestToldNewPersonsAreFound(t *testing.T) {
	y, news, _ := town(calendar.MustParse("2026-12-31"))
	tables, _ := released(t, y, Analysts, nil)
	month := ""
	for m, n := range news {
		if n > 0 && n < 5 {
			month = m
		}
	}
	for _, where := range []struct{ table, row string }{{"time.month/*", month}, {"home.dong/*", "1221052500"}} {
		i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == where.table })
		kept := tables[i].Lines
		all := lines(kept)
		for j, line := range all {
			if c := strings.Split(line, separator); c[0] == where.row {
				if c[2] == hidden || c[5] != hidden && c[5] != none {
					t.Fatal(line)
				}
				c[5] = "3"
				all[j] = strings.Join(c, separator)
			}
		}
		tables[i].Lines = strings.Join(all, "\n") + "\n"
		open, err := (Publication{Threshold: 5, RoundTo: 1}).open(tables)
		if err != nil || len(open) != 1 || !strings.HasPrefix(open[0], where.table+" "+where.row) {
			t.Error(where, open, err)
		}
		found, err := read(t, y, tables).audit(rules(Analysts, ""), nil)
		if few := where.row == month; err != nil || few != slices.ContainsFunc(found, func(b disclosure.Breach) bool {
			return b.Measure == "new_persons" && b.Kind == disclosure.Unhidden && strings.HasSuffix(b.Cell, where.row)
		}) {
			t.Error(where, found, err, news)
		}
		tables[i].Lines = kept
	}
}
