# fish completion for ttsctl(1), which says itself what may come next.
function __ttsctl_next
    set -l words (commandline -opc)
    $words[1] complete -- $words[2..] (commandline -ct) 2>/dev/null
end
complete -c ttsctl -f -a '(__ttsctl_next)'
