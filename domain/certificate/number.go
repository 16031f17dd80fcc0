package certificate

import "dure/domain/kernel/serial"

const digits = 20 // the last one is the check digit: 95 bits are left to chance

// ParseNumber reads a certificate's number as people type it; a wrong one is answered as one that was never given:
// certificate.not_found.
func ParseNumber(s string) (string, error) {
	number, ok := serial.Parse(s, digits)
	if !ok {
		return "", ErrNotFound
	}
	return number, nil
}
