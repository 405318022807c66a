# Of a unit, the template of the same for several: ttsd@NAME.service.
s|^Description=\(.*\)$|&, by /etc/ttsd/%i.conf|
s|^ExecStart=.*|& -c /etc/ttsd/%i.conf|
s!^\(Runtime\|State\|Cache\)Directory=ttsd$!&-%i!
s!^\(Wants\|After\|PartOf\)=\(ttsd\|streamer-supervisor\)\.service!\1=\2@%i.service!
s|^ListenStream=/run/ttsd/|ListenStream=/run/ttsd-%i/|
s|\(/var/cache/ttsd\)\b|\1-NAME|
