package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"dure/domain/account"
	"dure/domain/kernel/calendar"
	"dure/domain/role"
	accountstore "dure/repository/account"
	rolestore "dure/repository/role"
)

// admin makes an account that administers the service: the only way to the first one.
func admin(ctx context.Context, sh shell, args []string) error {
	c := sh.called("admin", "create")
	login := c.String("login", "", "e-mail address or mobile number to sign in with")
	file := c.String("password-file", "", "file with the password; else it is asked for, or read from standard input")
	cfg, args, err := c.load(args)
	if err != nil {
		return err
	}
	if args[0] != "create" || *login == "" {
		return c.refuse(errors.New("what is meant is: admin create --login LOGIN"))
	}
	db, err := visit(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	password, err := sh.password(*file)
	if err != nil {
		return err
	}
	clock := calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone}
	// What a running server remembers of accounts is not touched: it cannot know this one yet.
	roles := role.NewService(rolestore.NewStore(db), clock, nil)
	made, err := roles.CreateAdministrator(ctx, account.NewHasher(account.Usual, 1), *login, password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(sh.out, made.Login, "administers the service")
	return err
}

// password is never an argument: those can be seen by everybody on the machine.
func (sh shell) password(file string) (string, error) {
	if file != "" {
		content, err := os.ReadFile(file)
		return strings.TrimRight(string(content), "\r\n"), err
	}
	terminal, ok := sh.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		line, err := bufio.NewReader(sh.in).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}
	typed := map[string]bool{}
	var password []byte
	for _, prompt := range []string{"Password: ", "Once more: "} {
		fmt.Fprint(sh.err, prompt)
		var err error
		if password, err = term.ReadPassword(int(terminal.Fd())); err != nil {
			return "", err
		}
		fmt.Fprintln(sh.err)
		typed[string(password)] = true
	}
	if len(typed) > 1 {
		return "", errors.New("the two are not the same")
	}
	return string(password), nil
}

// keys makes a new key to sign tokens with; tokens of the old one stay good until they expire.
func keys(ctx context.Context, sh shell, args []string) error {
	c := sh.called("keys", "rotate")
	cfg, args, err := c.load(args)
	if err != nil {
		return err
	}
	if args[0] != "rotate" {
		return c.refuse(fmt.Errorf("%q is not rotate", args[0]))
	}
	if cfg.SigningKeyFile != "" {
		return fmt.Errorf("the keys are in %s: put the new one before the old one there", cfg.SigningKeyFile)
	}
	db, err := visit(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	kid, err := rotateKeys(ctx, accountstore.NewStore(db), calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(sh.out, "tokens are signed by", kid, "from now on")
	return err
}
