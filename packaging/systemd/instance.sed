# Of a unit, the template of the same for several: ttsd@NAME.service.
s|^Description=.*|&, by /etc/ttsd/%i.conf|
s|^ExecStart=.*|& -c /etc/ttsd/%i.conf|
s!^\(Runtime\|State\|Cache\)Directory=ttsd$!&-%i!
s|\bttsd\.service|ttsd@%i.service|
s|\(/var/cache/ttsd\)\b|\1-NAME|
