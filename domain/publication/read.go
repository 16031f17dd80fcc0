package publication

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"dure/domain/cube"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Question asks for one table of a publication.
type Question struct {
	Publication id.ID
	Cube        string
	Rows        cube.Level // the finest where it is empty
	Columns     cube.Level
	Row         string // only this row; all where empty. A region's former code means what it had become when this was frozen
}

// Answer is one table of a publication.
type Answer struct {
	Listed
	Cube          cube.Cube
	Rows, Columns cube.Side
	Frame         Frame
	Cells         []Cell // in the order of the rows' keys, then of the columns'
}

// Find lists publications. Those that are not published are for the centre. Errors: auth.forbidden, page.cursor.
func (s *Service) Find(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error) {
	if f.State == "" {
		f.State = Published
	}
	who := auth.From(ctx)
	if f.Audience != Public || f.State != Published {
		if err := CanRead(who); err != nil {
			return page.Page[Listed]{}, err
		}
	}
	if f.State != Published {
		if err := CanPropose(who); err != nil {
			return page.Page[Listed]{}, err
		}
	}
	return s.reader.Find(ctx, f, p)
}

// Get finds a publication. Where everybody asks, there are only those for everybody. Errors: auth.forbidden, publication.not_found.
func (s *Service) Get(ctx context.Context, publication id.ID, everybody bool) (Listed, error) {
	who := auth.From(ctx)
	if !everybody {
		if err := CanRead(who); err != nil {
			return Listed{}, err
		}
	}
	l, err := s.reader.Get(ctx, publication)
	switch {
	case err != nil:
		return l, err
	case everybody && (l.Audience != Public || l.State != Published):
		return l, ErrNotFound
	case !everybody:
		return l, CanSee(who, l.Publication)
	}
	return l, nil
}

// Places gives the city's dong and gu under their newest codes.
func (s *Service) Places(ctx context.Context) ([]Place, error) { return s.reader.Places(ctx) }

// Table answers one table of a publication; nothing finer than what was published can be asked for. What analysts and officers ask
// is recorded, and analysts may ask so often a day. Errors: as Get, and cube.unknown, cube.level, publication.not_prepared,
// publication.budget.
func (s *Service) Table(ctx context.Context, q Question, everybody bool) (Answer, error) {
	l, err := s.Get(ctx, q.Publication, everybody)
	if err != nil {
		return Answer{}, err
	}
	c, err := cube.Find(q.Cube)
	if err != nil {
		return Answer{}, err
	}
	if q.Rows == "" {
		q.Rows = c.Row.Levels()[0]
	}
	if q.Columns == "" {
		q.Columns = c.Column.Levels()[0]
	}
	g, err := c.On(q.Rows, q.Columns)
	if err != nil {
		return Answer{}, err
	}
	frame, err := s.frame(ctx, l)
	if err != nil {
		return Answer{}, err
	}
	a, err := s.table(ctx, l, frame, g)
	if err != nil {
		return a, err
	}
	a.Cube = c
	what := map[string]any{"cube": q.Cube, "rows": q.Rows, "columns": q.Columns}
	if q.Row != "" {
		row := frame.Newest(q.Row)
		a.Cells = slices.DeleteFunc(a.Cells, func(c Cell) bool { return c.Row != row })
		what["row"] = q.Row
	}
	if everybody {
		return a, nil
	}
	what["cells"] = len(a.Cells)
	return a, s.asked(ctx, l, what)
}

func (s *Service) frame(ctx context.Context, l Listed) (Frame, error) {
	if l.AsOf == nil {
		return Frame{}, errNotPrepared
	}
	t, err := s.reader.Shown(ctx, l.ID, frameName)
	if err != nil {
		return Frame{}, err
	}
	return t.Frame()
}

// table reads a table, turned as it is asked for.
func (s *Service) table(ctx context.Context, l Listed, frame Frame, g cube.Grouping) (Answer, error) {
	a := Answer{Listed: l, Rows: g.Row, Columns: g.Column, Frame: frame}
	t, err := s.reader.Shown(ctx, l.ID, g.Name())
	if err != nil {
		return a, err
	}
	a.Cells, err = t.Cells()
	if g.Flipped() {
		for i, c := range a.Cells {
			a.Cells[i].Row, a.Cells[i].Column = c.Column, c.Row
		}
	}
	return a, err
}

// Whole gives all tables of a publication, one after the other, each once: for as long as they are asked for, even when the time of
// the request is over, for who reads them may be slow. It counts as one question. Errors: as Table.
func (s *Service) Whole(ctx context.Context, publication id.ID, everybody bool) (Listed, iter.Seq2[Answer, error], error) {
	l, err := s.Get(ctx, publication, everybody)
	if err != nil {
		return l, nil, err
	}
	frame, err := s.frame(ctx, l)
	if err != nil {
		return l, nil, err
	}
	if !everybody {
		cells := 0
		for _, g := range cube.Kept {
			cells += len(frame.Keys(g.Row)) * len(frame.Keys(g.Column))
		}
		if err := s.asked(ctx, l, map[string]any{"cube": cube.All, "cells": cells}); err != nil {
			return l, nil, err
		}
	}
	return l, func(yield func(Answer, error) bool) {
		for _, g := range cube.Kept {
			a, err := s.table(context.WithoutCancel(ctx), l, frame, g)
			if !yield(a, err) || err != nil {
				return
			}
		}
	}, nil
}

// asked records a question, and refuses it to an analyst who has asked too many today.
func (s *Service) asked(ctx context.Context, l Listed, what map[string]any) error {
	now := s.clock.Now()
	detail, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanRead(p); err != nil {
			return err
		}
		if s.settings.Budget > 0 && !p.Is(auth.CentreOfficer) {
			ok, err := tx.Publications().Spend(ctx, p.AccountID, s.clock.Day(now), s.settings.Budget)
			if err != nil {
				return err
			}
			if !ok {
				return ErrBudget.With("questions", s.settings.Budget)
			}
		}
		e := event(p, now, "publication.read", l.Publication, "")
		e.Detail = string(detail)
		return tx.Audit().Record(ctx, e)
	})
}
