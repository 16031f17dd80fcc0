package repository

import "gorm.io/gorm"

// RegionAndBelow selects the codes of a region and of all below it, under every code that these ever had: an old code finds
// what stands under the new one, and the other way round. Only from a city there is no way forward: what it was merged into
// is more than it was.
func RegionAndBelow(tx *Tx, code string) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true}).Raw(`WITH RECURSIVE found AS (
			SELECT code, level, successor FROM regions WHERE code = ?
			UNION SELECT r.code, r.level, r.successor FROM found f JOIN regions r
				ON r.parent = f.code OR r.successor = f.code OR (r.code = f.successor AND f.level <> 'city')
		) SELECT code FROM found`, code)
}
