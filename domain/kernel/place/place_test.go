package place

import "testing"

func TestMetres(t *testing.T) {
	hall := Circle{Lat: 35.1595, Lon: 126.8526} // 광주광역시청
	for _, c := range []struct {
		lat, lon  float64
		low, high int
	}{
		{35.1595, 126.8526, 0, 0},
		{35.1465, 126.9231, 6400, 6800},     // 국립아시아문화전당
		{37.5665, 126.9780, 267000, 269000}, // 서울특별시청
	} {
		if m := hall.Metres(c.lat, c.lon); m < c.low || m > c.high {
			t.Errorf("%v: %d m", c, m)
		}
	}
}

func TestTheBoxHoldsTheCircle(t *testing.T) {
	for _, c := range []Circle{{35.15, 126.91, 1}, {35.15, 126.91, 2000}, {0, 0, 50_000}, {-60, 10, 50_000}} {
		south, north, west, east := c.Box()
		for _, edge := range [][2]float64{{south, c.Lon}, {north, c.Lon}, {c.Lat, west}, {c.Lat, east}} {
			if m := c.Metres(edge[0], edge[1]); m < c.Radius {
				t.Errorf("%v: the edge %v is %d m away", c, edge, m)
			}
		}
	}
}
