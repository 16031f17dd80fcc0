// Package statistics serves the city's rates.
package statistics

import (
	"net/http"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/statistics"
)

// Handler serves the routes of statistics.
type Handler struct{ service *statistics.Service }

// New makes the handler.
func New(service *statistics.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/statistics/registration", h.registration)
	signedIn.GET("/statistics/participation", h.participation)
}

// Registration is who is registered, against who lives here.
type Registration struct {
	Items          []RegistrationItem `json:"items"` // every key there is, zeros too; people from outside last
	AsOf           calendar.Day       `json:"as_of" format:"date" swaggertype:"string" example:"2026-07-31"`
	PopulationAsOf *string            `json:"population_as_of" format:"year-month" extensions:"x-nullable" example:"2026-07"`
	Definition     string             `json:"definition" example:"등록률 = 등록인원 ÷ 주민등록인구. …"`
} //	@name	RegistrationStatistics

// RegistrationItem are the figures of one key.
type RegistrationItem struct {
	Key        string   `json:"key" example:"1221052500"` // a region's code, an age band, a sex, or outside
	Name       string   `json:"name" example:"충장동"`
	Registered int      `json:"registered" example:"412"` // persons (등록인원)
	Population *int     `json:"population" extensions:"x-nullable" example:"5909"`
	Rate       *float64 `json:"rate" extensions:"x-nullable" example:"0.069724"` // registered ÷ population; null where there is nothing to divide by
} //	@name	RegistrationStatisticsItem

// Participation is who took part, against who lives here and who is registered.
type Participation struct {
	Items          []ParticipationItem `json:"items"` // every key there is, zeros too; people from outside last
	From           calendar.Day        `json:"from" format:"date" swaggertype:"string" example:"2026-07-01"`
	To             calendar.Day        `json:"to" format:"date" swaggertype:"string" example:"2026-07-31"`
	AsOf           time.Time           `json:"as_of" format:"date-time" example:"2026-11-21T03:00:00Z"` // what was known then
	PopulationAsOf *string             `json:"population_as_of" format:"year-month" extensions:"x-nullable" example:"2026-07"`
	Definition     string              `json:"definition" example:"참여율 = 실인원 ÷ 주민등록인구, 활동률 = 실인원 ÷ 등록인원. …"`
} //	@name	ParticipationStatistics

// ParticipationItem are the figures of one key.
type ParticipationItem struct {
	Key               string   `json:"key" example:"1221052500"` // a region's code, an age band, a sex, or outside
	Name              string   `json:"name" example:"충장동"`
	Persons           int      `json:"persons" example:"103"`                  // distinct persons (실인원)
	Visits            int      `json:"visits" example:"391"`                   // person-times (연인원)
	Minutes           int64    `json:"minutes" format:"int64" example:"58240"` // recognised
	Registered        int      `json:"registered" example:"412"`               // persons (등록인원) at the end of the period
	Population        *int     `json:"population" extensions:"x-nullable" example:"5909"`
	ParticipationRate *float64 `json:"participation_rate" extensions:"x-nullable" example:"0.017431"` // persons ÷ population (참여율)
	ActivityRate      *float64 `json:"activity_rate" extensions:"x-nullable" example:"0.25"`          // persons ÷ registered (활동률)
} //	@name	ParticipationStatisticsItem

var choices = []string{string(statistics.ByCity), string(statistics.ByGu), string(statistics.ByDong), string(statistics.ByAgeBand), string(statistics.BySex)}

// registration answers who is registered.
//
//	@ID				readRegistrationStatistics
//	@Summary		Registration rates (analysts, centre officers)
//	@Description	By where people live, their age or their sex on a day. With Accept: text/csv the same as CSV (UTF-8 with BOM).
//	@Tags			statistics
//	@Security		bearer
//	@Produce		json,text/csv
//	@Param			as_of	query		string	false	"day; today where absent"	format(date)	example(2026-07-31)
//	@Param			by		query		string	false	"what the rows are"	Enums(city, gu, dong, age_band, sex)	default(city)
//	@Success		200		{object}	Registration
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/registration [get]
func (h Handler) registration(c *gin.Context) {
	q := bind.NewQuery(c, "as_of", "by")
	asOf, by := q.Day("as_of"), statistics.By(q.OneOf("by", choices...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	t, err := h.service.Registration(c.Request.Context(), by, asOf)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer(c, t, presentRegistration)
}

// participation answers who took part.
//
//	@ID				readParticipationStatistics
//	@Summary		Participation and activity rates of a period (analysts, centre officers)
//	@Description	Distinct persons and person-times side by side, both denominators shown, by where people live, their age or
//	@Description	their sex on the last day. With Accept: text/csv the same as CSV (UTF-8 with BOM).
//	@Tags			statistics
//	@Security		bearer
//	@Produce		json,text/csv
//	@Param			from	query		string	true	"first day"	format(date)	example(2026-07-01)
//	@Param			to		query		string	true	"last day, at most 50 years later"	format(date)	example(2026-07-31)
//	@Param			by		query		string	false	"what the rows are"	Enums(city, gu, dong, age_band, sex)	default(city)
//	@Success		200		{object}	Participation
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/participation [get]
func (h Handler) participation(c *gin.Context) {
	q := bind.NewQuery(c, "from", "to", "by")
	p, by := statistics.Period{From: q.Day("from"), To: q.Day("to")}, statistics.By(q.OneOf("by", choices...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	t, err := h.service.Participation(c.Request.Context(), by, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer(c, t, presentParticipation)
}

// sheet is an answer that can also be written as a table.
type sheet interface {
	table() (columns []string, rows [][]string)
}

// answer writes a table as JSON, or as CSV where the client would rather have that.
func answer[S sheet](c *gin.Context, t statistics.Table, present func(words, statistics.Table) S) {
	w := words{problem.Lang(c)}
	c.Header("Vary", "Accept, Accept-Language")
	c.Header("Content-Language", string(w.lang))
	s := present(w, t)
	if !prefersCSV(c.Request.Header.Values("Accept")) {
		c.JSON(http.StatusOK, s)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="`+path.Base(c.FullPath())+"-"+string(t.By)+"-"+t.Period.To.String()+`.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", w.csv(s.table()))
}
