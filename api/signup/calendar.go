package signup

import (
	"net/http"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/gin-gonic/gin"

	"dure/api/problem"
	"dure/domain/signup"
)

// calendar gives the volunteer's calendar.
//
//	@ID				getMyCalendar
//	@Summary		Read one's confirmed sign-ups as an iCalendar feed (the volunteer himself)
//	@Description	From a month ago on, up to 500 events. Each sign-up keeps its UID. The bearer token is needed, so a calendar that cannot send one is fed by the phone app.
//	@Tags			signup
//	@Security		bearer
//	@Produce		text/calendar
//	@Success		200	{string}	string			"RFC 5545"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/calendar.ics [get]
func (h Handler) calendar(c *gin.Context) {
	found, err := h.service.Calendar(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="dure.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", []byte(feed(found, h.clock.Zone)))
}

// feed writes sign-ups as events. Instants stand in UTC, which every calendar reads; the zone to show them in is named beside.
func feed(found []signup.Mine, zone *time.Location) string {
	cal := ical.NewCalendarFor("두레")
	cal.SetMethod(ical.MethodPublish)
	cal.SetXWRCalName("두레 자원봉사")
	cal.SetXWRTimezone(zone.String())
	for _, s := range found {
		e := cal.AddEvent(s.ID.String() + "@dure")
		e.SetDtStampTime(s.ChangedAt)
		e.SetStartAt(s.StartsAt)
		e.SetEndAt(s.EndsAt)
		e.SetSummary(s.ActivityTitle)
		e.SetLocation(s.ActivityPlace)
		e.SetDescription(s.OrganiserName)
		e.SetStatus(ical.ObjectStatusConfirmed)
	}
	return cal.Serialize(ical.WithNewLineWindows) // RFC 5545 wants CRLF everywhere, not the system's own line ends
}
