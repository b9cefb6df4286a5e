// One command in one session: its output as text, its status by the runner's marker, and an end in time.
import { openSession } from './channel.ts'
import { createDigest } from './digest.ts'
import { createMarkerReader, type MarkerReader } from './marker.ts'
import type { SessionPorts } from './ports.ts'
import type { Session, SessionEnd, SessionOptions, SessionRequest } from './session.ts'
import type { Nonce } from './wrapper.ts'

export type RunOptions = SessionOptions & {
  readonly nonce: Nonce
  /** Whether the command was given by `wrap`; else there is no status. */
  readonly isWrapped: boolean
  /** Text as it comes, without markers; lines end with `\n`. The next is read when this is done. */
  readonly onOutput: (text: string) => void | Promise<void>
  /** Stop: Ctrl-C, and two seconds later the end of the session. */
  readonly signal?: AbortSignal
}

export type RunResult = {
  /** The command's; undefined where no marker said it, which is never success. */
  readonly status: number | undefined
  readonly end: SessionEnd
  /** Undefined where it could not be kept apart: then it is in the output. */
  readonly stderr: string | undefined
  readonly isStderrCut: boolean
  /** Of what the session delivered, as it came, markers too; but for the echo of our own Enter. `sha256`: hexadecimal. */
  readonly bytes: number
  readonly sha256: string
}

const CR = 13
const LF = 10
const AFTER_STOP_MS = 2_000
/** The agent closes at once when the runner has heard Enter; what the command left behind may keep it from that. */
const AFTER_STATUS_MS = 4_000

/** Never rejects but where `onOutput` does; terminated by then. */
export const runCommand = async (
  request: SessionRequest,
  { nonce, isWrapped, onOutput, signal, ...options }: RunOptions,
  ports: SessionPorts,
): Promise<RunResult> => {
  const session = openSession(request, ports, options)
  const marker = isWrapped ? createMarkerReader(nonce) : undefined
  const digest = createDigest()
  const stop = stopper(session, ports, signal)
  let cancelClosing: (() => void) | undefined
  let bytes = 0
  try {
    const output = withoutEcho(session.output, () => marker?.isAtEnd() ?? false)
    for await (const text of decoded(output, chunk => {
      bytes += chunk.length
      digest.update(chunk)
    })) {
      const shown = marker === undefined ? text : marker.read(text)
      if (marker?.said().status !== undefined && cancelClosing === undefined) {
        // It came in order, so all that was before it is here: the runner need wait no longer.
        session.enter()
        cancelClosing = ports.after(AFTER_STATUS_MS, () => void session.terminate())
      }
      if (shown !== '') await onOutput(shown)
    }
    const rest = marker?.finish() ?? ''
    if (rest !== '') await onOutput(rest)
  } finally {
    // Over already where its output has ended; else it is what we were doing that failed.
    await session.terminate()
    stop()
    cancelClosing?.()
  }
  const end = await session.end
  return { ...outcome(marker, end), end, bytes, sha256: digest.hex() }
}

const outcome = (marker: MarkerReader | undefined, end: SessionEnd) => {
  const { status, stderr } = marker?.said() ?? { status: end.kind === 'closed' ? end.exitCode : undefined }
  return { status, stderr: stderr?.text, isStderrCut: stderr?.isCut ?? false }
}

/** Gives what ends it. */
const stopper = (session: Session, { after }: SessionPorts, signal: AbortSignal | undefined): (() => void) => {
  let cancel: (() => void) | undefined
  const stop = (): void => {
    session.interrupt()
    cancel = after(AFTER_STOP_MS, () => void session.terminate())
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  return () => {
    signal?.removeEventListener('abort', stop)
    cancel?.()
  }
}

/** A terminal that echoes says Enter back as a line end, right behind the end's own: no marker needs that one. */
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

/** UTF-8 however it is cut, what is none of it as U+FFFD; a terminal's `\r\n` as `\n`. */
const decoded = async function* (
  output: AsyncIterable<Uint8Array>,
  seen: (chunk: Uint8Array) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let held = ''
  for await (const chunk of output) {
    seen(chunk)
    const text = held + decoder.decode(chunk, { stream: true })
    const whole = text.replace(/\r+$/, '')
    held = text.slice(whole.length)
    if (whole !== '') yield whole.replaceAll(/\r+\n/g, '\n')
  }
  const rest = held + decoder.decode()
  if (rest !== '') yield rest
}
