package wording

// Speaker words messages in one language: a page, or English.
type Speaker interface {
	Language() string // its BCP 47 tag
	Say(Message) string
}

// English words everything in English, for the command line and for files that nobody asks for in another language.
var English Speaker = english{}

type english struct{}

func (english) Language() string     { return "en" }
func (english) Say(m Message) string { return m.String() }
