#!/bin/bash
# Sees to what the programs and tests need beside Go: PostgreSQL 15 or newer, Redis 7 or newer, a C compiler for the
# race detector, and a Python 3.11 or newer that makes environments, for the tools of "make tools". What is missing comes
# from the distribution, without a database cluster or a service of the system.
set -euo pipefail

readonly policy=/usr/sbin/policy-rc.d
readonly no_cluster=/etc/postgresql-common/createcluster.d/opsdb-no-cluster.conf

postgresql_major() {
  local newest=0 major binary
  for binary in /usr/lib/postgresql/*/bin/postgres "$(command -v postgres || true)"; do
    [[ -x $binary ]] || continue
    major=$("$binary" --version | sed -E 's/^postgres \(PostgreSQL\) ([0-9]+).*/\1/')
    (( major > newest )) && newest=$major
  done
  echo "$newest"
}

redis_major() {
  command -v redis-server >/dev/null || { echo 0; return; }
  redis-server --version | sed -E 's/.* v=([0-9]+).*/\1/'
}

compiles() {
  # shellcheck disable=SC2086 # CC may have arguments
  echo '#include <stdlib.h>' | ${CC:-$(go env CC)} -E -x c - >/dev/null 2>&1
}

makes_environments() {
  python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# What is missing, as packages of the distribution.
missing() {
  (( $(postgresql_major) >= 15 )) || echo postgresql
  (( $(redis_major) >= 7 )) || echo redis-server
  compiles || printf '%s\n' gcc libc6-dev
  makes_environments || printf '%s\n' python3 python3-venv
}

give_up() {
  {
    echo "opsdb: $1"
    echo "Please install: PostgreSQL 15 or newer (server programs), Redis 7 or newer, a C compiler with headers, Python 3.11 or"
    echo "newer with venv."
    echo "On Debian and Ubuntu: apt-get install ${packages[*]}"
  } >&2
  exit 1
}

as_root() {
  if (( EUID == 0 )); then "$@"; else sudo -n "$@"; fi
}

# The major version that the distribution offers of a package; 0: none.
candidate() {
  apt-cache policy "$1" | sed -nE 's/^ *Candidate: ([0-9]+:)?([0-9]+).*/\2/p' | grep . || echo 0
}

# Puts back what keeps the packages from starting services and making a cluster.
restore() {
  as_root rm -f "$no_cluster" "$policy"
  if [[ -e $policy.opsdb ]]; then as_root mv "$policy.opsdb" "$policy"; fi
}

install_packages() {
  local status=0
  trap restore EXIT
  if [[ -e $policy && ! -e $policy.opsdb ]]; then as_root mv "$policy" "$policy.opsdb"; fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  as_root mkdir -p "${no_cluster%/*}"
  echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" || status=$?
  restore
  trap - EXIT
  return $status
}

mapfile -t packages < <(missing)
(( ${#packages[@]} == 0 )) && exit 0

command -v apt-get >/dev/null || give_up "something is missing, and this is not a Debian or Ubuntu."
(( EUID == 0 )) || sudo -n true 2>/dev/null || give_up "something is missing, and only root or sudo without a password may install it."

echo "opsdb: installing ${packages[*]}" >&2
as_root apt-get -q -o DPkg::Lock::Timeout=300 update || give_up "the package lists cannot be fetched."
services=()
for package in "${packages[@]}"; do
  case $package in
    postgresql) (( $(candidate postgresql) >= 15 )) || give_up "the distribution offers only PostgreSQL $(candidate postgresql); see https://www.postgresql.org/download." ;;
    redis-server) (( $(candidate redis-server) >= 7 )) || give_up "the distribution offers only Redis $(candidate redis-server); see https://redis.io/downloads." ;;
    *) continue ;;
  esac
  # A service that was here before is not ours to stop.
  compgen -G "/*/systemd/system/$package.service" >/dev/null || services+=("$package.service")
done
install_packages "${packages[@]}" || give_up "the packages cannot be installed."
for service in "${services[@]}"; do
  if command -v systemctl >/dev/null; then as_root systemctl disable --quiet "$service"; fi
  if [[ -d /run/systemd/system ]]; then as_root systemctl stop "$service"; fi
done

mapfile -t packages < <(missing)
(( ${#packages[@]} == 0 )) || give_up "still missing after the installation."
