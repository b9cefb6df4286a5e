// Runs one command in one session: decodes its output as text, reads its status from the runner's marker, and obeys a
// deadline and Stop.
import { openSession } from './channel.ts'
import { createDigest } from './digest.ts'
import { createMarkerReader, type MarkerReader } from './marker.ts'
import type { SessionPorts } from './ports.ts'
import type { Session, SessionEnd, SessionOptions, SessionRequest } from './session.ts'
import type { Nonce } from './wrapper.ts'

export type RunOptions = SessionOptions & {
  readonly nonce: Nonce
  /** Whether `wrap` made the command line. If not, the output has no status marker. */
  readonly isWrapped: boolean
  /**
   * Receives output text without markers; lines end with `\n`. The next output is read after the returned promise
   * resolves.
   */
  readonly onOutput: (text: string) => void | Promise<void>
  /** When aborted, sends Ctrl-C, once more after a second, and terminates the session two seconds later. */
  readonly signal?: AbortSignal
}

export type RunResult = {
  /** The exit status; undefined if no marker arrived, which never counts as success. */
  readonly status: number | undefined
  readonly end: SessionEnd
  /** Standard error; undefined if it could not be separated and is therefore part of the output. */
  readonly stderr: string | undefined
  readonly isStderrCut: boolean
  /** The size and hash of the raw output, with markers, without the echo of our Enter. `sha256`: hexadecimal. */
  readonly bytes: number
  readonly sha256: string
}

const CR = 13
const LF = 10
const AFTER_STOP_MS = 2_000
/** A shell can lose a Ctrl-C that arrives while it starts a program (seen with dash, about once in 1,000 times). */
const AGAIN_MS = 1_000
/**
 * Milliseconds to wait for the agent to close after the status. It closes at once after the runner reads Enter, unless
 * the command left processes running. The agent waits up to 2 s for lost output twice: behind the command, and when its
 * plugin ends. Seen in agents 3.3 and 3.1.1575.
 */
const AFTER_STATUS_MS = 6_000

/** Runs a command. Rejects only if `onOutput` rejects; the session is terminated first. */
export const runCommand = async (
  request: SessionRequest,
  { nonce, isWrapped, onOutput, signal, ...options }: RunOptions,
  ports: SessionPorts,
): Promise<RunResult> => {
  const session = openSession(request, ports, options)
  const marker = isWrapped ? createMarkerReader(nonce) : undefined
  const digest = createDigest()
  const isOver = () => marker?.report().status !== undefined
  const stop = stopper(session, ports, signal, isOver)
  let cancelClosing: (() => void) | undefined
  let bytes = 0
  try {
    const output = withoutEcho(session.output, () => marker?.isAtEnd() ?? false)
    for await (const text of decoded(output, chunk => {
      bytes += chunk.length
      digest.update(chunk)
    })) {
      const shown = marker === undefined ? text : marker.read(text)
      if (isOver() && cancelClosing === undefined) {
        // Messages arrive in order, so all output is received by now, and the runner may end.
        session.enter()
        cancelClosing = ports.after(AFTER_STATUS_MS, () => void session.terminate())
      }
      if (shown !== '') await onOutput(shown)
    }
    const rest = marker?.finish() ?? ''
    if (rest !== '') await onOutput(rest)
  } finally {
    // Terminating has no effect if the output has ended. Otherwise `onOutput` failed, and the session must be
    // terminated.
    await session.terminate()
    stop()
    cancelClosing?.()
  }
  const end = await session.end
  return { ...outcome(marker, end), end, bytes, sha256: digest.hex() }
}

const outcome = (marker: MarkerReader | undefined, end: SessionEnd) => {
  const { status, stderr } = marker?.report() ?? { status: end.kind === 'closed' ? end.exitCode : undefined }
  return { status, stderr: stderr?.text, isStderrCut: stderr?.isCut ?? false }
}

/**
 * Installs the handler of the abort signal. `isOver`: whether the command has ended, and gets no Ctrl-C. Returns a
 * function that removes the handler.
 */
const stopper = (
  session: Session,
  { after }: SessionPorts,
  signal: AbortSignal | undefined,
  isOver: () => boolean,
): (() => void) => {
  let cancels: readonly (() => void)[] = []
  const interrupt = (): void => {
    if (!isOver()) session.interrupt()
  }
  const stop = (): void => {
    interrupt()
    cancels = [after(AGAIN_MS, interrupt), after(AFTER_STOP_MS, () => void session.terminate())]
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  return () => {
    signal?.removeEventListener('abort', stop)
    for (const cancel of cancels) cancel()
  }
}

/** Drops the terminal's echo of Enter: a line end right after the line end of the end marker. */
const withoutEcho = async function* (
  output: AsyncIterable<Uint8Array>,
  isAtEnd: () => boolean,
): AsyncGenerator<Uint8Array> {
  let echo: readonly number[] = [CR, LF]
  let last: number | undefined
  for await (const chunk of output) {
    let from = 0
    while (last === LF && isAtEnd() && from < chunk.length && echo.includes(chunk[from] ?? 0)) {
      echo = echo.slice(echo.indexOf(chunk[from] ?? 0) + 1)
      from += 1
    }
    const rest = from > 0 ? chunk.subarray(from) : chunk
    last = rest.at(-1) ?? last
    yield rest
  }
}

/** Decodes chunks as UTF-8, with invalid bytes as U+FFFD and `\r\n` as `\n`. A character may span two chunks. */
const decoded = async function* (
  output: AsyncIterable<Uint8Array>,
  seen: (chunk: Uint8Array) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let buffer = ''
  for await (const chunk of output) {
    seen(chunk)
    const text = buffer + decoder.decode(chunk, { stream: true })
    const whole = text.replace(/\r+$/, '')
    buffer = text.slice(whole.length)
    if (whole !== '') yield whole.replaceAll(/\r+\n/g, '\n')
  }
  const rest = buffer + decoder.decode()
  if (rest !== '') yield rest
}
