package main

import (
	"os"
	"regexp"
)

// startedBy is the variable by which the Makefile says that the person typed make run.
const startedBy = "YOUSAID_STARTED_BY"

var (
	listenOption = regexp.MustCompile(`--listen(?: (\S+:\d+))?`)
	dataOption   = regexp.MustCompile(`--data(?: (\./\S+[^\s.,;]|/\S+[^\s.,;]))?`)
)

// asTyped puts options in a sentence in the form that the person can type: of make, where make started the program.
func asTyped(sentence string) string {
	if os.Getenv(startedBy) != "make" {
		return sentence
	}
	return inMake(sentence)
}

func inMake(sentence string) string {
	for _, o := range []struct {
		option *regexp.Regexp
		name   string
		value  string
	}{{listenOption, "LISTEN", "127.0.0.1:8081"}, {dataOption, "DATA", "./other"}} {
		sentence = o.option.ReplaceAllStringFunc(sentence, func(found string) string {
			value := o.value
			if m := o.option.FindStringSubmatch(found); m[1] != "" {
				value = m[1]
			}
			return " make run " + o.name + "=" + value
		})
	}
	return sentence
}
