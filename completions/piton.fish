# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_piton_global_optspecs
    string join \n color= h/help V/version
end

function __fish_piton_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_piton_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_piton_using_subcommand
    set -l cmd (__fish_piton_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c piton -n "__fish_piton_needs_command" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_needs_command" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_needs_command" -s V -l version -d 'Print version'
complete -c piton -n "__fish_piton_needs_command" -f -a "init" -d 'Write a site to start from'
complete -c piton -n "__fish_piton_needs_command" -f -a "plan" -d 'Show what would change on the hosts'
complete -c piton -n "__fish_piton_needs_command" -f -a "apply" -d 'Change the hosts: exactly what the plan says'
complete -c piton -n "__fish_piton_needs_command" -f -a "show" -d 'Show a saved plan, or what the site means'
complete -c piton -n "__fish_piton_needs_command" -f -a "logs" -d 'Show what a service said last'
complete -c piton -n "__fish_piton_needs_command" -f -a "restart" -d 'Have a service begin anew, and wait until it is ready'
complete -c piton -n "__fish_piton_needs_command" -f -a "exec" -d 'Run a program in a service\'s container'
complete -c piton -n "__fish_piton_needs_command" -f -a "reach" -d 'Show who can open which port of a host, and because of which line'
complete -c piton -n "__fish_piton_needs_command" -f -a "history" -d 'Show what was done on the hosts'
complete -c piton -n "__fish_piton_needs_command" -f -a "rollback" -d 'Put the last change of a host back'
complete -c piton -n "__fish_piton_needs_command" -f -a "render" -d 'Write out the files that hosts would get'
complete -c piton -n "__fish_piton_needs_command" -f -a "lock" -d 'Write down what the names of images lead to, in piton.lock'
complete -c piton -n "__fish_piton_needs_command" -f -a "secrets" -d 'The passwords and keys of the site, sealed in secrets.age'
complete -c piton -n "__fish_piton_needs_command" -f -a "check" -d 'Find what is known to break, in any configuration files'
complete -c piton -n "__fish_piton_needs_command" -f -a "explain" -d 'Explain a rule: what it finds, why, and what to do'
complete -c piton -n "__fish_piton_needs_command" -f -a "rules" -d 'List the rules of `piton check`'
complete -c piton -n "__fish_piton_needs_command" -f -a "lsp" -d 'Tell editors what `piton check` finds, as one types (a language server)'
complete -c piton -n "__fish_piton_needs_command" -f -a "net" -d 'The network of this machine: save it, put it back, guard any command with it'
complete -c piton -n "__fish_piton_needs_command" -f -a "lab" -d 'Throwaway hosts on this machine, to rehearse a site on'
complete -c piton -n "__fish_piton_needs_command" -f -a "gate" -d 'Judge the commands of coding agents before they run'
complete -c piton -n "__fish_piton_needs_command" -f -a "approve" -d 'Let one command of an agent pass that the gate asked about'
complete -c piton -n "__fish_piton_needs_command" -f -a "demo" -d 'See it all work on this machine, on throwaway hosts'
complete -c piton -n "__fish_piton_needs_command" -f -a "schema" -d 'Print the JSON schema of site.toml or piton.toml, for editors'
complete -c piton -n "__fish_piton_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c piton -n "__fish_piton_needs_command" -f -a "man" -d 'Print the manual page'
complete -c piton -n "__fish_piton_needs_command" -f -a "help" -d 'Explain a command, or `exit-codes`'
complete -c piton -n "__fish_piton_using_subcommand init" -l from -d 'Which example to start from' -r
complete -c piton -n "__fish_piton_using_subcommand init" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand init" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand init" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand plan" -s o -l out -d 'Save the plan, so that exactly it can be applied later' -r -F
complete -c piton -n "__fish_piton_using_subcommand plan" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand plan" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand plan" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand plan" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand plan" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand plan" -l diff -d 'Show the texts that change'
complete -c piton -n "__fish_piton_using_subcommand plan" -l destroy-data -d 'Plan to remove the data of what leaves the site, too'
complete -c piton -n "__fish_piton_using_subcommand plan" -l exit-code -d 'Exit with 3 when there are changes'
complete -c piton -n "__fish_piton_using_subcommand plan" -l json -d 'Print the plan as JSON, as --out saves it'
complete -c piton -n "__fish_piton_using_subcommand plan" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand plan" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand apply" -l confirm-within -d 'How long a host waits to be confirmed before it puts itself back' -r
complete -c piton -n "__fish_piton_using_subcommand apply" -l drill -d 'Stop there for a trouble that is staged: `die-before:N`, `hold-after:N`, `hold-confirm`…' -r
complete -c piton -n "__fish_piton_using_subcommand apply" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand apply" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand apply" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand apply" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand apply" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand apply" -s y -l yes -d 'Do not ask'
complete -c piton -n "__fish_piton_using_subcommand apply" -l no-input -d 'Refuse instead of asking'
complete -c piton -n "__fish_piton_using_subcommand apply" -l wait -d 'Wait for whoever else is changing a host'
complete -c piton -n "__fish_piton_using_subcommand apply" -l anyway -d 'Even though the proof says that it would lock you out; the host then puts itself back'
complete -c piton -n "__fish_piton_using_subcommand apply" -l diff -d 'Show the texts that change'
complete -c piton -n "__fish_piton_using_subcommand apply" -l json -d 'Print events as JSON lines that end in one `result`'
complete -c piton -n "__fish_piton_using_subcommand apply" -l destroy-data -d 'Remove the data of what leaves the site, too; nothing brings it back'
complete -c piton -n "__fish_piton_using_subcommand apply" -l no-guard -d 'Without the guard: a host that loses you, or its power, stays as it then is'
complete -c piton -n "__fish_piton_using_subcommand apply" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand apply" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand show" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand show" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand show" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand show" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand show" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand show" -l explain -d 'Say where each value comes from'
complete -c piton -n "__fish_piton_using_subcommand show" -l diff -d 'Show the texts that a plan changes'
complete -c piton -n "__fish_piton_using_subcommand show" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand show" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand show" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand logs" -l on -d 'On which host, where several have it' -r
complete -c piton -n "__fish_piton_using_subcommand logs" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand logs" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand logs" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand logs" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand logs" -s n -l lines -d 'How many of its last lines' -r
complete -c piton -n "__fish_piton_using_subcommand logs" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand logs" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand logs" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand logs" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand restart" -l on -d 'On which host, where several have it' -r
complete -c piton -n "__fish_piton_using_subcommand restart" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand restart" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand restart" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand restart" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand restart" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand restart" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand restart" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand restart" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand exec" -l on -d 'On which host, where several have it' -r
complete -c piton -n "__fish_piton_using_subcommand exec" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand exec" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand exec" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand exec" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand exec" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand exec" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand exec" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand exec" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand reach" -l from -d 'From where: an address, `world`, `mesh`, `container` or `host` [default: all of them]' -r
complete -c piton -n "__fish_piton_using_subcommand reach" -l to -d 'Only this port, on this address of the host: `[ADDRESS:]PORT[/tcp|/udp]`' -r
complete -c piton -n "__fish_piton_using_subcommand reach" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand reach" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand reach" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand reach" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand reach" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand reach" -l why -d 'Say because of which lines'
complete -c piton -n "__fish_piton_using_subcommand reach" -l foretell -d 'Ask no host: say what the site would come to on fresh servers'
complete -c piton -n "__fish_piton_using_subcommand reach" -l probe -d 'Try from here as well, and compare; TCP only'
complete -c piton -n "__fish_piton_using_subcommand reach" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand reach" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand reach" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand history" -l limit -d 'How many changes of each host, newest first' -r
complete -c piton -n "__fish_piton_using_subcommand history" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand history" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand history" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand history" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand history" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand history" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand history" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand history" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand rollback" -l confirm-within -d 'How long a host waits to be confirmed before it puts itself back' -r
complete -c piton -n "__fish_piton_using_subcommand rollback" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand rollback" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand rollback" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand rollback" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand rollback" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand rollback" -s y -l yes -d 'Do not ask'
complete -c piton -n "__fish_piton_using_subcommand rollback" -l anyway -d 'Even where somebody changed things since, whose work is then lost'
complete -c piton -n "__fish_piton_using_subcommand rollback" -l no-input -d 'Refuse instead of asking'
complete -c piton -n "__fish_piton_using_subcommand rollback" -l json -d 'Print events as JSON lines that end in one `result`'
complete -c piton -n "__fish_piton_using_subcommand rollback" -l no-guard -d 'Without the guard: a host that loses you, or its power, stays as it then is'
complete -c piton -n "__fish_piton_using_subcommand rollback" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand rollback" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand render" -s o -l out -d 'Write the files below this folder instead of printing them' -r -F
complete -c piton -n "__fish_piton_using_subcommand render" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand render" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand render" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand render" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand render" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand render" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand render" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand render" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lock" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lock" -l connect-timeout -d 'Give up on an address that does not answer after this many seconds' -r
complete -c piton -n "__fish_piton_using_subcommand lock" -l jobs -d 'How many hosts are worked on at once' -r
complete -c piton -n "__fish_piton_using_subcommand lock" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lock" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lock" -l update -d 'Ask again about what is written down already'
complete -c piton -n "__fish_piton_using_subcommand lock" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lock" -l lab -d 'Aim at the site\'s lab instead of its hosts'
complete -c piton -n "__fish_piton_using_subcommand lock" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -f -a "list" -d 'Show which secrets the site needs and which it has; never a value'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -f -a "set" -d 'Set a secret to what stdin says'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -f -a "edit" -d 'Edit all of them in $VISUAL or $EDITOR, in memory'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -f -a "rotate" -d 'Make new values for secrets that piton makes; `piton apply` then takes them to the hosts'
complete -c piton -n "__fish_piton_using_subcommand secrets; and not __fish_seen_subcommand_from list set edit rotate generate" -f -a "generate" -d 'Make every secret that the site needs, does not have, and that nobody has to give'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from list" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from list" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from list" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from set" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from set" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from set" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from set" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from edit" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from edit" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from edit" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from edit" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from rotate" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from rotate" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from rotate" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from rotate" -l anyway -d 'Also one whose old value is the only key to data that is there; that data is lost'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from rotate" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from generate" -l identity -d 'A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from generate" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from generate" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from generate" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand secrets; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand check" -l select -d 'Only these rules, or families of them: `compose`, `loki-ring-store`' -r
complete -c piton -n "__fish_piton_using_subcommand check" -l ignore -d 'Without these rules' -r
complete -c piton -n "__fish_piton_using_subcommand check" -l format -d 'How findings are printed' -r -f -a "text\t'For people'
json\t'One object with all findings'
sarif\t'For code scanning'
github\t'Annotations of GitHub and Forgejo actions'
gitlab\t'GitLab\'s code quality report'
junit\t'Test results, a case each finding'"
complete -c piton -n "__fish_piton_using_subcommand check" -l stdin-filename -d 'Read one file from stdin, as if it had this name' -r
complete -c piton -n "__fish_piton_using_subcommand check" -l baseline -d 'Do not tell what this file knows already' -r -F
complete -c piton -n "__fish_piton_using_subcommand check" -l write-baseline -d 'Write what is found now to this file, to be told no more' -r -F
complete -c piton -n "__fish_piton_using_subcommand check" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand check" -l fix -d 'Mend what can be mended without changing what a program does'
complete -c piton -n "__fish_piton_using_subcommand check" -l unsafe-fixes -d 'Mend also what may change more than the rule is about'
complete -c piton -n "__fish_piton_using_subcommand check" -l diff -d 'Show what --fix would change instead of changing it'
complete -c piton -n "__fish_piton_using_subcommand check" -l strict -d 'Run also the rules that most files do not follow'
complete -c piton -n "__fish_piton_using_subcommand check" -l json -d 'The same as --format json'
complete -c piton -n "__fish_piton_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c piton -n "__fish_piton_using_subcommand explain" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand explain" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand explain" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand rules" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand rules" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand rules" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lsp" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lsp" -l stdio -d 'Speak over stdin and stdout, which it always does'
complete -c piton -n "__fish_piton_using_subcommand lsp" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "save" -d 'Save the network of this machine: links, addresses, routes, rules, filter, resolver, files'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "show" -d 'Show the network as it is now, or as it was saved'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "diff" -d 'Show what is not as it was saved; exits with 1 if anything is'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "restore" -d 'Put the network back as it was saved: only what differs'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "verify" -d 'Try whether the network works: gateways, outside, resolver, ssh, containers'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "guard" -d 'Run a command, and put the network back unless somebody confirms that it still works'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "confirm" -d 'Say, in a new ssh session, that what the guarded command did may stay'
complete -c piton -n "__fish_piton_using_subcommand net; and not __fish_seen_subcommand_from save show diff restore verify guard confirm watch" -f -a "watch" -d 'Tell every change of the network as it happens, and who did it'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from save" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from save" -l replace -d 'Replace an older one of that name'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from save" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from save" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from show" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from show" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from diff" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from diff" -l all -d 'With the links and the tables of other programs that came since'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from diff" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from restore" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from restore" -l all -d 'Take away the links and the tables of other programs that came since, too'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Do not ask'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from restore" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from verify" -l before -d 'Only what held in this earlier answer (of `verify --json`) has to hold' -r -F
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from verify" -l outside -d 'An address outside that must answer, instead of two public ones; may be given again' -r
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from verify" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -l timeout -d 'How long after its end the command may be confirmed: 45, 90s, 5m; at least 5s' -r
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -l limit -d 'How long the command may take; it is ended and put back after that' -r
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -l confirm-by -d 'Who confirms: a new ssh session, a key on this terminal, or the probes' -r -f -a "ssh\t'`piton net confirm` in an ssh session that is newer than the command\'s end'
key\t'Any key on the terminal'
probe\t'What answered before answers still'"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -l outside -d 'An address outside that must answer, instead of two public ones; may be given again' -r
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from guard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from confirm" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from confirm" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from confirm" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from watch" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from watch" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand net; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "up" -d 'Boot hosts: the site\'s, or those that are named'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "down" -d 'Stop the lab and remove all of it; images stay'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "images" -d 'Make the images of containers that the site\'s services need: Debian\'s programs, and stand-ins'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "list" -d 'List the hosts'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "ssh" -d 'Log in to a host over ssh'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "exec" -d 'Run a program in a host, past its network'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "console" -d 'Open a root shell in a host, past its network'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "reset" -d 'Give a host a fresh disk'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "reboot" -d 'Reboot a host in order'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "crash" -d 'Cut a host\'s power; it comes back by itself'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "unplug" -d 'Pull a host\'s network cable; its console still works'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "plug" -d 'Put a host\'s network cable back in'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "drill" -d 'Stage the known ways to lose a host, and see it come back'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "save" -d 'Keep a copy of a host\'s disk'
complete -c piton -n "__fish_piton_using_subcommand lab; and not __fish_seen_subcommand_from up down images list ssh exec console reset reboot crash unplug plug drill save load" -f -a "load" -d 'Put a host\'s disk back to a copy'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from up" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from up" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from up" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from up" -l install -d 'Install the packages that the lab needs, if any is missing'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from up" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from down" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from down" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from down" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from down" -l images -d 'Remove the images of all labs too'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from down" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from down" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from images" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from images" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from images" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from images" -l list -d 'Say which can be made, and which of them are stand-ins'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from images" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from images" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from list" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from list" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from list" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from ssh" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from ssh" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from ssh" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from ssh" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from ssh" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from exec" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from exec" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from exec" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from exec" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from console" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from console" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from console" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from console" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from console" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reset" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reset" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reset" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reset" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reboot" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reboot" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reboot" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reboot" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from reboot" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from crash" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from crash" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from crash" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from crash" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from crash" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from unplug" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from unplug" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from unplug" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from unplug" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from unplug" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from plug" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from plug" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from plug" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from plug" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from plug" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l sample -d 'Where a drill has many places, only so many of them' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l image -d 'What the host runs' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l all -d 'All of them'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l list -d 'Say which there are'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l keep -d 'Leave the hosts, so that the next run begins at once'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l down -d 'Take away what an earlier run left'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from drill" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from save" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from save" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from save" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from save" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from save" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from load" -l name -d 'The lab [default: named after the site]' -r
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from load" -l site -d 'The site\'s folder, or its file [default: site.toml here or in a parent folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from load" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from load" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand lab; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "check" -d 'Judge a command, without running it'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "hook" -d 'Answer an agent\'s hook: the event on stdin, in the agent\'s own form'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "install" -d 'Add the hook to an agent\'s configuration, and nothing else'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "uninstall" -d 'Take the hook out again, byte for byte'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "status" -d 'Say for which agents the hook is in place'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "log" -d 'Show what was judged'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "explain" -d 'Explain an effect, or list all of them'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "allow" -d 'Let an effect pass for a while; asks on your own terminal'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "user" -d 'Print what to add to site.toml for a user of the agents\' own, which sudo lets run only piton\'s reading commands'
complete -c piton -n "__fish_piton_using_subcommand gate; and not __fish_seen_subcommand_from check hook install uninstall status log explain allow user run" -f -a "run" -d 'Run an agent that can write only below some folders, held by the kernel (Landlock)'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from check" -l cwd -d 'The folder that it would run in [default: this one; with --batch: not known]' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from check" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from check" -l batch -d 'Judge JSON lines from stdin, {"command", "cwd"?, "env"?} (variables, or the name of an environment), and answer with one for each'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from check" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from hook" -l for -d 'Whose hook it is' -r -f -a "claude-code\t''
codex\t''
gemini\t''
cursor\t''
opencode\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from hook" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from hook" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from install" -l for -d 'Which agent' -r -f -a "claude-code\t''
codex\t''
gemini\t''
cursor\t''
opencode\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from install" -l file -d 'Its configuration file [default: the user\'s own]' -r -F
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from install" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from install" -l dry-run -d 'Show the change and make none'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from install" -s y -l yes -d 'Do not ask'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from uninstall" -l for -d 'Which agent' -r -f -a "claude-code\t''
codex\t''
gemini\t''
cursor\t''
opencode\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from uninstall" -l file -d 'Its configuration file [default: the user\'s own]' -r -F
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from uninstall" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from uninstall" -l dry-run -d 'Show the change and make none'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from uninstall" -s y -l yes -d 'Do not ask'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from uninstall" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from status" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from status" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from log" -l since -d 'Only what is newer: 30m, 2h, 7d' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from log" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from log" -l stopped -d 'Only what was not allowed'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from log" -l verify -d 'Check that no line was changed, left out or put in'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from log" -l json -d 'Print JSON lines, as they are in the log'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from log" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from explain" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from explain" -l json -d 'Print JSON'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l for -d 'How long: 30m, 1h, at most 24h' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l environment -d 'Only in this environment: prod, stage, dev or lab' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l host -d 'Only on this host; `*` stands for anything' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l path -d 'Only below this folder' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l command -d 'Only commands that begin with these words' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l because -d 'Why, for whoever reads the file later' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from allow" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from user" -l name -d 'What the user is called' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from user" -l site -d 'The site that it may read: a folder that is root\'s and that it cannot write' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from user" -l piton -d 'Where piton lies on the hosts [default: where this one lies]' -r
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from user" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from user" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from run" -l write -d 'A folder that it may write below; may be repeated [default: this folder]' -r -F
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from run" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from run" -l dry-run -d 'Only say what would be held, and run nothing'
complete -c piton -n "__fish_piton_using_subcommand gate; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand approve" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand approve" -l refuse -d 'Refuse it instead, so that it is no longer listed'
complete -c piton -n "__fish_piton_using_subcommand approve" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand demo" -l image -d 'What the hosts run: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04' -r
complete -c piton -n "__fish_piton_using_subcommand demo" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand demo" -l keep -d 'Leave the hosts running at the end'
complete -c piton -n "__fish_piton_using_subcommand demo" -l dry -d 'Boot nothing: plan against hosts that are only values'
complete -c piton -n "__fish_piton_using_subcommand demo" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand schema" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand schema" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand completions" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand completions" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand man" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand man" -s h -l help -d 'Print help'
complete -c piton -n "__fish_piton_using_subcommand help" -l color -d 'Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c piton -n "__fish_piton_using_subcommand help" -s h -l help -d 'Print help'
