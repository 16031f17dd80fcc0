package statistics

import (
	"strconv"
	"strings"
	"time"

	"dure/api/i18n"
	"dure/domain/kernel/calendar"
	"dure/domain/statistics"
)

// words says what is to be said in the client's language.
type words struct{ lang i18n.Lang }

func (w words) say(key string, args map[string]any) string {
	return i18n.Text(w.lang, "statistics."+key, args)
}

// name is a region's own, and a word for everything else.
func (w words) name(r statistics.Row) string {
	if r.Name != "" {
		return r.Name
	}
	for _, b := range statistics.Bands {
		if b.Key == r.Key && b.From < 100 {
			return w.say("name.band", map[string]any{"from": b.From, "to": b.From + 9})
		}
	}
	return w.say("name."+r.Key, nil)
}

// definition says what was counted and divided by what.
func (w words) definition(kind string, t statistics.Table) string {
	population := w.say("definition.no_population", nil)
	if !t.PopulationOf.IsZero() {
		population = w.say("definition.population", map[string]any{"month": *month(t.PopulationOf)})
	}
	text := w.say("definition."+kind, map[string]any{"from": t.Period.From, "to": t.Period.To}) + " " + population
	text += " " + w.say("definition.by_"+string(t.By), map[string]any{"to": t.Period.To})
	if len(t.Evidence) > 0 {
		grades := make([]string, len(t.Evidence))
		for i, grade := range t.Evidence {
			grades[i] = w.say("evidence."+grade, nil)
		}
		text += " " + w.say("definition.evidence", map[string]any{"grades": strings.Join(grades, ", ")})
	}
	if t.Final {
		text += " " + w.say("definition.final", map[string]any{"as_of": t.AsOf.Format(time.RFC3339)})
	}
	return text
}

func month(d calendar.Day) *string {
	if d.IsZero() {
		return nil
	}
	s := d.String()[:len("2006-01")]
	return &s
}

func presentRegistration(w words, t statistics.Table) Registration {
	answer := Registration{Items: make([]RegistrationItem, len(t.Rows)), AsOf: t.Period.To,
		PopulationAsOf: month(t.PopulationOf), Definition: w.definition("registration", t)}
	if t.Final {
		answer.KnownAt = &t.AsOf
	}
	for i, r := range t.Rows {
		answer.Items[i] = RegistrationItem{Key: r.Key, Name: w.name(r), Registered: r.Registered, Population: r.Population,
			Rate: r.RegistrationRate()}
	}
	return answer
}

func presentParticipation(w words, t statistics.Table) Participation {
	answer := Participation{Items: make([]ParticipationItem, len(t.Rows)), From: t.Period.From, To: t.Period.To, AsOf: t.AsOf,
		PopulationAsOf: month(t.PopulationOf), Definition: w.definition("participation", t)}
	for i, r := range t.Rows {
		answer.Items[i] = ParticipationItem{Key: r.Key, Name: w.name(r), Persons: r.Persons, Visits: r.Visits, Minutes: r.Minutes,
			Registered: r.Registered, Population: r.Population, ParticipationRate: r.ParticipationRate(), ActivityRate: r.ActivityRate()}
	}
	return answer
}

func (a Registration) table() (columns []string, rows [][]string) {
	for _, i := range a.Items {
		rows = append(rows, []string{i.Key, i.Name, strconv.Itoa(i.Registered), whole(i.Population), decimal(i.Rate),
			a.AsOf.String(), text(a.PopulationAsOf)})
	}
	return []string{"key", "name", "registered", "population", "rate", "as_of", "population_as_of"}, rows
}

func (a Participation) table() (columns []string, rows [][]string) {
	for _, i := range a.Items {
		rows = append(rows, []string{i.Key, i.Name, strconv.Itoa(i.Persons), strconv.Itoa(i.Visits), strconv.FormatInt(i.Minutes, 10),
			strconv.Itoa(i.Registered), whole(i.Population), decimal(i.ParticipationRate), decimal(i.ActivityRate),
			a.From.String(), a.To.String(), text(a.PopulationAsOf)})
	}
	return []string{"key", "name", "persons", "visits", "minutes", "registered", "population", "participation_rate", "activity_rate",
		"from", "to", "population_as_of"}, rows
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func decimal(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
