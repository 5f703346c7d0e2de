// Package links keeps feedback links: short codes on letters, receipts and pages that lead to a survey about a service.
package links

import (
	"crypto/rand"
	"errors"
	"strings"
	"unicode"
)

// Alphabet has the digits and capitals that nobody mistakes for one another: no 0 O, no 1 I L.
const Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// A code is the organisation's prefix and then random characters: 31 to the power of 7 codes, more than 27 thousand million.
const (
	prefixLength = 3
	randomLength = 7
	shortest     = 8
	longest      = 32
)

// ErrUnknown is returned for a code that is nobody's.
var ErrUnknown = errors.New("there is no such feedback link: check the code")

// newCode draws the random part of a code.
func newCode(prefix string) string {
	code := []byte(prefix)
	buffer := make([]byte, 32)
	for len(code) < len(prefix)+randomLength {
		_, _ = rand.Read(buffer) // never fails: it ends the program instead
		for _, b := range buffer {
			// 248 is the largest multiple of 31 in a byte: above it, some characters would come up more often.
			if int(b) < 256/len(Alphabet)*len(Alphabet) && len(code) < len(prefix)+randomLength {
				code = append(code, Alphabet[int(b)%len(Alphabet)])
			}
		}
	}
	return string(code)
}

// Normalise brings a code as typed to the way it is stored: capitals, without spaces, punctuation and invisible characters. False
// when it cannot be a code.
func Normalise(typed string) (string, bool) {
	if len(typed) > 8*longest {
		return "", false
	}
	var b strings.Builder
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.Is(unicode.Cf, r) || r == '<' || r == '>' || r == '`' {
			continue
		}
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		if r > unicode.MaxASCII || !strings.ContainsRune(Alphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	code := b.String()
	return code, len(code) >= shortest && len(code) <= longest
}

// Address is where a link leads, for printing and for QR codes.
func Address(baseURL, code string) string { return strings.TrimRight(baseURL, "/") + "/f/" + code }
