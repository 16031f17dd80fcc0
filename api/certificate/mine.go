package certificate

import (
	"cmp"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/certificate"
)

// issue certifies one's own hours.
//
//	@ID				issueCertificate
//	@Summary		Get a certificate of one's own recognised minutes (every volunteer)
//	@Description	What the ledger holds for the period is frozen with a number and hashes, and so is the PDF. Presences that were reversed or came to nothing are left out. Earlier certificates stand beside it. Up to ten years, 2,000 activities, and 20 certificates in 24 hours.
//	@Tags			certificate
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		IssueRequest	true	"what to certify"
//	@Success		201				{object}	Response
//	@Header			201				{string}	Location		"path of the certificate"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"ledger.no_person"
//	@Failure		409				{object}	problem.Problem	"certificate.nothing_to_certify, certificate.too_many_lines, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		429				{object}	problem.Problem	"certificate.too_many_a_day"
//	@Failure		503				{object}	problem.Problem	"certificate.account_moved, or busy otherwise: try again"
//	@Router			/me/certificates [post]
func (h Handler) issue(c *gin.Context) {
	var req IssueRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	issued, err := h.service.Issue(c.Request.Context(), certificate.Issue{
		From: req.From, To: req.To, Show: certificate.Show(cmp.Or(req.Show, string(certificate.Activities))),
		FieldCodes: req.FieldCodes, Language: certificate.Language(cmp.Or(req.Language, string(certificate.Korean))), Purpose: req.Purpose,
	})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/me/certificates/"+issued.ID.String())
	c.JSON(http.StatusCreated, h.present(issued))
}

// mine lists one's own certificates.
//
//	@ID			listMyCertificates
//	@Summary	List one's own certificates, newest first (every volunteer)
//	@Tags		certificate
//	@Security	bearer
//	@Produce	json
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	Page
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"ledger.no_person"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/me/certificates [get]
func (h Handler) mine(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Mine(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, issued := range found.Items {
		answer.Items[i] = h.present(issued)
	}
	c.JSON(http.StatusOK, answer)
}

// myOne shows one of one's own certificates.
//
//	@ID			getMyCertificate
//	@Summary	Read one of one's own certificates with everything in it (every volunteer)
//	@Tags		certificate
//	@Security	bearer
//	@Produce	json
//	@Param		certificate_id	path		string	true	"certificate"	format(uuid)
//	@Success	200				{object}	Whole
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"ledger.no_person"
//	@Failure	404				{object}	problem.Problem	"certificate.not_found"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/me/certificates/{certificate_id} [get]
func (h Handler) myOne(c *gin.Context) {
	certificateID, err := bind.ID(c, "certificate_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	issued, lines, err := h.service.MyOne(c.Request.Context(), certificateID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, h.presentWhole(issued, lines))
}

// paper gives the PDF.
//
//	@ID				getMyCertificatePDF
//	@Summary		Download one of one's own certificates as PDF (every volunteer)
//	@Description	The same bytes for ever, whatever became of the certificate: their SHA-256 is its sha256.
//	@Tags			certificate
//	@Security		bearer
//	@Produce		application/pdf
//	@Param			certificate_id	path		string	true	"certificate"	format(uuid)
//	@Success		200				{file}		file
//	@Header			200				{string}	ETag			"SHA-256 of the file"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"ledger.no_person"
//	@Failure		404				{object}	problem.Problem	"certificate.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/me/certificates/{certificate_id}/pdf [get]
func (h Handler) paper(c *gin.Context) {
	certificateID, err := bind.ID(c, "certificate_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	issued, pdf, err := h.service.MyPaper(c.Request.Context(), certificateID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", `"`+issued.PaperHash+`"`)
	c.Header("Content-Disposition", `attachment; filename="certificate-`+issued.Number+`.pdf"`)
	c.Data(http.StatusOK, "application/pdf", pdf)
}

// revoke takes a certificate back.
//
//	@ID				revokeCertificate
//	@Summary		Revoke a certificate (centre officers; not their own, nor those of somebody near to them)
//	@Description	For ever, and whoever checks it is told so without the reason. The minutes are not touched.
//	@Tags			certificate
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			number			path		string				true	"number of the certificate"	example(7K3M-9QXA-0B2C-4D5E-6F7G)
//	@Param			Idempotency-Key	header		string				false	"the same key and body is served once"
//	@Param			body			body		RevocationRequest	true	"why"
//	@Success		200				{object}	CheckResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"certificate.not_found"
//	@Failure		409				{object}	problem.Problem	"certificate.revoked, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/certificates/{number}/revocation [post]
func (h Handler) revoke(c *gin.Context) {
	var req RevocationRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	revoked, err := h.service.Revoke(c.Request.Context(), c.Param("number"), req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentCheck(revoked, ""))
}
