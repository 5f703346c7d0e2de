package question

import (
	"strings"

	"yousaid/surveys/wording"
)

// Problem is one thing to put right, in a question or in an answer.
type Problem struct {
	Question string // the code of the question; "" for the questionnaire as a whole
	wording.Message
}

// Error gives the English sentence.
func (p Problem) Error() string { return p.Message.String() }

// allMessages is every sentence of this package.
func allMessages() []string {
	list := messages
	for _, k := range kinds {
		list = append(list[:len(list):len(list)], k.messages...)
	}
	return list
}

// messages are the sentences of several kinds: key|English. Those under "answer." are read by customers, those under "question." by staff.
var messages = []string{
	"answer.choose_one|Choose one of the answers",
	"answer.only_one|Choose only one answer",
	"answer.choose_some|Choose at least one answer",
	"answer.not_listed|Choose an answer from the list",
	"answer.exclusive|Choose either “{option}” or other answers, not both",
	"answer.enter_number|Enter a number",
	"answer.not_a_number|Enter a number in figures only, like 12 or 2.5, with no commas, words or spaces",
	"answer.number_between|Enter a number from {min} to {max}",
	"answer.number_at_least|Enter a number that is {min} or more",
	"answer.number_at_most|Enter a number that is {max} or less",
	"answer.enter_text|Write your answer in the box",
	"answer.too_long|Your answer must be {limit} characters or fewer. It has {length}.",
	"answer.one_character|Your answer must be 1 character. It has {length}.",
	"answer.comment_too_long|Your comment must be {limit} characters or fewer. It has {length}.",
	"answer.one_box|Write one answer only",
	"answer.not_text|Your answer has a character that we cannot save. Type it again using letters, numbers and punctuation.",

	"question.code|The code “{code}” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.",
	"question.code_reserved|The code “{code}” is kept for the program. Choose another code for this question.",
	"question.kind|“{kind}” is not a kind of question. Use one of: {kinds}.",
	"question.text_missing|Write the question in at least one language.",
	"question.wording|The {what} has wording that cannot be used ({why}). Write it again.",
	"question.option_text_missing|Write the wording of the answer “{code}” in at least one language.",
	"question.option_code|The answer code “{code}” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.",
	"question.option_twice|The answer code “{code}” is used twice. Give each answer its own code.",
	"question.too_few_options|Give at least 2 answers to choose from.",
	"question.too_many_options|Give no more than {limit} answers to choose from. There are {count}.",
	"question.no_options|A question of kind “{kind}” has no list of answers. Take the options away or choose another kind.",
	"question.score_missing|Give the answer “{code}” a score, or mark it dont_know.",
	"question.score_range|The score of the answer “{code}” must be a number from -1,000 to 1,000.",
	"question.score_not_counted|The answer “{code}” is marked dont_know, so it leaves the figures. Take away its score and satisfied mark.",
	"question.scores_too_few|Give at least 2 answers with a score.",
	"question.only|Only a question of kind {kinds} can have {what}. Take it away or change the kind.",
	"question.yes_no|A yes or no question has the answers “yes” and “no”; any other answer must be marked dont_know. Leave the " +
		"options out to use the usual words.",
	"question.min_max|The smallest number must not be larger than the largest.",
	"question.number_range|{what} must be a number from -1,000,000,000,000 to 1,000,000,000,000.",
	"question.max_length|max_length must be from 1 to {limit}.",
	"question.bank|The bank name “{bank}” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.",
	"question.scale|The scale name “{scale}” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.",
}

// problem makes a Problem of a question from a key of messages and what is filled in.
func problem(q Question, key string, args ...any) Problem {
	p := Problem{q.Code, wording.Say(key+"|"+key, args...)}
	for _, m := range allMessages() {
		if strings.HasPrefix(m, key+"|") {
			p.Text = m
		}
	}
	return p
}

// arg is an argument that stands where the sentence has {name}.
func arg(name string, value any) wording.Arg { return wording.Arg{Name: name, Value: value} }
