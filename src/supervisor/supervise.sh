#!/bin/sh
# Runs the gateway, and runs it again when it ends, or when its queue stands still.
#
#   supervise.sh WITHIN COMMAND [ARG…]
#
# WITHIN: seconds of silence after which it is killed and started again; 0 = never, for debugging.
#
# A gateway that is given $OFFHOOK_HEARTBEAT writes two lines into that file: a number that grows whenever an event has
# passed its queue, and the event it has in hand. Plain sh, so that watching costs no second Node: 2 MB instead of 40.
#
# Started by systemd with Type=notify, it says that the gateway is ready, and feeds systemd's watchdog as long as the
# queue moves, or the gateway is being started.
set -u

# STARTING: a router reads Node from flash, and before the first event has passed, silence may last so many times longer.
readonly SHORT_LIFE=20 LONGEST_WAIT=30 PATIENCE=3 STARTING=4 FEED_EVERY=10
case ${1:-} in
  '' | *[!0-9]*) echo "usage: supervise.sh SECONDS COMMAND [ARG…]" >&2; exit 2 ;;
esac
within=$1
shift

say() { echo "offhook supervise: $*" >&2; }

# In memory: the file changes every second, and flash wears.
for folder in "${RUNTIME_DIRECTORY:-/nonexistent}" /run/offhook /dev/shm /tmp; do
  [ -d "$folder" ] && [ -w "$folder" ] && break
done
# Others may write there, too: no name that they can guess.
OFFHOOK_HEARTBEAT=$(mktemp "$folder/offhook-heartbeat-XXXXXX") || exit 1
export OFFHOOK_HEARTBEAT

notify_socket=${NOTIFY_SOCKET:-}
unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID

# glibc keeps freed memory in an arena for every thread; with one arena the gateway is 4 MB smaller.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-131072}"
# V8 keeps what its young generation took in a busy moment, up to 16 MB, and four threads to help it.
export NODE_OPTIONS="--max-semi-space-size=1 --v8-pool-size=1${NODE_OPTIONS:+ $NODE_OPTIONS}"

child= stopping=
stop() {
  stopping=told
  [ -n "$child" ] && kill -TERM "$child" 2>/dev/null
}
trap stop TERM HUP
# Ctrl-C: the gateway has got it, too.
trap 'stopping=${stopping:-asked}' INT
trap 'rm -f "$OFFHOOK_HEARTBEAT"' EXIT

# `sleep` in the background: a signal ends the wait, and not only after the sleep.
pause() {
  sleep "$1" &
  wait $!
}

# The kernel's letter for what the child does; empty when it is gone.
look() {
  state=
  read -r _ _ state _ 2>/dev/null <"/proc/$child/stat"
  [ "$state" != Z ] || state=
}

condition() {
  case $state in
    R) echo "it computes" ;;
    T | t) echo "it is stopped" ;;
    D) echo "it waits for a disk or a device" ;;
    *) echo "it sleeps" ;;
  esac
}

# Seldom: each time is a process.
feed() {
  [ -n "$notify_socket" ] && [ "$lived" -ge "$next_feed" ] || return 0
  next_feed=$((lived + FEED_EVERY))
  NOTIFY_SOCKET=$notify_socket systemd-notify "$@"
}

# Ends when the child has ended, by itself or for its silence.
watch() {
  last= silent=0 lived=0 asked=0 next_feed=0
  while look && [ -n "$state" ]; do
    pause 1
    lived=$((lived + 1))
    if [ "$stopping" = asked ]; then
      asked=$((asked + 1))
      [ "$asked" -lt "$PATIENCE" ] || stop
    fi
    beat= event=
    { read -r beat && read -r event; } 2>/dev/null <"$OFFHOOK_HEARTBEAT"
    if [ "$beat" != "$last" ]; then
      [ -n "$last" ] || next_feed=0
      last=$beat silent=0
      feed --ready WATCHDOG=1
      continue
    fi
    silent=$((silent + 1)) allowed=$within
    if [ -z "$last" ]; then allowed=$((within * STARTING)); fi
    if [ -z "$last" ] || [ "$within" -eq 0 ]; then feed WATCHDOG=1; fi
    [ "$within" -ne 0 ] && [ "$silent" -ge "$allowed" ] || continue
    look
    [ -n "$state" ] || break
    say "no event has passed for $silent s, with \"${event:-nothing}\" in hand; $(condition): killed"
    kill -KILL "$child" 2>/dev/null
    break
  done
}

delay=1
while :; do
  : >"$OFFHOOK_HEARTBEAT"
  "$@" &
  child=$!
  # Asked to stop before there was anybody to tell.
  [ -n "$stopping" ] && kill -TERM "$child" 2>/dev/null
  watch
  wait "$child"
  code=$?
  child=
  [ -n "$stopping" ] && exit "$code"
  # Ended on purpose, or started wrongly: not for us to mend.
  case $code in 0 | 2) exit "$code" ;; esac
  if [ "$lived" -ge "$SHORT_LIFE" ]; then delay=1; fi
  say "ended with $code, is started again in $delay s"
  pause "$delay"
  [ -n "$stopping" ] && exit 0
  delay=$((delay * 2))
  [ "$delay" -le "$LONGEST_WAIT" ] || delay=$LONGEST_WAIT
done
