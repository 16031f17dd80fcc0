package programme

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Evaluation finds everybody in the city who meets a programme's terms on a day. It goes through the persons by id, so many
// at once, and after a break goes on where it was.
type Evaluation struct {
	ID          id.ID
	ProgrammeID id.ID
	Number      int // of the version
	Day         calendar.Day
	State       string // running, finished
	Persons     int64  // there were when it began
	Seen        int64
	Eligible    int64 // found so far, before a ranking
	Position    id.ID // of the last person looked at
	StartedAt   time.Time
	StartedBy   id.ID
	FinishedAt  *time.Time
}

// States of evaluations.
const (
	Running  = "running"
	Finished = "finished"
)

// Result is somebody whom an evaluation found.
type Result struct {
	VolunteerID     id.ID
	VolunteerNumber string
	VolunteerName   string
	Place           int   // 0 where nothing is ranked
	Measured        []int // by condition, in the order of the terms
}

// ErrEvaluationNotFound is answered where there is no such evaluation of the programme.
var ErrEvaluationNotFound = fault.New(fault.NotFound, "programme.evaluation_not_found")

// Evaluations keeps evaluations inside a transaction.
type Evaluations interface {
	// Start keeps a new evaluation of as many persons as there are.
	Start(ctx context.Context, e Evaluation) (Evaluation, error)
	// Running finds the evaluation of a programme that runs.
	Running(ctx context.Context, programme id.ID) (e Evaluation, ok bool, err error)
	// Take reads an evaluation that runs and that nobody else is at, and keeps it from them until the transaction ends.
	Take(ctx context.Context) (e Evaluation, ok bool, err error)
	// Look finds who meets the terms among the persons that follow the evaluation's position, in one statement, and keeps them.
	// It gives the evaluation as it stands then; when nobody follows, its position is what it was.
	Look(ctx context.Context, e Evaluation, t Terms, a Atlas, persons int) (Evaluation, error)
	// Rank gives the places among those found.
	Rank(ctx context.Context, e Evaluation) error
	// Save writes how far an evaluation is.
	Save(ctx context.Context, e Evaluation) error
}

// Evaluate starts to evaluate a programme over the whole city, or gives the evaluation that runs already; the work is done
// by Work. Errors: auth.forbidden, programme.not_found, programme.closed.
func (s *Service) Evaluate(ctx context.Context, programme id.ID) (e Evaluation, made bool, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		w, err := tx.Programmes().Lock(ctx, programme)
		if err != nil {
			return err
		}
		running := false
		if e, running, err = tx.Evaluations().Running(ctx, programme); err != nil || running {
			made = false
			return err
		}
		v, ok := w.On(s.clock.Day(now))
		if !ok {
			return ErrClosed
		}
		e, err = tx.Evaluations().Start(ctx, Evaluation{ID: id.New(), ProgrammeID: w.ID, Number: v.Number, Day: s.clock.Day(now), State: Running,
			StartedAt: now, StartedBy: p.AccountID})
		if err != nil {
			return err
		}
		made = true
		return tx.Audit().Record(ctx, event(p, now, "programme.evaluated", w.ID, "", fmt.Sprintf(`{"evaluation":%q}`, e.ID)))
	})
	return e, made, err
}

// Persons is how many persons are looked at in one statement: little enough for the time that a statement may take.
const Persons = 20_000

// Work looks at so many more persons of an evaluation that runs; more tells whether there may be more to do.
func (s *Service) Work(ctx context.Context, persons int) (more bool, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		e, ok, err := tx.Evaluations().Take(ctx)
		if more = ok; err != nil || !ok {
			return err
		}
		w, err := tx.Programmes().Read(ctx, e.ProgrammeID)
		if err != nil {
			return err
		}
		v, _ := w.Number(e.Number)
		atlas, err := tx.Programmes().Atlas(ctx)
		if err != nil {
			return err
		}
		next, err := tx.Evaluations().Look(ctx, e, v.Terms, atlas, persons)
		if err != nil {
			return err
		}
		if next.Position == e.Position {
			next.State, next.FinishedAt = Finished, &now
			if v.Terms.Ranking != nil {
				if err := tx.Evaluations().Rank(ctx, next); err != nil {
					return err
				}
			}
		}
		return tx.Evaluations().Save(ctx, next)
	})
	return more, err
}

// Progress tells how far an evaluation is. Errors: auth.forbidden, programme.evaluation_not_found.
func (s *Service) Progress(ctx context.Context, programme, evaluation id.ID) (Evaluation, error) {
	if err := CanManage(auth.From(ctx)); err != nil {
		return Evaluation{}, err
	}
	return s.reader.Evaluation(ctx, programme, evaluation)
}

// Results lists whom an evaluation found. Errors: auth.forbidden, programme.evaluation_not_found, page.cursor.
func (s *Service) Results(ctx context.Context, programme, evaluation id.ID, p page.Request) (page.Page[Result], error) {
	if _, err := s.Progress(ctx, programme, evaluation); err != nil {
		return page.Page[Result]{}, err
	}
	return s.reader.Results(ctx, evaluation, p)
}
