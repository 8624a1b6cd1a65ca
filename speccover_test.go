package bitsemu_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// shown is what happens to a row of testdata/method-returns.tsv.
type shown struct {
	// produce has an emulator return it, and returns what has come of the call.
	produce func(*rig) error
	fault   bool // by a Fault: nothing else leads there
	// impossible is why the row cannot exist in Go, unemulated why it is not
	// emulated.
	impossible, unemulated string
}

// does is a row that the emulator has of itself.
func does(produce func(*rig) error) shown { return shown{produce: produce} }

// byFault is a row for something that does not happen to an emulator, such as a lack of
// memory: a test that wants it asks for it.
func byFault(produce func(*rig) error) shown { return shown{produce: produce, fault: true} }

func impossible(why string) shown { return shown{impossible: why} }

// unemulated is a row of what is not emulated. If it can be called at all, call answers
// E_NOTIMPL.
func unemulated(why string, call func(*rig) error) shown {
	return shown{produce: call, unemulated: why}
}

// Reasons that more than one row has.
const (
	noPointers = "results are values, and no argument can be NULL"
	typedArg   = "the argument has a type that rules it out"
	noQMGR     = "the queue manager before BITS is no part of the API of BITS (D queue-manager.md)"
	noSetup    = "it belongs to the server (D bits-adsi-extension.md)"
	noPeers    = "the peer caching of BITS 3.0 is not emulated, and BITS 4.0 has replaced it"
	noObject   = "no method of what is emulated returns such an object, as there are no peers"
)

// specMethods are the rows of an interface: by method, by return.
type specMethods map[string]map[string]shown

// specInterfaces is what happens to every row.
func specInterfaces() map[string]specMethods {
	return map[string]specMethods{
		"BackgroundCopyManager":  specActivation,
		"IBackgroundCopyManager": specManager,
		"IBackgroundCopyJob":     specJob,
		"IBackgroundCopyJob2":    specJob2,
		"IBackgroundCopyJob3":    specJob3,
		"IBackgroundCopyJob4":    specJob4,
		"IBackgroundCopyJob5":    specJob5,

		"IBackgroundCopyJobHttpOptions":  specHTTPOptions,
		"IBackgroundCopyJobHttpOptions2": specHTTPOptions2,
		"IBackgroundCopyJobHttpOptions3": specHTTPOptions3,
		"IBitsTokenOptions":              specTokenOptions,

		"IBackgroundCopyFile":  specFile,
		"IBackgroundCopyFile2": specFile2,
		"IBackgroundCopyFile3": specFile3,
		"IBackgroundCopyFile4": specFile4,
		"IBackgroundCopyFile5": specFile5,
		"IBackgroundCopyFile6": specFile6,
		"IBackgroundCopyError": specError,

		"IEnumBackgroundCopyJobs":  specEnumJobs,
		"IEnumBackgroundCopyFiles": specEnumFiles,

		"IBackgroundCopyCallback":  specCallback,
		"IBackgroundCopyCallback2": specCallback2,
		"IBackgroundCopyCallback3": specCallback3,

		"IBackgroundCopyServerCertificateValidationCallback": specValidation,

		"IBitsPeerCacheAdministration": specPeerCache,
		"IBitsPeer":                    specNoObject("GetPeerName", "IsAuthenticated", "IsAvailable"),
		"IBitsPeerCacheRecord": specNoObject("GetId", "GetOriginUrl", "GetFileSize", "GetFileModificationTime",
			"GetLastAccessTime", "IsFileValidated", "GetFileRanges"),
		"IEnumBitsPeerCacheRecords": specNoObject("Next", "Skip", "Reset", "Clone", "GetCount"),
		"IEnumBitsPeers":            specNoObject("Next", "Skip", "Reset", "Clone", "GetCount"),

		"IBackgroundCopyQMgr":                              {"*": {"-": unemulated(noQMGR, nil)}},
		"IBackgroundCopyGroup":                             {"*": {"-": unemulated(noQMGR, nil)}},
		"IBackgroundCopyJob1":                              {"*": {"-": unemulated(noQMGR, nil)}},
		"IBackgroundCopyCallback1":                         {"*": {"-": unemulated(noQMGR, nil)}},
		"IEnumBackgroundCopyGroups":                        {"*": {"-": unemulated(noQMGR, nil)}},
		"IEnumBackgroundCopyJobs1":                         {"*": {"-": unemulated(noQMGR, nil)}},
		"IBITSExtensionSetup / IBITSExtensionSetupFactory": {"*": {"-": unemulated(noSetup, nil)}},
	}
}

