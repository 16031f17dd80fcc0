// Package publication serves what is published of the city's figures: to analysts, and to everybody.
package publication

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/api/legend"
	"dure/api/problem"
	"dure/domain/cube"
	"dure/domain/kernel/id"
	"dure/domain/publication"
)

// Handler serves the routes of publications.
type Handler struct {
	service *publication.Service
	zone    *time.Location
}

// New makes the handler; times are told in the city's zone.
func New(service *publication.Service, zone *time.Location) Handler { return Handler{service, zone} }

// Routes registers the routes; what is published for everybody holds no figure of few persons, so anybody may read it.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	signedIn.POST("/statistics/publications", h.propose)
	signedIn.GET("/statistics/publications", h.list)
	signedIn.GET("/statistics/publications/:publication_id", h.get)
	signedIn.POST("/statistics/publications/:publication_id/release", h.release)
	signedIn.POST("/statistics/publications/:publication_id/rejection", h.reject)
	signedIn.GET("/statistics/publications/:publication_id/cubes/:cube", h.table)
	signedIn.GET("/statistics/publications/:publication_id/download", h.download)
	open.GET("/open-data/publications", h.listOpen)
	open.GET("/open-data/publications/:publication_id", h.getOpen)
	open.GET("/open-data/publications/:publication_id/cubes/:cube", h.tableOpen)
	open.GET("/open-data/publications/:publication_id/download", h.downloadOpen)
	open.GET("/open-data/places", h.places)
}

// Item is a publication in a list.
type Item struct {
	ID                id.ID      `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Year              int        `json:"year" example:"2026"`
	Audience          string     `json:"audience" enums:"analyst,public" example:"public"`
	Version           int        `json:"version" example:"2"`
	State             string     `json:"state" enums:"preparing,prepared,published,failed,rejected" example:"published"`
	AsOf              *time.Time `json:"as_of" format:"date-time" extensions:"x-nullable" example:"2026-11-02T09:00:00+09:00"` // what was known then
	Through           string     `json:"through" format:"year-month" example:"2026-10"`                                        // the last month contained
	PublishedAt       *time.Time `json:"published_at" format:"date-time" extensions:"x-nullable" example:"2026-11-03T09:00:00+09:00"`
	DefinitionVersion int        `json:"definition_version" example:"1"`
	Threshold         int        `json:"threshold" example:"10"` // fewest persons that are shown
	RoundTo           int        `json:"round_to" example:"5"`   // base of what is shown; 1 for exact figures
	Hash              string     `json:"hash" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Supersedes        *id.ID     `json:"supersedes" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	SupersededBy      *id.ID     `json:"superseded_by" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	Note              string     `json:"note" example:"2026년 10월까지의 연간 통계"`
} //	@name	PublicationItem

// Page is a page of publications.
type Page struct {
	Items []Item  `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	PublicationPage

// Detail is a publication with what it contains.
type Detail struct {
	Item
	Definition     string   `json:"definition" example:"실인원은 …"`
	PopulationAsOf *string  `json:"population_as_of" format:"year-month" extensions:"x-nullable" example:"2026-10"` // of the last month contained
	Cubes          []Cube   `json:"cubes"`
	Centre         *Process `json:"centre,omitempty"` // for centre officers
} //	@name	Publication

// Cube is a pair of axes that is published, with all levels that each can be told apart on.
type Cube struct {
	Cube    string `json:"cube" example:"home-time"`
	Name    string `json:"name" example:"거주지 × 시기"`
	Rows    Side   `json:"rows"`
	Columns Side   `json:"columns"`
} //	@name	PublicationCube

// Side is an axis and its levels, finest first, * for the whole.
type Side struct {
	Axis   string   `json:"axis" example:"home"`
	Name   string   `json:"name" example:"거주지"`
	Levels []string `json:"levels" example:"dong,gu,city,*"`
} //	@name	PublicationSide

// Process is how a publication came about.
type Process struct {
	Reason     string         `json:"reason" example:"월간 공표"`
	ProposedBy id.ID          `json:"proposed_by" format:"uuid" swaggertype:"string"`
	ProposedAt time.Time      `json:"proposed_at" format:"date-time"`
	DecidedBy  *id.ID         `json:"decided_by" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	DecidedAt  *time.Time     `json:"decided_at" format:"date-time" extensions:"x-nullable"`
	Decision   string         `json:"decision"`                                                                                  // the reason of a rejection
	Failure    string         `json:"failure"`                                                                                   // why it could not be published safely
	Report     map[string]int `json:"report" swaggertype:"object,integer" example:"cells:11177,primary:2681,complementary:1490"` // what was hidden, and how
} //	@name	PublicationProcess

func (h Handler) item(l publication.Listed) Item {
	i := Item{ID: l.ID, Year: l.Year, Audience: string(l.Audience), Version: l.Version, State: string(l.State), AsOf: h.at(l.AsOf),
		Through: cube.MonthKey(l.Through), DefinitionVersion: l.DefinitionVersion, Threshold: l.Threshold, RoundTo: l.RoundTo, Hash: l.Hash,
		Supersedes: l.Supersedes, SupersededBy: l.SupersededBy, Note: l.Note}
	if l.State == publication.Published {
		i.PublishedAt = h.at(l.DecidedAt)
	}
	return i
}

func (h Handler) at(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	local := t.In(h.zone)
	return &local
}

// words says what is to be said in the client's language.
type words struct{ legend.Words }

func wordsFor(c *gin.Context) words { return words{legend.Words{Lang: problem.Lang(c)}} }

func (w words) cubes() []Cube {
	all := make([]Cube, len(cube.Listed))
	for i, c := range cube.Listed {
		all[i] = Cube{c.Name(), w.Pair(c), w.side(c.Row), w.side(c.Column)}
	}
	return all
}

func (w words) side(a cube.Axis) Side {
	s := Side{Axis: string(a), Name: w.SideOf(a).Name}
	for _, l := range a.Levels() {
		s.Levels = append(s.Levels, string(l))
	}
	return s
}

// definition says what a publication contains, and why some of it is hidden.
func (w words) definition(l publication.Listed) string {
	args := map[string]any{"year": l.Year, "through": w.Period(cube.MonthKey(l.Through)), "threshold": l.Threshold, "round_to": l.RoundTo}
	text := w.say("definition.contents", args) + " " + w.say("definition.hidden", args)
	if l.RoundTo > 1 {
		text += " " + w.say("definition.rounded", args)
	}
	text += " " + w.Say("definition.measures", nil) + " " + w.Say("definition.rates", nil) + " " + w.say("definition.registered", args)
	if l.DefinitionVersion > 1 { // what is frozen keeps its words
		text += " " + w.say("definition.new_persons", args)
	}
	return text
}

func (w words) say(key string, args map[string]any) string {
	return i18n.Text(w.Lang, "publication."+key, args)
}
