package bitsemu

import "github.com/bitsemu/bitsemu/winver"

// Build is the Windows build that is emulated.
func (e *Emulator) Build() winver.Build { return e.conf.build }

// Clock tells what makes the time go on: "manual" ([ManualTime]), "poll" ([StepOnPoll])
// or "real" ([FollowTime]).
func (e *Emulator) Clock() string {
	return [...]string{clockManual: "manual", clockPoll: "poll", clockFollow: "real"}[e.clock.mode]
}
