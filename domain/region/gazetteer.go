package region

import (
	"slices"

	"dure/domain/kernel/calendar"
)

// Gazetteer is all regions ever known, and finds a unit under the code that it had on any day.
type Gazetteer struct {
	regions map[string]Region
	former  map[string][]string // code → the codes it took over from, in their order
}

// NewGazetteer makes one from all regions.
func NewGazetteer(regions []Region) Gazetteer {
	g := Gazetteer{regions: make(map[string]Region, len(regions)), former: map[string][]string{}}
	for _, r := range regions {
		g.regions[r.Code] = r
		if r.Successor != "" {
			g.former[r.Successor] = append(g.former[r.Successor], r.Code)
		}
	}
	for _, codes := range g.former {
		slices.Sort(codes)
	}
	return g
}

// Get finds a region by its code alone.
func (g Gazetteer) Get(code string) (r Region, ok bool) {
	r, ok = g.regions[code]
	return r, ok
}

// At finds the unit of a code as it was on a day: forward along its successors, or back along what it took over from.
// Where several were merged into one, the way back leads to the first of them. Where no code of the unit was in use on that
// day, the nearest one is given. ok is false when the code was never known.
func (g Gazetteer) At(code string, on calendar.Day) (r Region, ok bool) {
	r, ok = g.regions[code]
	for range g.regions { // a chain is never longer than all regions
		former := g.former[r.Code]
		next, known := r, false
		switch {
		case r.ended(on):
			next, known = g.regions[r.Successor]
			known = known && !next.begins(on)
		case r.begins(on) && len(former) > 0:
			next, known = g.regions[former[0]]
		}
		if !known {
			break
		}
		r = next
	}
	return r, ok
}
