# fish completion for the daemons of ttsd, whose --help tells their options.
function __ttsd_options
    set -l words (commandline -opc)
    $words[1] --help 2>/dev/null | string match -rg -- '^ .*?(--[a-z-]+)'
end
complete -c ttsd -c streamer-supervisor -c ttsd-gateway -c ttsd-stream \
    -a '(__ttsd_options)'
