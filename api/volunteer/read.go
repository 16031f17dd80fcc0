package volunteer

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/volunteer"
)

// list gives a camp's own people.
//
//	@ID				listCampVolunteers
//	@Summary		Find a camp's own people, masked (the camp's head and keepers, centre officers)
//	@Description	By name: who was registered at the camp on paper, or has been present there. That somebody looked is kept.
//	@Tags			volunteer
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id	path		string	true	"camp"	format(uuid)
//	@Param			q		query		string	false	"part of a name, a volunteer number, or the last four digits of a mobile number"	example(홍길)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"camp.not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/volunteers [get]
func (h Handler) list(c *gin.Context) {
	campID, err := bind.ID(c, "camp_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "q", "limit", "after")
	word, p := q.Text("q"), q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.AtCamp(c.Request.Context(), campID, volunteer.Search(word), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Masked, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, v := range found.Items {
		answer.Items[i] = mask(v)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives a whole record.
//
//	@ID				getVolunteer
//	@Summary		Read a volunteer's whole record (centre officers)
//	@Description	That somebody looked is kept.
//	@Tags			volunteer
//	@Security		bearer
//	@Produce		json
//	@Param			volunteer_id	path		string	true	"volunteer"	format(uuid)
//	@Success		200				{object}	Record
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		404				{object}	problem.Problem	"volunteer.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/volunteers/{volunteer_id} [get]
func (h Handler) get(c *gin.Context) {
	person, err := bind.ID(c, "volunteer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	r, err := h.service.Read(c.Request.Context(), person)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(r))
}
