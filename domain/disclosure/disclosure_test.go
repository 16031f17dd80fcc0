package disclosure

import (
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	for _, c := range []city{demo(2, 3, 6, 5, 300, 6), demo(5, 19, 12, 15, 1500, 8), demo(5, 19, 12, 15, 20000, 8)} {
		f := c.figures()
		start := time.Now()
		p, err := Protect(f, Analyst())
		t.Logf("%v %+v %v", time.Since(start), p.Report, err != nil)
		if err != nil {
			t.Log(err)
		}
	}
}
