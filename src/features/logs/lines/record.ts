// Parses one line, or a stack trace of several lines: its level, its text, and its fields if it is JSON.

import { neutralise } from '../../../kit/redact/neutralise.ts'
import { isRecord } from '../../../model/json.ts'
import type { Level, LogFields } from '../entry.ts'
import { levelOf } from './level.ts'
import { looksFailed, readText } from './text.ts'

export type ReadLine = {
  readonly level: Level
  readonly text: string
  readonly fields: LogFields
}

type Json = Readonly<Record<string, unknown>>

/** Lines in lines: FireLens puts the line of a container, which may be JSON, into JSON. */
const MOST_DEPTH = 4

/** `text`: redacted, which keeps JSON valid. */
export const readLine = (text: string, depth = 0): ReadLine => {
  const record = depth < MOST_DEPTH ? parseRecord(text) : undefined
  return record === undefined ? { ...readText(text), fields: {} } : readRecord(record, depth)
}

const parseRecord = (text: string): Json | undefined => {
  const start = text.trimStart()
  if (!start.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(start)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Names come before numbers: Monolog writes both. A dot means a member of an object, or of the key itself. */
const LEVEL_KEYS = [
  ...['level_name', 'levelname', 'severity_text', 'severityText', 'SeverityText', 'level', 'severity', 'lvl', '@l'],
  ...['loglevel', 'logLevel', 'LogLevel', 'log_level', 'Level', '@level', 'Severity', 'log.level', 'fields.level'],
  ...['severityNumber', 'SeverityNumber', 'severity_number', 'levelno', 'level_number', 'level_value', 'levelValue'],
  ...['syslog_severity', 'syslog.severity', 'PRIORITY', 's'],
]
const MESSAGE_KEYS = [
  ...['msg', 'message', 'Message', '@message', '@m', 'RenderedMessage', 'short_message', 'event', 'log', 'body'],
  ...['Body', 'MESSAGE', 'textPayload', 'fields.message', 'MessageTemplate', '@mt'],
]
const STACK_KEYS = [
  ...['stack', 'stack_trace', 'stacktrace', 'stackTrace', 'exc_info', 'exc_text', 'exception', 'Exception', '@x'],
  ...[
    'traceback',
    'full_message',
    'backtrace',
    'err',
    'error',
    'thrown',
    'err.stack',
    'error.stack',
    'error.stack_trace',
  ],
  ...[
    'exception.stacktrace',
    'exception.stack_trace',
    'exception.trace',
    'thrown.extendedStackTrace',
    'context.exception',
  ],
]
const TIME_KEYS: ReadonlySet<string> = new Set([
  ...['time', 'ts', 'timestamp', '@timestamp', 'date', 'datetime', 'asctime', 'Timestamp', '@t', 'eventTime', 't'],
])

const readRecord = (record: Json, depth: number): ReadLine => {
  const messageKey = keyOf(record, MESSAGE_KEYS, isWord)
  const logged = messageKey === undefined ? undefined : at(record, messageKey)
  const inner = typeof logged === 'string' ? readInner(logged, messageKey, depth) : undefined
  const stackKey = keyOf(record, STACK_KEYS, value => stackOf(value).includes('\n'))
  const message = inner?.text ?? (logged === undefined ? undefined : `${logged}`)
  const stack = stackKey === undefined ? undefined : stackOf(at(record, stackKey))
  const text = joined(message, stack)
  const levelKeys = LEVEL_KEYS.filter(key => isMongo(record, key) && levelOf(at(record, key), key) !== 'other')
  const used = new Set([messageKey, stackKey?.split('.', 1)[0], ...levelKeys].filter(key => key !== undefined))
  return {
    level: levelFound(record, levelKeys, text, inner),
    text: neutralise(text),
    fields: { ...inner?.fields, ...fieldsOf(record, used) },
  }
}

/** The text of a stack: one text, or a list of lines. */
const stackOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.every(line => typeof line === 'string') ? value.join('\n') : ''
}

/** A full message of GELF begins with the short one. */
const joined = (message: string | undefined, stack: string | undefined): string => {
  if (stack === undefined || message === undefined) return (stack ?? message ?? '').replace(/\n$/, '')
  return stack.startsWith(message) ? stack : `${message}\n${stack}`
}

/** A line, taken out of the JSON that FireLens, Fluent Bit or Docker put it into. `from`: who wrote it. */
export type Opened = { readonly text: string; readonly from?: string; readonly envelope?: ReadLine }

/** Opens an envelope: `{"log":"…","container_name":"…"}`. Other text is returned as it is. */
export const openEnvelope = (text: string): Opened => {
  if (!text.startsWith('{') || !text.includes('"log"')) return { text }
  const record = parseRecord(text)
  if (record === undefined || keyOf(record, MESSAGE_KEYS, isWord) !== 'log') return { text }
  const { log, ...rest } = record
  const envelope = readRecord(rest, 0)
  const line = neutralise(`${log}`.replace(/\r?\n$/, ''))
  return { text: line, from: JSON.stringify(envelope.fields), envelope }
}

/** Reads a line that was taken out of its envelope, and adds what the envelope says. */
export const readOpened = (text: string, envelope?: ReadLine): ReadLine => {
  const line = readLine(text)
  if (envelope === undefined) return line
  return {
    level: line.level === 'other' ? envelope.level : line.level,
    text: line.text,
    fields: { ...line.fields, ...envelope.fields },
  }
}

/** The line in an envelope: `log` is always one, another message only if it is JSON. */
const readInner = (text: string, key: string | undefined, depth: number): ReadLine | undefined => {
  const line = text.replace(/\r?\n$/, '')
  if (key !== 'log' && parseRecord(line) === undefined) return undefined
  const read = readLine(neutralise(line), depth + 1)
  return read.text === '' && Object.keys(read.fields).length === 0 ? undefined : read
}

const levelFound = (record: Json, levelKeys: readonly string[], text: string, inner: ReadLine | undefined): Level => {
  const [key] = levelKeys
  if (inner !== undefined && inner.level !== 'other') return inner.level
  if (key !== undefined) return levelOf(at(record, key), key, isGelf(record))
  // Serilog's compact form leaves out the level of information.
  if ('@t' in record && ('@m' in record || '@mt' in record)) return '@x' in record ? 'error' : 'info'
  if (looksFailed(text) || hasFailed(record['error'] ?? record['err'] ?? record['exception'])) return 'error'
  return readText(text).level
}

const isWord = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

/** Is there a value of an error that says that there was one? */
const hasFailed = (value: unknown): boolean =>
  typeof value === 'string'
    ? !/^(?:|none|null|nil|<nil>|undefined|false|ok|no|0|-)$/i.test(value.trim())
    : isThing(value)

const isThing = (value: unknown): boolean => isRecord(value) && Object.keys(value).length > 0

/** Only MongoDB writes its level as `s`, beside its component `c`. */
const isMongo = (record: Json, key: string): boolean => key !== 's' || 'c' in record

const isGelf = (record: Json): boolean => 'short_message' in record

/** The value of a key, or of a member: `log.level` is either a key or the `level` of `log`. */
const at = (record: Json, key: string): unknown => {
  if (Object.hasOwn(record, key)) return record[key]
  const dot = key.indexOf('.')
  const outer = dot < 0 ? undefined : record[key.slice(0, dot)]
  const name = key.slice(dot + 1)
  return isRecord(outer) && Object.hasOwn(outer, name) ? outer[name] : undefined
}

const keyOf = (record: Json, keys: readonly string[], is: (value: unknown) => boolean): string | undefined =>
  keys.find(key => is(at(record, key)))

/** The other fields. An object whose members were used is left out if it says nothing else. */
const fieldsOf = (record: Json, used: ReadonlySet<string>): LogFields => {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(record)) {
    if (used.has(name) || TIME_KEYS.has(name) || value === null || value === '') continue
    const kept = isRecord(value) ? without(value, name, used) : value
    if (kept !== undefined) fields[name] = textOf(kept)
  }
  return fields
}

const without = (value: Json, name: string, used: ReadonlySet<string>): Json | undefined => {
  const left = Object.entries(value).filter(([member]) => !used.has(`${name}.${member}`))
  const isWhole = left.length === Object.keys(value).length
  return isWhole || left.length > 0 ? Object.fromEntries(left) : undefined
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
