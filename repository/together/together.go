// Package together lets those who ask the same about different keys at the same time ask by one statement.
package together

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"dure/repository"
)

// Questions are of one kind, each about a key. Who comes while no statement is on its way sends one at once; who comes while one is
// waits for its end, and the next is sent for all who have come by then. So nobody is told less than was committed when he asked,
// nobody waits for company, and where most ask, a statement costs each of them least. (The loaders that are to be had wait for a span
// of time instead, and keep what they have read.) On SQLite, where nothing has a way to go, everybody asks for himself.
type Questions[K, V any] struct {
	dialect func() repository.Dialect // asked for with the first question: routes are listed without a database
	ask     func(ctx context.Context, keys []K) ([]V, error)
	mutex   sync.Mutex
	waiting []*question[K, V]
	last    *statement[K, V] // the last that was sent, while it is on its way
}

type question[K, V any] struct {
	key      K
	answer   V
	err      error
	answered chan struct{}
}

type statement[K, V any] struct {
	sent      time.Time
	questions []*question[K, V]
}

const (
	most     = 100                  // keys of one statement
	late     = 2 * time.Millisecond // so long after it was sent, a statement is not waited for by who comes: some page of it is not at hand
	patience = 10 * time.Second     // with a statement, which does not end with the request of one of those who wait for it
)

// New makes them of what asks the database: as many answers as keys, in their order.
func New[K, V any](db *repository.DB, ask func(ctx context.Context, keys []K) ([]V, error)) *Questions[K, V] {
	return &Questions[K, V]{dialect: db.Dialect, ask: ask}
}

// Ask gives the answer to one key, or the error of the statement that asked for it. Errors: database.unavailable where the context
// ends before.
func (all *Questions[K, V]) Ask(ctx context.Context, key K) (V, error) {
	q := &question[K, V]{key: key, answered: make(chan struct{})}
	if all.dialect() == repository.SQLite {
		all.answer(ctx, []*question[K, V]{q})
		return q.answer, q.err
	}
	all.mutex.Lock()
	all.waiting = append(all.waiting, q)
	s := all.next()
	all.mutex.Unlock()
	if s != nil {
		go all.send(s)
	}
	select {
	case <-q.answered:
		return q.answer, q.err
	case <-ctx.Done():
		var none V
		return none, fmt.Errorf("%w: %w", repository.ErrUnavailable, ctx.Err())
	}
}

// next makes a statement of what waits, unless one is on its way that is not late.
func (all *Questions[K, V]) next() *statement[K, V] {
	if len(all.waiting) == 0 || all.last != nil && time.Since(all.last.sent) <= late {
		return nil
	}
	n := min(len(all.waiting), most)
	all.last = &statement[K, V]{time.Now(), all.waiting[:n:n]}
	all.waiting = all.waiting[n:]
	return all.last
}

// send sends a statement, and after it the one that has become due meanwhile.
func (all *Questions[K, V]) send(s *statement[K, V]) {
	for s != nil {
		all.answer(context.Background(), s.questions)
		all.mutex.Lock()
		if all.last == s {
			all.last = nil
		}
		s = all.next()
		all.mutex.Unlock()
	}
}

func (all *Questions[K, V]) answer(ctx context.Context, questions []*question[K, V]) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	keys := make([]K, len(questions))
	for i, q := range questions {
		keys[i] = q.key
	}
	answers, err := all.safely(ctx, keys)
	for i, q := range questions {
		if q.err = err; err == nil {
			q.answer = answers[i]
		}
		close(q.answered)
	}
}

// safely makes an error of a panic, behind which no request stands here that it could end instead of the program.
func (all *Questions[K, V]) safely(ctx context.Context, keys []K) (answers []V, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("asking together: %v\n%s", p, debug.Stack())
		}
	}()
	if answers, err = all.ask(ctx, keys); err == nil && len(answers) != len(keys) {
		err = fmt.Errorf("asking together: %d answers to %d keys", len(answers), len(keys))
	}
	return answers, err
}
