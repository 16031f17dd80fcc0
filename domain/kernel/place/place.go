// Package place measures how far things are from where somebody stands.
package place

import "math"

// Circle is a point in degrees (WGS84) and a radius in metres.
type Circle struct {
	Lat, Lon float64
	Radius   int
}

const (
	radius          = 6_371_000 // of the earth, in metres
	metresPerDegree = 111_195   // of latitude
	rad             = math.Pi / 180
)

// Box gives the degrees between which the whole circle lies, with a little to spare.
func (c Circle) Box() (south, north, west, east float64) {
	lat := float64(c.Radius)/metresPerDegree + 1e-6
	lon := lat / math.Max(0.01, math.Cos(c.Lat*rad))
	return c.Lat - lat, c.Lat + lat, c.Lon - lon, c.Lon + lon
}

// Metres is the great-circle distance from the middle to a point (haversine).
func (c Circle) Metres(lat, lon float64) int {
	a := math.Pow(math.Sin((lat-c.Lat)*rad/2), 2) +
		math.Cos(c.Lat*rad)*math.Cos(lat*rad)*math.Pow(math.Sin((lon-c.Lon)*rad/2), 2)
	return int(math.Round(2 * radius * math.Asin(math.Sqrt(a))))
}
