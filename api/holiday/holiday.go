// Package holiday serves the public holidays.
package holiday

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/holiday"
	"dure/domain/kernel/calendar"
)

// Handler serves the routes.
type Handler struct {
	service  *holiday.Service
	holidays holiday.Reader
	clock    calendar.Clock
}

// New makes the handler.
func New(service *holiday.Service, holidays holiday.Reader, clock calendar.Clock) Handler {
	return Handler{service, holidays, clock}
}

// Routes registers the routes. Everybody who is signed in may know when the holidays are.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/holidays", h.list)
	signedIn.POST("/holidays", h.add)
	signedIn.DELETE("/holidays/:day", h.remove)
}

// Holiday is a public holiday.
type Holiday struct {
	Day  calendar.Day `json:"day" format:"date" swaggertype:"string" example:"2026-09-25" validate:"required"`
	Name string       `json:"name" example:"추석" validate:"required" maxLength:"50"`
} //	@name	Holiday

// List is the holidays of a year, in order.
type List struct {
	Items []Holiday `json:"items"`
} //	@name	HolidayList

// list gives the holidays of a year.
//
//	@ID				listHolidays
//	@Summary		Public holidays of a year (everybody signed in)
//	@Description	Substitute days and days of elections among them.
//	@Tags			holiday
//	@Security		bearer
//	@Produce		json
//	@Param			year	query		int	false	"this year where absent"	minimum(1900)	maximum(2100)
//	@Success		200		{object}	List
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/holidays [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "year")
	year := q.Int("year", h.clock.Day(h.clock.Now()).Year(), 1900, 2100)
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.holidays.Year(c.Request.Context(), year)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := List{Items: make([]Holiday, len(found))}
	for i, one := range found {
		answer.Items[i] = Holiday(one)
	}
	c.JSON(http.StatusOK, answer)
}

// add keeps holidays.
//
//	@ID				addHolidays
//	@Summary		Keep public holidays (administrators)
//	@Description	Days that are holidays already are named anew. All figures by kind of day are counted anew within seconds.
//	@Tags			holiday
//	@Security		bearer
//	@Accept			json
//	@Param			Idempotency-Key	header	string	false	"the same key and body: the same answer"
//	@Param			body			body	List	true	"holidays"
//	@Success		204
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		422	{object}	problem.Problem	"request.invalid"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/holidays [post]
func (h Handler) add(c *gin.Context) {
	var body List
	if err := bind.JSON(c, &body); err != nil {
		problem.Write(c, err)
		return
	}
	all := make([]holiday.Holiday, len(body.Items))
	for i, one := range body.Items {
		all[i] = holiday.Holiday(one)
	}
	if err := h.service.Add(c.Request.Context(), all); err != nil {
		problem.Write(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// remove takes a day off the holidays.
//
//	@ID				removeHoliday
//	@Summary		Take a day off the public holidays (administrators)
//	@Description	For what was entered by mistake. All figures by kind of day are counted anew within seconds.
//	@Tags			holiday
//	@Security		bearer
//	@Param			day	path	string	true	"the day"	format(date)	example(2026-09-25)
//	@Success		204
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"holiday.not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/holidays/{day} [delete]
func (h Handler) remove(c *gin.Context) {
	day, err := calendar.Parse(c.Param("day"))
	if err != nil {
		day = calendar.Day{} // which is no holiday either, for who may know
	}
	if err := h.service.Remove(c.Request.Context(), day); err != nil {
		problem.Write(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
