// Package legend says in words what the axes, levels and keys of the city's figures are, and how they are defined.
package legend

import (
	"strings"

	"dure/api/i18n"
	"dure/domain/cube"
)

// Side is an axis with its levels, finest first; * does not tell it apart.
type Side struct {
	Axis   string  `json:"axis" example:"home"`
	Name   string  `json:"name" example:"거주지"`
	Levels []Level `json:"levels"`
} //	@name	CubeSide

// Level is how finely an axis is told apart.
type Level struct {
	Level string `json:"level" example:"dong"`
	Name  string `json:"name" example:"행정동"`
} //	@name	CubeLevel

// Words says what is to be said in the client's language.
type Words struct{ Lang i18n.Lang }

// Say gives a text of the figures.
func (w Words) Say(key string, args map[string]any) string {
	return i18n.Text(w.Lang, "cube."+key, args)
}

// Pair is what a cube is called.
func (w Words) Pair(c cube.Cube) string {
	return w.Say("axis."+string(c.Row), nil) + " × " + w.Say("axis."+string(c.Column), nil)
}

// SideOf tells an axis with its levels.
func (w Words) SideOf(a cube.Axis) Side {
	s := Side{Axis: string(a), Name: w.Say("axis."+string(a), nil)}
	for _, l := range a.Levels() {
		s.Levels = append(s.Levels, Level{string(l), w.Say("level."+string(l), nil)})
	}
	return s
}

// Key is what a key is called: a region by its name, everything else in words.
func (w Words) Key(l cube.Legend, s cube.Side, key string) (name string, parent *string) {
	switch {
	case s.Level == cube.Total:
		return w.Say("key.*", nil), nil
	case s.Axis == cube.Time:
		return w.Period(key), nil
	}
	if name, above := l.Name(s, key); above != "" {
		return name, &above
	} else if name != "" {
		return name, nil
	}
	for _, b := range s.Axis.Bands() {
		switch {
		case b.Key == key && b.To == 0:
			return w.Say("key.and_over", map[string]any{"from": b.From}), nil
		case b.Key == key:
			return w.Say("key.band", map[string]any{"from": b.From, "to": b.To}), nil
		}
	}
	if text := "key." + string(s.Axis) + "." + key; i18n.Has(w.Lang, "cube."+text) {
		return w.Say(text, nil), nil
	}
	return w.Say("key."+key, nil), nil
}

// Period is what a year, quarter or month is called.
func (w Words) Period(key string) string {
	year, part, whole := strings.Cut(key, "-")
	args := map[string]any{"year": year, "part": strings.TrimPrefix(strings.TrimPrefix(part, "Q"), "0")}
	switch {
	case !whole:
		return w.Say("period.year", args)
	case part[0] == 'Q':
		return w.Say("period.quarter", args)
	default:
		return w.Say("period.month", args)
	}
}

// Definition says what is counted in a table, and divided by what.
func (w Words) Definition(g cube.Grouping) string {
	texts := []string{"measures"}
	for _, s := range []cube.Side{g.Row, g.Column} {
		if i18n.Has(w.Lang, "cube.definition."+string(s.Axis)) {
			texts = append(texts, string(s.Axis))
		}
	}
	if g.Denominated() {
		texts = append(texts, "rates")
		if g.CountsRegistered() {
			texts = append(texts, "registered")
		} else {
			texts = append(texts, "registered_unknown")
		}
	}
	for i, text := range texts {
		texts[i] = w.Say("definition."+text, nil)
	}
	return strings.Join(texts, " ")
}
