#!/bin/sh
# invoke-rc.d(8).
[ "$1" = --quiet ] && shift
exec service "$@"
