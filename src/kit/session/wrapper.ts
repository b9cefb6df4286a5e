// Builds the command line for ExecuteCommand. The agent splits the line into words and runs them without a shell. If
// the image has a shell, a runner around the command reports its status and separates its standard error.

/**
 * The two halves of a marker. They are joined only in the container, so no trace and no process list contains the
 * complete marker, and output that repeats one half is not read as a marker. A command that joins the halves can forge
 * its status: docs/limits.md.
 */
export type Nonce = readonly [string, string]

const HALF = /^[0-9a-f]{16}$/

/** Creates the two halves from 64 random bits. */
export const createNonce = (): Nonce => {
  const half = (): string =>
    [...crypto.getRandomValues(new Uint8Array(8))].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return [half(), half()]
}

/** The maximum number of bytes of standard error. The runner sends one block more, so that truncation is detected. */
export const MOST_STDERR = 65_536

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/
/** Matches the first of two `{`. The agent would replace `{{ssm:…}}` with the value of an SSM parameter. */
const BRACES = /\{(?=\{)/g

/** Quotes a word for the agent and for POSIX sh. Throws on NUL, which no argument can contain. */
export const quote = (word: string): string => {
  if (word.includes('\0')) throw new Error('An argument cannot contain a NUL.')
  if (PLAIN.test(word)) return word
  return `'${word.replaceAll("'", "'\\''").replaceAll(BRACES, "{''")}'`
}

/** The command line without a shell, for images that have none. It reports no exit status. */
export const commandOf = (argv: readonly string[]): string => argv.map(quote).join(' ')

/**
 * The runner, in POSIX sh. Arguments: the marker's halves, then the command's words. Ctrl-C ends the command, not the
 * runner. Standard error goes to a temporary file, if one can be created; the file is already unlinked when the command
 * starts. After the status the runner waits for Enter, because an agent whose shell has ended resends lost output for
 * only two seconds. `stty`, if present, resets the terminal.
 */
const RUNNER = `m=$1$2
shift 2
trap : INT QUIT
f=
if command -v base64 && command -v dd && command -v rm; then
  for d in "\${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm; do
    (umask 077; set -C; : >"$d/.$m") && f=$d/.$m && break
  done
fi >/dev/null 2>&1
end() {
  stty sane -echo 2>/dev/null
  printf '%s end %s .\\n' "$m" "$1"
  read -r m
}
if [ -n "$f" ]; then
  {
    rm -f "$f"
    printf '%s begin\\n' "$m"
    (exec "$@" </dev/null 2>&9 8<&- 9>&-)
    s=$?
    trap '' INT QUIT
    printf '\\n%s err\\n' "$m"
    dd bs=1024 count=${MOST_STDERR / 1_024 + 1} <&8 2>/dev/null | base64
    end "$s"
  } 8<"$f" 9>"$f"
else
  printf '%s begin\\n' "$m"
  (exec "$@" </dev/null)
  s=$?
  trap '' INT QUIT
  printf '\\n'
  end "$s"
fi`

/**
 * Wraps a command in the runner. `command`: words to run, or a script for POSIX sh. Throws if the command cannot be run
 * unchanged.
 */
export const wrap = (command: readonly string[] | string, nonce: Nonce): string => {
  const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  const [program = ''] = argv
  if (program === '' || program.startsWith('-')) throw new Error('A command begins with the name of a program.')
  if (!nonce.every(half => HALF.test(half))) throw new Error('Each half of a nonce is 16 hexadecimal digits.')
  return commandOf(['/bin/sh', '-c', RUNNER, 'sh', ...nonce, ...argv])
}
