//go:build !windows

package main

var connect = emulate
