package main

import "testing"

// Who typed make is told what to type to make.
func TestSentencesInTermsOfMake(t *testing.T) {
	t.Parallel()
	for sentence, want := range map[string]string{
		"stop it, or choose another address with --listen": "stop it, or choose another address with  make run " +
			"LISTEN=127.0.0.1:8081",
		"use --listen 127.0.0.1:8080, not 0.0.0.0:80":        "use  make run LISTEN=127.0.0.1:8080, not 0.0.0.0:80",
		"or use another folder with --data":                  "or use another folder with  make run DATA=./other",
		"Use another folder, for example --data ./demo-data": "Use another folder, for example  make run DATA=./demo-data",
		"use a shorter one, for example --data /var/lib/yousaid, or wait": "use a shorter one, for example  make run " +
			"DATA=/var/lib/yousaid, or wait",
		"there is no room left": "there is no room left",
	} {
		if got := inMake(sentence); got != want {
			t.Errorf("%q becomes %q, want %q", sentence, got, want)
		}
	}
}
