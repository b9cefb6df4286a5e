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

/**
 * The maximum depth of nested lines. FireLens puts the line of a container, which may itself be JSON, into a JSON line.
 */
const MOST_DEPTH = 4

/** Parses a line. `text`: the redacted line. Redaction keeps JSON valid. */
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

/**
 * The keys of levels. Keys with names come before keys with numbers, because Monolog writes both. A dot separates an
 * object and its member, or is part of the key.
 */
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

/** The text of a stack trace. The value is one text or a list of lines. */
const stackOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.every(line => typeof line === 'string') ? value.join('\n') : ''
}

/**
 * Joins a message and a stack trace. If the second text begins with the message, as the full message of GELF does, the
 * message is not repeated.
 */
const joined = (message: string | undefined, stack: string | undefined): string => {
  if (stack === undefined || message === undefined) return (stack ?? message ?? '').replace(/\n$/, '')
  return stack.startsWith(message) ? stack : `${message}\n${stack}`
}

/**
 * A line taken from the JSON envelope that FireLens, Fluent Bit or Docker adds. `from`: the container that wrote the
 * line. `envelope`: the other fields.
 */
export type Opened = { readonly text: string; readonly from?: string; readonly envelope?: ReadLine }

/**
 * Takes the line from an envelope: `{"log":"…","container_name":"…"}`. A text that is not an envelope is returned
 * unchanged.
 */
export const openEnvelope = (text: string): Opened => {
  if (!text.startsWith('{') || !text.includes('"log"')) return { text }
  const record = parseRecord(text)
  if (record === undefined || keyOf(record, MESSAGE_KEYS, isWord) !== 'log') return { text }
  const { log, ...rest } = record
  const envelope = readRecord(rest, 0)
  const line = neutralise(`${log}`.replace(/\r?\n$/, ''))
  return { text: line, from: JSON.stringify(envelope.fields), envelope }
}

/** Parses a line that was taken from its envelope, and adds the fields of the envelope. */
export const readOpened = (text: string, envelope?: ReadLine): ReadLine => {
  const line = readLine(text)
  if (envelope === undefined) return line
  return {
    level: line.level === 'other' ? envelope.level : line.level,
    text: line.text,
    fields: { ...line.fields, ...envelope.fields },
  }
}

/**
 * The line in an envelope. The value of `log` is always parsed as a line; the value of another message key only if it
 * is JSON.
 */
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
  // Serilog's compact format omits the level for information.
  if ('@t' in record && ('@m' in record || '@mt' in record)) return '@x' in record ? 'error' : 'info'
  if (looksFailed(text) || hasFailed(record['error'] ?? record['err'] ?? record['exception'])) return 'error'
  return readText(text).level
}

const isWord = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

/** Whether the value of an error field says that an error occurred. */
const hasFailed = (value: unknown): boolean =>
  typeof value === 'string'
    ? !/^(?:|none|null|nil|<nil>|undefined|false|ok|no|0|-)$/i.test(value.trim())
    : isThing(value)

const isThing = (value: unknown): boolean => isRecord(value) && Object.keys(value).length > 0

/** Whether `s` may be a level. Only MongoDB writes its level as `s`, together with its component `c`. */
const isMongo = (record: Json, key: string): boolean => key !== 's' || 'c' in record

const isGelf = (record: Json): boolean => 'short_message' in record

/** The value of a key or of a member: `log.level` is either one key, or the member `level` of the object `log`. */
const at = (record: Json, key: string): unknown => {
  if (Object.hasOwn(record, key)) return record[key]
  const dot = key.indexOf('.')
  const outer = dot < 0 ? undefined : record[key.slice(0, dot)]
  const name = key.slice(dot + 1)
  return isRecord(outer) && Object.hasOwn(outer, name) ? outer[name] : undefined
}

const keyOf = (record: Json, keys: readonly string[], is: (value: unknown) => boolean): string | undefined =>
  keys.find(key => is(at(record, key)))

/** The fields of a record that were not used for level or text. An object is left out if all its members were used. */
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
