#compdef sessionpay
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# zsh completion for sessionpay. Commands and options are read from the --help of the program itself.

_sessionpay() {
    local program=$words[1] command=$words[2]
    local -a candidates

    if (( CURRENT == 2 )); then
        candidates=(${(f)"$($program --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')"})
        candidates+=(--help --version)
    elif [[ $PREFIX == -* ]]; then
        candidates=(${(fu)"$($program $command --help 2>/dev/null | grep '^  --' | grep -o -e '--[a-z][a-z-]*')"})
    elif [[ $command == explain ]]; then
        candidates=(${(f)"$($program explain --list 2>/dev/null | awk '{print $2}')"})
    elif [[ $command == (create|doctor|verify) ]] && (( CURRENT == 3 )); then
        candidates=(wepay hosted-fields connect apple-pay)
    else
        _files
        return
    fi
    compadd -- $candidates
}

_sessionpay "$@"
