#!/bin/sh
# invoke-rc.d(8).
while :; do
  case $1 in
    --quiet|--disclose-deny|--force|--no-fallback|--try-anyway) shift ;;
    -*) echo "invoke-rc.d: $1 is not served by Squall's guests" >&2; exit 103 ;;
    *) break ;;
  esac
done
exec service "$@"
