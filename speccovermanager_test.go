package bitsemu_test

import (
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

var specActivation = specMethods{
	"CoCreateInstance": {
		"S_OK": does(func(r *rig) error {
			m, err := r.emu.ActivateClass(r.ctx, bits.CLSID_BackgroundCopyManager10_3)
			require.NotNil(r, m)
			return err
		}),
		"REGDB_E_CLASSNOTREG": does(func(r *rig) error {
			vista := r.again(bitsemu.Windows(winver.WindowsVista))
			_, err := vista.emu.ActivateClass(r.ctx, bits.CLSID_BackgroundCopyManager3_0)
			r.ok(err)
			_, err = vista.emu.ActivateClass(r.ctx, uuid.New())
			r.fails(err, hresult.REGDB_E_CLASSNOTREG)
			_, err = vista.emu.ActivateClass(r.ctx, bits.CLSID_BackgroundCopyManager4_0)
			return err
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			_, err := r.emu.Activate(r.as(token.User(rigBob, token.WithIntegrity(token.IntegrityLow))))
			return err
		}),
		"BG_E_REMOTE_NOT_SUPPORTED": impossible("the emulator is in the process of its client"),
	},
}

// limited makes one job too many.
func limited(p bitsemu.Policy) func(*rig) error {
	return func(r *rig) error {
		r = r.again(bitsemu.Policies(p))
		r.job(down)
		_, _, err := r.emu.Manager().CreateJob(r.ctx, "one more", down)
		require.Equal(r, 1, r.emu.Len())
		return err
	}
}

var specManager = specMethods{
	"CreateJob": {
		"S_OK": does(func(r *rig) error {
			id, job, err := r.emu.Manager().CreateJob(r.ctx, strings.Repeat("n", 256), down)
			r.ok(err)
			r.is(job, bits.BG_JOB_STATE_SUSPENDED)
			require.NotEqual(r, uuid.Nil, id)
			return err
		}),
		"E_INVALIDARG": does(func(r *rig) error {
			_, _, err := r.emu.Manager().CreateJob(r.ctx, strings.Repeat("n", 257), down)
			return err
		}),
		"BG_E_TOO_MANY_JOBS_PER_MACHINE": does(limited(bitsemu.Policy{MaxJobsPerMachine: 1})),
		"BG_E_TOO_MANY_JOBS_PER_USER":    does(limited(bitsemu.Policy{MaxJobsPerUser: 1, MaxJobsPerMachine: 2})),
	},
	"GetJob": {
		"S_OK": does(func(r *rig) error {
			want := r.info(r.download()).ID
			job, err := r.emu.Manager().GetJob(r.ctx, want)
			r.ok(err)
			require.Equal(r, want, r.info(job).ID)
			return err
		}),
		"BG_E_NOT_FOUND": does(func(r *rig) error {
			_, err := r.emu.Manager().GetJob(r.ctx, r.info(r.cancelled()).ID)
			r.fails(err, hresult.BG_E_NOT_FOUND)
			_, err = r.emu.Manager().GetJob(r.ctx, uuid.New())
			return err
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			_, err := r.emu.Manager().GetJob(r.bob(), r.info(r.download()).ID)
			return err
		}),
	},
	"EnumJobs": {
		"S_OK": does(func(r *rig) error {
			r.download()
			jobs, err := r.emu.Manager().EnumJobs(r.carol(), bits.BG_JOB_ENUM_ALL_USERS)
			r.ok(err)
			n, err := jobs.GetCount(r.ctx)
			require.EqualValues(r, 1, n)
			return err
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			_, err := r.emu.Manager().EnumJobs(r.ctx, bits.BG_JOB_ENUM_ALL_USERS)
			return err
		}),
	},
	"GetErrorDescription": {
		"S_OK": does(func(r *rig) error {
			s, err := r.emu.Manager().GetErrorDescription(r.ctx, hresult.BG_E_NOT_FOUND, 0x409)
			require.NotEmpty(r, s)
			return err
		}),
		"HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND": does(func(r *rig) error {
			_, err := r.emu.Manager().GetErrorDescription(r.ctx, hresult.BG_E_NOT_FOUND, 0x407)
			return err
		}),
	},
}
