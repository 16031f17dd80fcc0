// Package statistics serves the city's rates.
package statistics

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	tables "dure/api/table"
	"dure/domain/attendance"
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
	signedIn.GET("/statistics/differences", h.differences)
}

// Registration is who is registered, against who lives here.
type Registration struct {
	Items          []RegistrationItem `json:"items"`                                                                                     // every key there is, zeros too; people from outside last
	AsOf           calendar.Day       `json:"as_of" format:"date" swaggertype:"string" example:"2026-07-31"`                             // the day that is counted
	KnownAt        *time.Time         `json:"known_at" format:"date-time" extensions:"x-nullable" example:"2026-07-31T14:59:59.999999Z"` // as known then, which stays so; null for what is known now
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

// grades are the grades of evidence, best first; of many that count, the order is this one.
var grades = []string{string(attendance.QR), string(attendance.Leader), string(attendance.Self), string(attendance.Imported), string(attendance.LateProof)}

// registration answers who is registered.
//
//	@ID				readRegistrationStatistics
//	@Summary		Registration rates (centre officers)
//	@Description	By where people live, their age or their sex on a day. With Accept: text/csv the same as CSV (UTF-8 with BOM).
//	@Description	as_of is both the day that is counted and what is known of it: a past day is answered as its end knew it, and an
//	@Description	instant as it was known then, on the city's day of that instant. Whoever asks again gets the same bytes and ETag,
//	@Description	whatever was recorded since. Today is answered as it is known now, and so is any day that is given as on alone.
//	@Description	These are exact figures: every look is kept in the log of acts. Analysts read what is published (/statistics/publications).
//	@Tags			statistics
//	@Security		bearer
//	@Produce		json,text/csv
//	@Param			as_of	query		string	false	"a day up to today, or an instant with its offset (+ sent as %2B) at least two minutes ago; today where absent"	example(2026-07-31)
//	@Param			on		query		string	false	"the day that is counted, where it is not that of as_of"	format(date)	example(2026-06-30)
//	@Param			by		query		string	false	"what the rows are"	Enums(city, gu, dong, age_band, sex)	default(city)
//	@Success		200		{object}	Registration
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		409		{object}	problem.Problem	"as_of.too_recent"
//	@Failure		422		{object}	problem.Problem	"as_of.future"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/registration [get]
func (h Handler) registration(c *gin.Context) {
	q := bind.NewQuery(c, "as_of", "on", "by")
	at, on, by := q.AsOf("as_of"), q.Day("on"), statistics.By(q.OneOf("by", choices...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	t, err := h.service.Registration(c.Request.Context(), by, on, at)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer(c, t, presentRegistration)
}

// participation answers who took part.
//
//	@ID				readParticipationStatistics
//	@Summary		Participation and activity rates of a period (centre officers)
//	@Description	Distinct persons and person-times side by side, both denominators shown, by where people live, their age or
//	@Description	their sex on the last day. With Accept: text/csv the same as CSV (UTF-8 with BOM).
//	@Description	With evidence only entries of these grades count: the code on the spot (qr), a leader's sheet (leader), one's own word
//	@Description	(self), another system (imported), a document after the window (late_proof).
//	@Description	With as_of all of it as it was known then – entries, persons, regions, population: whoever asks again gets the same
//	@Description	bytes and ETag, whatever was recorded since. These are exact figures: every look is kept in the log of acts. Why two of them differ is told by /statistics/differences.
//	@Tags			statistics
//	@Security		bearer
//	@Produce		json,text/csv
//	@Param			from	query		string	true	"first day"	format(date)	example(2026-07-01)
//	@Param			to		query		string	true	"last day, at most 50 years later"	format(date)	example(2026-07-31)
//	@Param			by		query		string	false	"what the rows are"	Enums(city, gu, dong, age_band, sex)	default(city)
//	@Param			evidence	query	string	false	"grades of evidence that count, separated by commas: qr, leader, self, imported, late_proof; all where absent"	example(qr,leader)
//	@Param			as_of	query		string	false	"as known then: an instant with its offset (+ sent as %2B), at least two minutes ago, or a past day, which means its end; now where absent"	example(2026-08-05)
//	@Success		200		{object}	Participation
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		409		{object}	problem.Problem	"as_of.too_recent"
//	@Failure		422		{object}	problem.Problem	"request.invalid, as_of.future"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/participation [get]
func (h Handler) participation(c *gin.Context) {
	q := bind.NewQuery(c, "from", "to", "by", "evidence", "as_of")
	p, by := statistics.Period{From: q.Day("from"), To: q.Day("to")}, statistics.By(q.OneOf("by", choices...))
	evidence, at := q.SomeOf("evidence", grades...), q.AsOf("as_of")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	t, err := h.service.Participation(c.Request.Context(), by, p, evidence, at)
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
	if tables.Accepted(c.Request.Header.Values("Accept"), tables.JSON, tables.CSVFile) == tables.JSON {
		body, err := json.Marshal(s)
		if err != nil {
			panic(err) // plain values always marshal
		}
		write(c, "application/json; charset=utf-8", body)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="`+path.Base(c.FullPath())+"-"+string(t.By)+"-"+t.Period.To.String()+`.csv"`)
	write(c, "text/csv; charset=utf-8", w.csv(s.table()))
}

// write sends a body under a strong tag: the same tag is the same bytes.
func write(c *gin.Context, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	c.Header("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	c.Data(http.StatusOK, contentType, body)
}