// specNoObject are the methods of an object that nobody can get.
func specNoObject(methods ...string) specMethods {
	all := specMethods{}
	for _, m := range methods {
		all[m] = map[string]shown{"S_OK": unemulated(noObject, nil)}
		switch m {
		case "Next", "Skip", "IsFileValidated":
			all[m]["S_FALSE"] = unemulated(noObject, nil)
		}
	}
	return all
}

// answer is what a method that can succeed in several ways has returned.
func answer(h hresult.HRESULT, err error) error {
	if err != nil || h == hresult.S_OK {
		return err
	}
	return h
}

// found is what a method that answers S_FALSE for "there is none" has returned.
func found(ok bool, err error) error {
	if err == nil && !ok {
		return hresult.S_FALSE
	}
	return err
}

// specRow is a row of the table.
type specRow struct{ iface, method, code, when string }

func specRows(t *testing.T) []specRow {
	t.Helper()
	content, err := os.ReadFile("testdata/method-returns.tsv")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	rows := make([]specRow, 0, len(lines))
	for _, line := range lines[1:] {
		c := strings.Split(line, "\t")
		require.Len(t, c, 5, "%q", line)
		rows = append(rows, specRow{c[0], c[1], c[2], c[3]})
	}
	return rows
}

// Every return that is documented for a method is one that a test has seen the
// emulator produce, or there is a reason why not.
func TestSpecReturns(t *testing.T) {
	t.Parallel()
	bound := specInterfaces()
	count := map[string]int{}
	var reasons []string
	rows := specRows(t)
	methods, seen := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		what := row.iface + "::" + row.method
		methods[what] = true
		s, ok := bound[row.iface][row.method][row.code]
		if !ok {
			t.Errorf("%s and %s: nothing produces it, and there is no reason why not", what, row.code)
			continue
		}
		seen[what+" "+row.code] = true
		switch {
		case s.impossible != "":
			count["impossible"]++
			reasons = append(reasons, fmt.Sprintf("impossible   %s %s (%s): %s", what, row.code, row.when, s.impossible))
			continue
		case s.unemulated != "":
			count["unemulated"]++
			reasons = append(reasons, fmt.Sprintf("not emulated %s %s (%s): %s", what, row.code, row.when, s.unemulated))
			if s.produce == nil {
				continue
			}
		case s.fault:
			count["fault"]++
			count["produced"]++
		default:
			count["produced"]++
		}
		t.Run(what+" "+row.code, func(t *testing.T) {
			t.Parallel()
			err := s.produce(newRig(t))
			got, ok := hresult.Of(err)
			require.True(t, ok, "%v", err)
			switch {
			case s.unemulated != "":
				require.Equal(t, hresult.E_NOTIMPL, got)
			case row.code == "any":
				require.NotEqual(t, hresult.S_OK, got)
			default:
				want, err := hresult.Parse(row.code)
				require.NoError(t, err)
				require.Equal(t, want, got, "%v", err)
			}
		})
	}
	for iface, all := range bound {
		for method, returns := range all {
			for code := range returns {
				what := iface + "::" + method + " " + code
				require.True(t, seen[what], "%s: no row of the table speaks of it", what)
			}
		}
	}
	t.Cleanup(func() { // when all rows have been seen
		if os.Getenv("COVER_SPEC") == "" || t.Failed() {
			return
		}
		for _, r := range reasons {
			fmt.Println(r)
		}
		fmt.Printf("produced %d of %d (method x return, of %d methods), %d of them by a fault; %d impossible in Go, %d not emulated\n",
			count["produced"], len(rows), len(methods), count["fault"], count["impossible"], count["unemulated"])
	})
}

// inFinal has a call refused on a job in each of the final states.
func inFinal(call func(*rig, bits.Job) error) shown {
	return does(func(r *rig) error {
		first, second := call(r, r.cancelled()), call(r, r.acknowledged())
		if !errors.Is(second, hresult.BG_E_INVALID_STATE) {
			return second
		}
		return first
	})
}
