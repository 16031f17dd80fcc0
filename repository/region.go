package repository

import "gorm.io/gorm"

// RegionAndBelow selects the codes of a region, of all regions below it, and of those whose successors these are:
// an old code finds what stands under the new one, and the other way round.
func RegionAndBelow(tx *Tx, code string) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true}).Raw(`WITH RECURSIVE same AS (
			SELECT code FROM regions WHERE code = ?
			UNION SELECT r.code FROM same s JOIN regions o ON o.code = s.code
				JOIN regions r ON r.successor = s.code OR (r.code = o.successor AND o.level <> 'city')
		), below AS (
			SELECT code FROM same
			UNION SELECT r.code FROM regions r JOIN below b ON r.parent = b.code
		) SELECT code FROM below`, code)
}
