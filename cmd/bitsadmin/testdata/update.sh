# A program that fetches a file with bitsadmin, as it was written for Windows. It knows
# of no emulator.
set -eu

job=$(bitsadmin /rawreturn /create update)
bitsadmin /addfile "$job" "$SERVER/update.bin" 'C:\Updates\update.bin' >addfile.log
bitsadmin /setpriority "$job" foreground >/dev/null
bitsadmin /resume "$job" >/dev/null

tries=0
while state=$(bitsadmin /rawreturn /getstate "$job") && [ "$state" != TRANSFERRED ]; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || { echo "it is still $state" >&2; exit 1; }
	[ "$state" != ERROR ] || { bitsadmin /geterror "$job" >&2; exit 1; }
	sleep 0.1
done
echo "got $(bitsadmin /rawreturn /getbytestransferred "$job") bytes"
bitsadmin /complete "$job"

if bitsadmin /transfer again "$SERVER/nothing" 'C:\Updates\nothing' >transfer.log; then
	echo "what is not there cannot be had" >&2
	exit 1
else
	echo "transfer: $?"
fi
if bitsadmin /info "$job" >/dev/null; then exit 1; else echo "info: $?"; fi
