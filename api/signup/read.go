package signup

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/signup"
)

// mine gives the volunteer's own sign-ups.
//
//	@ID			listMySignUps
//	@Summary	List one's own sign-ups, by the start of their shifts (the volunteer himself)
//	@Tags		signup
//	@Security	bearer
//	@Produce	json
//	@Param		from	query		string	false	"whose shift touches this city day or later"	format(date)	example(2026-07-01)
//	@Param		to		query		string	false	"whose shift touches this city day or earlier"	format(date)	example(2026-07-31)
//	@Param		state	query		string	false	"only in this state"							Enums(applied, waitlisted, confirmed, cancelled, attended, no_show)
//	@Param		limit	query		int		false	"rows of a page"								default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	MinePage
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"auth.forbidden"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/me/sign-ups [get]
func (h Handler) mine(c *gin.Context) {
	q := bind.NewQuery(c, "from", "to", "state", "limit", "after")
	f := signup.Filter{From: q.Day("from"), To: q.Day("to"), States: states(q.OneOf("state", stateNames()...))}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Mine(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := MinePage{Items: make([]Mine, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, m := range found.Items {
		answer.Items[i] = Mine{Response: present(m.Placed), ActivityID: m.ActivityID, ActivityTitle: m.ActivityTitle,
			Place: m.ActivityPlace, OrganiserName: m.OrganiserName}
	}
	c.JSON(http.StatusOK, answer)
}

// ofShift gives a shift's sign-ups.
//
//	@ID				listShiftSignUps
//	@Summary		List who signed up for a shift (its organiser's people, centre officers)
//	@Description	In the order in which they came, names masked. That somebody looked is kept.
//	@Tags			signup
//	@Security		bearer
//	@Produce		json
//	@Param			shift_id	path		string	true	"shift"						format(uuid)
//	@Param			state		query		string	false	"only in this state"		Enums(applied, waitlisted, confirmed, cancelled, attended, no_show)
//	@Param			limit		query		int		false	"rows of a page"			default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	TheirsPage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"activity.shift_not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id}/sign-ups [get]
func (h Handler) ofShift(c *gin.Context) {
	shiftID, err := bind.ID(c, "shift_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "state", "limit", "after")
	wanted, p := states(q.OneOf("state", stateNames()...)), q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.OfShift(c.Request.Context(), shiftID, wanted, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := TheirsPage{Items: make([]Theirs, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, s := range found.Items {
		answer.Items[i] = Theirs{Response: present(s.Placed), VolunteerID: s.VolunteerID, VolunteerNumber: s.VolunteerNumber,
			Name: s.VolunteerName, Insurance: presentCover(problem.Lang(c), s.Cover)}
	}
	c.JSON(http.StatusOK, answer)
}
