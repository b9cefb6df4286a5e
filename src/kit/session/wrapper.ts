// The command line that ExecuteCommand is given. The agent splits it into words and runs them without a shell; where the
// image has one, a runner around the command tells its status and keeps its standard error apart.

/** Halves of a marker that only comes together in the container: no trace and no process list shows it. */
export type Nonce = readonly [string, string]

const HALF = /^[0-9a-f]{16}$/

/** Two times 64 random bits. */
export const createNonce = (): Nonce => {
  const half = (): string =>
    [...crypto.getRandomValues(new Uint8Array(8))].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return [half(), half()]
}

/** What is kept of standard error, in bytes; one block more is sent, so that a cut shows. */
export const MOST_STDERR = 65_536

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/
/** Two braces are where the agent looks for `{{ssm:…}}`, which it would replace by a parameter's value. */
const BRACES = /\{(?=\{)/g

/** One word for the agent's splitting, and for a POSIX sh alike. Throws on NUL, which no argument can hold. */
export const quote = (word: string): string => {
  if (word.includes('\0')) throw new Error('An argument cannot hold a NUL.')
  if (PLAIN.test(word)) return word
  return `'${word.replaceAll("'", "'\\''").replaceAll(BRACES, "{''")}'`
}

/** The words as they are, without a shell: for images that have none. There is no status then. */
export const commandOf = (argv: readonly string[]): string => argv.map(quote).join(' ')

/**
 * POSIX sh. Its own arguments are the marker's halves, then the command's words. Ctrl-C ends the command, not the runner.
 * Standard error goes to a file that has no name any more when the command begins, where one can be made and printed.
 * When it has told the status it waits for Enter: an agent whose shell has ended repeats what is missing for two seconds
 * only. `stty`, where there is one, undoes what the command made of the terminal.
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

/** `argv`: words to run, or text for a POSIX sh. Throws where it could not be run as it stands. */
export const wrap = (command: readonly string[] | string, nonce: Nonce): string => {
  const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  const [program = ''] = argv
  if (program === '' || program.startsWith('-')) throw new Error('A command begins with the name of a program.')
  if (!nonce.every(half => HALF.test(half))) throw new Error('Each half of a nonce is 16 hexadecimal digits.')
  return commandOf(['/bin/sh', '-c', RUNNER, 'sh', ...nonce, ...argv])
}
