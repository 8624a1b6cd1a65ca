package tokenopts_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// The documented order of calls: the owner of the job asks for the interface,
// impersonates the helper, lends the helper's token as the helper, and reverts.
func Example() {
	store := jobstore.NewMemory()
	defer store.Close()
	service := tokenopts.New(store, winver.Windows10_1607)

	owner := token.NewContext(context.Background(), token.NetworkService())
	job, err := store.Create(jobstore.Job{Owner: token.NetworkService()})
	if err != nil {
		log.Fatal(err)
	}
	options, err := service.Query(owner, job.ID())
	if err != nil {
		log.Fatal(err)
	}

	alice := token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001"))
	helper := token.NewContext(owner, alice) // impersonates
	if err := options.SetHelperToken(helper); err != nil {
		log.Fatal(err)
	}
	if err := options.SetHelperTokenFlags(helper, bits.BG_TOKEN_LOCAL_FILE); err != nil {
		log.Fatal(err)
	}

	user, err := options.GetHelperTokenSid(owner) // reverted
	fmt.Println(user, err)
	flags, err := options.GetHelperTokenFlags(owner)
	fmt.Println(flags, err)
	// Output:
	// S-1-5-21-3623811015-3361044348-30300820-1001 <nil>
	// BG_TOKEN_LOCAL_FILE <nil>
}

// Before Windows 10 1607 the owner of a job had to be an administrator.
func ExampleAccessError() {
	store := jobstore.NewMemory()
	defer store.Close()
	job, err := store.Create(jobstore.Job{Owner: token.NetworkService()})
	if err != nil {
		log.Fatal(err)
	}

	ctx := token.NewContext(context.Background(), token.NetworkService())
	options, err := tokenopts.New(store, winver.Windows8_1).Query(ctx, job.ID())
	if err != nil {
		log.Fatal(err)
	}
	_, err = options.GetHelperTokenFlags(ctx)
	fmt.Println(errors.Is(err, hresult.E_ACCESSDENIED), errors.Is(err, fs.ErrPermission))

	var refused *tokenopts.AccessError
	if errors.As(err, &refused) {
		fmt.Println(refused.Decision.Rule.ID)
		fmt.Println(refused.Decision)
	}
	// Output:
	// true true
	// admin-before-1607
	// refused: E_ACCESSDENIED (0x80070005): GetHelperTokenFlags needs an administrator before Windows 10 1607 [D helper-tokens-for-bits-transfer-jobs.md]: caller S-1-5-20 NT AUTHORITY\NETWORK SERVICE (user, System), on Windows 8.1 (build 9600)
}

// What would become of a call can be asked without a job.
func ExampleJudge() {
	owner := token.NetworkService()
	admin := token.ElevatedAdmin(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1002"))
	d := tokenopts.Judge(tokenopts.Call{
		Build: winver.Windows10_1607, Method: tokenopts.SetHelperToken,
		Owner: owner, Query: owner, Thread: admin,
	})
	fmt.Println(d.Detail())
	// Output:
	// SetHelperToken refused: E_ACCESSDENIED (0x80070005)
	//   rule           lend-admin-token: needs an administrator to lend a token in which the administrators group is enabled
	//   evidence       D nf-bits4_0-ibitstokenoptions-sethelpertoken.md
	//   build          Windows 10 1607 (build 14393)
	//   caller         S-1-5-20 NT AUTHORITY\NETWORK SERVICE (user, System)
	//   owner          S-1-5-20 NT AUTHORITY\NETWORK SERVICE (user, System)
	//   calling thread S-1-5-21-3623811015-3361044348-30300820-1002 (administrator, elevated, High)
}

// Who opens what depends on the flags, and on the build for the proxy settings.
func ExampleIdentity() {
	job := &jobstore.Job{
		Owner:            token.LocalService(),
		HelperToken:      token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")),
		HelperTokenFlags: bits.BG_TOKEN_NETWORK,
	}
	for _, resource := range []tokenopts.Resource{tokenopts.TemporaryFile, tokenopts.RemoteFile, tokenopts.ProxySettings} {
		for _, build := range []winver.Build{winver.Windows10_1803, winver.Windows10_1809} {
			grant, err := tokenopts.Identity(build, job, resource)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Printf("%v on %v: as the %v, on the network: %v\n", resource, build.Number(), grant.As, grant.Principal)
		}
	}
	// Output:
	// TemporaryFile on 17134: as the owner, on the network: none
	// TemporaryFile on 17763: as the owner, on the network: none
	// RemoteFile on 17134: as the helper, on the network: S-1-5-21-3623811015-3361044348-30300820-1001
	// RemoteFile on 17763: as the helper, on the network: S-1-5-21-3623811015-3361044348-30300820-1001
	// ProxySettings on 17134: as the owner, on the network: none
	// ProxySettings on 17763: as the helper, on the network: none
}

// A helper who logs off takes the token along.
func ExampleService_LogOff() {
	store := jobstore.NewMemory()
	defer store.Close()
	alice := sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")
	job, err := store.Create(jobstore.Job{
		Owner: token.LocalSystem(), HelperToken: token.User(alice), HelperTokenFlags: bits.BG_TOKEN_LOCAL_FILE,
		State: bits.BG_JOB_STATE_TRANSFERRING,
	})
	if err != nil {
		log.Fatal(err)
	}
	lost, err := tokenopts.New(store, winver.Windows10_1809).LogOff(alice)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range lost {
		fmt.Println(l.Job == job.ID(), l.Was.Short(), l.Failed, l.Why.ID)
	}
	fmt.Println(job.State(), job.HelperTokenFlags())
	// Output:
	// true TRANSFERRING true helper-gone
	// BG_JOB_STATE_ERROR BG_TOKEN_LOCAL_FILE
}
