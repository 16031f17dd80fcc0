package demo

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"dure/domain/kernel/id"
)

// seed makes every demo city the same.
const seed = 19801207

// chance decides. Each part of the city has its own, so that a change in one part leaves the others as they were.
type chance struct{ *rand.Rand }

func newChance(part uint64) chance { return chance{rand.New(rand.NewPCG(seed, part))} }

// of tells whether something happens that does so with a probability.
func (c chance) of(p float64) bool { return c.Float64() < p }

// between draws an integer, both ends included.
func (c chance) between(least, most int) int { return least + c.IntN(most-least+1) }

// minutes draws a stretch of time between two numbers of minutes, seconds included.
func (c chance) minutes(least, most int) time.Duration {
	return time.Duration(least)*time.Minute + time.Duration(c.IntN((most-least)*60+1))*time.Second
}

// id makes an id as it would have been made at an instant.
func (c chance) id(at time.Time) id.ID {
	var u id.ID
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|c.Uint64()&0xffff)
	binary.BigEndian.PutUint64(u[8:], c.Uint64())
	u[6], u[8] = u[6]&0x0f|0x70, u[8]&0x3f|0x80
	return u
}

func pick[T any](c chance, list []T) T { return list[c.IntN(len(list))] }

// weighted draws an index by weights.
func (c chance) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := c.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	panic("demo: weights changed while drawing")
}
