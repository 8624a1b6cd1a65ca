package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/remote"
)

// serviceFlags are the options of commands that talk to a service that is running.
var serviceFlags = []cli.Flag{
	{Name: "service", Value: "ADDRESS", Env: remote.EnvService, Help: "the service that is running: unix:/path or http://127.0.0.1:port, as bitsemu serve has printed it"},
	{Name: "token-file", Value: "FILE", Env: remote.EnvTokenFile, Help: "the file with the token of a service that is reached over TCP", Kind: cli.File},
}

// tokenVariable is in the environment of commands with serviceFlags.
var tokenVariable = cli.Item{Name: remote.EnvToken, Help: "the token itself, in place of --token-file"}

// dial reaches the service.
func dial(ctx context.Context, c *cli.Call) (*remote.Client, error) {
	address := c.Text("service")
	if address == "" {
		return nil, c.Wrong("which service? --service ADDRESS or %s tells; bitsemu serve starts one", remote.EnvService)
	}
	var opts []remote.Option
	if t := c.Getenv(remote.EnvToken); t != "" {
		opts = append(opts, remote.Token(t))
	} else if file := c.Text("token-file"); file != "" && !strings.HasPrefix(address, "unix:") {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, cli.WithStatus(cli.Usage, fmt.Errorf("the token of the service: %w", err))
		}
		opts = append(opts, remote.Token(strings.TrimSpace(string(text))))
	}
	client, err := remote.Dial(ctx, address, opts...)
	if err != nil {
		return nil, cli.WithStatus(cli.Usage, err)
	}
	return client, nil
}

// ofService reads the jobs of the service that is running.
func ofService(ctx context.Context, c *cli.Call) (*source, error) {
	client, err := dial(ctx, c)
	if err != nil {
		return nil, err
	}
	text, err := client.Snapshot(ctx)
	if err := errors.Join(err, client.Close()); err != nil {
		return nil, err
	}
	s, err := bitsemu.ReadSnapshot(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return &source{name: c.Text("service"), snap: &s}, nil
}
