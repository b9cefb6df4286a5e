// Pure: finds the level of a line of plain text. A level that the line states decides. Otherwise, a line that looks
// like a failure is an error.
import type { Level } from '../entry.ts'
import { levelOf, syslogLevel } from './level.ts'

export type TextLine = { readonly level: Level; readonly text: string }

/**
 * The number of characters at the start of a line in which a level is searched. A time, a host, a process and a
 * logger's name may come before the level.
 */
const NEAR = 160
/**
 * The number of characters at the start of a line in which a word such as "failed" counts as the subject of the line.
 */
const SAID = 80

const NAMES = [
  ...[
    'fatal',
    'fata',
    'ftl',
    'd?panic',
    'pani',
    'emerg(?:ency)?',
    'alert',
    'critical',
    'crit',
    'severe',
    'err(?:or?)?',
  ],
  ...['fail', 'warning', 'warn', 'wrn', 'notice', 'note', 'information', 'info?', 'success', 'system'],
  ...['debug', 'debu', 'dbug', 'dbg', 'verbose', 'vrb', 'trace', 'trce', 'trc', 'fine(?:r|st)?'],
].join('|')
const UPPER_NAMES = `${NAMES.toUpperCase()}|LOG`

/** `[WARN] slow`, `error: no`, `INFO  ready`, `fail: App[0]`, `ERROR:root:no`, `npm ERR! code`, `info - ready`. */
const START = new RegExp(`^\\s*(?:npm )?(?:\\[(${NAMES})\\]|<(${NAMES})>|(${NAMES})(?::(?!:)|!| - |\\t|  |\\|))`, 'i')
/** Matches the same forms in upper case before one space, and `ERRO[0000]`, which logrus prints in a terminal. */
const UPPER_START = new RegExp(`^\\s*(?:npm )?(${UPPER_NAMES})(?=\\s(?!/)|$|\\[\\d)`)
/** `2026-11-22T03:00:00Z ERROR app`, `… app.ERROR: no`, `… [main] WARN c.e.App - slow`, `… | ERROR    | …`. */
const UPPER = new RegExp(`(?:^|[\\s|(:])\\[?(?:[\\w-]+[:.]){0,4}(${UPPER_NAMES})(?:[\\]:|)/]|\\s(?!/)|$)`)
/** `2026/11/22 03:00:00 [error] 29#29: …`, `[proxy:error]`, `[1][warning][config]`. */
const BRACKETED = new RegExp(`\\[(?:\\w+:)?(${NAMES})\\s*\\]`, 'i')
const LEVEL_KEY = 'level|lvl|severity|loglevel|log_level|levelname|level_name'
/** Matches a level in logfmt: `time=… level=error msg="…"`. */
const LOGFMT = new RegExp(`(?:^|[\\s,])(?:${LEVEL_KEY})=["']?([a-z]{1,13})\\b`, 'i')
/** Matches a level in JSON that was cut off. Docker cuts lines at 16 KB. */
const CUT_JSON = new RegExp(`^\\s*\\{.*?"(?:${LEVEL_KEY})"\\s*:\\s*"?(\\w{1,13})\\b`, 'i')
/**
 * Matches a level letter of klog, `E1122 03:00:00.000000 1 main.go:1] no`, and of Ruby's Logger, `E,
 * [2026-11-22T03:00:00.000000 #1] ERROR -- : no`.
 */
