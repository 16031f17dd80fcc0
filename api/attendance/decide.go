package attendance

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/id"
)

// VerificationRequest names presences that somebody vouches for.
type VerificationRequest struct {
	AttendanceIDs []id.ID `json:"attendance_ids" format:"uuid" swaggertype:"array,string" validate:"required" minItems:"1" maxItems:"1000"`
} //	@name	AttendanceVerification

// RejectionRequest names presences that were none.
type RejectionRequest struct {
	AttendanceIDs []id.ID `json:"attendance_ids" format:"uuid" swaggertype:"array,string" validate:"required" minItems:"1" maxItems:"1000"`
	Reason        string  `json:"reason" example:"그 시간에 없었습니다." validate:"required" maxLength:"500"`
} //	@name	AttendanceRejection

// VerdictResponse tells what became of each attendance, in the order given.
type VerdictResponse struct {
	Results []Verdict `json:"results"`
} //	@name	AttendanceVerdicts

// Verdict is the answer for one attendance.
type Verdict struct {
	AttendanceID id.ID                    `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Status       attendance.VerdictStatus `json:"status" swaggertype:"string" enums:"verified,already_verified,rejected,already_rejected,refused" example:"verified"`
	State        *attendance.State        `json:"state" swaggertype:"string" enums:"open,auto_closed,pending,held,verified,rejected,reversed" extensions:"x-nullable" example:"verified"`
	Problem      *problem.Problem         `json:"problem" extensions:"x-nullable"` // why it was refused
} //	@name	AttendanceVerdict

// verifyAtCamp verifies attendances of a camp.
//
//	@ID				verifyAtCamp
//	@Summary		Verify presences that others entered (the camp's head and keepers, the centre)
//	@Description	Each for itself. Nobody verifies his own presence, his ward's or guardian's, or what he entered himself. What is verified
//	@Description	is counted and posted to the volunteer's hours at once.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			camp_id	path		string				true	"camp"	format(uuid)
//	@Param			body	body		VerificationRequest	true	"up to 1,000 attendances"
//	@Success		200		{object}	VerdictResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/verifications [post]
func (h Handler) verifyAtCamp(c *gin.Context) { h.verify(c, attendance.Camp) }

// verifyAtSite verifies attendances of a demand site.
//
//	@ID				verifyAtSite
//	@Summary		Verify presences that others entered (the demand site's managers, the centre)
//	@Description	As for camps.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			site_id	path		string				true	"demand site"	format(uuid)
//	@Param			body	body		VerificationRequest	true	"up to 1,000 attendances"
//	@Success		200		{object}	VerdictResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/verifications [post]
func (h Handler) verifyAtSite(c *gin.Context) { h.verify(c, attendance.Site) }

func (h Handler) verify(c *gin.Context, kind string) {
	o, err := organiser(c, kind)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req VerificationRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	verdicts, err := h.service.Verify(c.Request.Context(), o, req.AttendanceIDs)
	answerVerdicts(c, verdicts, err)
}

// rejectAtCamp rejects attendances of a camp.
//
//	@ID				rejectAtCamp
//	@Summary		Reject presences that were never verified (the camp's head and keepers, the centre)
//	@Description	Each for itself. What counts already is taken back by a reversal.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			camp_id	path		string				true	"camp"	format(uuid)
//	@Param			body	body		RejectionRequest	true	"up to 1,000 attendances"
//	@Success		200		{object}	VerdictResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/rejections [post]
func (h Handler) rejectAtCamp(c *gin.Context) { h.reject(c, attendance.Camp) }

// rejectAtSite rejects attendances of a demand site.
//
//	@ID				rejectAtSite
//	@Summary		Reject presences that were never verified (the demand site's managers, the centre)
//	@Description	As for camps.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			site_id	path		string				true	"demand site"	format(uuid)
//	@Param			body	body		RejectionRequest	true	"up to 1,000 attendances"
//	@Success		200		{object}	VerdictResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/rejections [post]
func (h Handler) rejectAtSite(c *gin.Context) { h.reject(c, attendance.Site) }

func (h Handler) reject(c *gin.Context, kind string) {
	o, err := organiser(c, kind)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req RejectionRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	verdicts, err := h.service.Reject(c.Request.Context(), o, req.AttendanceIDs, req.Reason)
	answerVerdicts(c, verdicts, err)
}

func answerVerdicts(c *gin.Context, verdicts []attendance.Verdict, err error) {
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := VerdictResponse{Results: make([]Verdict, len(verdicts))}
	for i, v := range verdicts {
		answer.Results[i] = Verdict{AttendanceID: v.AttendanceID, Status: v.Status, Problem: problem.For(c, v.Err)}
		if v.State != "" {
			answer.Results[i].State = &v.State
		}
	}
	c.JSON(http.StatusOK, answer)
}
