// Parses one line, or a stack trace of several lines: its level, its text, and its fields if it is JSON.

import { neutralise } from '../../kit/redact/neutralise.ts'
import { isRecord } from '../../model/json.ts'
import type { Level, LogFields } from './entry.ts'

export type ReadLine = {
  readonly level: Level
  readonly text: string
  readonly fields: LogFields
}

/** `text`: redacted, which keeps JSON valid. */
export const readLine = (text: string): ReadLine => {
  const record = parseRecord(text)
  return record === undefined ? readText(text) : readRecord(record)
}

const parseRecord = (text: string): Readonly<Record<string, unknown>> | undefined => {
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const LEVELS: Readonly<Record<string, Level>> = {
  fatal: 'error',
  panic: 'error',
  emergency: 'error',
  alert: 'error',
  critical: 'error',
  crit: 'error',
  severe: 'error',
  error: 'error',
  err: 'error',
  warning: 'warn',
  warn: 'warn',
  notice: 'info',
  information: 'info',
  info: 'info',
  debug: 'debug',
  verbose: 'debug',
  trace: 'debug',
}

const WORD = /\b(fatal|panic|emergency|critical|severe|error|err|warning|warn|notice|info|debug|trace)\b(?!-)/i
const LEADING = /^\s*\[?(?:fatal|critical|severe|error|warning|warn|notice|info|debug|trace)\]?(?::\s+|\s+|$)/i
const FAILURE = /^(?:[\w.$]*(?:Error|Exception)\b|Traceback |panic: |Exception in )/

/** The number of characters at the start of a line in which a word such as WARN counts as the line's level. */
const NEAR = 80

const readText = (text: string): ReadLine => {
  const word = WORD.exec(text.slice(0, NEAR))?.[1] ?? ''
  // `Error: …` sets the level, but is also part of the message, so it is not removed.
  if (FAILURE.test(text)) return { level: 'error', text, fields: {} }
  const level = levelNamed(word)
  return { level, text: text.replace(LEADING, '') || text, fields: {} }
}

const LEVEL_KEYS = ['level', 'severity', 'lvl', 'loglevel', 'log.level', 'levelname']
const MESSAGE_KEYS = ['msg', 'message', 'event', 'log', 'body']
const STACK_KEYS = ['stack', 'stack_trace', 'stacktrace', 'exc_info', 'exception']
const TIME_KEYS: ReadonlySet<string> = new Set(['time', 'ts', 'timestamp', '@timestamp', 'date', 'datetime'])

const readRecord = (record: Readonly<Record<string, unknown>>): ReadLine => {
  const levelKey = firstOf(record, LEVEL_KEYS)
  const messageKey = firstOf(record, MESSAGE_KEYS)
  const stack = stackOf(record)
  const logged = record[messageKey]
  const text =
    stack.text === undefined
      ? `${logged === undefined ? '' : logged}`
      : [logged, stack.text].filter(part => part !== undefined).join('\n')
  const fields: Record<string, string> = {}
  for (const name of Object.keys(record)) {
    if (name === levelKey || name === messageKey || name === stack.key || TIME_KEYS.has(name)) continue
    const value = record[name]
    if (value !== null && value !== '') fields[name] = textOf(value)
  }
  return { level: levelOf(record[levelKey], text), text: neutralise(text), fields }
}

/** The value of the first key that has a text or a number; `''` if none has. */
const firstOf = (record: Readonly<Record<string, unknown>>, keys: readonly string[]): string => {
  for (const key of keys) {
    const kind = typeof record[key]
    if (kind === 'string' || kind === 'number') return key
  }
  return ''
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The stack trace of a JSON line: a value of several lines, at the top level or inside the error. */
const stackOf = (record: Readonly<Record<string, unknown>>): { readonly key: string; readonly text?: string } => {
  for (const key of [...STACK_KEYS, 'err', 'error']) {
    const value = record[key]
    const text = isRecord(value) ? value['stack'] : value
    if (typeof text === 'string' && text.includes('\n')) return { key, text }
  }
  return { key: '' }
}

const levelNamed = (name: string): Level => {
  const word = name.toLowerCase()
  return (Object.hasOwn(LEVELS, word) ? LEVELS[word] : undefined) ?? 'other'
}

/** The level of a value. Pino and Bunyan use numbers: 30 is info, 40 warn, 50 error. */
const levelOf = (value: unknown, text: string): Level => {
  if (typeof value === 'number') return value >= 50 ? 'error' : value >= 40 ? 'warn' : value >= 30 ? 'info' : 'debug'
  if (typeof value === 'string') return levelNamed(value)
  return FAILURE.test(text) ? 'error' : 'other'
}
