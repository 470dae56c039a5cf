#!/bin/sh
# The image's entry: with a command it runs that, without one the app that ROLE names. `exec` makes Node process 1,
# so that SIGTERM reaches its draining shutdown.
set -eu
[ "$#" -eq 0 ] || exec "$@"
main="/app/apps/${ROLE}/dist/main.js"
if [ ! -f "$main" ]; then
  echo "ROLE must be one of: standalone api inbox outbox timeline moderation streaming media web." >&2
  exit 64
fi
# The flags of infra/launcher/src/node-flags.ts.
exec node --import /app/infra/launcher/own-source-maps.mjs --no-memory-reducer "$main"
