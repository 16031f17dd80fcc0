package transfer

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/id"
)

// VerificationRequest names the attendances of a transfer that are confirmed.
type VerificationRequest struct {
	AttendanceIDs []id.ID `json:"attendance_ids" format:"uuid" swaggertype:"array,string" maxItems:"1000"` // none: all of the transfer
} //	@name	TransferVerification

// RejectionRequest names the attendances of a transfer that are refused.
type RejectionRequest struct {
	AttendanceIDs []id.ID `json:"attendance_ids" format:"uuid" swaggertype:"array,string" maxItems:"1000"` // none: all of the transfer
	Reason        string  `json:"reason" example:"다른 사람의 실적입니다." validate:"required" maxLength:"500"`
} //	@name	TransferRejection

// VerdictsResponse tells what became of each attendance.
type VerdictsResponse struct {
	Results []Verdict `json:"results"`
} //	@name	TransferVerdicts

// Verdict is the answer for one attendance.
type Verdict struct {
	AttendanceID id.ID                    `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Status       attendance.VerdictStatus `json:"status" swaggertype:"string" enums:"verified,already_verified,rejected,already_rejected,refused" example:"verified"`
	State        *attendance.State        `json:"state" swaggertype:"string" enums:"pending,held,verified,rejected,reversed" extensions:"x-nullable" example:"verified"`
	Problem      *problem.Problem         `json:"problem" extensions:"x-nullable"` // why it was refused
} //	@name	TransferVerdict

// verify confirms a transfer.
//
//	@ID				verifyTransfer
//	@Summary		Confirm hours that another officer took over (centre officers)
//	@Description	All of the transfer, or those named, each for itself. Nobody confirms what he imported himself, or his own or his family's hours.
//	@Description	What is confirmed is counted on the person's whole day and posted at once.
//	@Tags			transfer
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			transfer_id	path		string				true	"transfer"	format(uuid)
//	@Param			body		body		VerificationRequest	false	"which ones"
//	@Success		200			{object}	VerdictsResponse
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"transfer.not_found"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/transfers/{transfer_id}/verification [post]
func (h Handler) verify(c *gin.Context) {
	transferID, err := bind.ID(c, "transfer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req VerificationRequest
	if err := bind.JSONIfAny(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	verdicts, err := h.service.Verify(c.Request.Context(), transferID, req.AttendanceIDs)
	answerVerdicts(c, verdicts, err)
}

// reject refuses a transfer.
//
//	@ID			rejectTransfer
//	@Summary	Refuse hours that were taken over, before they are confirmed (centre officers)
//	@Tags		transfer
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		transfer_id	path		string				true	"transfer"	format(uuid)
//	@Param		body		body		RejectionRequest	true	"which ones, and why"
//	@Success	200			{object}	VerdictsResponse
//	@Failure	400			{object}	problem.Problem	"unreadable body"
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	403			{object}	problem.Problem	"auth.forbidden"
//	@Failure	404			{object}	problem.Problem	"transfer.not_found"
//	@Failure	413			{object}	problem.Problem	"request.too_large"
//	@Failure	415			{object}	problem.Problem	"request.media_type"
//	@Failure	422			{object}	problem.Problem	"request.invalid"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/transfers/{transfer_id}/rejection [post]
func (h Handler) reject(c *gin.Context) {
	transferID, err := bind.ID(c, "transfer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req RejectionRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	verdicts, err := h.service.Reject(c.Request.Context(), transferID, req.AttendanceIDs, req.Reason)
	answerVerdicts(c, verdicts, err)
}

func answerVerdicts(c *gin.Context, verdicts []attendance.Verdict, err error) {
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := VerdictsResponse{Results: make([]Verdict, len(verdicts))}
	for i, v := range verdicts {
		answer.Results[i] = Verdict{AttendanceID: v.AttendanceID, Status: v.Status, Problem: problem.For(c, v.Err)}
		if v.State != "" {
			answer.Results[i].State = &v.State
		}
	}
	c.JSON(http.StatusOK, answer)
}
