package cli

import (
	"context"
	"slices"
	"strings"
)

// completer is the command, hidden from all lists, that the scripts of the shells
// ask what can come next: the shell's name, and the words of the command line.
const completer = "__complete"

// Completer is the command that the scripts of [Completion] ask. It has to be in the
// table for them to work.
func Completer() Command {
	return Command{
		Name: completer, Hidden: true, Summary: "tell a shell what can come next",
		Args: []Arg{{Name: "SHELL", Kind: OneOf(shellNames()...)}, {Name: "WORD", Optional: true, Many: true}},
		Run: func(_ context.Context, c *Call) error {
			shell, words := c.Arg("SHELL"), c.Args("WORD")
			if shell == "bash" {
				words = split(words)
			}
			if shell == "bash" || shell == "zsh" { // whose words are as they were typed
				for i := range words {
					words[i] = unquote(words[i])
				}
			}
			return c.Printf("%s", Complete(c.Root, words, c.Env).print(shell))
		},
	}
}

// Completion is the command, under a name, that prints the script with which a shell
// completes a program's command lines.
func Completion(name, program string) Command {
	var list strings.Builder
	for _, s := range shells {
		list.WriteString("  " + s.item.Name + strings.Repeat(" ", 12-len(s.item.Name)) + strings.ReplaceAll(s.item.Help, "PROGRAM", program) + "\n")
	}
	return Command{
		Name:    name,
		Summary: "print the script by which a shell completes command lines",
		Args:    []Arg{{Name: "SHELL", Help: strings.Join(shellNames(), ", "), Kind: OneOf(shellNames()...)}},
		About: "Prints a script for a shell. With it the shell completes commands, options and their values, " +
			"names of files, and the jobs of a store. Put it where the shell reads it:\n\n" + list.String(),
		Examples: []Example{{"Complete in the bash that is running", `eval "$(` + program + " " + name + ` bash)"`}},
		Run: func(_ context.Context, c *Call) error {
			at := slices.Index(shellNames(), c.Arg("SHELL")) // which has been checked
			return c.Printf("%s", strings.ReplaceAll(shells[at].script, "PROGRAM", program))
		},
	}
}

func shellNames() []string {
	var names []string
	for _, s := range shells {
		names = append(names, s.item.Name)
	}
	return names
}

// shells have a script each, in which PROGRAM stands for the program.
var shells = []struct {
	item   Item
	script string
}{
	{Item{"bash", `eval "$(PROGRAM completion bash)" in ~/.bashrc`}, `# Completion of PROGRAM for bash: eval "$(PROGRAM completion bash)"
_PROGRAM_complete() {
	local line IFS=$'\n'
	COMPREPLY=()
	for line in $("${COMP_WORDS[0]}" ` + completer + ` bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
		case $line in
		:files)
			local word=${COMP_WORDS[COMP_CWORD]}
			[ "$word" = "=" ] && word=
			compopt -o filenames 2>/dev/null
			COMPREPLY+=($(compgen -f -- "$word"))
			;;
		*)
			case ${COMP_WORDS[COMP_CWORD]} in
			[\"\']*) COMPREPLY+=("$line") ;; # it stands in quotes
			*) COMPREPLY+=("$(printf %q "$line")") ;;
			esac
			;;
		esac
	done
}
complete -F _PROGRAM_complete PROGRAM
`},
	{Item{"zsh", "PROGRAM completion zsh > _PROGRAM, in a directory of $fpath"}, `#compdef PROGRAM
# Completion of PROGRAM for zsh.
_PROGRAM() {
	local line files=
	local -a words_ texts
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			files=1
		else
			words_+=("${line%%$'\t'*}")
			texts+=("${line%%$'\t'*}  ${line#*$'\t'}")
		fi
	done < <("${words[1]}" ` + completer + ` zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)
	(( ${#words_} )) && compadd -l -d texts -a words_
	[[ -n $files ]] && { compset -P '*='; _files }
	return 0
}
if [[ $funcstack[1] == _PROGRAM ]]; then
	_PROGRAM "$@"
else
	compdef _PROGRAM PROGRAM
fi
`},
	{Item{"fish", "PROGRAM completion fish | source, in config.fish"}, `# Completion of PROGRAM for fish.
function __PROGRAM_complete
	set -l words (commandline -opc)
	set -l now (string unescape -- (commandline -ct)"")
	for line in ($words[1] ` + completer + ` fish -- $words[2..-1] $now 2>/dev/null)
		if test "$line" = :files
			__fish_complete_path $now
		else
			printf '%s\n' $line
		end
	end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
`},
	{Item{"powershell", "PROGRAM completion powershell | Out-String | iex, in $PROFILE"}, `# Completion of PROGRAM for PowerShell.
Register-ArgumentCompleter -Native -CommandName PROGRAM -ScriptBlock {
	param($wordToComplete, $commandAst, $cursorPosition)
	$words = @($commandAst.CommandElements | Select-Object -Skip 1 |
		Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.EndOffset -eq $cursorPosition -and $wordToComplete -eq '' } |
		ForEach-Object { $_.ToString().Trim('"', "'") })
	& $commandAst.CommandElements[0].ToString() ` + completer + ` powershell "--" @words "$wordToComplete" 2>$null | ForEach-Object {
		if ($_ -eq ':files') {
			[System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
		} else {
			$name, $text = $_.Split([char]9, 2)
			if (-not $text) { $text = $name }
			[System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $text)
		}
	}
}
`},
}
