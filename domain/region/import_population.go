package region

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Figure is one line of a table of population.
type Figure struct {
	Number int // of the line, for what is said about it
	Residents
}

// ErrNoRegions refuses figures before there are regions to keep them for.
var ErrNoRegions = fault.New(fault.Conflict, "region.none")

// ImportPopulation keeps a table of residents by dong, sex and age. Each dong's bands must be whole: both sexes, from
// age 0 without gap or overlap up to an open one, no band across a full ten. They must add up to the total that is kept, if
// one is. Figures once kept are not changed, because rates that were told once must stay as they were told; importing the
// same table again changes nothing. Errors: region.none, request.invalid, naming lines.
func (s *Service) ImportPopulation(ctx context.Context, figures []Figure) (Imported, error) {
	now := s.clock.Now()
	var done Imported
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.Regions().Lock(ctx); err != nil {
			return err
		}
		regions, err := tx.Regions().All(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(regions, func(r Region) bool { return r.Level == Dong }) {
			return ErrNoRegions
		}
		tables, err := group(NewGazetteer(regions), figures)
		if err != nil {
			return err
		}
		var bands []Residents
		var totals []Total
		if bands, totals, err = unkept(ctx, tx.Regions(), tables); err != nil {
			return err
		}
		if done.Figures = len(bands); done.Figures == 0 {
			return nil
		}
		if err := tx.Regions().AddBands(ctx, bands, now); err != nil {
			return err
		}
		if err := tx.Regions().AddTotals(ctx, totals, now); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, imported("population.imported", now, done))
	})
	return done, err
}

// group checks every line by itself, then each dong's bands of a month as a whole, and gives those.
func group(g Gazetteer, figures []Figure) ([][]Figure, error) {
	f := fault.Collect()
	for _, fig := range figures {
		at := f.Under("line %d", fig.Number)
		r, ok := g.Get(fig.RegionCode)
		switch {
		case !ok || r.Level != Dong:
			at.Add("code", "region_unknown", "code", fig.RegionCode)
		case !r.ValidOn(lastDay(fig.Month)):
			at.Add("code", "region_not_then", "month", fig.Month.String()[:7])
		case fig.Sex != Female && fig.Sex != Male:
			at.Add("sex", "unknown")
		case !countable(fig.Count):
			at.Add("population", "number")
		case !fig.inOneTen():
			at.Add("age_to", "age_band")
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	figures = slices.SortedFunc(slices.Values(figures), func(a, b Figure) int {
		return cmp.Or(cmp.Compare(a.RegionCode, b.RegionCode), a.Month.Compare(b.Month), cmp.Compare(a.Sex, b.Sex),
			cmp.Compare(a.AgeFrom, b.AgeFrom), cmp.Compare(a.Number, b.Number))
	})
	var tables [][]Figure
	for start, i := 0, 1; i <= len(figures); i++ {
		if i == len(figures) || figures[i].place() != figures[start].place() {
			tables = append(tables, figures[start:i])
			whole(f, figures[start:i])
			start = i
		}
	}
	return tables, f.Err()
}

func (r Residents) place() place { return place{r.RegionCode, r.Month} }

// lastDay is the day that a month's figures are of.
func lastDay(month calendar.Day) calendar.Day { return month.Add(31).FirstOfMonth().Add(-1) }

// countable bounds a figure to what a dong may hold, so that no sum of them can overflow.
func countable(n int) bool { return n >= 0 && n <= 10_000_000 }

// inOneTen tells whether the band can be added into bands of tens, 100 and over being one.
func (r Residents) inOneTen() bool {
	switch {
	case r.AgeFrom >= 100:
		return r.AgeFrom <= 150 && (r.AgeTo == AndOver || r.AgeTo >= r.AgeFrom)
	default:
		return r.AgeFrom >= 0 && r.AgeTo >= r.AgeFrom && r.AgeTo/10 == r.AgeFrom/10
	}
}

// whole wants both sexes, each from age 0 to an open end without gap or overlap.
func whole(f fault.Fields, table []Figure) {
	men := slices.IndexFunc(table, func(fig Figure) bool { return fig.Sex == Male })
	if men < 1 {
		f.Under("line %d", table[0].Number).Add("sex", "one_sex")
		return
	}
	unbroken(f, table[:men])
	unbroken(f, table[men:])
}

func unbroken(f fault.Fields, bands []Figure) {
	next := 0 // the age that must follow; AndOver where none may
	for i, fig := range bands {
		at := f.Under("line %d", fig.Number)
		if i > 0 && bands[i-1].AgeFrom == fig.AgeFrom {
			at.Add("age_from", "duplicate_line", "line", bands[i-1].Number)
			return
		}
		if fig.AgeFrom != next {
			at.Add("age_from", "age_gap")
			return
		}
		if next = fig.AgeTo; next != AndOver {
			next++
		}
	}
	if next != AndOver {
		f.Under("line %d", bands[len(bands)-1].Number).Add("age_to", "age_gap")
	}
}

// unkept gives the bands of places that have none yet, with their totals where none is kept either; what is kept must be equal.
func unkept(ctx context.Context, r Repository, tables [][]Figure) (bands []Residents, totals []Total, err error) {
	months := map[calendar.Day]bool{}
	for _, table := range tables {
		months[table[0].Month] = true
	}
	keptTotals, err := r.Totals(ctx, slices.Collect(maps.Keys(months)))
	if err != nil {
		return nil, nil, err
	}
	keptBands, err := r.Bands(ctx, slices.Collect(maps.Keys(months)))
	if err != nil {
		return nil, nil, err
	}
	total, kept := counts(keptTotals), map[place]map[Residents]bool{}
	for _, b := range keptBands {
		if kept[b.place()] == nil {
			kept[b.place()] = map[Residents]bool{}
		}
		kept[b.place()][b] = true
	}
	f := fault.Collect()
	for _, table := range tables {
		p, sum := table[0].place(), 0
		for _, fig := range table {
			if kept[p] != nil && !kept[p][fig.Residents] {
				f.Under("line %d", fig.Number).Add("population", "differs_from_kept")
			}
			if kept[p] == nil {
				bands = append(bands, fig.Residents)
			}
			sum += fig.Count
		}
		switch have, ok := total[p]; {
		case !ok:
			totals = append(totals, Total{p.code, p.month, sum})
		case have != sum:
			f.Under("line %d", table[0].Number).Add("population", "adds_up", "sum", sum, "kept", have)
		}
	}
	return bands, totals, f.Err()
}
