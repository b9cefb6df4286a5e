// Finds in a wrapped command's output what its runner says: that it began, what went to standard error, and the status.
// The marker is never shown, however it is cut into pieces; the last one counts, since a command could print one too.
import { MOST_STDERR, type Nonce } from './wrapper.ts'

export type Said = {
  /** Undefined until a marker said it. */
  readonly status: number | undefined
  /** Undefined where it could not be kept apart. */
  readonly stderr: { readonly text: string; readonly isCut: boolean } | undefined
}

export type MarkerReader = {
  /** Gives what may be shown by now. Lines end with `\n`. */
  readonly read: (text: string) => string
  /** The rest that may be shown. */
  readonly finish: () => string
  readonly said: () => Said
  /** Whether nothing has come behind the end that was said last. */
  readonly isAtEnd: () => boolean
}

/** Base64 of what is kept, in lines, and some room. */
const MOST_HELD = MOST_STDERR * 1.5
/** ` end 137 .` and its line end. */
const LONGEST_END = 11

type Found =
  | { readonly kind: 'begin'; readonly to: number }
  | { readonly kind: 'end'; readonly to: number; readonly status: number; readonly stderr: string | undefined }

/** What stands behind a marker. `more`: it cannot be known yet. */
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
  // Where a line begins without a line end before it, at the very beginning and behind a marker, one is put there.
  let held = '\n'
  let isAdded = true
  let said: Said = { status: undefined, stderr: undefined }

  const release = (length: number): string => {
    const shown = held.slice(isAdded ? 1 : 0, length)
    if (length > 0) isAdded = false
    held = held.slice(length)
    return shown
  }
  const take = (found: Found): void => {
    // The line end before `begin` is the command's; before the others the runner wrote one.
    if (found.kind === 'end') said = { status: found.status, stderr: decode(found.stderr) }
    isAdded ||= found.kind === 'end'
    held = `\n${held.slice(found.to)}`
  }
  const read = (text: string): string => {
    held += text
    let shown = ''
    while (true) {
      const at = held.indexOf(line)
      if (at < 0) return shown + release(held.length - overlap(held, line))
      shown += release(at)
      const found = parse(held, line.length, marker)
      if (found === 'more') return shown
      if (found === 'nothing') shown += release(line.length)
      else take(found)
    }
  }
  const finish = (): string => release(held.startsWith(line) ? 0 : held.length)
  const isAtEnd = (): boolean => said.status !== undefined && isAdded && held === '\n'
  return { read, finish, said: () => said, isAtEnd }
}

/** How much of the text's end could be the beginning of the word. */
const overlap = (text: string, word: string): number => {
  for (let length = Math.min(text.length, word.length - 1); length > 0; length -= 1)
    if (text.endsWith(word.slice(0, length))) return length
  return 0
}

const decode = (lines: string | undefined): Said['stderr'] => {
  if (lines === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(lines.replaceAll('\n', '')), char => char.charCodeAt(0))
    return { text: new TextDecoder().decode(bytes.subarray(0, MOST_STDERR)), isCut: bytes.length > MOST_STDERR }
  } catch {
    return undefined
  }
}
