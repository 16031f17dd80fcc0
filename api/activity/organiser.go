package activity

import (
	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/activity"
)

func (h Handler) ofOrganiser(c *gin.Context, t activity.OrganiserType, param string) {
	organiser, err := bind.ID(c, param)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "state", "q", "limit", "after")
	f := activity.Filter{State: activity.State(q.OneOf("state", "", "draft", "submitted", "approved", "rejected", "ended", "cancelled")),
		Word: q.Text("q")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.OfOrganiser(c.Request.Context(), t, organiser, f, p)
	answerPage(c, q, found, err)
}

func (h Handler) shiftsOfOrganiser(c *gin.Context, t activity.OrganiserType, param string) {
	organiser, err := bind.ID(c, param)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "from", "to", "activity_id", "limit", "after")
	f := activity.ShiftFilter{From: q.Day("from"), To: q.Day("to"), Activity: q.ID("activity_id")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.ShiftsOfOrganiser(c.Request.Context(), t, organiser, f, p)
	answerShifts(c, q, found, err)
}

// ofCamp gives the activities of a camp.
//
//	@ID				listCampActivities
//	@Summary		List a camp's activities in all states (its head and keepers, centre officers)
//	@Description	The newest first.
//	@Tags			activity
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id	path		string	true	"camp"			format(uuid)
//	@Param			state	query		string	false	"only in this state"	Enums(draft, submitted, approved, rejected, ended, cancelled)
//	@Param			q		query		string	false	"words of the title"	example(말벗)
//	@Param			limit	query		int		false	"rows of a page"		default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"camp.not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/activities [get]
func (h Handler) ofCamp(c *gin.Context) { h.ofOrganiser(c, activity.ByCamp, "camp_id") }

// shiftsOfCamp gives the shifts of a camp.
//
//	@ID				listCampShifts
//	@Summary		List a camp's shifts (its head and keepers, centre officers)
//	@Description	By their start, without cancelled ones; those of approved activities, or with activity_id all of one activity.
//	@Tags			activity
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id		path		string	true	"camp"						format(uuid)
//	@Param			from		query		string	false	"touching this city day or later"	format(date)	example(2026-07-01)
//	@Param			to			query		string	false	"touching this city day or earlier"	format(date)	example(2026-07-31)
//	@Param			activity_id	query		string	false	"of this activity, in any state"	format(uuid)
//	@Param			limit		query		int		false	"rows of a page"					default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	ShiftPage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"camp.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/shifts [get]
func (h Handler) shiftsOfCamp(c *gin.Context) { h.shiftsOfOrganiser(c, activity.ByCamp, "camp_id") }

// ofSite gives the activities of a demand site.
//
//	@ID				listDemandSiteActivities
//	@Summary		List a demand site's activities in all states (its managers, centre officers)
//	@Description	The newest first.
//	@Tags			activity
//	@Security		bearer
//	@Produce		json
//	@Param			site_id	path		string	true	"demand site"			format(uuid)
//	@Param			state	query		string	false	"only in this state"	Enums(draft, submitted, approved, rejected, ended, cancelled)
//	@Param			q		query		string	false	"words of the title"	example(말벗)
//	@Param			limit	query		int		false	"rows of a page"		default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"site.not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/activities [get]
func (h Handler) ofSite(c *gin.Context) { h.ofOrganiser(c, activity.ByDemandSite, "site_id") }

// shiftsOfSite gives the shifts of a demand site.
//
//	@ID				listDemandSiteShifts
//	@Summary		List a demand site's shifts (its managers, centre officers)
//	@Description	By their start, without cancelled ones; those of approved activities, or with activity_id all of one activity.
//	@Tags			activity
//	@Security		bearer
//	@Produce		json
//	@Param			site_id		path		string	true	"demand site"						format(uuid)
//	@Param			from		query		string	false	"touching this city day or later"	format(date)	example(2026-07-01)
//	@Param			to			query		string	false	"touching this city day or earlier"	format(date)	example(2026-07-31)
//	@Param			activity_id	query		string	false	"of this activity, in any state"	format(uuid)
//	@Param			limit		query		int		false	"rows of a page"					default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	ShiftPage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"site.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/shifts [get]
func (h Handler) shiftsOfSite(c *gin.Context) {
	h.shiftsOfOrganiser(c, activity.ByDemandSite, "site_id")
}

// submissions gives the activities that wait for the centre.
//
//	@ID				listActivitySubmissions
//	@Summary		List the activities that wait for a decision (centre officers)
//	@Description	The newest first.
//	@Tags			activity
//	@Security		bearer
//	@Produce		json
//	@Param			region	query		string	false	"code of a city, gu or dong; old codes resolve"	example(1221000000)
//	@Param			limit	query		int		false	"rows of a page"								default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/activity-submissions [get]
func (h Handler) submissions(c *gin.Context) {
	q := bind.NewQuery(c, "region", "limit", "after")
	f := activity.Filter{Region: q.Text("region")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Submissions(c.Request.Context(), f, p)
	answerPage(c, q, found, err)
}
