#!/bin/sh
# After the archive is unpacked, as root, as often as one likes: what is there already is left as it is.
#
#   install.sh [ROOT]     ROOT: the root of an image that is built; else this machine
#
# Makes the user and group `offhook`, /etc/offhook.toml, and the device rule where there is busybox's mdev; removes what is
# for OpenWrt from other systems.
set -eu

root=${1:-}
home=/var/lib/offhook

say() { echo "offhook: $*"; }

entry() { [ -r "$root/etc/$1" ] && grep -q '^offhook:' "$root/etc/$1"; }
id_of() { sed -n "s/^offhook:[^:]*:\([0-9]*\):.*/\1/p" "$root/etc/$1"; }
taken() { cut -d : -f 3 "$root/etc/passwd" "$root/etc/group" 2>/dev/null | grep -qx "$1"; }

make_user() {
  if ! entry group; then
    gid=100
    while taken "$gid"; do gid=$((gid + 1)); done
    echo "offhook:x:$gid:" >>"$root/etc/group"
    say "group offhook is $gid"
  fi
  entry passwd && return
  gid=$(id_of group) uid=$gid
  while cut -d : -f 3 "$root/etc/passwd" | grep -qx "$uid"; do uid=$((uid + 1)); done
  echo "offhook:x:$uid:$gid:Offhook telephone exchange:$home:/bin/false" >>"$root/etc/passwd"
  # No password fits.
  [ ! -f "$root/etc/shadow" ] || entry shadow || echo "offhook:!:0:0:99999:7:::" >>"$root/etc/shadow"
  say "user offhook is $uid"
}

# Only root can give a file away; whoever builds an image as another user does it with the image's own tools.
give() {
  owner=$1
  shift
  chown "$owner" "$@" 2>/dev/null && return
  [ -n "$root" ] || { say "can not give $* to the gateway: run this as root" >&2; exit 1; }
  say "$*: give it to $owner"
}

if [ -z "$root" ] && command -v systemd-sysusers >/dev/null; then
  systemd-sysusers /usr/lib/sysusers.d/offhook.conf
else
  make_user
fi
uid=$(id_of passwd) gid=$(id_of group)

# It will have passwords of SIP accounts in it.
config=$root/etc/offhook.toml
if [ ! -e "$config" ]; then
  (umask 077 && cp "$root/usr/lib/offhook/offhook.toml" "$config")
  give "0:$gid" "$config"
  chmod 640 "$config"
  say "write your lines and phones into $config"
fi

# mdev takes the first rule that fits.
rules=$root/etc/mdev.conf
if [ -f "$rules" ] && ! grep -q offhook "$rules"; then
  cat "$root/usr/lib/offhook/mdev.conf" "$rules" >"$rules.new"
  mv "$rules.new" "$rules"
  say "$rules: the devices are the gateway's"
fi

[ -e "$root/etc/rc.common" ] || rm -f "$root/etc/init.d/offhook" "$root/etc/hotplug.d/usb/60-offhook"

# systemd and procd make the directory themselves, each in its place.
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  say "then: systemctl enable --now offhook"
elif [ -e "$root/etc/rc.common" ]; then
  say "then: /etc/init.d/offhook enable; /etc/init.d/offhook start"
else
  mkdir -p "$root$home"
  chmod 750 "$root$home"
  give "$uid:$gid" "$root$home"
fi
