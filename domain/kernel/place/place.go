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

// Metres is how far a point is from the middle.
func (c Circle) Metres(lat, lon float64) int {
	return int(math.Round(Distance(c.Lat, c.Lon, lat, lon)))
}

// Distance is the great-circle distance between two points in metres (haversine).
func Distance(lat1, lon1, lat2, lon2 float64) float64 {
	a := math.Pow(math.Sin((lat2-lat1)*rad/2), 2) +
		math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin((lon2-lon1)*rad/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(a))
}
