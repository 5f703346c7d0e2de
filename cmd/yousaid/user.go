package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
)

type userCommands struct {
	Add      userAdd      `cmd:"" help:"Give a person a role at a council. For somebody new there the password is read from standard input."`
	Password userPassword `cmd:"" help:"Set a new password for a person at a council, read from standard input. It ends their sessions."`
	List     userList     `cmd:"" help:"List who has an account at a council, and their roles."`
}

type userAdd struct {
	Email        string   `arg:"" help:"The person's email address: it is the name to sign in with."`
	Organisation string   `required:"" placeholder:"SLUG" help:"The council."`
	Role         string   `required:"" placeholder:"ROLE" enum:"viewer,service,frontline,consultation,equality,administrator" help:"viewer, service, frontline, consultation, equality or administrator."`
	Service      []string `placeholder:"SLUG" help:"For the roles service and frontline: the service; give it again for another. The front line of no service is for all."`
}

// Run adds the account where there is none, with a password that it reads, and gives it the role. A password that is there is kept.
func (c userAdd) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		kept, err := s.Accounts.HasPassword(ctx, org.ID, c.Email)
		if err != nil {
			return err
		}
		user := accounts.NewUser{Email: c.Email, Role: c.Role}
		for _, slug := range c.Service {
			id, err := s.Catalogue.ServiceID(ctx, org.ID, slug)
			if err != nil {
				return guide(ctx, s, org, err, "", slug)
			}
			user.Services = append(user.Services, id)
		}
		if !kept {
			if user.Password, err = readPassword(t); err != nil {
				return err
			}
		}
		if _, err := s.Accounts.AddUser(ctx, commandLine(org), user); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(t.out, "%s can sign in to %s as %s.\n", c.Email, org.Slug, c.Role); err != nil || !kept {
			return err
		}
		_, err = fmt.Fprintf(t.err, "The password they have there was kept. For a new one: yousaid user password %s --organisation %s\n",
			c.Email, org.Slug)
		return err
	})
}

type userPassword struct {
	Email        string `arg:"" help:"The person's email address."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
}

// Run reads the new password and sets it.
func (c userPassword) Run(ctx context.Context, cfg *Config, t terminal) error {
	password, err := readPassword(t)
	if err != nil {
		return err
	}
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		err := s.Accounts.SetPassword(ctx, commandLine(org), c.Email, password)
		if errors.Is(err, accounts.ErrNoPerson) {
			return fmt.Errorf("there is no account of %s at %s: look at  yousaid user list --organisation %s", c.Email, org.Slug, org.Slug)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "%s has a new password at %s and is signed out everywhere there.\n", c.Email, org.Slug)
		return err
	})
}

type userList struct {
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
}

// Run prints a line for each account: address, roles and whether it has a password.
func (c userList) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		people, err := s.Accounts.People(ctx, org.ID)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			_, err := fmt.Fprintf(t.err, "Nobody has an account at %s yet. Add the first: yousaid user add EMAIL --organisation %s --role "+
				"administrator\n", org.Slug, org.Slug)
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "EMAIL\tROLES\tSTATE") // the error is Flush's
		for i, one := range people {
			if i > 0 && people[i-1].ID == one.ID {
				continue
			}
			var roles []string
			for _, more := range people[i:] {
				if more.ID != one.ID {
					break
				}
				roles = append(roles, strings.TrimSuffix(more.Role+":"+more.Service, ":"))
			}
			state := "can sign in"
			switch {
			case one.Waiting:
				state = "has not chosen a password yet"
			case one.Role == "":
				state = "has no role"
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", one.Email, strings.Join(roles, " "), state)
		}
		return w.Flush()
	})
}

// readPassword reads one line; on a terminal it asks, and does not show what is typed.
func readPassword(t terminal) (string, error) {
	if f, ok := t.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = fmt.Fprint(t.err, "Password: ")
		b, err := term.ReadPassword(int(f.Fd()))
		_, _ = fmt.Fprintln(t.err)
		return string(b), err
	}
	line, err := bufio.NewReader(t.in).ReadString('\n')
	if err != nil && line == "" {
		return "", errors.New("no password was given: type it when asked, or keep it in a file that only you can read and write  " +
			"yousaid user … < FILE")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
