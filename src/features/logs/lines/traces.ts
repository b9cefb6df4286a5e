// Pure: joins the lines of one stack trace. Recognizes the formats in which languages print stack traces. Sources: the
// runtimes' own output: Python's traceback, Go's panics, Java's and .NET's exceptions, Rust's panics, Node's and PHP's
// uncaught errors.

export type Piece = {
  readonly at: number
  readonly text: string
  /** The writer of the line within its stream, such as a container. Lines of different writers are not joined. */
  readonly from?: string
}

/**
 * Lines joined to one entry. `text`: their texts, separated by line ends. `first`: the first line. `lines`: the number
 * of lines.
 */
export type Joined<P extends Piece> = { readonly text: string; readonly lines: number; readonly first: P }

/** The longest time between two lines of one stack trace, in milliseconds. */
const APART = 1_000
/**
 * The longest time between a logger's line and the stack trace below it, in milliseconds. A logger writes both at once.
 */
const TOGETHER = 100

/**
 * The maximum number of characters of a line that are searched. Without this limit, a regular expression could read a
 * line of 1 MB.
 */
const MOST_CHARACTERS = 1_000

/** Matches lines that never begin an entry. */
const CONTINUES = new RegExp(
  `^(?:${[
    String.raw`\s+\S|Caused by:|Suppressed: |Wrapped by: |\.\.\. \d+ more|[}\])]`,
    String.raw`--- End of (?:inner exception )?stack trace|\[signal SIG|created by \S|exit status \d+$|runtime stack:`,
    '[Ss]tack (?:backtrace|trace):|Backtrace:|Location:$|note: (?:run with|Some details|we would)',
    String.raw`#\d+ +(?:\{main\}|\S+\(|/|0x|\[internal)|\[stacktrace\]|"\}|from \S+\.rb:\d+`,
    String.raw`\[SQL: |\[parameters: |\(Background on this error at: |Node\.js v\d`,
  ].join('|')})`,
)
/** The maximum number of blank lines between two parts of a stack trace. */
const MOST_BLANKS = 3
const BLANK = /^\s*$/
const TRACEBACK = /^Traceback \(most recent call last\):/
/** Matches the first line of Python's exception group. All lines of the group are indented. */
const GROUP = /^\s+\+ Exception Group Traceback/
const CHAIN = /^(?:During handling of the above exception|The above exception was the direct cause)/
const HEADER =
  /^(?:Exception in thread ".*" )?(?:[\w.$\\/]*(?:Error|Exception|Throwable)\b|Unhandled exception|Uncaught |\[Unhandled)/
const RUBY_FRAME = /^\S+\.rb:\d+:in /
const JAVA_FRAME = /^\s+(?:at |\.\.\. \d+ more)/
const RUST = /^thread '.*' (?:\(\d+\) )?panicked at .*:$/
/** Matches the position that Node prints before an uncaught error. The source line, a caret and the error follow. */
const NODE_SOURCE = /^(?:\/|file:|node:|[A-Z]:\\|evalmachine).*:\d+$/
const CARET = /^\s*\^+\s*$/
const GOROUTINE = /^goroutine \d+ (?:gp=\S+ m=\S+ )?.*\[.*\]:$/
const GO_PANIC = /panic|fatal error|goroutine|runtime error|SIG[A-Z]+/
const GO_CALL = /^(?:\[originating from\] )?[\w./*()[\]{}·%-]+(?:\(.*\))?$/
const GO_FRAME = /^\s+\S+\.(?:go|s):\d+/
const LOGGED_FAILURE = /\b(?:error|err|exception|critical|crit|fatal|severe|warn|warning)\b/i

/** The entry to which further lines may be joined. */
type Open<P extends Piece> = {
  readonly first: P
  readonly parts: string[]
  last: number
  isTraceback: boolean
  wasTraceback: boolean
}

export const joinTraces = <P extends Piece>(pieces: readonly P[]): readonly Joined<P>[] => {
  const joined: Open<P>[] = []
  const heads = pieces.map(piece => ({ ...piece, text: piece.text.slice(0, MOST_CHARACTERS) }))
  for (const [nth, piece] of pieces.entries()) {
    const before = joined.at(-1)
    if (before !== undefined && isNext(before, heads, nth)) add(before, piece)
    else joined.push(open(piece))
  }
  return joined.map(({ first, parts }) => ({ first, text: parts.join('\n').trimEnd(), lines: parts.length }))
}

const open = <P extends Piece>(piece: P): Open<P> => {
  const isTraceback = TRACEBACK.test(piece.text)
  return { first: piece, parts: [piece.text], last: piece.at, isTraceback, wasTraceback: isTraceback }
}

const add = <P extends Piece>(before: Open<P>, { at, text }: P): void => {
  before.parts.push(text)
  before.last = at
  if (TRACEBACK.test(text)) {
    before.isTraceback = true
    before.wasTraceback = true
    // The last line of Python's traceback is the exception, without indentation.
  } else before.isTraceback &&= CONTINUES.test(text) || BLANK.test(text)
}

/** Whether a line belongs to the entry before it. */
const isNext = (before: Open<Piece>, pieces: readonly Piece[], nth: number): boolean => {
  const [piece, next] = [pieces[nth], pieces[nth + 1]]
  if (piece === undefined || piece.at - before.last > APART || piece.from !== before.first.from) return false
  if (BLANK.test(piece.text)) return isBlankInside(before, pieces, nth)
  const { text } = piece
  if (before.isTraceback) return true
  if (CONTINUES.test(text) && !GROUP.test(text)) return true
  const previous = before.parts.at(-1) ?? ''
  return (
    (before.wasTraceback && (CHAIN.test(text) || (CHAIN.test(lastText(before)) && TRACEBACK.test(text)))) ||
    isAfterNode(before, text, next?.text) ||
    isGo(before, text, next?.text) ||
    (RUST.test(previous) && before.parts.length === 1) ||
    (piece.at - before.last <= TOGETHER && isLoggedTrace(before, text, next?.text))
  )
}

/** Whether a blank line belongs to a stack trace. It does if the line after it does. */
const isBlankInside = (before: Open<Piece>, pieces: readonly Piece[], nth: number): boolean => {
  for (let after = nth + 1; after <= nth + MOST_BLANKS; after += 1) {
    const text = pieces[after]?.text
    if (text === undefined) return false
    if (!BLANK.test(text)) return !/^\s/.test(text) && isNext(before, pieces, after)
  }
  return false
}

const lastText = ({ parts }: Open<Piece>): string => parts.findLast(part => !BLANK.test(part)) ?? ''

/**
 * Whether a line belongs to an uncaught error of Node: the source line before the caret, or the error after the caret.
 */
const isAfterNode = ({ parts }: Open<Piece>, text: string, next: string | undefined): boolean => {
  if (!NODE_SOURCE.test(parts[0] ?? '')) return false
  const hasCaret = parts.some(isCaret)
  if (!hasCaret && isCaret(text)) return true
  return hasCaret ? !parts.some(part => HEADER.test(part)) && HEADER.test(text) : parts.length === 1 && isCaret(next)
}

const isCaret = (text: string | undefined): boolean => text !== undefined && CARET.test(text)

/**
 * Whether a line belongs to a panic of Go: a goroutine after the panic, or a call, whose file is in the line below it.
 */
const isGo = ({ parts }: Open<Piece>, text: string, next: string | undefined): boolean => {
  const isPanic = GO_PANIC.test(parts[0] ?? '')
  if (isPanic && (GOROUTINE.test(text) || text.startsWith('panic: '))) return true
  return next !== undefined && GO_FRAME.test(next) && GO_CALL.test(text)
}

/**
 * Whether a line belongs to a stack trace that a logger prints below its own line, or is the second line of a message
 * above the stack frames.
 */
const isLoggedTrace = ({ parts }: Open<Piece>, text: string, next: string | undefined): boolean => {
  if (parts.length > 1) return false
  const [line = ''] = parts
  if (line.startsWith('{')) return false
  const isTrace = TRACEBACK.test(text) || RUBY_FRAME.test(text) || (next !== undefined && JAVA_FRAME.test(next))
  return isTrace && (LOGGED_FAILURE.test(line.slice(0, 160)) || HEADER.test(line))
}
