package together

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dure/repository"
)

// asked is a database whose answers come when the test lets them.
type asked struct {
	questions  *Questions[int, int]
	statements [][]int
	back       chan error // one statement's way back
}

func newAsked(dialect repository.Dialect) *asked {
	a := &asked{back: make(chan error)}
	a.questions = &Questions[int, int]{dialect: func() repository.Dialect { return dialect }, ask: func(ctx context.Context, keys []int) ([]int, error) {
		a.statements = append(a.statements, keys)
		select {
		case err := <-a.back:
			answers := make([]int, len(keys))
			for i, k := range keys {
				answers[i] = 10 * k
			}
			return answers, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	return a
}

type told struct {
	key, answer int
	err         error
}

// by asks for some keys, each on its own, and waits until all of them have been taken or wait.
func (a *asked) by(ctx context.Context, keys ...int) <-chan told {
	answers := make(chan told, len(keys))
	for _, k := range keys {
		go func() {
			answer, err := a.questions.Ask(ctx, k)
			answers <- told{k, answer, err}
		}()
		synctest.Wait()
	}
	return answers
}

func wantAnswers(t *testing.T, answers <-chan told) {
	t.Helper()
	for range cap(answers) {
		if a := <-answers; a.err != nil || a.answer != 10*a.key {
			t.Errorf("%d was told %d, %v", a.key, a.answer, a.err)
		}
	}
}

func (a *asked) wantStatements(t *testing.T, want ...[]int) {
	t.Helper()
	if !slices.EqualFunc(a.statements, want, slices.Equal[[]int]) {
		t.Errorf("asked %v, want %v", a.statements, want)
	}
}

func TestWhoComesWhileAStatementIsOnItsWayAsksWithTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked(repository.Postgres)
		first := a.by(t.Context(), 1)
		others := a.by(t.Context(), 2, 3, 3, 4)
		a.wantStatements(t, []int{1}) // whatever 2 wants to know may have been committed after this one read
		a.back <- nil
		wantAnswers(t, first)
		synctest.Wait()
		a.wantStatements(t, []int{1}, []int{2, 3, 3, 4})
		a.back <- nil
		wantAnswers(t, others)
		again := a.by(t.Context(), 1)
		a.back <- nil
		wantAnswers(t, again)
		a.wantStatements(t, []int{1}, []int{2, 3, 3, 4}, []int{1}) // nothing is kept
	})
}

func TestAStatementHasItsBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked(repository.Postgres)
		first := a.by(t.Context(), 0)
		keys := make([]int, 2*most+1)
		for i := range keys {
			keys[i] = i + 1
		}
		others := a.by(t.Context(), keys...)
		for range 4 {
			a.back <- nil
		}
		wantAnswers(t, first)
		wantAnswers(t, others)
		a.wantStatements(t, []int{0}, keys[:most], keys[most:2*most], keys[2*most:])
	})
}

// A page that has to be fetched from the disk for one must not keep all others waiting.
func TestALateStatementIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked(repository.Postgres)
		slow := a.by(t.Context(), 1)
		waiting := a.by(t.Context(), 2)
		time.Sleep(late + 1) // of the bubble's own clock
		quick := a.by(t.Context(), 3)
		a.wantStatements(t, []int{1}, []int{2, 3})
		more := a.by(t.Context(), 4)
		a.wantStatements(t, []int{1}, []int{2, 3}) // this one is in time
		a.back <- nil
		wantAnswers(t, slow)
		synctest.Wait()
		a.wantStatements(t, []int{1}, []int{2, 3}) // and it still is when the late one has come
		a.back <- nil
		a.back <- nil
		for _, answers := range []<-chan told{waiting, quick, more} {
			wantAnswers(t, answers)
		}
		a.wantStatements(t, []int{1}, []int{2, 3}, []int{4})
	})
}

func TestWhoGoesLeavesTheOthersTheirAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked(repository.Postgres)
		ctx, leave := context.WithCancel(t.Context())
		first, second, third := a.by(ctx, 1), a.by(ctx, 2), a.by(t.Context(), 3)
		leave()
		for _, gone := range []<-chan told{first, second} {
			if answer := <-gone; !errors.Is(answer.err, context.Canceled) || !errors.Is(answer.err, repository.ErrUnavailable) {
				t.Error(answer)
			}
		}
		a.back <- nil
		a.back <- nil
		wantAnswers(t, third)
	})
}

func TestAnErrorIsToldToAllWhoAskedAndToNobodyAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked(repository.Postgres)
		first, others := a.by(t.Context(), 1), a.by(t.Context(), 2, 3)
		a.back <- nil
		wantAnswers(t, first)
		boom := errors.New("boom")
		a.back <- boom
		for range 2 {
			if answer := <-others; answer.err != boom || answer.answer != 0 {
				t.Error(answer)
			}
		}
		after := a.by(t.Context(), 4)
		a.back <- nil
		wantAnswers(t, after)
		silent := a.by(t.Context(), 5)
		if answer := <-silent; !errors.Is(answer.err, context.DeadlineExceeded) { // the bubble's clock goes on when all wait
			t.Error(answer)
		}
	})
}

func TestWhatAsksWronglyEndsNothingElse(t *testing.T) {
	for name, ask := range map[string]func(context.Context, []int) ([]int, error){
		"panic: boom":                 func(context.Context, []int) ([]int, error) { panic("panic: boom") },
		"2 answers to 1 keys":         func(context.Context, []int) ([]int, error) { return []int{1, 2}, nil },
		"nothing was found out today": func(context.Context, []int) ([]int, error) { return nil, errors.New("nothing was found out today") },
	} {
		for _, dialect := range []repository.Dialect{repository.Postgres, repository.SQLite} {
			questions := &Questions[int, int]{dialect: func() repository.Dialect { return dialect }, ask: ask}
			for range 2 {
				if _, err := questions.Ask(t.Context(), 1); err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("%s, %s: %v", dialect, name, err)
				}
			}
		}
	}
}

func TestOnSQLiteNobodyWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked(repository.SQLite)
		answers := a.by(t.Context(), 1, 2)
		a.wantStatements(t, []int{1}, []int{2})
		a.back <- nil
		a.back <- nil
		wantAnswers(t, answers)
	})
}
