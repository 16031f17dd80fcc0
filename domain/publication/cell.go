package publication

import (
	"math"

	"dure/domain/cube"
	"dure/domain/region"
)

// ReturningPersons are those whose first activity lies before the cell's period; nil where they are hidden.
func (c Cell) ReturningPersons() *int {
	if c.NewPersons == nil {
		return nil
	}
	n := c.Persons - *c.NewPersons
	return &n
}

// MinutesPerPerson is the mean of the shown figures, to two places; nil where they are of too few persons.
func (c Cell) MinutesPerPerson() *float64 { return share(c.Means, c.Minutes, &c.Persons, 1e2) }

// MinutesPerVisit is the mean of the shown figures, to two places; nil where they are of too few persons.
func (c Cell) MinutesPerVisit() *float64 { return share(c.Means, c.Minutes, &c.Visits, 1e2) }

// RegistrationRate is registered ÷ residents (등록률), to six places.
func (c Cell) RegistrationRate() *float64 {
	if c.Registered == nil {
		return nil
	}
	return share(c.Rates, *c.Registered, c.Population, 1e6)
}

// ParticipationRate is active persons ÷ residents (참여율), to six places.
func (c Cell) ParticipationRate() *float64 { return share(c.Means, c.Persons, c.Population, 1e6) }

// ActivityRate is active persons ÷ registered persons (활동률), to six places; there is none for people from outside.
func (c Cell) ActivityRate() *float64 {
	return share(c.Means && c.Rates && c.Row != cube.Outside && c.Column != cube.Outside, c.Persons, c.Registered, 1e6)
}

// share divides and rounds; nil where that is not to be told, or there is nothing to divide by.
func share(told bool, n int, by *int, places float64) *float64 {
	if !told || by == nil || *by == 0 {
		return nil
	}
	r := math.Round(float64(n)/float64(*by)*places) / places
	return &r
}

// Legend says what the keys of a publication are called: as they were when it was frozen.
func (f Frame) Legend() cube.Legend {
	var regions []region.Region
	var counted []string
	for _, p := range f.Places {
		if p.Code == p.Parent { // people of whom only the gu is known
			continue
		}
		regions = append(regions, region.Region{Code: p.Code, Level: region.Level(p.Level), Parent: p.Parent, Name: p.Name})
		counted = append(counted, p.Code)
	}
	groups := make([]cube.Named, len(f.Fields))
	for i, g := range f.Fields {
		groups[i] = cube.Named{Code: g.Code, Name: g.Name}
	}
	return cube.NewLegend(regions, counted, groups)
}
