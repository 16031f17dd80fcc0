package volunteer

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/volunteer"
)

// RegisterRequest is a person as told on paper.
type RegisterRequest struct {
	Name       string           `json:"name" example:"홍길동" validate:"required" maxLength:"100"`
	BirthDate  calendar.Day     `json:"birth_date" format:"date" swaggertype:"string" example:"1947-03-14" validate:"required"`
	Sex        string           `json:"sex" enums:"female,male,undisclosed" example:"male" validate:"required"`
	RegionCode string           `json:"region_code" example:"1221052500" validate:"required"`
	Mobile     string           `json:"mobile" example:"010-1234-5678"`
	Consents   []Consent        `json:"consents" validate:"required"`
	Guardian   *GuardianRequest `json:"guardian"`
} //	@name	PaperRegistration

// GuardianRequest names who consents for a person under 14; not kept for others.
type GuardianRequest struct {
	Name     string `json:"name" example:"홍판서" validate:"required" maxLength:"100"`
	Mobile   string `json:"mobile" example:"010-1234-5678" validate:"required"`
	Relation string `json:"relation" example:"부" validate:"required" maxLength:"20"`
} //	@name	PaperGuardian

// ConfirmRequest says how a guardian's consent was verified.
type ConfirmRequest struct {
	ConfirmedOn calendar.Day `json:"confirmed_on" format:"date" swaggertype:"string" example:"2026-07-02"`
	Method      string       `json:"method" enums:"in_person,phone,document" example:"phone" validate:"required"`
	Note        string       `json:"note" example:"보호자 휴대전화로 확인" maxLength:"500"`
} //	@name	GuardianConfirmation

// register enters a person from paper.
//
//	@ID				registerVolunteer
//	@Summary		Register somebody on paper consent (the camp's head and keepers, centre officers)
//	@Description	The person cannot sign in until he claims the record, with a code from the camp, when he registers an account.
//	@Tags			volunteer
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			camp_id			path		string			true	"camp"	format(uuid)
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		RegisterRequest	true	"the person"
//	@Success		201				{object}	Entered
//	@Header			201				{string}	Location	"path of the volunteer"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"camp.not_found"
//	@Failure		409				{object}	problem.Problem	"camp.closed"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, volunteer.consent_missing"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/volunteers [post]
func (h Handler) register(c *gin.Context) {
	campID, err := bind.ID(c, "camp_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req RegisterRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	v, err := h.service.Register(c.Request.Context(), campID, req.person())
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/volunteers/"+v.ID.String())
	c.JSON(http.StatusCreated, Entered{VolunteerID: v.ID, VolunteerNumber: v.Number, Name: v.Name, Status: string(v.Status), RegisteredOn: v.RegisteredOn})
}

func (r RegisterRequest) person() volunteer.Person {
	p := volunteer.Person{Name: r.Name, BirthDate: r.BirthDate, Sex: volunteer.Sex(r.Sex), RegionCode: r.RegionCode, Mobile: r.Mobile,
		Consents: make([]volunteer.Consent, len(r.Consents))}
	for i, c := range r.Consents {
		p.Consents[i] = volunteer.Consent{Purpose: volunteer.Purpose(c.Purpose), Version: c.Version, Granted: c.Granted}
	}
	if r.Guardian != nil {
		p.Guardian = &volunteer.Guardian{Name: r.Guardian.Name, Mobile: r.Guardian.Mobile, Relation: r.Guardian.Relation}
	}
	return p
}

// handOver makes a claim code.
//
//	@ID				putClaimCode
//	@Summary		Make a code with which a person claims his record (the camp's head and keepers, centre officers)
//	@Description	For people registered at this camp on paper. The code is shown once; a code made before is void.
//	@Tags			volunteer
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id			path		string	true	"camp"		format(uuid)
//	@Param			volunteer_id	path		string	true	"volunteer"	format(uuid)
//	@Success		200				{object}	Handed
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"camp.not_found, volunteer.not_found"
//	@Failure		409				{object}	problem.Problem	"volunteer.claimed"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/volunteers/{volunteer_id}/claim-code [put]
func (h Handler) handOver(c *gin.Context) {
	ids, err := bind.IDs(c, "camp_id", "volunteer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	number, code, err := h.service.HandOver(c.Request.Context(), ids[0], ids[1])
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, Handed{VolunteerNumber: number, ClaimCode: code})
}

// confirmGuardian makes a minor active.
//
//	@ID				confirmGuardian
//	@Summary		Confirm a guardian's consent (centre officers)
//	@Description	The minor may be signed up and recorded from then on. Nobody confirms for his own ward.
//	@Tags			volunteer
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			volunteer_id	path		string			true	"volunteer"	format(uuid)
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		ConfirmRequest	true	"how the consent was verified"
//	@Success		201				{object}	Record
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"volunteer.not_found"
//	@Failure		409				{object}	problem.Problem	"volunteer.not_pending"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/volunteers/{volunteer_id}/guardian-consents [post]
func (h Handler) confirmGuardian(c *gin.Context) {
	person, err := bind.ID(c, "volunteer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ConfirmRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	r, err := h.service.ConfirmGuardian(c.Request.Context(), volunteer.Confirm{
		VolunteerID: person, On: req.ConfirmedOn, Method: volunteer.Method(req.Method), Note: req.Note,
	})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(r))
}
