# What the scripts that run in such a machine share; laid before them.

# Waits until a command succeeds; `what` is for people.
wait_for() {
	what=$1
	shift
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || {
			echo "timed out: $what"
			tell_more
			exit 1
		}
		sleep 0.1
	done
}

# With `!` the shell would go on.
never() {
	if "$@"; then
		echo "this may not be: $*"
		exit 1
	fi
}