const LETTER = /^([IWEFD])(?:\d{4} \d\d:\d\d:\d\d|, \[\d{4}-)/
/** Matches the `<PRI>` of syslog (RFC 5424, section 6.2.1): eight times the facility, plus the severity. */
const SYSLOG = /^<(\d{1,3})>/
/**
 * Matches a line of Redis: `1:M 22 Nov 2026 03:00:00.000 # WARNING …`. Level signs: `.` debug, `-` verbose, `*` notice,
 * `#` warning.
 */
const REDIS = /^\d+:[XCSM] \d\d \w{3} \d{4} [\d:.]+ ([.*#-]) /
const REDIS_LEVELS: Readonly<Record<string, Level>> = { '.': 'debug', '-': 'debug', '*': 'info', '#': 'warn' }
/**
 * Matches a level of PostgreSQL, which prints two spaces after the level. Detail lines of PostgreSQL belong to the line
 * before them.
 */
const POSTGRES =
  /^[^a-z]{10,60}\b(LOG|HINT|DETAIL|STATEMENT|CONTEXT|FATAL|PANIC|ERROR|WARNING|NOTICE|INFO|DEBUG)\d?: {2}/
const POSTGRES_DETAILS: ReadonlySet<string> = new Set(['HINT', 'DETAIL', 'STATEMENT', 'CONTEXT'])
/** Matches the time before a message, as Go's log package and other loggers print it. */
const TIME =
  /^\s*\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?\]?[\s:,-]*(?=\S)/

/** Matches the forms of failures: the name of an exception, a panic, a fault. */
const FAILURE = new RegExp(
  `^(?:${[
    String.raw`[\w.$\\/]*(?:Error|Exception)(?:: |:?$| \[[A-Z_]+\]| \()`,
    String.raw`(?:\(node:\d+\) )?(?:Uncaught|Unhandled)`,
    '(?:SystemExit|KeyboardInterrupt|GeneratorExit)(?:: |$)',
    String.raw`\S+\.rb:\d+:in .*\([\w:]*(?:Error|Exception)\)|\s+\+ Exception Group|Traceback \(|Fatal Python error|Exception in |Caused by: |PHP (?:\w+ )?(?:Fatal|Parse) error`,
    String.raw`panic: |fatal error: |goroutine \d+ \[|thread '.*' (?:\(\d+\) )?panicked at|\*\* \(`,
    String.raw`Segmentation fault|Bus error|Killed$|\[?signal SIG|SIG(?:SEGV|ABRT|BUS|ILL)\b|=(?:ERROR|CRASH) REPORT`,
  ].join('|')})`,
)
const WARNING = /^(?:\(node:\d+\) )?(?:\[\w+\] )?(?:\S+:\d+: )?\w*Warning: |^PHP (?:Warning|Notice|Deprecated): /

/** Matches a word for a failure. A negated word (`no error`) or a part of a name, path or value does not match. */
const WORD =
  /(?<![\w/.=&?-]|\b(?:no|non|without|0|any|zero|if|on) )(?:error|err|exception|fatal|panic)\b(?![\w/-]|\.\w)/gi
/**
 * Matches the text after a word for a failure if no failure occurred: `err=<nil>`, `error: none`, `error=""`, `error
 * 0`, `error handler`.
 */
const NONE = new RegExp(
  `^["']?(?:${[
    String.raw`\s*[=:]\s*["'(]?(?:<nil>|nil|null|undefined|false|n/a|0+(?:\.0+)?%?)(?![\w.%])`,
    String.raw`\s*[=:]\s*["'(]?(?:none|no|ok|success|-)["')]?\s*(?=$|[,;|)\]}]|[\w.]+=)`,
    String.raw`=(?:none|no|ok|success|-)(?=\s|$)`,
    String.raw`\s*[=:]\s*(?:""|''|\[\]|\{\}|$|[,;|)\]}])|=\s`,
    String.raw`\s+(?:0|none|nil|null|free|handl\w+|rates?|counts?|counter|budget|report\w*|pages?|boundary|logs?|logger)\b`,
  ].join('|')})`,
  'i',
)

/**
 * The maximum number of characters of a line that are searched. Without this limit, a regular expression could read a
 * line of 1 MB.
 */
const MOST_CHARACTERS = 1_000
const MOST_LINES = 16

const linesOf = (text: string): readonly string[] =>
  text.split('\n', MOST_LINES).map(line => line.slice(0, MOST_CHARACTERS))

/**
 * Parses a line of plain text, or a stack trace of several lines. The name of a level at the start is removed from the
 * returned text.
 */
export const readText = (text: string): TextLine => {
  const lines = linesOf(text)
  const [line = ''] = lines
  if (FAILURE.test(line)) return { level: 'error', text }
  const stated = statedLevel(line)
  if (stated !== undefined) return { level: stated, text: withoutLevel(text) }
  if (WARNING.test(line)) return { level: 'warn', text }
  return { level: lines.some(isFailure) || saysFailure(text) ? 'error' : 'other', text }
}

const isFailure = (line: string): boolean => FAILURE.test(line)

/** Whether a line or a stack trace has the form of a failure. The level that it states is not considered. */
export const looksFailed = (text: string): boolean => linesOf(text).some(isFailure)

const LEADING =
  /^\s*(\[)?(fatal|critical|severe|error|warning|warn|notice|info|debug|trace)(?:\]:?\s*|:\s+|\s{2,}|\t|(\s)|$)/i

const withoutLevel = (text: string): string => {
  const [whole = '', , word = '', blank] = LEADING.exec(text) ?? []
  const isPlainWord = blank !== undefined && word !== word.toUpperCase()
  return isPlainWord ? text : text.slice(whole.length) || text
}

/** The level that a line states; undefined if it states none. */
const statedLevel = (text: string): Level | undefined => {
  const head = text.slice(0, NEAR)
  const postgres = POSTGRES.exec(head)?.[1]
  if (postgres !== undefined && POSTGRES_DETAILS.has(postgres)) return 'other'
  const priority = Number(SYSLOG.exec(head)?.[1] ?? Number.NaN)
  if (priority <= 191) return syslogLevel(priority % 8)
  const sign = REDIS.exec(head)?.[1]
  if (sign !== undefined) return REDIS_LEVELS[sign]
  const stated = [
    ...[postgres, LETTER.exec(head)?.[1], LOGFMT.exec(text.slice(0, 4 * NEAR))?.[1]],
    ...[CUT_JSON.exec(text.slice(0, 4 * NEAR))?.[1], atStart(head), UPPER_START.exec(head)?.[1], afterTime(head)],
    ...[BRACKETED.exec(head)?.[1], UPPER.exec(head)?.[1]],
  ].map(name => (name === undefined ? 'other' : levelOf(name, 'level')))
  return stated.find(level => level !== 'other')
}

const atStart = (head: string): string | undefined => {
  const [, bracketed, angled, named] = START.exec(head) ?? []
  return bracketed ?? angled ?? named
}

/**
 * The start of a line without the time before it: `error: no` for `2026/11/22 03:00:00 error: no`. Undefined if the
 * line does not start with a time.
 */
const afterTime = (head: string): string | undefined => {
  const time = TIME.exec(head)?.[0]
  return time === undefined ? undefined : atStart(head.slice(time.length))
}

const saysFailure = (text: string): boolean => {
  const head = text.slice(0, SAID)
  return [...head.matchAll(WORD)].some(({ 0: word, index }) => !NONE.test(head.slice(index + word.length)))
}
