package crowd

import (
	"math"
	"sync/atomic"
	"time"

	"dure/domain/kernel/calendar"
)

// Whose days they are.
const (
	ofStudents = iota // up to 25
	ofWorkers
	ofSeniors // from 60
)

func (p *person) whose(on calendar.Day) int {
	switch age := on.Sub(p.birth) / 365; {
	case age <= 25:
		return ofStudents
	case age < 60:
		return ofWorkers
	}
	return ofSeniors
}

// How much is done in a month of the year: vacations for those at school, spring and autumn for the others.
var seasons = [3][12]float64{
	{1.8, 1.2, 0.7, 0.8, 1.0, 0.7, 1.8, 2.0, 0.8, 1.0, 0.8, 1.4},
	{0.8, 0.8, 1.0, 1.1, 1.2, 1.1, 0.8, 0.7, 1.1, 1.3, 1.3, 1.0},
	{0.7, 0.8, 1.0, 1.1, 1.2, 1.1, 0.8, 0.7, 1.1, 1.3, 1.2, 0.9},
}

// How much is done on a day of the week, from Sunday; those at school have other weeks in their vacation.
var weeks = [3][7]float64{
	{2.0, 0.4, 0.4, 0.4, 0.4, 0.5, 3.0},
	{2.0, 0.7, 0.7, 0.7, 0.7, 0.8, 3.0},
	{0.5, 1.3, 1.3, 1.3, 1.3, 1.2, 0.8},
}

var vacation = [7]float64{1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.8}

// prepare lays out the months, the houses by where they are, and the posts by number.
func (l *loader) prepare() {
	for first := l.First; first.Before(l.Today); first = first.AddMonths(1) {
		next := first.AddMonths(1)
		m := month{first: first, days: next.Sub(first), over: next.Start(l.Zone).UTC(), sent: next.Start(l.Zone).UTC().Add(4*24*time.Hour + 10*time.Hour)}
		if next.After(l.Today) {
			m.days, m.over = l.Today.Sub(first), l.now
		}
		for who := range seasons {
			// A month that is not over has a part of what it would have.
			growth := 0.9 + 0.06*float64(len(l.months))/12
			m.factor[who] = seasons[who][first.Month()-1] * growth * float64(m.days) / float64(next.Sub(first))
			sum := 0.0
			for d := range m.days {
				week := weeks[who]
				if who == ofStudents && m.factor[who] > 1.3 {
					week = vacation
				}
				sum += week[first.Add(d).Weekday()]
				m.chosen[who] = append(m.chosen[who], sum)
			}
		}
		m.transfer = stamped(m.sent, uint16(len(l.months)), 0x1365)
		l.months = append(l.months, m)
	}
	l.moved = make([]atomic.Int64, len(l.months))
	l.near = make([][]int, len(l.Dongs))
	l.wide = map[string]*[times][]int{}
	for i := range l.Houses {
		h := &l.Houses[i]
		l.near[h.Dong] = append(l.near[h.Dong], i)
		gu := l.Dongs[h.Dong].Gu
		if l.wide[gu] == nil {
			l.wide[gu] = &[times][]int{}
		}
		for kind, p := range h.Posts {
			if p != nil {
				p.house, p.kind, p.number = h, kind, len(l.posts)
				l.posts = append(l.posts, p)
				l.wide[gu][kind] = append(l.wide[gu][kind], i)
			}
		}
	}
	l.span = l.Today.Add(announced).Sub(l.First)
	l.taken = make([]int32, len(l.posts)*l.span)
}

// announced is how many days of shifts are known beforehand.
const announced = 14

// poisson draws how often something happens that happens so often on average.
func (d drawer) poisson(mean float64) (n int) {
	for p, limit := d.Float64(), math.Exp(-mean); p > limit; p *= d.Float64() {
		n++
	}
	return n
}

// day draws one of a month's days that have passed.
func (d drawer) day(m *month, whose int) int {
	chosen := m.chosen[whose]
	at, low, high := d.Float64()*chosen[len(chosen)-1], 0, len(chosen)-1
	for low < high {
		if middle := (low + high) / 2; chosen[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}
