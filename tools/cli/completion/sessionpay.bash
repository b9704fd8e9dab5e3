# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# bash completion for sessionpay. Commands and options are read from the --help of the program itself.

_sessionpay()
{
    local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} program=${COMP_WORDS[0]} words

    if [ "$COMP_CWORD" -eq 1 ]; then
        words="$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p') --help --version"
    elif [ "${current#-}" != "$current" ]; then
        words=$("$program" "$command" --help 2>/dev/null | grep '^  --' | grep -o -e '--[a-z][a-z-]*' | sort -u)
    elif [ "$command" = explain ]; then
        words=$("$program" explain --list 2>/dev/null | awk '{print $2}')
    elif [[ $COMP_CWORD -eq 2 && $command =~ ^(create|doctor|verify)$ ]]; then
        words='wepay hosted-fields connect apple-pay'
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _sessionpay sessionpay
