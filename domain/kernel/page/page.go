// Package page cuts long lists into pages that stay right while rows are added.
package page

import (
	"dure/domain/kernel/fault"
)

// ErrCursor is the refusal of an `after` that this list did not give out.
var ErrCursor = fault.New(fault.Unreadable, "page.cursor")

// Default and Max bound the rows of one page.
const (
	Default = 20
	Max     = 100
)

// Request asks for the rows after a position. Position is the sort key of the last row seen, empty for the first page.
type Request struct {
	Limit int
	After []string
}

// Page is one page of a list; Next is the position of its last row when more rows follow, else nil.
type Page[T any] struct {
	Items []T
	Next  []string
}

// Cut makes a page of rows that were read with one row more than asked for; key gives a row's position.
func Cut[T any](rows []T, r Request, key func(T) []string) Page[T] {
	p := Page[T]{Items: rows}
	if p.Items == nil {
		p.Items = []T{}
	}
	if len(rows) > r.Limit {
		p.Items = rows[:r.Limit]
		p.Next = key(p.Items[r.Limit-1])
	}
	return p
}
