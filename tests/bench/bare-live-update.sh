#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The quickstart's live update with nothing but QEMU, the agent and this script: what luolab's own
# cost is measured against.
#   bare-live-update.sh KERNEL INITRAMFS ACCEL
# The initramfs holds /init (the agent), /luolab/kernel-0 and /luolab/initrd.
set -euo pipefail
kernel=$1 initramfs=$2 accel=$3
cmdline="kho=on liveupdate=on console=ttyS0 panic=-1 loglevel=6"
console=$(mktemp)
cpu=max
[[ $accel == kvm ]] && cpu=host

coproc GUEST { exec qemu-system-x86_64 -accel "$accel" -cpu "$cpu" -smp 1 -m 1G -machine q35,usb=off,smbus=off,sata=off,i8042=off,graphics=off,hpet=on \
  -nodefaults -no-user-config -display none -bios qboot.rom -no-reboot \
  -serial "file:$console" -device virtio-serial-pci -chardev stdio,id=agent,signal=off \
  -device virtserialport,chardev=agent,name=luolab.agent \
  -kernel "$kernel" -initrd "$initramfs" -append "$cmdline" 2>/dev/null; }
qemu=$GUEST_PID
trap 'kill -9 $qemu 2>/dev/null || true; rm -f "$console"' EXIT

id=0
ask() {
  id=$((id + 1))
  printf '{"id":%d,%s}\n' "$id" "$1" >&"${GUEST[1]}"
  IFS= read -r answer <&"${GUEST[0]}"
  [[ $answer == *'"ok":true'* ]] || { echo "refused: $1: $answer" >&2; exit 1; }
}
digest_of() {
  ask "\"op\":\"memfd.digest\",\"memfd\":\"$1\",\"pattern\":\"$2\",\"mark\":$3,\"range_bytes\":16777216"
  [[ $answer == *'"bad_marks":{"count":0'* ]] || { echo "bad marks: $answer" >&2; exit 1; }
  [[ $answer =~ \"digest\":\"([0-9a-f]+)\" ]]
  digest=${BASH_REMATCH[1]}
}

IFS= read -r hello <&"${GUEST[0]}"
size=$((32 << 20))
ask "\"op\":\"memfd.create\",\"memfd\":\"random\",\"size\":$size,\"pattern\":\"random\",\"seed\":11,\"mark\":12"
digest_of random random 12; first=$digest
ask "\"op\":\"memfd.create\",\"memfd\":\"records\",\"size\":$size,\"pattern\":\"records\",\"seed\":21,\"mark\":22"
digest_of records records 22; second=$digest
ask '"op":"session.create","session":"s"'
ask "\"op\":\"kexec.load\",\"kernel\":\"kernel-0\",\"initrd\":\"initrd\",\"cmdline\":\"$cmdline\""
ask '"op":"baggage.pack","nonce":"n","hop":1,"files":[]'
ask '"op":"preserve","session":"s","memfd":"random","token":0'
ask '"op":"preserve","session":"s","memfd":"records","token":1'
ask '"op":"kexec"'
IFS= read -r hello <&"${GUEST[0]}"
[[ $hello == *'"hello"'* ]] || { echo "no hello after the kexec: $hello" >&2; exit 1; }
ask '"op":"baggage.unpack"'
ask '"op":"session.retrieve","session":"s"'
ask '"op":"retrieve","session":"s","memfd":"random","token":0'
ask '"op":"retrieve","session":"s","memfd":"records","token":1'
digest_of random random 12; [[ $digest == "$first" ]] || { echo "random differs" >&2; exit 1; }
digest_of records records 22; [[ $digest == "$second" ]] || { echo "records differs" >&2; exit 1; }
ask '"op":"finish","session":"s"'
ask '"op":"session.close","session":"s"'
ask '"op":"info"'
