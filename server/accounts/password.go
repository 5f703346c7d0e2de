package accounts

import (
	"strings"
	"unicode/utf8"
	"yousaid/surveys/wording"

	"golang.org/x/text/unicode/norm"
)

// MinPassword and MaxPassword bound a password, in characters.
const (
	MinPassword = 12
	MaxPassword = 256
)

// refuse says what cannot be accepted as it was written, and what to do.
func refuse(field, text string, args ...any) error { return wording.Refuse(field, text, args...) }

// CheckPassword refuses a password that is too short or easy to guess, with a sentence.
func CheckPassword(password, email string) error {
	const field = "password"
	plain := strings.ToLower(norm.NFKC.String(password))
	name, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch n := utf8.RuneCountInString(plain); {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return refuse(field, "accounts.choose_a_password_made|Choose a password made of letters, numbers, spaces and signs.")
	case n < MinPassword:
		return refuse(
			field,
			"accounts.choose_a_password_of|Choose a password of at least %s characters. Three or four words that do not belong together are easy "+
				"to remember.",
			MinPassword,
		)
	case n > MaxPassword:
		return refuse(field, "accounts.choose_a_password_of_at|Choose a password of at most %s characters.", MaxPassword)
	case plain == strings.ToLower(email) || plain == strings.Repeat(name, max(1, len(plain)/max(1, len(name)))):
		return refuse(field, "accounts.choose_a_password_that|Choose a password that is not your email address.")
	case common(plain):
		return refuse(field, "accounts.choose_another_password_many|Choose another password. Many people use this one, so it is guessed first.")
	}
	return nil
}

// common knows the passwords of twelve characters and more that guessing starts with: a short piece over and over, a run along the
// keyboard, or a well-known word with figures and signs around it.
func common(plain string) bool {
	for size := 1; size <= 4; size++ {
		if repeats(plain, size) {
			return true
		}
	}
	for _, run := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz",
		"qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p",
		"1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgbyhn"} {
		if strings.Contains(run, plain) {
			return true
		}
	}
	const signs = "0123456789!?.,-_*#@$£%&+= "
	word := leet.Replace(strings.Trim(plain, signs))
	for _, w := range strings.Fields(wellKnown) {
		if word == w || word == w+w {
			return true
		}
	}
	return false
}

func repeats(s string, size int) bool {
	return len(s) > size && strings.HasPrefix(s, s[:size]) && strings.Repeat(s[:size], len(s)/size+1)[:len(s)] == s
}

var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "@", "a", "$", "s")

const wellKnown = `
password passwords passwort passw mypassword thepassword newpassword yourpassword secretpassword changeme changemenow letmein
letmeinnow welcome welcomehome welcomeback qwerty qwertyuiop qwertyuiopasdf qwertyqwerty administrator admin adminadmin iloveyou
iloveyouforever iloveyousomuch sunshine princess football footballfan liverpool liverpoolfc arsenal chelsea manchester
manchesterunited manutd tottenham rangers celtic monkey dragon charlie superman batman pokemon starwars trustno trustnoone
computer internet council councillor localgovernment citycouncil boroughcouncil countycouncil summer autumn winter spring january
february march april june july august september october november december monday tuesday wednesday thursday friday saturday sunday
london england wales cymru scotland unitedkingdom yousaid yousaidwedid feedback survey satisfaction customer customersatisfaction
correcthorse correcthorsebatterystaple abcdefghijkl abcdef abc abcd asdfgh asdfghjkl zxcvbnm zxcvbn mustang shadow master michael
jennifer ashley jessica michelle daniel thomas jordan hunter ginger cheese chocolate butterfly flower rainbow whatever nothing
something test testing testtest testpassword demo demonstration example guest default root toor login signin secret topsecret
access security system manager user username`
