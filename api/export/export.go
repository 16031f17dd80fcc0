// Package export serves the one ledger as others need it: schools, the portal 1365, the tax office, and each person himself.
package export

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/api/table"
	"dure/domain/export"
	"dure/domain/kernel/calendar"
)

// Handler serves the routes of export.
type Handler struct {
	service *export.Service
	zone    *time.Location
}

// New makes the handler; times of day are told in the city's zone.
func New(service *export.Service, zone *time.Location) Handler { return Handler{service, zone} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/me/export", h.personal)
	signedIn.GET("/me/school-hours", h.schoolHours)
	signedIn.GET("/me/tax-certificate", h.tax)
	signedIn.GET("/exports/1365", h.portal)
	signedIn.GET("/exports/school", h.listSent)
	signedIn.POST("/exports/school", h.send)
	signedIn.GET("/exports/school/:export_id", h.sent)
	signedIn.GET("/class-periods", h.listPeriods)
	signedIn.POST("/class-periods", h.addPeriods)
	signedIn.GET("/disaster-areas", h.listAreas)
	signedIn.POST("/disaster-areas", h.addArea)
}

// period reads the days of a view.
func period(q *bind.Query) export.Period { return export.Period{From: q.Day("from"), To: q.Day("to")} }

// sheet answers with a CSV file.
func sheet(c *gin.Context, name string, rows [][]string) {
	c.Header("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Status(http.StatusOK)
	_ = table.CSV(c.Writer, rows) // who has gone away needs no answer
}

// TaxCertificate is what service in special disaster areas was worth in a year.
type TaxCertificate struct {
	Year    int       `json:"year" example:"2026"`
	Items   []TaxItem `json:"items"`
	Minutes int       `json:"minutes" example:"500"`
	Days    int       `json:"days" example:"2"`
	Won     int       `json:"won" example:"160000"`
} //	@name	TaxCertificate

// TaxItem is the service in one area.
type TaxItem struct {
	Area      string       `json:"area" example:"2026년 7월 호우 특별재난지역"`
	FirstDay  calendar.Day `json:"first_day" format:"date" swaggertype:"string" example:"2026-07-01"`
	LastDay   calendar.Day `json:"last_day" format:"date" swaggertype:"string" example:"2026-09-30"`
	Minutes   int          `json:"minutes" example:"500"` // recognised
	Days      int          `json:"days" example:"2"`      // hours ÷ 8, a part of a day counts whole
	WonPerDay int          `json:"won_per_day" example:"80000"`
	Won       int          `json:"won" example:"160000"`
} //	@name	TaxCertificateItem

// tax shows what service was worth.
//
//	@ID				readMyTaxCertificate
//	@Summary		What my service in special disaster areas was worth in a year (everybody with a person, for himself)
//	@Description	특별재난지역 자원봉사: days are hours ÷ 8 by area, a part of a day counts whole; a day's value is that of the area.
//	@Tags			export
//	@Security		bearer
//	@Produce		json
//	@Param			year	query		int	true	"calendar year"	minimum(2000)	maximum(2100)	example(2026)
//	@Success		200		{object}	TaxCertificate
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"export.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/tax-certificate [get]
func (h Handler) tax(c *gin.Context) {
	q := bind.NewQuery(c, "year")
	year := q.Int("year", 0, 2000, 2100)
	if q.Err() == nil && year == 0 {
		problem.Write(c, bind.ErrQuery.With("name", "year"))
		return
	}
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	t, err := h.service.MyTaxCertificate(c.Request.Context(), year)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := TaxCertificate{Year: t.Year, Items: make([]TaxItem, len(t.Items)), Minutes: t.Minutes, Days: t.Days, Won: t.Won}
	for i, item := range t.Items {
		answer.Items[i] = TaxItem{Area: item.Area.Name, FirstDay: item.Area.FirstDay, LastDay: item.Area.LastDay, Minutes: item.Minutes,
			Days: item.Days, WonPerDay: item.Area.WonPerDay, Won: item.Won}
	}
	c.JSON(http.StatusOK, answer)
}
