package disclosure

import "fmt"

func init() {
	trace = func(g *guard, c, k int, up, down want) {
		if n++; n < 40 {
			fmt.Println(g.measures[0].name, g.s.name(c), g.s.cells[c], "primary", g.primary[c], "fails", g.measures[k].name, up, down)
		}
	}
}

var n int
