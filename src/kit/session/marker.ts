// Parses the runner's markers in the output of a wrapped command: begin, standard error and exit status. Markers are
// never shown, even if split across messages. The last end marker counts, since a command could print a marker too.
import { MOST_STDERR, type Nonce } from './wrapper.ts'

export type MarkerReport = {
  /** The exit status; undefined until an end marker arrives. */
  readonly status: number | undefined
  /** The standard error; undefined if the runner could not separate it. */
  readonly stderr: { readonly text: string; readonly isCut: boolean } | undefined
}

export type MarkerReader = {
  /** Reads a piece of output; returns the text that may be shown so far. Lines end with `\n`. */
  readonly read: (text: string) => string
  /** Ends the reading; returns the remaining text that may be shown. */
  readonly finish: () => string
  readonly report: () => MarkerReport
  /** Whether the output ends with the last end marker. */
  readonly isAtEnd: () => boolean
}

/** The maximum length of standard error in base64: `MOST_STDERR` bytes, line ends, and some margin. */
const MOST_HELD = MOST_STDERR * 1.5
/** The maximum length of an end marker: ` end 137 .` and a line end. */
const LONGEST_END = 11

type Found =
  | { readonly kind: 'begin'; readonly to: number }
  | { readonly kind: 'end'; readonly to: number; readonly status: number; readonly stderr: string | undefined }

/** Parses the text after a marker. Returns `more` if the text is incomplete so far. */
const parse = (text: string, from: number, marker: string): Found | 'more' | 'nothing' => {
  if (text.startsWith(' begin\n', from)) return { kind: 'begin', to: from + 7 }
  let at = from
  let stderr: string | undefined
  if (text.startsWith(' err\n', from)) {
    at = text.indexOf(marker, from)
    const lines = text.slice(from + 5, at < 0 ? undefined : at)
    if (lines.length > MOST_HELD || !/^[A-Za-z0-9+/=\n]*$/.test(lines)) return 'nothing'
    if (at < 0) return 'more'
    at += marker.length
    stderr = lines
  }
  const rest = text.slice(at, at + LONGEST_END)
  const end = /^ end (\d{1,3}) \.\n/.exec(rest)
  if (end !== null) return { kind: 'end', to: at + end[0].length, status: Number(end[1]), stderr }
  return rest.length < LONGEST_END && !rest.includes('\n') ? 'more' : 'nothing'
}

export const createMarkerReader = (nonce: Nonce): MarkerReader => {
  const marker = nonce.join('')
  const line = `\n${marker}`
  // The buffer starts with an added line end, because a marker is only recognised after a line end. A line end is also
  // added after each marker.
  let buffer = '\n'
  let isAdded = true
  let report: MarkerReport = { status: undefined, stderr: undefined }

  const release = (length: number): string => {
    const shown = buffer.slice(isAdded ? 1 : 0, length)
    if (length > 0) isAdded = false
    buffer = buffer.slice(length)
    return shown
  }
  const take = (found: Found): void => {
    // The line end before `begin` belongs to the command's output. The runner writes the line ends before the other
    // markers.
    if (found.kind === 'end') report = { status: found.status, stderr: decode(found.stderr) }
    isAdded ||= found.kind === 'end'
    buffer = `\n${buffer.slice(found.to)}`
  }
  const read = (text: string): string => {
    buffer += text
    let shown = ''
    while (true) {
      const at = buffer.indexOf(line)
      if (at < 0) return shown + release(buffer.length - overlap(buffer, line))
      shown += release(at)
      const found = parse(buffer, line.length, marker)
      if (found === 'more') return shown
      if (found === 'nothing') shown += release(line.length)
      else take(found)
    }
  }
  const finish = (): string => release(buffer.startsWith(line) ? 0 : buffer.length)
  const isAtEnd = (): boolean => report.status !== undefined && isAdded && buffer === '\n'
  return { read, finish, report: () => report, isAtEnd }
}

/** The length of the longest suffix of the text that is a prefix of the word. */
const overlap = (text: string, word: string): number => {
  for (let length = Math.min(text.length, word.length - 1); length > 0; length -= 1)
    if (text.endsWith(word.slice(0, length))) return length
  return 0
}

const decode = (lines: string | undefined): MarkerReport['stderr'] => {
  if (lines === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(lines.replaceAll('\n', '')), char => char.charCodeAt(0))
    return { text: new TextDecoder().decode(bytes.subarray(0, MOST_STDERR)), isCut: bytes.length > MOST_STDERR }
  } catch {
    return undefined
  }
}
